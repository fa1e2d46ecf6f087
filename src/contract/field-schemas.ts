import { domainToASCII } from 'node:url';
import { isValidBIC, isValidIBAN } from 'ibantools';
import { z } from 'zod';
import { DOCUMENT_MIME_TYPES, DOCUMENT_TYPES, documentTypeFault } from './document-types.js';
import { decimalsOf } from './money.js';
import { headerFault, lengthOf, textFault } from './text.js';
import { personal, plain, secret } from './marks.js';
import type { consentEvidence } from './handed-in.js';
import { countryFault } from './countries.js';

type ConsentEvidence = z.output<typeof consentEvidence>;

const MAX_PASSWORD = 128;
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** Mark it where it is used, because it may contain anything. Counts characters; one accent spelt in two ways is one text. */
export const text = (max = 200) =>
  z
    .string()
    .superRefine((value, context) => {
      const length = lengthOf(value.trim());
      const fault =
        length === 0
          ? 'is empty'
          : length > max
            ? `has ${length} characters; at most ${max} are allowed`
            : textFault(value);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault, continue: false });
    })
    .transform((value) => value.trim().normalize('NFC'));

/** Readable in workflow ids: no slash, and none of the characters of an e-mail address. */
export const key = (max: number) =>
  plain(
    z
      .string()
      .regex(new RegExp(`^[A-Za-z0-9._-]{1,${max}}$`), {
        error: `1 to ${max} letters, digits, ".", "_" or "-" are expected`,
      })
      .describe('letters, digits, ".", "_", "-"'),
  );

export const country = plain(
  z
    .string()
    .refine((code) => countryFault(code) === undefined, { error: ({ input }) => countryFault(String(input)) })
    .describe('ISO 3166-1 alpha-2 code'),
);

const EARLIEST_DATE = '1850-01-01';
const DAY = { error: 'a date such as 1988-03-14 is expected', abort: true };

export const pastDate = personal(
  z.iso
    .date(DAY)
    .refine((date) => date >= EARLIEST_DATE, { error: 'lies too far in the past; check the year' })
    .refine((date) => Date.parse(date) <= Date.now(), { error: 'lies in the future' }),
);

/** The age to open an account or act for a firm; the age of majority in most countries. */
export const MINIMUM_AGE = 18;
const OLDEST = 125;

/** The birth date of an adult. */
export const dateOfBirth = personal(
  z.iso.date(DAY).superRefine((date, context) => {
    const fault = ageFault(date, new Date());
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  }),
);

/** What is wrong with a birth date on a day, or undefined. People born on 29 February come of age on 1 March. */
export function ageFault(date: string, today: Date): string | undefined {
  if (Date.parse(date) > today.getTime()) return 'lies in the future';
  const birthday = (age: number): number => {
    const [year, month, day] = date.split('-').map(Number) as [number, number, number];
    return Date.UTC(year + age, month - 1, day);
  };
  if (birthday(OLDEST) < today.getTime()) return `is more than ${OLDEST} years ago; check the year`;
  return birthday(MINIMUM_AGE) > today.getTime() ? `the person must be at least ${MINIMUM_AGE} years old` : undefined;
}

/** Spaces of any kind, and other characters that people write between digits. */
const BETWEEN_DIGITS = /[\s\u00a0()./-]/g;

export const phone = personal(
  z
    .string()
    .transform((value) => value.replaceAll(BETWEEN_DIGITS, ''))
    .refine((value) => /^\+[1-9]\d{6,14}$/.test(value), {
      error: 'a phone number with "+" and the country code, such as +37061234567, is expected',
    }),
);

/** Mail domains outside ASCII are sent to FinHub in the form that mail servers use. */
export const email = personal(
  z
    .string()
    .transform((value) => asciiDomain(value.trim()))
    .refine((value) => z.email().max(254).safeParse(value).success, {
      error: 'an e-mail address such as ruta@mail.example is expected, with ASCII letters before the "@"',
    }),
);

function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 1 || /^[\x21-\x7e]*$/.test(address)) return address;
  return `${address.slice(0, at + 1)}${domainToASCII(address.slice(at + 1))}`;
}

/** Source: facts §13. Only ASCII characters count, because FinHub may count no others. */
export const password = secret(
  z
    .string()
    .min(8, { error: 'at least 8 characters are expected' })
    .max(MAX_PASSWORD, { error: `at most ${MAX_PASSWORD} characters are allowed` })
    .regex(/[a-z]/, { error: 'a lower-case letter from a to z is missing' })
    .regex(/[A-Z]/, { error: 'an upper-case letter from A to Z is missing' })
    .regex(/[0-9]/, { error: 'a digit from 0 to 9 is missing' })
    .regex(/[!-/:-@[-`{-~]/, { error: 'a special character such as ! or _ is missing' })
    .refine((value) => textFault(value) === undefined, { error: 'contains a control or invisible character' })
    .describe(
      'at least 8 characters, with a lower-case and an upper-case ASCII letter, a digit and a special character',
    ),
);

export const iban = personal(
  z
    .string()
    .transform((value) => value.replaceAll(/\s/g, '').toUpperCase())
    .refine((value) => isValidIBAN(value), { error: 'an IBAN with right check digits is expected' }),
);

export const bic = personal(
  z
    .string()
    .toUpperCase()
    .refine((value) => isValidBIC(value), { error: 'a BIC of 8 or 11 characters is expected' }),
);

export const currency = plain(
  z
    .string()
    .refine((code) => CURRENCIES.has(code), { error: 'an ISO 4217 currency code such as EUR is expected' })
    .describe('ISO 4217 code'),
);

export const money = z
  .strictObject({
    value: personal(
      z
        .string()
        .regex(/^(0|[1-9]\d{0,11})(\.\d{1,4})?$/, { error: 'an amount in major units, such as "25.00" is expected' })
        .refine((value) => /[1-9]/.test(value), { error: 'more than 0 is expected' }),
    ),
    currency,
  })
  .superRefine((amount, context) => {
    const allowed = decimalsOf(amount.currency);
    if ((amount.value.split('.')[1] ?? '').length > allowed) {
      context.addIssue({ code: 'custom', path: ['value'], message: `${amount.currency} has ${allowed} decimals` });
    }
  });

const parameter = z.string().max(200);

export const categorization = z.strictObject({
  category: plain(text(100)).describe("code or id of a category in the tenant's hierarchy"),
  parameters: personal(
    z.record(
      text(100),
      z.union([parameter, z.array(parameter).min(1).max(50)], { error: 'a text, or a list of texts, is expected' }),
    ),
  ).describe("a value for each of the category's mandatory keys; a list if FinHub allows several"),
});

export const origin = {
  ipAddress: personal(z.union([z.ipv4(), z.ipv6()], { error: 'an IPv4 or IPv6 address is expected' })).describe(
    "the customer's own",
  ),
  userAgent: personal(
    text(512).refine((value) => headerFault(value) === undefined, { error: ({ input }) => headerFault(String(input)) }),
  ).describe("the customer's own"),
};

/** As messages hand them in; the two have the same fields. */
export const consents = z.strictObject({
  ...origin,
  version: plain(text(40)),
  acceptedAt: plain(
    z.iso.datetime({
      offset: true,
      error: 'an ISO 8601 time with zone, such as 2025-11-03T09:41:12Z is expected',
    }),
  ),
  acceptedBy: personal(text()).optional(),
} satisfies Record<keyof ConsentEvidence, z.ZodType>);

export const documentType = plain(
  z
    .string()
    .transform((type) => type.trim().toUpperCase())
    .refine((type) => documentTypeFault(type) === undefined, {
      error: `one of FinHub's document types is expected: ${DOCUMENT_TYPES.join(', ')}`,
    })
    .describe("one of FinHub's document types, e.g. PASSPORT"),
);

/** The ref of the person whose document it is. */
export const documentSubject = key(64);

/**
 * Content comes from a file, as it is (bytes, or base64 in JSON), or was uploaded before and is named by its digest. It is read and checked when
 * the document is taken in.
 */
export const document = z
  .strictObject({
    type: documentType,
    file: personal(text(1000)).optional().describe('path, relative to the folder of the application'),
    content: personal(
      z.custom<Uint8Array | string>((value) => typeof value === 'string' || value instanceof Uint8Array, {
        error: 'base64 text or bytes are expected',
      }),
    ).optional(),
    sha256: plain(z.string().regex(/^[0-9a-f]{64}$/))
      .optional()
      .describe('SHA-256 in hex of a document that was uploaded for the same case, type and subject'),
    fileName: personal(text(255)).optional().describe("by default the file's own"),
    mimeType: z.enum(DOCUMENT_MIME_TYPES).optional(),
    subject: documentSubject
      .optional()
      .describe("the ref of the person whose document it is; by default the customer's"),
  })
  .refine(({ file, content, sha256 }) => [file, content, sha256].filter((one) => one !== undefined).length === 1, {
    error: 'one of "file", "content" or "sha256" is expected',
  })
  .refine(({ file, fileName }) => file !== undefined || fileName !== undefined, {
    path: ['fileName'],
    error: 'a name is expected where no file names it',
  });

export type DocumentInput = z.input<typeof document>;
