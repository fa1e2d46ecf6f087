/** The signers file is not usable; the message lists every fault with its place. Until it is fixed, nobody may decide. */
export class SignersFileError extends Error {
  override readonly name = 'SignersFileError';
}
