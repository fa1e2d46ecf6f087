import type { AttentionAction, DocumentRequest, MessageBodies } from '../lifecycle/messages.js';

/*
 * The messages that forms hold. The browser signs one and the server sends it, each from the form's fields by this same function; types aside, it
 * imports nothing.
 */

/** The choices of a decision, and what each means. */
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

/** Name of the field for a result that is taken over. */
export const adoptField = (name: string): string => `adopt.${name}`;

type Fields = Readonly<Record<string, string>>;

/** What operators say by a form, each from its fields and who they are. */
const BODIES = {
  decideVerification: (form: Fields, operator: string): MessageBodies['decideVerification'] => {
    const meant = CHOICES[form['choice'] as Choice];
    return {
      decisionId: form['messageId'] ?? '',
      round: Number(form['round']),
      ...meant,
      operator: { id: operator },
      evidenceHash: form['evidenceHash'] ?? '',
      subject: { customerId: form['customerId'] ?? '', verificationId: form['verificationId'] ?? '' },
      ...textIn(form, 'customerReason'),
      ...textIn(form, 'internalReason'),
      ...(meant?.verdict === 'request-documents' && { documents: requestsIn(form) }),
    };
  },
  resolveAttention: (form: Fields, by: string): MessageBodies['resolveAttention'] => ({
    attentionId: form['attentionId'] ?? '',
    action: form['action'] as AttentionAction,
    by,
    ...textIn(form, 'reason'),
    ...(form['action'] === 'adopt' && { adopt: adoptedIn(form) }),
  }),
  claim: (_: Fields, by: string): MessageBodies['claim'] => ({ by }),
  release: (_: Fields, by: string): MessageBodies['release'] => ({ by }),
  note: (form: Fields, by: string): MessageBodies['note'] => ({ by, text: '', ...textIn(form, 'text') }),
  extend: (form: Fields, by: string): MessageBodies['extend'] => ({
    by,
    // To the end of the day, in UTC as all times of the console.
    until: `${form['until']}T23:59:59Z`,
    reason: '',
    ...textIn(form, 'reason'),
  }),
};

export type FormMessage = keyof typeof BODIES;

/** The message of a form; a wrong one is the case's to refuse. @returns undefined for a form that is none of ours */
export function messageOf(
  form: Fields,
  operator: string,
): { [Name in FormMessage]: { name: Name; body: MessageBodies[Name] } }[FormMessage] | undefined {
  const name = form['message'] ?? '';
  if (!Object.hasOwn(BODIES, name)) return undefined;
  return { name, body: BODIES[name as FormMessage](form, operator) } as never;
}

function textIn<Name extends string>(form: Fields, name: Name): Partial<Record<Name, string>> {
  // Browsers send other line breaks than they show.
  const text = (form[name] ?? '').replaceAll(/\r\n?/g, '\n').trim();
  return text === '' ? {} : ({ [name]: text } as Record<Name, string>);
}

function requestsIn(form: Fields): DocumentRequest[] {
  return Array.from({ length: MOST_REQUESTS }, (_, at) => requestFields(at)).flatMap((fields) => {
    const type = form[fields.type] ?? '';
    const subject = form[fields.subject] ?? '';
    return type === '' ? [] : [{ type, ...(subject !== '' && { subject }) }];
  });
}

function adoptedIn(form: Fields): Record<string, string> {
  const prefix = adoptField('');
  const given = Object.entries(form).filter(([name, value]) => name.startsWith(prefix) && value.trim() !== '');
  return Object.fromEntries(given.map(([name, value]) => [name.slice(prefix.length), value.trim()]));
}
