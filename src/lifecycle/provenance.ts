/** How the result of a write came about: made by us, or found and adopted, with the proof. */
export type Provenance = { how: 'made' } | { how: 'adopted'; proof: string };
