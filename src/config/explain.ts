interface Refused extends Error {
  code?: string;
  port?: number;
  address?: string;
}

/** Faults of the machine's set-up that one line explains better than a stack; undefined for others. */
export function explained(error: unknown): string | undefined {
  const { code, port, address, message = '', cause } = error as Refused;
  if (code === 'EADDRINUSE') {
    return `port ${port} on ${address} is taken: choose another one, or end what listens there`;
  }
  // The metrics are served by the SDK's native part, whose failures have no code.
  if (/address already in use/i.test(message)) return `${message}: METRICS_ADDRESS is taken, choose another port`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} on ${address} may not be listened on by this user`;
  return cause instanceof Error ? explained(cause) : undefined;
}
