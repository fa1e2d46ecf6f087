/** The way to each place in a value. */
export function pathsOf(value: unknown, above: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [above];
  return [above, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...above, key]))].filter(
    (path) => path.length > 0,
  );
}

/** A copy with something else at one place. */
export function replaced(value: object, path: readonly string[], by: unknown): unknown {
  const copy = structuredClone(value);
  let at = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1)!] = by;
  return copy;
}
