/** What a call that writes left behind: made by us, or found and taken over, with the proof. */
export type Provenance = { how: 'made' } | { how: 'adopted'; proof: string };
