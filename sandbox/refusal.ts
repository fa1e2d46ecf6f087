import type { z } from 'zod';

/** A call that FinHub would refuse: the HTTP status and the body's message and data (facts: C2, H2). */
export class Refusal extends Error {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** The body's `code`; it differs from the HTTP status only for missing context headers. */
  readonly code: number;

  constructor(status: number, message: string, data: Record<string, unknown> = {}, code = status) {
    super(message);
    this.status = status;
    this.data = { error: message, ...data };
    this.code = code;
  }
}

/** 400 with field errors, in the form of C2. */
export function invalid(...errors: { field: string; message: string }[]): Refusal {
  return new Refusal(400, 'Request validation failed', { errors });
}

export function notFound(what: string): Refusal {
  return new Refusal(404, `${what} not found`);
}

/** Reads `value` by `schema`. @throws Refusal 400 that names every faulty field. */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw invalid(...result.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })));
}
