import type { Decision, DocumentRequest } from '../lifecycle/messages.js';

/*
 * The decision that a form holds. The browser signs it and the server sends it, each from the fields by this same function; types aside, it
 * imports nothing.
 */

/** The choices of the form, and what each means. */
export const CHOICES = {
  approve: { verdict: 'approve' },
  documents: { verdict: 'request-documents' },
  again: { verdict: 'reject', retryable: true },
  reject: { verdict: 'reject' },
} as const;
export type Choice = keyof typeof CHOICES;

/** Documents that one form can ask for. */
export const MOST_REQUESTS = 6;

/** Names of the fields for one requested document. */
export function requestFields(at: number): { type: string; subject: string } {
  return { type: `type${at}`, subject: `subject${at}` };
}

/** @returns undefined where nothing was chosen */
export function decisionOf(form: Readonly<Record<string, string>>, operator: string): Decision | undefined {
  const choice = form['choice'] ?? '';
  if (!Object.hasOwn(CHOICES, choice)) return undefined;
  const meant = CHOICES[choice as Choice];
  return {
    decisionId: form['decisionId'] ?? '',
    round: Number(form['round']),
    ...meant,
    operator: { id: operator },
    evidenceHash: form['evidenceHash'] ?? '',
    subject: { customerId: form['customerId'] ?? '', verificationId: form['verificationId'] ?? '' },
    ...reason('customerReason', form),
    ...reason('internalReason', form),
    ...(meant.verdict === 'request-documents' && { documents: requestsIn(form) }),
  };
}

function reason<Name extends 'customerReason' | 'internalReason'>(
  name: Name,
  form: Readonly<Record<string, string>>,
): Partial<Record<Name, string>> {
  // Browsers send other line breaks than they show.
  const text = (form[name] ?? '').replaceAll(/\r\n?/g, '\n').trim();
  return text === '' ? {} : ({ [name]: text } as Record<Name, string>);
}

function requestsIn(form: Readonly<Record<string, string>>): DocumentRequest[] {
  return Array.from({ length: MOST_REQUESTS }, (_, at) => requestFields(at)).flatMap((fields) => {
    const type = form[fields.type] ?? '';
    const subject = form[fields.subject] ?? '';
    return type === '' ? [] : [{ type, ...(subject !== '' && { subject }) }];
  });
}
