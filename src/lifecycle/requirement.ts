/** Something that is missing and who can bring it: what a backend shows its customer, or an operator mends. */
export interface Requirement {
  code: string;
  message: string;
  /** Path of the field in the application, where one is to be corrected. */
  field?: string | undefined;
  /** Type of the document that is missing. */
  document?: string | undefined;
  /** Where several types will do: each with the number of papers that it takes. */
  anyOf?: { type: string; papers: number }[] | undefined;
  /** Whose it is: a person's `ref` of the application. */
  subject?: string | undefined;
  dueAt?: string | undefined;
}
