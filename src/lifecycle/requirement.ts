/** Something that is missing: shown to the customer by a backend, or fixed by an operator. */
export interface Requirement {
  code: string;
  message: string;
  /** Path of the field in the application, if one must be corrected. */
  field?: string | undefined;
  /** Type of the missing document. */
  document?: string | undefined;
  /** If one of several types is enough: each with the number of papers it needs. */
  anyOf?: { type: string; papers: number }[] | undefined;
  /** Whose it is: the `ref` of a person in the application. */
  subject?: string | undefined;
  dueAt?: string | undefined;
}
