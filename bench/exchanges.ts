import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import type { Endpoint } from '../src/finhub/endpoint.js';

/** A call and the answer to it, in the form of FinHub's newest samples. */
export interface Exchange {
  endpoint: Endpoint<unknown, unknown>;
  input: object;
  answer: object;
}

const ID = '2dac1793-ab48-420c-b0b5-01292302e188';
const address = { street: 'Gedimino pr. 1', city: 'Vilnius', postalCode: '01103', country: 'LT' };
const person = {
  ...{ firstName: 'Rasa', lastName: 'Jonaityte', email: 'rasa@example.com', phone: '+37060000001' },
  ...{ dateOfBirth: '1985-02-03', nationality: 'LT', address },
};
const wallet = (walletId: string, name: string, iban: string | null) => ({
  ...{ id: walletId, walletId, customerId: ID, name, walletType: name.toLowerCase().replaceAll(' ', '_') },
  ...{ status: 'ACTIVE', currency: 'EUR', balance: '1000.00', availableBalance: '1000.00', iban },
});
const director = (index: number) => ({
  ...{ directorId: `${ID}-${index}`, firstName: 'Rasa', lastName: 'Jonaityte', email: `rasa-${index}@example.com` },
  ...{ role: 'CEO', appointedDate: '2026-01-15', status: 'ACTIVE', isPEP: false },
});

/** A mix of what lifecycles do: small and larger bodies, both ways. */
export const EXCHANGES: readonly Exchange[] = [
  exchange(CATALOGUE.getVerification, { verificationId: ID }, { verificationId: ID, status: 'PENDING' }),
  exchange(CATALOGUE.listWallets, { customerId: ID, customerType: 'B2C' }, [
    wallet('558ad9af-0482-471f-9385-5a943b80f6d2', 'B2C Product General Purpose Wallet', 'LT213320011000055860'),
    wallet('f9f66497-ef59-446b-9b32-34391b27c928', 'B2C Master General Purpose Wallet', null),
  ]),
  exchange(
    CATALOGUE.acceptConsent,
    { customerId: ID, consentType: 'terms', version: '1.0', acceptedAt: '2026-01-15T10:00:00.000Z' },
    { status: 'PENDING' },
  ),
  exchange(
    CATALOGUE.addDirector,
    { organizationId: ID, person, position: 'CEO', directorType: 'MANAGING', isPEP: false },
    { ...director(0), individual: { customerId: ID, userId: ID, email: person.email }, createdAt: '2026-01-15' },
  ),
  exchange(
    CATALOGUE.listDirectors,
    { organizationId: ID },
    { directors: Array.from({ length: 20 }, (_, index) => director(index)), pagination: { total: 20, page: 0 } },
  ),
];

function exchange<I extends object, R>(endpoint: Endpoint<I, R>, input: NoInfer<I>, data: object): Exchange {
  return {
    endpoint: endpoint as unknown as Endpoint<unknown, unknown>,
    input,
    answer: { code: 200, message: 'Success', data },
  };
}
