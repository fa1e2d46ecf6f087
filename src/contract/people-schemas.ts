import { z } from 'zod';
import { hasPostalCodes } from './countries.js';
import { always, valueAt } from './cross-checks.js';
import { country, dateOfBirth, email, key, pastDate, phone, text } from './field-schemas.js';
import { personal, plain } from './marks.js';

/** Postal address. */
export const address = z
  .strictObject({
    street: personal(text()),
    city: personal(text()),
    postalCode: personal(text(20)).optional().describe('omitted only in countries that have none'),
    country,
    state: plain(text(100)).optional(),
  })
  .superRefine((value: unknown, context) => {
    const of = valueAt(value, 'country');
    if (valueAt(value, 'postalCode') === undefined && (typeof of !== 'string' || hasPostalCodes(of)))
      context.addIssue({ code: 'custom', path: ['postalCode'], message: 'is missing; only some countries have none' });
  }, always);

const PERSON = {
  firstName: personal(text(100)),
  lastName: personal(text(100)).optional().describe('omit it for a person with a single name, which is the firstName'),
  email,
  phone,
  dateOfBirth,
  nationality: personal(country),
  placeOfBirth: personal(text(100)).optional(),
  gender: personal(z.enum(['FEMALE', 'MALE', 'OTHER'])).optional(),
  address,
};

/** A natural person. Dates are `YYYY-MM-DD`. */
export const person = z.strictObject(PERSON);

/** Source: facts O02. */
export const DIRECTOR_TYPES = ['EXECUTIVE', 'NON_EXECUTIVE', 'MANAGING', 'CHAIRMAN'] as const;

export const director = z.strictObject({
  ref: key(64),
  ...PERSON,
  position: personal(text()),
  directorType: z.enum(DIRECTOR_TYPES),
  isPEP: personal(z.boolean()),
});

/** Roles of an employee in the organization. Source: facts §7.6. */
const EMPLOYEE_ROLES = ['ADMIN_USER', 'COMPLIANCE_OFFICER', 'TRANSACTION_APPROVER', 'EMPLOYEE'] as const;

/** Roles of an employee at FinHub for the organization as a customer. Source: facts O10, §7.6. */
export const ORGANIZATION_ROLES = ['ACCOUNT_OWNER', 'ADMIN', 'USER'] as const;

export const employee = z.strictObject({
  ref: key(64),
  ...PERSON,
  position: personal(text()),
  department: personal(text(100)).optional(),
  roles: z.array(z.enum(EMPLOYEE_ROLES)).min(1),
  organizationRole: z.enum(ORGANIZATION_ROLES),
});

/** A percentage of ownership, as text. */
export const PERCENT = /^(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)$/;

/** A person or company with shares in the customer or in a company among its owners; without their own owners. */
export const OWNER = {
  ref: key(64),
  type: z.enum(['INDIVIDUAL', 'CORPORATE']),
  firstName: personal(text(100)).optional(),
  lastName: personal(text(100)).optional(),
  companyName: personal(text()).optional(),
  registrationNumber: personal(text(50)).optional(),
  country: country.optional().describe('of a company: where it is registered'),
  dateOfBirth: pastDate.optional(),
  nationality: personal(country).optional(),
  ownershipPercentage: personal(
    z
      .string()
      .regex(PERCENT, { error: 'a percentage as text without a sign, such as "33.34", is expected', abort: true })
      .refine((percentage) => Number(percentage) > 0, { error: 'more than 0 is expected' }),
  ).describe('percent as text; all owners of a company together hold exactly 100'),
  isPEP: personal(z.boolean()),
  withoutOwners: z
    .enum(['LISTED', 'STATE', 'FOUNDATION'])
    .optional()
    .describe(
      'why a company names no owners: it is listed on a regulated market, held by a state or municipality, or a foundation or association, which nobody owns',
    ),
};

export const organization = z.strictObject({
  legalName: personal(text()),
  tradingName: personal(text()).optional(),
  registrationNumber: personal(text(50)),
  taxId: personal(text(50)),
  legalForm: plain(text(100)),
  industry: plain(text(100)),
  incorporationDate: pastDate,
  website: personal(z.url({ protocol: /^https?$/, error: 'an http(s) address is expected' })).optional(),
  email: email,
  phone: phone,
  address: address,
});
