import { isValidBIC, isValidIBAN } from 'ibantools';
import { z } from 'zod';
import { decimalsOf } from '../lifecycle/money.js';
import { personal, plain, secret } from '../privacy/marks.js';

const MAX_PASSWORD = 128;
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const regionName = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** To be marked where it is used, since it may hold anything. */
export const text = (max = 200) => z.string().trim().min(1).max(max);

/** Readable in workflow ids: no slash, and nothing that an e-mail address needs. */
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
    .regex(/^[A-Z]{2}$/, { error: 'an ISO 3166-1 alpha-2 code such as LT is expected', abort: true })
    .refine((code) => regionName.of(code) !== undefined, { error: 'no country has this code' })
    .describe('ISO 3166-1 alpha-2 code'),
);

export const pastDate = personal(
  z.iso
    .date({ error: 'a date such as 1988-03-14 is expected', abort: true })
    .refine((date) => Date.parse(date) <= Date.now(), { error: 'lies in the future' }),
);

export const phone = personal(
  z.string().regex(/^\+[1-9]\d{6,14}$/, { error: 'a phone number in E.164 form such as +37061234567 is expected' }),
);

export const email = personal(z.email({ error: 'an e-mail address is expected' }).max(254));

/** Source: facts §13. */
export const password = secret(
  z
    .string()
    .min(8, { error: 'at least 8 characters are expected' })
    .max(MAX_PASSWORD)
    .regex(/\p{Ll}/u, { error: 'a lower-case letter is missing' })
    .regex(/\p{Lu}/u, { error: 'an upper-case letter is missing' })
    .regex(/\d/, { error: 'a digit is missing' })
    .regex(/[^\p{L}\d\s]/u, { error: 'a special character is missing' })
    .describe('at least 8 characters, with lower and upper case, a digit and a special character'),
);

export const iban = personal(
  z
    .string()
    .transform((value) => value.replaceAll(' ', '').toUpperCase())
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

export const address = z.strictObject({
  street: personal(text()),
  city: personal(text()),
  postalCode: personal(text(20)),
  country,
  state: plain(text(100)).optional(),
});

const PERSON = {
  firstName: personal(text(100)),
  lastName: personal(text(100)),
  email,
  phone,
  dateOfBirth: pastDate,
  nationality: personal(country),
  placeOfBirth: personal(text(100)).optional(),
  gender: personal(z.enum(['FEMALE', 'MALE', 'OTHER'])).optional(),
  address,
};

export const person = z.strictObject(PERSON);

export const director = z.strictObject({
  ref: key(64),
  ...PERSON,
  position: personal(text()),
  isPEP: personal(z.boolean()),
});

export const employee = z.strictObject({
  ref: key(64),
  ...PERSON,
  position: personal(text()),
  department: personal(text(100)).optional(),
  roles: z.array(z.enum(['ADMIN_USER', 'COMPLIANCE_OFFICER', 'TRANSACTION_APPROVER', 'EMPLOYEE'])).min(1),
});

export const categorization = z.strictObject({
  category: plain(text(100)).describe("code or id of a category in the tenant's hierarchy"),
  parameters: personal(z.record(text(100), z.string().max(200))).describe(
    "a value for each of the category's mandatory keys",
  ),
});

export const origin = {
  ipAddress: personal(z.union([z.ipv4(), z.ipv6()], { error: 'an IPv4 or IPv6 address is expected' })).describe(
    "the customer's own",
  ),
  userAgent: personal(text(512)).describe("the customer's own"),
};

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
});

/** Content comes from a file or as it is: bytes, or base64 in JSON. It is read and checked when the document is taken in. */
export const document = z
  .strictObject({
    type: key(100).describe("one of FinHub's document types, e.g. PASSPORT"),
    file: personal(text(1000)).optional().describe('path, relative to the folder of the application'),
    content: personal(
      z.custom<Uint8Array | string>((value) => typeof value === 'string' || value instanceof Uint8Array, {
        error: 'base64 text or bytes are expected',
      }),
    ).optional(),
    fileName: personal(text(255)).optional().describe("by default the file's own"),
    mimeType: z.enum(['application/pdf', 'image/jpeg', 'image/png']).optional(),
    subject: key(64).optional().describe("the ref of the person whose document it is; by default the customer's"),
  })
  .refine(({ file, content }) => (file === undefined) !== (content === undefined), {
    error: 'either "file" or "content" is expected',
  })
  .refine(({ content, fileName }) => content === undefined || fileName !== undefined, {
    path: ['fileName'],
    error: 'a name is expected where the content is given',
  });

export type DocumentInput = z.input<typeof document>;
