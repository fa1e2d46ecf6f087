/** Why ids from an operator do not count: their login is refused, or FinHub does not show them. */
export type NotAdopted = 'refused' | 'notShown';

export function whyNotAdopted(sight: NotAdopted, ids: Record<string, string>): string {
  return sight === 'refused'
    ? `the application's password does not log in to ${idsText(ids)}: it is not this customer's`
    : `FinHub does not show ${idsText(ids)}; check it, or give it once more if it is right`;
}

export function idsText(ids: Record<string, string>): string {
  return Object.entries(ids)
    .map(([name, id]) => `${name} ${id}`)
    .join(', ');
}
