import type { IndividualInput, OrganizationInput } from '../../src/client/index.js';
import type { LifecycleKind } from '../../src/lifecycle/phases.js';
import { anIndividual, anOrganization } from '../helpers/applications.js';

/** What an application may hold or leave out. */
export const PARTS = [
  'documents',
  'consents',
  'beneficiaries',
  'consent',
  'topUp',
  'transfer',
  'approvers',
  /** Fields that people and beneficiaries need not have: a second name, a postal code. */
  'details',
] as const;
export type Part = (typeof PARTS)[number];

/** An application by the parts that it holds. */
export interface Choice {
  kind: LifecycleKind;
  parts: ReadonlySet<Part>;
}

export const nameOf = ({ kind, parts }: Choice): string => `${kind}: ${[...parts].join(', ') || 'nothing optional'}`;

/** Every subset of the parts, of both kinds. */
export function allChoices(): Choice[] {
  const subsets = Array.from(
    { length: 2 ** PARTS.length },
    (_, bits) => new Set(PARTS.filter((_part, index) => bits & (1 << index))),
  );
  return (['individual', 'organization'] as const).flatMap((kind) => subsets.map((parts) => ({ kind, parts })));
}

/** Fields of an application that intake has to refuse: what they ask for cannot be carried out. */
export function refusedOf({ kind, parts }: Choice): string[] {
  const paysNobody = parts.has('transfer') && !parts.has('beneficiaries');
  const lacksConsent = parts.has('transfer') ? !parts.has('consent') : false;
  return [
    ...(lacksConsent || (parts.has('consent') && !parts.has('beneficiaries')) ? ['payments.consent'] : []),
    ...(paysNobody ? ['payments.transfer.beneficiary'] : []),
    ...(kind === 'individual' && parts.has('topUp') ? ['payments.topUp'] : []),
    ...(kind === 'individual' && parts.has('approvers') ? ['payments.approvers[0]'] : []),
  ];
}

/**
 * A few of the choices that intake takes, in which each two parts are there together, missing together, and one without the other, as far as
 * any choice has them so.
 */
export function sampleOf(choices: readonly Choice[]): Choice[] {
  const pairsOf = ({ kind, parts }: Choice): string[] =>
    PARTS.flatMap((one, index) =>
      PARTS.slice(index + 1).map((other) => `${kind} ${one} ${parts.has(one)} ${other} ${parts.has(other)}`),
    );
  const left = new Set(choices.flatMap(pairsOf));
  const chosen: Choice[] = [];
  const gain = (choice: Choice): number => pairsOf(choice).filter((pair) => left.has(pair)).length;
  while (left.size > 0) {
    const best = choices.reduce((most, choice) => (gain(choice) > gain(most) ? choice : most));
    for (const pair of pairsOf(best)) left.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

/** The application of somebody new, with these parts and no others. */
export async function applicationOf({ kind, parts }: Choice): Promise<IndividualInput | OrganizationInput> {
  const whole = await (kind === 'individual' ? anIndividual() : anOrganization());
  const { documents, consents, payments, ...rest } = whole;
  const topUp = (await anOrganization()).payments!.topUp!;
  const asked = {
    ...(parts.has('beneficiaries') && { beneficiaries: payments!.beneficiaries }),
    ...(parts.has('consent') && { consent: payments!.consent }),
    ...(parts.has('topUp') && { topUp: { ...topUp, reference: `${whole.applicationId}-top-up` } }),
    ...(parts.has('transfer') && { transfer: { ...payments!.transfer!, reference: `${whole.applicationId}-first` } }),
    ...(parts.has('approvers') && { approvers: ['employee-anke'] }),
  };
  const application = {
    ...rest,
    ...(parts.has('documents') && { documents }),
    ...(parts.has('consents') && { consents }),
    ...(Object.keys(asked).length > 0 && { payments: asked }),
  };
  return (parts.has('details') ? application : withoutDetails(application)) as IndividualInput | OrganizationInput;
}

const DETAILS = new Set(['lastName', 'placeOfBirth', 'gender', 'tradingName', 'website', 'bankName', 'purposeCode']);

function withoutDetails(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, inner: unknown) => {
    if (name === 'address') return { ...(inner as object), postalCode: undefined, country: 'HK' };
    if (name === 'signatory') return String(inner).split(' ')[0];
    return DETAILS.has(name) ? undefined : inner;
  }) as unknown;
}
