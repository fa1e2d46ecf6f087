interface Refused extends Error {
  code?: string;
  port?: number;
  address?: string;
}

/** One line for set-up faults of the machine that need no stack trace; undefined for other errors. */
export function explained(error: unknown): string | undefined {
  const { code, port, address, message = '', cause } = error as Refused;
  if (code === 'EADDRINUSE') {
    return `port ${port} on ${address} is taken: choose another one, or stop the process that uses it`;
  }
  // The metrics are served by the SDK's native part, whose errors have no code.
  if (/address already in use/i.test(message)) return `${message}: METRICS_ADDRESS is taken, choose another port`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} on ${address} is not allowed for this user`;
  return cause instanceof Error ? explained(cause) : undefined;
}
