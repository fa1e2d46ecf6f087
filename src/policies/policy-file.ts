import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { parseJson } from '../files/json.js';
import { canonicalJson } from '../lifecycle/canonical.js';
import { mergePatch } from '../lifecycle/merge-patch.js';
import { documentTypeFault } from '../contract/document-types.js';
import { DEFAULT_POLICY, OPERATOR_LEVELS, type TenantPolicy } from '../lifecycle/policy.js';

/** A tenant's working days. */
export interface Calendar {
  /** IANA name. */
  timeZone: string;
  /** ISO weekdays without work, 1 is Monday. */
  weekend: number[];
  /** `YYYY-MM-DD`. */
  holidays: string[];
}

/** A tenant's current settings. */
export interface TenantSettings {
  version: string;
  policy: TenantPolicy;
  calendar: Calendar;
}

/** Knows each tenant's policy and calendar. */
export interface Policies {
  /** @throws PolicyFileError if the file is not usable now */
  of(tenantId: string): Promise<TenantSettings>;
}

/** The policy file is not usable; the message lists every fault with its path. */
export class PolicyFileError extends Error {
  override readonly name = 'PolicyFileError';
}

const Days = z.number().int().min(0).max(365);
const Deadlines = z.strictObject({ reminder: Days, due: Days, escalation: Days, expiry: Days }).partial();
const Rules = z.strictObject({
  level: z.enum(OPERATOR_LEVELS),
  quorum: z.number().int().min(1).max(5),
  verification: z.enum(['STANDARD', 'ENHANCED']),
  deadlines: Deadlines,
  maxResubmissions: z.number().int().min(0).max(20),
  portalDecision: z.enum(['adopt', 'hold']),
  syncedPasskeys: z.enum(['accept', 'refuse']).default('accept'),
});
const ByRisk = z.strictObject({ LOW: Rules, MEDIUM: Rules, HIGH: Rules });

const documentType = z.string().refine((type) => documentTypeFault(type) === undefined, {
  error: ({ input }) => documentTypeFault(String(input)),
});
/** `{"type": "ID_CARD", "papers": 2}`, or `"PASSPORT"` for one. */
const Paper = z.preprocess(
  (paper) => (typeof paper === 'string' ? { type: paper, papers: 1 } : paper),
  z.strictObject({ type: documentType, papers: z.number().int().min(1).max(10) }),
);
const Evidence = z.record(
  z.string().regex(/^[a-z][A-Za-z]{0,39}$/),
  z.strictObject({ of: z.enum(['customer', 'director', 'beneficialOwner']), anyOf: z.array(Paper).min(1).max(20) }),
  { error: ({ code }) => (code === 'invalid_key' ? 'a name such as "sourceOfFunds" is expected' : undefined) },
);
const EvidenceByRisk = z.strictObject({ LOW: Evidence, MEDIUM: Evidence, HIGH: Evidence });

const Settings = z
  .strictObject({
    review: z.strictObject({ individual: ByRisk, organization: ByRisk }),
    customer: z.strictObject({ documents: Deadlines, consents: Deadlines, activationCode: Deadlines }),
    evidence: z.strictObject({ individual: EvidenceByRisk, organization: EvidenceByRisk }),
    ownership: z.strictObject({ beneficialOwnerPercent: z.number().min(1).max(25) }),
    documents: z.strictObject({ keptDays: z.number().int().min(1).max(36_500) }).partial(),
    calendar: z.strictObject({
      timeZone: z
        .string()
        .refine((name) => IANAZone.isValidZone(name), { error: 'an IANA time zone is expected, e.g. Europe/Vilnius' }),
      weekend: z.array(z.number().int().min(1).max(7)).max(6),
      holidays: z.array(z.iso.date()),
    }),
  })
  .superRefine(({ evidence }, context) => {
    for (const [risk, rules] of Object.entries(evidence.individual)) {
      for (const [name, { of }] of Object.entries(rules)) {
        if (of === 'customer') continue;
        const path = ['evidence', 'individual', risk, name, 'of'];
        context.addIssue({ code: 'custom', path, message: 'an individual has no such people; "customer" is expected' });
      }
    }
  })
  .superRefine(({ review }, context) => {
    for (const kind of ['individual', 'organization'] as const) {
      if (review[kind].HIGH.level !== 'POWER_TENANT') {
        context.addIssue({
          code: 'custom',
          path: ['review', kind, 'HIGH', 'level'],
          message: 'POWER_TENANT decides on high risk; FinHub accepts no other approval',
        });
      }
      for (const risk of ['LOW', 'MEDIUM', 'HIGH'] as const) {
        const { quorum, portalDecision } = review[kind][risk];
        if (quorum > 1 && portalDecision === 'adopt') {
          context.addIssue({
            code: 'custom',
            path: ['review', kind, risk, 'portalDecision'],
            message: "a quorum needs hold; in FinHub's portal one person would decide alone",
          });
        }
      }
    }
  });

const DEFAULTS: z.infer<typeof Settings> = {
  ...(DEFAULT_POLICY as z.infer<typeof Settings>),
  calendar: { timeZone: 'UTC', weekend: [6, 7], holidays: [] },
};

const File = z.strictObject({
  /** For every tenant, applied to the built-in defaults. */
  default: z.record(z.string(), z.unknown()).optional(),
  /** For one tenant, applied to `default`. */
  tenants: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

/**
 * Policies from a JSON file, `{"default": {…}, "tenants": {"<id>": {…}}}`, each a merge patch on the previous one. Read for every case, so a
 * change affects cases that start later. Without a file, the built-in policy counts for everybody.
 * @throws PolicyFileError if it is not usable now
 */
export async function policyFile(path: string | undefined): Promise<Policies> {
  const policies: Policies = {
    of: async (tenantId) => settingsFor(path === undefined ? {} : await read(path), tenantId, path),
  };
  const { tenants = {} } = path === undefined ? {} : await read(path);
  for (const tenantId of ['any', ...Object.keys(tenants)]) await policies.of(tenantId);
  return policies;
}

async function read(path: string): Promise<z.infer<typeof File>> {
  try {
    return File.parse(parseJson(await readFile(path)));
  } catch (error) {
    throw new PolicyFileError(`${path}: ${error instanceof z.ZodError ? faults(error) : (error as Error).message}`, {
      cause: error,
    });
  }
}

function settingsFor(file: z.infer<typeof File>, tenantId: string, path: string | undefined): TenantSettings {
  const merged = mergePatch(mergePatch(DEFAULTS, file.default ?? {}), file.tenants?.[tenantId] ?? {});
  const parsed = Settings.safeParse(merged);
  if (!parsed.success) throw new PolicyFileError(`${path ?? 'the built-in policy'}: ${faults(parsed.error)}`);
  const { calendar, ...policy } = parsed.data;
  const version = createHash('sha256').update(canonicalJson(parsed.data)).digest('hex').slice(0, 12);
  return { version, policy: policy as TenantPolicy, calendar };
}

function faults(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`).join('; ');
}
