/** Why ids that a person gave do not count: the login they make is refused, or FinHub does not show them. */
export type NotAdopted = 'refused' | 'notShown';

export function whyNotAdopted(sight: NotAdopted, ids: Record<string, string>): string {
  return sight === 'refused'
    ? `the application's password does not log in to ${idsText(ids)}: it is not this customer's`
    : `FinHub does not show ${idsText(ids)}; look again, or give it once more if it is right all the same`;
}

export function idsText(ids: Record<string, string>): string {
  return Object.entries(ids)
    .map(([name, id]) => `${name} ${id}`)
    .join(', ');
}
