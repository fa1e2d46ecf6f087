import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { activatedWalletOf, activeWalletOf, type Call, type Route } from '../call.js';
import { iso } from '../clock.js';
import { isBic, isIban, plainIban } from '../iban.js';
import { scaleOf } from '../amounts.js';
import type { Answer } from '../profiles/answer.js';
import { notFound, read, Refusal } from '../refusal.js';
import type { Beneficiary } from '../records.js';
import { recordMaking, recordUndoing, schedule } from '../world.js';

const ACCOUNT = '/api/v2.1/fintrans/{accountId}';

export const beneficiaryRoutes: readonly Route[] = [
  { method: 'POST', path: `${ACCOUNT}/beneficiaries`, access: 'session', handle: addBeneficiary },
  { method: 'GET', path: `${ACCOUNT}/beneficiaries`, access: 'session', handle: listBeneficiaries },
  { method: 'DELETE', path: `${ACCOUNT}/beneficiaries/{beneficiaryId}`, access: 'session', handle: deleteBeneficiary },
];

const text = z.string().default('');
const bic = z.string().refine(isBic, 'Must be a BIC of 8 or 11 characters').optional();
const beneficiary = z
  .object({
    partyType: z.enum(['INDIVIDUAL_CUSTOMER', 'BUSINESS_CUSTOMER']),
    ...{ firstName: text, lastName: text, companyName: text, name: text, shortName: text, country: text, email: text },
    ...{ phoneNumber: text, networkName: text, bankName: text, purposeCode: text, bicSwiftCode: bic, bic },
    iban: z.string().transform(plainIban).refine(isIban, 'Invalid IBAN'),
    currency: z.string().length(3),
  })
  .transform(({ firstName, lastName, companyName, name, bicSwiftCode, bic = '', ...rest }) => ({
    ...rest,
    name: companyName || `${firstName} ${lastName}`.trim() || name,
    bic: bicSwiftCode ?? bic,
  }))
  .refine(({ name }) => name !== '', { path: ['firstName'], error: 'A name is required' });

function addBeneficiary(call: Call): Answer {
  const { world, now } = call;
  const { state, settings, profile } = world;
  const wallet = activeWalletOf(call);
  const given = read(beneficiary, call.body);
  scaleOf(given.currency);
  if (state.beneficiaries.by('account', wallet.id).some(({ iban }) => iban === given.iban)) {
    throw new Refusal(409, 'Beneficiary with this IBAN already exists');
  }
  const screening = screen(`${given.name} ${given.shortName}`);
  const row = state.beneficiaries.put({
    id: randomUUID(),
    tenantId: wallet.tenantId,
    accountId: wallet.id,
    assetId: randomUUID(),
    ...given,
    pepCheckResult: screening,
    status: ({ VERIFIED: 'ACTIVE', PENDING: 'PENDING', FLAGGED: 'INACTIVE' } as const)[screening],
    createdAt: iso(now),
  });
  if (screening === 'PENDING') schedule(world, 'clear-screening', row.id, now + settings.settlementDelayMs);
  recordMaking(world, wallet.tenantId, 'beneficiary', beneficiaryKey(row), row.id);
  return profile.shapes.beneficiaryAdded(row);
}

/** The magic names: FLAGGED stays so, PENDING clears after the settlement delay, all others are VERIFIED at once. */
function screen(names: string): Beneficiary['pepCheckResult'] {
  if (names.includes('FLAGGED')) return 'FLAGGED';
  return names.includes('PENDING') ? 'PENDING' : 'VERIFIED';
}

function listBeneficiaries(call: Call): Answer {
  const { state, profile } = call.world;
  const { status, partyType, currency, limit, offset } = call.query;
  const all = state.beneficiaries
    .by('account', activatedWalletOf(call).id)
    .filter((row) => status === undefined || row.status === status.toUpperCase())
    .filter((row) => partyType === undefined || row.partyType === partyType)
    .filter((row) => currency === undefined || row.currency === currency);
  const from = Number(offset ?? 0);
  return profile.shapes.beneficiaries(all.slice(from, from + Number(limit ?? 50)));
}

function deleteBeneficiary(call: Call): Answer {
  const wallet = activatedWalletOf(call);
  const { state } = call.world;
  const id = call.param('beneficiaryId');
  const row = state.beneficiaries.by('account', wallet.id).find((one) => one.id === id || one.assetId === id);
  if (!row) throw notFound('Beneficiary');
  state.beneficiaries.delete(row.id);
  recordUndoing(call.world, row.tenantId, 'beneficiary', beneficiaryKey(row), row.id);
  return { message: 'Success', data: {} };
}

function beneficiaryKey({ accountId, iban }: Beneficiary): string {
  return `${accountId}/${iban}`;
}
