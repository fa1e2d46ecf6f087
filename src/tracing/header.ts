import { context, propagation, type Context } from '@opentelemetry/api';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { TRACE_HEADER } from '../lifecycle/trace-header.js';

/** Adds the current span's trace to Temporal headers; unchanged if nothing is traced. */
export function withTrace(headers: Headers): Headers {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  if (!('traceparent' in carrier)) return headers;
  // Only ids of spans: they stay unencrypted, so that other tools can follow the trace.
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
}

/** The trace of an HTTP request (W3C Trace Context). */
export function traceOf(headers: Record<string, unknown>): Context {
  return propagation.extract(context.active(), headers);
}

/** The trace in Temporal headers. */
export function traceIn(headers: Headers): Context {
  const payload = headers[TRACE_HEADER];
  if (!payload) return context.active();
  try {
    return propagation.extract(context.active(), defaultPayloadConverter.fromPayload(payload));
  } catch {
    // A foreign header must not stop a case.
    return context.active();
  }
}
