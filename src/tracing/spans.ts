import { context, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';

export interface SpanOptions {
  kind?: SpanKind;
  attributes?: Record<string, string | number>;
  /** The parent span, if it is not the current one. */
  parent?: Context;
}

const tracer = () => trace.getTracer('finhub-onboarding');

/** Starts a span that the caller ends with {@link endSpan}. */
export function startSpan(name: string, { parent = context.active(), ...options }: SpanOptions): Span {
  return tracer().startSpan(name, options, parent);
}

/** Ends a span. Records only an error's kind, because messages may contain personal data. */
export function endSpan(span: Span, error?: unknown): void {
  if (error !== undefined) {
    const { type, kind, name } = error as { type?: string; kind?: string; name?: string };
    span.setAttribute('error.type', type ?? kind ?? name ?? 'unknown');
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** Runs `work` within a span. */
export async function inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const span = startSpan(name, options);
  try {
    const result = await context.with(trace.setSpan(options.parent ?? context.active(), span), work);
    endSpan(span);
    return result;
  } catch (error) {
    endSpan(span, error);
    throw error;
  }
}

export { SpanKind };
