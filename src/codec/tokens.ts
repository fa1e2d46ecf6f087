import { createHash, timingSafeEqual } from 'node:crypto';

/** What a token allows: `read` decodes, `write` also encodes. */
export type CodecRole = 'read' | 'write';

export interface CodecToken {
  /** The holder's name in the audit. */
  name: string;
  role: CodecRole;
  token: string;
}

/** The token that matches a presented text, compared in constant time. */
export function findToken(tokens: readonly CodecToken[], presented: string): CodecToken | undefined {
  const digest = sha256(presented);
  return tokens.find(({ token }) => timingSafeEqual(sha256(token), digest));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
