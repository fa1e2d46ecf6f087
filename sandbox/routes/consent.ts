import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CONSENT_TYPES } from '../activation.js';
import { customerOf, type Call, type Route } from '../call.js';
import { DAY, iso } from '../clock.js';
import type { Answer } from '../profiles/answer.js';
import { invalid, read, Refusal } from '../refusal.js';
import type { Customer } from '../records.js';
import { recordMaking, schedule } from '../world.js';

export const consentRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v2.1/customer/individual/{customerId}/consents/{consentType}',
    access: 'session',
    handle: (call) => accept(call, customerOf(call, call.param('customerId'), 'INDIVIDUAL'), individualBody),
  },
  {
    method: 'POST',
    path: '/api/v2.1/customer/organization/{organizationId}/consents/{consentType}',
    access: 'session',
    handle: (call) => accept(call, customerOf(call, call.param('organizationId'), 'ORGANIZATION'), organizationBody),
  },
];

const accepted = z.literal(true, { error: 'Must be true' });
const body = z.looseObject({
  accepted,
  version: z.string().min(1).default('1.0'),
  acceptedBy: z.unknown().optional(),
  acceptedDate: z.string().optional(),
});
interface ConsentBody {
  version: string;
  acceptedBy?: unknown;
  acceptedDate?: string | undefined;
}
const individualBody = body.extend({ version: z.string().min(1) });
const organizationBody = body.extend({
  acceptedBy: z.union([z.string().min(1), z.looseObject({ name: z.string().min(1) })]),
  acceptedDate: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'Must be a date'),
});

/** Records a consent; accepting it again changes nothing. @throws Refusal 422 out of order (R8). */
function accept(call: Call, customer: Customer, schema: z.ZodType<ConsentBody>): Answer {
  const { world, now } = call;
  const { state, settings, profile } = world;
  const type = CONSENT_TYPES.get(call.param('consentType'));
  if (type === undefined) throw invalid({ field: 'consentType', message: 'Must be terms, privacy or data-processing' });
  const { version, acceptedBy, acceptedDate } = read(schema, call.body);

  const given = state.consents.by('customer', customer.id);
  const before = given.find((consent) => consent.type === type);
  if (before) return profile.shapes.consentAccepted(before, customer.kind);
  const order = [...CONSENT_TYPES.values()];
  const missing = order.slice(0, order.indexOf(type)).filter((earlier) => !given.some((one) => one.type === earlier));
  if (settings.strictConsentOrder && missing.length > 0) {
    throw new Refusal(422, `Consents out of order: ${missing.join(', ')} first`, { missingConsents: missing });
  }
  const consent = state.consents.put({
    id: randomUUID(),
    tenantId: customer.tenantId,
    customerId: customer.id,
    type,
    status: profile.recordsLater ? 'PENDING' : 'ACCEPTED',
    version,
    grantedAt: iso(now),
    expiresAt: iso(now + 365 * DAY),
    ipAddress: call.ip,
    userAgent: call.userAgent,
    ...(acceptedBy !== undefined && { acceptedBy }),
    ...(acceptedDate !== undefined && { acceptedDate }),
  });
  if (profile.recordsLater) schedule(world, 'accept-consent', consent.id, now + settings.activationDelayMs / 3);
  recordMaking(world, customer.tenantId, 'consent', `${customer.id}/${type}`, consent.id);
  return profile.shapes.consentAccepted(consent, customer.kind);
}
