import * as z from 'zod/mini';
import { fields, headerText, marked, optional, text, time, wholeNumber } from './schema.js';

/** A reference to a document. Its content stays in the document store, because a Temporal payload has at most 2 MB. */
export const documentReference = fields({
  documentId: marked('plain', text(100)),
  type: marked('plain', text(100)),
  fileName: marked('personal', text(255)),
  mimeType: marked('plain', text(100)),
  /** Bytes. */
  size: wholeNumber(1),
  /** Hex digest of the content. */
  sha256: marked(
    'plain',
    text(64).check(z.refine((value) => /^[0-9a-f]{64}$/.test(value), { error: '64 hexadecimal digits are expected' })),
  ),
  /** The person whose document it is, if an organization submits papers of its people: a `ref` in the application. */
  subject: optional(marked('plain', text(100))),
});

/** Proof that the customer accepted the three consents; organizations name the signatory. Source: facts I11, O24. */
export const consentEvidence = fields({
  version: marked('plain', text(40)),
  acceptedAt: marked('plain', time()),
  acceptedBy: optional(marked('personal', text(200))),
  ipAddress: marked('personal', headerText(64)),
  userAgent: marked('personal', headerText(512)),
});
