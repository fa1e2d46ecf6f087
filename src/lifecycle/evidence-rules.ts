/** A document type, and how many different papers of it: 2 if both sides of a card are separate files. */
export interface AcceptedPaper {
  type: string;
  papers: number;
}

/** What must be proved, about whom, and what proves it: any one of `anyOf`. */
export interface EvidenceRule {
  of: 'customer' | 'director' | 'beneficialOwner';
  anyOf: AcceptedPaper[];
}

/** By the name of what is proved, for example `identity`. */
export type EvidenceRules = Record<string, EvidenceRule>;
