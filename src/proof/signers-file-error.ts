/** The signers file cannot be used; the message lists every fault with its place. Nobody may decide until it is mended. */
export class SignersFileError extends Error {
  override readonly name = 'SignersFileError';
}
