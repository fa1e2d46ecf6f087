import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { riskOf } from '../activation.js';
import { callerOf, customerOf, isPowerTenant, verificationOf, type Call, type Route } from '../call.js';
import { iso } from '../clock.js';
import { isHighRisk } from '../hierarchy.js';
import type { Answer } from '../profiles/answer.js';
import { documentView } from '../profiles/runner-views.js';
import { invalid, read, Refusal } from '../refusal.js';
import { fieldsOf } from '../registration.js';
import type { Customer, RiskLevel, Verification } from '../records.js';
import { recordMaking, type World } from '../world.js';

const INDIVIDUAL = '/api/v2.1/customer/individual/{customerId}';
const ORGANIZATION = '/api/v2.1/customer/organization/{organizationId}';
const VERIFICATIONS = '/api/v2.1/verifications';

const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024;
/** The document in base64 with its fields. */
const DOCUMENT_BODY_BYTES = 28 * 1024 * 1024;

export const verificationRoutes: readonly Route[] = [
  { method: 'POST', path: `${INDIVIDUAL}/verification/initiate`, access: 'session', handle: initiate },
  { method: 'POST', path: `${INDIVIDUAL}/verification`, access: 'session', handle: submit },
  { method: 'GET', path: `${INDIVIDUAL}/documents`, access: 'session', handle: listDocuments('customerId') },
  ...['verify', 'verification'].map((path): Route => ({
    method: 'POST',
    path: `${ORGANIZATION}/${path}`,
    access: 'session',
    actingUser: true,
    handle: verifyOrganization,
  })),
  { method: 'GET', path: `${ORGANIZATION}/verification/requirements`, access: 'session', handle: requirements },
  { method: 'GET', path: `${ORGANIZATION}/documents`, access: 'session', handle: listDocuments('organizationId') },
  { method: 'POST', path: VERIFICATIONS, access: 'session', handle: createVerification },
  { method: 'GET', path: `${VERIFICATIONS}/{verificationId}`, access: 'session', handle: showVerification },
  {
    method: 'POST',
    path: `${VERIFICATIONS}/{verificationId}/documents`,
    access: 'session',
    bodyLimit: DOCUMENT_BODY_BYTES,
    handle: addDocument,
  },
  { method: 'POST', path: `${VERIFICATIONS}/{verificationId}/approve`, access: 'admin', handle: decide },
];

const LEVELS = ['TENANT_VERIFIED', 'POWER_TENANT_VERIFIED', 'FINHUB_VERIFIED'] as const;
const request = z.looseObject({
  customerId: z.string().optional(),
  type: z
    .enum([
      'IDENTITY_VERIFICATION',
      'BUSINESS_VERIFICATION',
      'DOCUMENT_VERIFICATION',
      'ENHANCED_DUE_DILIGENCE',
      'SANCTIONS_CHECK',
      'CUSTOMER_DUE_DILIGENCE',
      'BENEFICIAL_OWNER_VERIFICATION',
      'FINANCIAL_VERIFICATION',
    ])
    .optional(),
  requestedLevel: z.enum(LEVELS).default('TENANT_VERIFIED'),
});
const submission = z.looseObject({ verificationType: z.enum(['STANDARD', 'ENHANCED', 'SIMPLIFIED']) });

function initiate(call: Call): Answer {
  const customer = customerOf(call, call.param('customerId'), 'INDIVIDUAL');
  const risk = riskOf(call.world, customer);
  const verification = create(call, customer, { status: 'IN_PROGRESS', requestedLevel: levelFor(risk) });
  return call.world.profile.shapes.verificationInitiated(verification, requiredDocuments(risk));
}

/** Both readings of I08: submits the open verification, or starts one when none is open. */
function submit(call: Call): Answer {
  const customer = customerOf(call, call.param('customerId'), 'INDIVIDUAL');
  read(submission, call.body);
  const { state, profile } = call.world;
  const open = state.verifications.by('customer', customer.id).findLast(isOpen);
  const verification = open
    ? state.verifications.patch(open.id, { status: 'IN_PROGRESS', submittedAt: open.submittedAt ?? iso(call.now) })
    : create(call, customer, { status: 'IN_PROGRESS', requestedLevel: levelFor(riskOf(call.world, customer)) });
  return profile.shapes.verificationCreated(verification);
}

function verifyOrganization(call: Call): Answer {
  const organization = customerOf(call, call.param('organizationId'), 'ORGANIZATION');
  const { customerId, type, requestedLevel } = read(request, call.body);
  if (customerId !== undefined && customerId !== organization.id) {
    throw invalid({ field: 'customerId', message: 'Must be the organization of the path' });
  }
  const verification = create(call, organization, { status: 'PENDING', type, requestedLevel });
  return call.world.profile.shapes.verificationCreated(verification);
}

function createVerification(call: Call): Answer {
  const { customerId, type, requestedLevel } = read(request, call.body);
  if (customerId === undefined) throw invalid({ field: 'customerId', message: 'Required' });
  const customer = customerOf(call, customerId);
  const verification = create(call, customer, { status: 'PENDING', type, requestedLevel });
  return call.world.profile.shapes.verificationCreated(verification);
}

function showVerification(call: Call): Answer {
  const verification = verificationOf(call, call.param('verificationId'));
  const { state, profile } = call.world;
  return profile.shapes.verification(verification, state.documents.by('verification', verification.id));
}

const document = z.looseObject({
  verificationId: z.string().optional(),
  docId: z.string().min(1).optional(),
  documentType: z.string().regex(/^[A-Z][A-Z_]+$/),
  mimeType: z.enum(['application/pdf', 'image/jpeg', 'image/png']),
  fileName: z.string().min(1),
  fileContent: z.string().min(1),
});
const individualOwner = z.looseObject({ customerId: z.string() });
const organizationOwner = z.looseObject({ customerId: z.string(), accountId: z.string().min(1) });

function addDocument(call: Call): Answer {
  const { state, profile } = call.world;
  const verification = verificationOf(call, call.param('verificationId'));
  const given = read(document, call.body);
  if (given.verificationId !== undefined && given.verificationId !== verification.id) {
    throw invalid({ field: 'verificationId', message: 'Must be the verification of the path' });
  }
  const metadata = { ...fieldsOf(fieldsOf(call.body)['metadata']), ...fieldsOf(call.body) };
  const { customerId } = read(verification.kind === 'KYB' ? organizationOwner : individualOwner, metadata);
  if (customerId !== verification.customerId) {
    throw invalid({ field: 'customerId', message: 'Must be the customer of the verification' });
  }
  const content = decoded(given.fileContent);
  const sha256 = createHash('sha256').update(content).digest('hex');

  const { docId, documentType, fileName, mimeType } = given;
  const before = state.documents.by('verification', verification.id).find((row) => docId && row.docId === docId);
  if (before && before.sha256 !== sha256) throw new Refusal(409, 'docId was used for another document');
  if (before) return profile.shapes.documentAdded(before);
  if (!isOpen(verification)) throw new Refusal(409, `Verification is ${verification.status}`);

  const row = state.documents.put({
    id: randomUUID(),
    tenantId: verification.tenantId,
    customerId,
    verificationId: verification.id,
    ...(docId !== undefined && { docId }),
    ...{ documentType, fileName, mimeType, size: content.length, sha256 },
    uploadedAt: iso(call.now),
    uploadedBy: callerOf(call).userId,
  });
  state.verifications.patch(verification.id, { status: 'IN_PROGRESS' });
  recordMaking(call.world, row.tenantId, 'document', `${verification.id}/${documentType}/${sha256}`, row.id);
  return profile.shapes.documentAdded(row);
}

const decision = z.looseObject({
  comment: z.string(),
  customerId: z.string(),
  verificationId: z.string(),
  status: z.enum(['APPROVED', 'REJECTED']),
  approvedBy: z.string().optional(),
  userId: z.string().optional(),
});

function decide(call: Call): Answer {
  const verification = verificationOf(call, call.param('verificationId'));
  const given = read(decision, call.body);
  for (const field of ['customerId', 'verificationId'] as const) {
    if (given[field] !== { customerId: verification.customerId, verificationId: verification.id }[field]) {
      throw invalid({ field, message: 'Must be that of the verification' });
    }
  }
  const by = given.approvedBy ?? given.userId ?? callerOf(call).userId;
  const decided = decideVerification(call.world, verification, given.status, {
    powerTenant: isPowerTenant(call),
    by,
    comment: given.comment,
  });
  return call.world.profile.shapes.verificationDecided(decided);
}

/**
 * Approves or rejects; the same decision again changes nothing.
 * @throws Refusal 403 high risk without power-tenant rights, 409 decided otherwise, 422 nothing to approve yet.
 */
export function decideVerification(
  world: World,
  verification: Verification,
  status: 'APPROVED' | 'REJECTED',
  { powerTenant, by, comment }: { powerTenant: boolean; by: string; comment: string },
): Verification {
  const { state, clock } = world;
  const customer = state.customers.get(verification.customerId) as Customer;
  const needsPower = isHighRisk(riskOf(world, customer)) || verification.requestedLevel === 'POWER_TENANT_VERIFIED';
  if (needsPower && !powerTenant) throw new Refusal(403, 'POWER_TENANT approval is required for this customer');
  if (verification.status === status) return verification;
  if (!isOpen(verification)) throw new Refusal(409, `Verification is already ${verification.status}`);
  if (status === 'APPROVED' && state.documents.by('verification', verification.id).length === 0) {
    throw new Refusal(422, 'No documents were submitted for this verification');
  }
  if (status === 'APPROVED' && customer.kind === 'ORGANIZATION' && customer.status === 'PENDING_VERIFICATION') {
    state.customers.patch(customer.id, { status: 'PENDING_ACTIVATION' });
  }
  return state.verifications.patch(verification.id, {
    status,
    decidedBy: by,
    decidedAt: iso(clock.now()),
    comment,
    ...(status === 'APPROVED' && { level: powerTenant ? 'POWER_TENANT_VERIFIED' : 'TENANT_VERIFIED' }),
  });
}

function requirements(call: Call): Answer {
  const organization = customerOf(call, call.param('organizationId'), 'ORGANIZATION');
  const risk = riskOf(call.world, organization);
  const data = {
    organizationId: organization.id,
    verificationLevel: levelFor(risk),
    requiredDocuments: [
      'CERTIFICATE_OF_INCORPORATION',
      'ARTICLES_OF_ASSOCIATION',
      'SHAREHOLDER_REGISTER',
      'DIRECTOR_ID',
      'BENEFICIAL_OWNER_DECLARATION',
      'BANK_STATEMENT',
    ],
  };
  return { message: 'Success', data };
}

function listDocuments(owner: 'customerId' | 'organizationId') {
  return (call: Call): Answer => {
    const kind = owner === 'customerId' ? 'INDIVIDUAL' : 'ORGANIZATION';
    const customer = customerOf(call, call.param(owner), kind);
    const documents = call.world.state.documents.by('customer', customer.id).map(documentView);
    const pagination = { total: documents.length, page: 0, size: documents.length };
    return { message: 'Success', data: { documents, pagination } };
  };
}

/** Makes a verification, one more if there is one already: FinHub offers no key against that (facts V01). */
export function create(
  call: Call,
  customer: Customer,
  given: Pick<Verification, 'status' | 'requestedLevel'> & { type?: string | undefined },
): Verification {
  const kind = customer.kind === 'INDIVIDUAL' ? 'KYC' : 'KYB';
  const { status, requestedLevel, type } = given;
  const verification = call.world.state.verifications.put({
    id: randomUUID(),
    tenantId: customer.tenantId,
    customerId: customer.id,
    kind,
    type: type ?? (kind === 'KYC' ? 'IDENTITY_VERIFICATION' : 'BUSINESS_VERIFICATION'),
    ...{ status, requestedLevel },
    startedAt: iso(call.now),
  });
  recordMaking(call.world, customer.tenantId, 'verification', customer.id, verification.id);
  return verification;
}

function isOpen({ status }: Verification): boolean {
  return status === 'PENDING' || status === 'IN_PROGRESS';
}

function levelFor(risk: RiskLevel): string {
  return isHighRisk(risk) ? 'POWER_TENANT_VERIFIED' : 'TENANT_VERIFIED';
}

function requiredDocuments(risk: RiskLevel): string[] {
  if (isHighRisk(risk)) {
    return ['GOVERNMENT_ID', 'PROOF_OF_ADDRESS', 'SOURCE_OF_FUNDS', 'PEP_DECLARATION', 'BENEFICIAL_OWNERSHIP'];
  }
  return risk === 'LOW' ? ['GOVERNMENT_ID'] : ['GOVERNMENT_ID', 'PROOF_OF_ADDRESS', 'SOURCE_OF_FUNDS'];
}

function decoded(base64: string): Buffer {
  const content = Buffer.from(base64, 'base64');
  if (content.length === 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) {
    throw invalid({ field: 'fileContent', message: 'Must be base64' });
  }
  if (content.length > MAX_DOCUMENT_BYTES) throw new Refusal(413, 'Document is larger than 20 MB');
  return content;
}
