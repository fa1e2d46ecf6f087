/** Temporal's header with the trace, under the name and in the form that Temporal's other SDKs use: JSON with `traceparent`. */
export const TRACE_HEADER = '_tracer-data';
