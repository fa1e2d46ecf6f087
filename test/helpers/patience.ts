/** Seconds that tests wait before they call something missing; generous, since a loaded machine is slow and not wrong. */
export const PATIENCE = {
  /** For something to be seen. */
  look: 60,
  /** For a case to end. */
  end: 180,
  /** For a case to answer a message. */
  answer: 60,
  /** For a case to answer a question. */
  question: 30,
  /** For virtual time to bring about what it should. */
  passing: 45,
} as const;
