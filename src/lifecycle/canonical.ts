/** JSON as in RFC 8785: members sorted by UTF-16 code units, without undefined ones; equal text for equal content. */
export function canonicalJson(value: unknown): string {
  return written(JSON.parse(JSON.stringify(value) ?? 'null'));
}

function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, part]) => `${JSON.stringify(name)}:${written(part)}`).join(',')}}`;
}
