/**
 * Leave to send a write: whoever gives it vouches that nobody else is at the same operation. It is asked for right before each write is sent.
 * @returns until when it may be sent, in milliseconds of `performance.now()`
 * @throws Error where leave is not given: then nothing is sent
 */
export type Lease = () => Promise<number>;
