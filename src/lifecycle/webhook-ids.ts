/** The most ids that we use from one webhook. */
export const MOST_IDS = 20;
const DEEPEST = 3;
/** An id or a name from FinHub, not a text that a person wrote. */
export const OPAQUE = /^[\w.:-]{1,200}$/;

/** All values that FinHub calls an id in a webhook's data, because no page says what each event contains. */
export function idsInWebhook(data: unknown): string[] {
  return [...new Set(idsIn(data, 0))].slice(0, MOST_IDS);
}

function idsIn(data: unknown, depth: number): string[] {
  if (typeof data !== 'object' || data === null || depth > DEEPEST) return [];
  return Object.entries(data).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'object') return idsIn(value, depth + 1);
    return /(^id|Id)$/.test(name) && typeof value === 'string' && OPAQUE.test(value) ? [value] : [];
  });
}
