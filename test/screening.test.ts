import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unwrap } from '../src/finhub/response.js';
import { addBeneficiary, listBeneficiaries } from '../src/finhub/catalogue/beneficiaries.js';
import { PROFILES } from '../sandbox/profiles/index.js';
import type { Beneficiary } from '../sandbox/records.js';

const STATUS = { VERIFIED: 'ACTIVE', PENDING: 'PENDING', FLAGGED: 'INACTIVE' } as const;

function aBeneficiary(pepCheckResult: keyof typeof STATUS): Beneficiary {
  return {
    ...{
      id: 'beneficiary',
      tenantId: 'tenant',
      accountId: 'account',
      assetId: 'asset',
      partyType: 'BUSINESS_CUSTOMER',
    },
    ...{ name: 'Works', shortName: 'Works', iban: 'DE44500105175407324931', bic: 'INGDDEFF', currency: 'EUR' },
    ...{ country: 'DE', networkName: 'SEPA', bankName: '', purposeCode: '', email: '', phoneNumber: '' },
    ...{ pepCheckResult, status: STATUS[pepCheckResult], createdAt: '2026-03-02T12:00:00.000Z' },
  };
}

for (const [name, profile] of Object.entries(PROFILES)) {
  test(`what screening came to is read from the answers of the ${name} profile`, () => {
    for (const screening of Object.keys(STATUS) as (keyof typeof STATUS)[]) {
      const row = aBeneficiary(screening);
      const added = addBeneficiary.response.parse(unwrap(profile.envelope(profile.shapes.beneficiaryAdded(row))));
      const { beneficiaries } = listBeneficiaries.response.parse(
        unwrap(profile.envelope(profile.shapes.beneficiaries([row]))),
      );
      assert.deepEqual([added.screening, beneficiaries[0]?.screening], [screening, screening]);
    }
  });
}
