/**
 * Permission to send a write: nobody else is sending the same operation. Taken right before each write is sent.
 * @returns until when the write may be sent, in milliseconds of `performance.now()`
 * @throws Error if permission is refused; nothing is sent then
 */
export type Lease = () => Promise<number>;
