/** What the rules of the intake say of a corrected application. */
export interface CheckedCorrection {
  /** As `path: what is wrong`; empty where the correction may be taken. */
  faults: string[];
  /** The fields that the correction names, in the form of the intake. */
  fields?: Record<string, unknown> | undefined;
  /** By what the corrected case is found. */
  searchTokens?: string[] | undefined;
}
