/** What a handler answers, before the profile's envelope is put around it. */
export interface Answer {
  /** HTTP status, default 200. */
  readonly status?: number;
  /** The body's `code` where it differs from the HTTP status. */
  readonly code?: number;
  readonly message?: string;
  readonly data?: unknown;
  /** Keys that stand beside `data`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Whether `data` is the whole body. */
  readonly bare?: boolean;
}
