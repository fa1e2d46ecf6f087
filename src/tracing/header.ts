import { context, propagation, type Context } from '@opentelemetry/api';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { TRACE_HEADER } from '../lifecycle/trace-header.js';

/** Temporal headers with the trace of the present span added; the same ones where nobody traces. */
export function withTrace(headers: Headers): Headers {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  if (!('traceparent' in carrier)) return headers;
  // Ids of spans only: they stay readable without our keys, for other tools that follow the trace.
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
}

/** The trace that an HTTP request names (W3C Trace Context). */
export function traceOf(headers: Record<string, unknown>): Context {
  return propagation.extract(context.active(), headers);
}

/** The trace that Temporal headers carry. */
export function traceIn(headers: Headers): Context {
  const payload = headers[TRACE_HEADER];
  if (!payload) return context.active();
  try {
    return propagation.extract(context.active(), defaultPayloadConverter.fromPayload(payload));
  } catch {
    // Somebody else's header; a case does not stop for it.
    return context.active();
  }
}
