/** A document type, and how many different papers of it: 2 where both sides of a card are separate files. */
export interface AcceptedPaper {
  type: string;
  papers: number;
}

/** Something that is to be proved, of whom, and what proves it: any one of `anyOf`. */
export interface EvidenceRule {
  of: 'customer' | 'director' | 'beneficialOwner';
  anyOf: AcceptedPaper[];
}

/** By the name of what is proved, such as `identity`. */
export type EvidenceRules = Record<string, EvidenceRule>;
