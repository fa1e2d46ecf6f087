/** JSON as RFC 8785 has it: members sorted by UTF-16 code units, none that is undefined; equal text for equal content. */
export function canonicalJson(value: unknown): string {
  return written(JSON.parse(JSON.stringify(value) ?? 'null'));
}

function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, part]) => `${JSON.stringify(name)}:${written(part)}`).join(',')}}`;
}
