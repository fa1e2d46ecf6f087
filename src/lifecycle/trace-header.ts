/** Temporal's header for the trace, with the name and form of Temporal's other SDKs: JSON with `traceparent`. */
export const TRACE_HEADER = '_tracer-data';
