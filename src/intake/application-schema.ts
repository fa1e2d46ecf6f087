import { z } from 'zod';
import type { Organization, OrganizationApplication, Owner } from '../contract/application.js';
import { always, itemsOf, repeated, valueAt } from '../contract/cross-checks.js';
import * as field from '../contract/field-schemas.js';
import { personal, plain } from '../contract/marks.js';
import { payments } from '../contract/payments-schema.js';
import { director, employee, organization, OWNER, PERCENT, person } from '../contract/people-schemas.js';
import { MAX_OWNERSHIP_LEVELS, ownershipFaults } from '../lifecycle/ownership.js';
import type { LifecycleKind } from '../lifecycle/phases.js';
import { isReadableId, READABLE_ID_FAULT, type KnownOfPeople } from '../privacy/readable-id.js';

const BASE = {
  applicationId: field
    .key(64)
    .describe("the backend's own id of the application; no personal data, since ids are readable in Temporal"),
  tenantId: field.key(64).optional().describe("FinHub's id of the tenant; by default FINHUB_TENANT_ID"),
  submittedBy: personal(field.text()).describe('who submits the application; this person can never decide on it'),
  categorization: field.categorization
    .optional()
    .describe('the category at FinHub; without one the case is reviewed as of high risk'),
  origin: z.strictObject(field.origin),
  documents: z.array(field.document).max(50).default([]),
  payments: payments.optional(),
  password: field.password,
};

function namedAsItsType(holder: unknown, context: Context): void {
  const needed =
    valueAt(holder, 'type') === 'CORPORATE' ? ['companyName'] : ['firstName', 'dateOfBirth', 'nationality'];
  for (const name of needed.filter((name) => valueAt(holder, name) === undefined)) {
    context.addIssue({ code: 'custom', path: [name], message: 'is needed for a shareholder of this type' });
  }
}

const TOO_DEEP = plain(z.undefined({ error: `lies more than ${MAX_OWNERSHIP_LEVELS} levels deep` }));

/** Owners of a company, level by level. Not a recursive schema, which would follow an input to any depth. */
function owners(levels: number): z.ZodType<Owner[], Owner[]> {
  return z
    .array(
      z
        .strictObject({
          ...OWNER,
          email: field.email.optional(),
          owners: levels > 1 ? owners(levels - 1).optional() : TOO_DEEP.optional(),
        })
        .superRefine(namedAsItsType, always),
    )
    .max(100);
}

const shareholders = z
  .array(
    z
      .strictObject({ ...OWNER, email: field.email, owners: owners(MAX_OWNERSHIP_LEVELS - 1).optional() })
      .superRefine(namedAsItsType, always),
  )
  .min(1)
  .max(100);

/** Source: facts O10, "first employee without ADMIN_USER". */
const employees = z
  .array(employee)
  .min(1)
  .max(200)
  .superRefine((people: unknown, context) => {
    const [first] = itemsOf({ people }, 'people');
    if (first !== undefined && !itemsOf(first, 'roles').includes('ADMIN_USER')) {
      context.addIssue({ code: 'custom', path: [0, 'roles'], message: 'the first employee needs ADMIN_USER' });
    }
  }, always);

const individualSchema = z
  .strictObject({ ...BASE, consents: field.consents.optional(), person })
  .superRefine(withoutPersonalData, always)
  .superRefine((application: unknown, context) => {
    checkSubjects(application, [], context);
    checkApprovers(application, context);
    if (valueAt(application, 'payments', 'topUp') !== undefined) {
      const message = 'works for organizations only; an individual funds the account by a transfer to its IBAN';
      context.addIssue({ code: 'custom', path: ['payments', 'topUp'], message });
    }
  }, always);

const organizationSchema = z
  .strictObject({
    ...BASE,
    consents: field.consents.required({ acceptedBy: true }).optional(),
    organization,
    directors: z.array(director).min(1).max(100),
    shareholders,
    employees,
    signatory: personal(field.text()).describe('who signs for the organization'),
  })
  .superRefine(withoutPersonalData, always)
  .superRefine((application: unknown, context) => {
    const people = (['directors', 'shareholders', 'employees'] as const).flatMap((group) =>
      peopleIn(application, group).map(({ path, person }) => ({ path: [...path, 'ref'], ref: valueAt(person, 'ref') })),
    );
    for (const index of repeated(people.map(({ ref }) => ref))) {
      context.addIssue({ code: 'custom', path: people[index]!.path, message: 'names another person already' });
    }
    checkOwnership(application, context);
    checkSignatory(application, context);
    checkSubjects(
      application,
      people.map(({ ref }) => ref),
      context,
    );
    checkApprovers(application, context);
  }, always);

/** The accepted forms of applications. They are strict: an unknown field is a fault, so that nothing is lost. */
export const applicationSchemas = { individual: individualSchema, organization: organizationSchema };

export type IndividualInput = z.input<typeof individualSchema>;
export type OrganizationInput = z.input<typeof organizationSchema>;

/** JSON Schema of an application, for other programs and languages. Rules between fields are only in the descriptions. */
export function applicationJsonSchema(kind: LifecycleKind): unknown {
  return z.toJSONSchema(applicationSchemas[kind], {
    io: 'input',
    unrepresentable: () => ({ type: 'string', contentEncoding: 'base64' }),
  });
}

type Context = z.core.$RefinementCtx;

function checkSubjects(application: unknown, refs: unknown[], context: Context): void {
  itemsOf(application, 'documents').forEach((document, index) => {
    const subject = valueAt(document, 'subject');
    if (subject !== undefined && !refs.includes(subject)) {
      context.addIssue({
        code: 'custom',
        path: ['documents', index, 'subject'],
        message: 'does not match anyone in the application',
      });
    }
  });
}

/** People in a list of the application, including the owners of companies. */
function peopleIn(
  whose: unknown,
  list: string,
  levels = MAX_OWNERSHIP_LEVELS,
): { path: (string | number)[]; person: unknown }[] {
  if (levels === 0) return [];
  return itemsOf(whose, list).flatMap((person, index) => [
    { path: [list, index], person },
    ...peopleIn(person, 'owners', levels - 1).map((below) => ({ ...below, path: [list, index, ...below.path] })),
  ]);
}

/** Checks ownership, except for shares and names that the schema already rejected. */
function checkOwnership(application: unknown, context: Context): void {
  const holders = peopleIn(application, 'shareholders');
  const shares = holders.map(({ person }) => valueAt(person, 'ownershipPercentage'));
  if (!shares.every((share) => typeof share === 'string' && PERCENT.test(share))) return;
  const itself = Object(valueAt(application, 'organization')) as Partial<Organization>;
  for (const { path, message } of ownershipFaults(application as OrganizationApplication, itself)) {
    context.addIssue({ code: 'custom', path, message });
  }
}

/** The signatory must be a director or an employee, by name; otherwise nobody could identify the signature later. */
function checkSignatory(application: unknown, context: Context): void {
  const signatory = valueAt(application, 'signatory');
  if (typeof signatory !== 'string') return;
  const nameOf = (person: unknown): string =>
    [valueAt(person, 'firstName'), valueAt(person, 'lastName')].filter((part) => typeof part === 'string').join(' ');
  const people = (['directors', 'employees'] as const).flatMap((group) => itemsOf(application, group));
  const plain = (name: string): string => name.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
  if (people.some((person) => plain(nameOf(person)) === plain(signatory))) return;
  const message = 'does not match anyone in the application; write the full name of a director or an employee';
  context.addIssue({ code: 'custom', path: ['signatory'], message });
}

/** Approvers of transfers need the role for it. Source: facts §7.6. */
function checkApprovers(application: unknown, context: Context): void {
  const employees = itemsOf(application, 'employees');
  itemsOf(valueAt(application, 'payments'), 'approvers').forEach((ref, index) => {
    const employee = employees.find((candidate) => valueAt(candidate, 'ref') === ref);
    if (!itemsOf(employee, 'roles').includes('TRANSACTION_APPROVER')) {
      const message = 'names no employee with the role TRANSACTION_APPROVER';
      context.addIssue({ code: 'custom', path: ['payments', 'approvers', index], message });
    }
  });
}

/** Checks the readable ids of an application, its own and those of its payments, against the personal data in it. */
function withoutPersonalData(application: unknown, context: Context): void {
  const known = knownOfPeople(application);
  for (const path of [['applicationId'], ['payments', 'transfer', 'reference'], ['payments', 'topUp', 'reference']]) {
    const id = valueAt(application, ...path);
    if (typeof id === 'string' && !isReadableId(id, known)) {
      context.addIssue({ code: 'custom', path, message: READABLE_ID_FAULT });
    }
  }
}

function knownOfPeople(application: unknown): KnownOfPeople {
  const people = [
    valueAt(application, 'person'),
    valueAt(application, 'organization'),
    ...(['directors', 'shareholders', 'employees'] as const).flatMap((group) =>
      peopleIn(application, group).map(({ person }) => person),
    ),
  ];
  const texts = (values: unknown[]): string[] => values.filter((value) => typeof value === 'string');
  return {
    names: people.map((one) => texts([valueAt(one, 'firstName'), valueAt(one, 'lastName')])),
    contacts: people.flatMap((one) => texts([valueAt(one, 'email'), valueAt(one, 'phone')])),
  };
}
