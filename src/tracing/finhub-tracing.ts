import { context, propagation, trace } from '@opentelemetry/api';
import type { CallObserver } from '../finhub/call-observer.js';
import { endSpan, SpanKind, startSpan } from './spans.js';

/** A span for each request to FinHub, which gets it as `traceparent`. */
export const finHubTracing: CallObserver = {
  started({ operation, class: idempotencyClass, method, path, origin }) {
    const span = startSpan(`FinHub:${operation}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'http.request.method': method,
        'url.template': path,
        'server.address': origin,
        'finhub.idempotency_class': idempotencyClass,
      },
    });
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(context.active(), span), headers);
    return { headers, ended: (error) => endSpan(span, error) };
  },
};
