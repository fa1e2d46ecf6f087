import { Refused } from './problem.js';

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}

/**
 * For what is open to this machine: a page in somebody's browser can be led here under another name, and is sent away.
 * @throws Refused
 */
export function checkLoopback(host: string | undefined): void {
  if (!isLoopback((host ?? '').replace(/:\d+$/, ''))) {
    throw new Refused('Unauthenticated', 'a gateway without credentials is for this machine only');
  }
}
