import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { applicationSchemas } from '../src/intake/application-schema.js';
import { faultsOf } from '../src/intake/faults.js';
import type { Application, OrganizationApplication, Owner, Shareholder } from '../src/contract/application.js';
import { ownershipHashOf } from '../src/lifecycle/ownership.js';
import { riskOf } from '../src/lifecycle/risk.js';
import { newCase } from '../src/lifecycle/new-case.js';
import type { LifecycleState } from '../src/lifecycle/case-state.js';
import {
  beneficialOwners,
  declaredOwners,
  hashOwnership,
  MAX_OWNERSHIP_LEVELS,
  ownershipFaults,
  ownershipView,
} from '../src/lifecycle/ownership.js';
import { DEFAULT_POLICY } from '../src/lifecycle/policy.js';
import { decide } from '../src/lifecycle/reducer.js';
import { hashEvidence } from '../src/lifecycle/review-state.js';
import { openRound } from '../src/lifecycle/review.js';
import { ownershipText } from '../src/cli/ownership-text.js';
import { anOrganization } from './helpers/applications.js';

let refs = 0;
const ref = (): string => `owner-${(refs += 1)}`;

function person(name: string, ownershipPercentage: string, more: Omit<Partial<Owner>, 'email'> = {}): Shareholder {
  return {
    ...{ ref: ref(), type: 'INDIVIDUAL', firstName: name, lastName: 'Petraitis', email: 'o@mail.example' },
    ...{ dateOfBirth: '1980-01-02', nationality: 'LT', isPEP: false, ownershipPercentage, ...more },
  };
}

function company(
  companyName: string,
  ownershipPercentage: string,
  more: Omit<Partial<Owner>, 'email'> = {},
): Shareholder {
  return {
    ref: ref(),
    type: 'CORPORATE',
    companyName,
    email: 'c@mail.example',
    isPEP: false,
    ownershipPercentage,
    ...more,
  };
}

const ITSELF: Partial<OrganizationApplication['organization']> = { legalName: 'UAB Baltic Lantern' };
const owned = (...shareholders: Shareholder[]) => ({ shareholders });
const faultPaths = async (...shareholders: Shareholder[]): Promise<string[]> => {
  const application = await anOrganization({ shareholders, documents: [], payments: null, consents: null });
  return faultsOf(applicationSchemas.organization.safeParse(application).error).map(({ path }) => path);
};

describe('who owns an organization', () => {
  test('is multiplied along each path and summed over the paths', () => {
    const application = owned(
      person('Ona', '20'),
      company('A', '50', { owners: [person('Ona', '10'), person('Jonas', '90')] }),
      company('B', '30', { owners: [company('C', '50', { owners: [person('Rasa', '100')] }), person('Ana', '50')] }),
    );
    assert.deepEqual(ownershipFaults(application, ITSELF), []);
    assert.deepEqual(
      beneficialOwners(application, 25).map(({ share, refs }) => [share, refs.length]),
      [
        ['25', 2],
        ['45', 1],
      ],
    );
    assert.deepEqual(
      ownershipView(application, 25).map(({ name, effective, total, isBeneficialOwner }) => [
        ...[name, effective, total, isBeneficialOwner],
      ]),
      [
        ['Ona Petraitis', '20', '25', true],
        ['A', '50', null, false],
        ['B', '30', null, false],
      ],
    );
    assert.equal(beneficialOwners(application, 15).length, 4);
    assert.match(ownershipText(ownershipView(application, 25)), /Ona Petraitis .*UBO, 25 % over all paths/);
  });

  test('is exact: a hair below the threshold is below it, and is not shown as reaching it', () => {
    const through = (share: string) =>
      owned(company('A', '50', { owners: [person('Ona', share), person('Jonas', '1')] }), person('Rasa', '50'));
    assert.ok(beneficialOwners(through('50'), 25).some(({ share }) => share === '25'));
    const [view] = ownershipView(through('49.9999'), 25);
    assert.deepEqual([view!.owners[0]!.isBeneficialOwner, view!.owners[0]!.effective], [false, '24.9999']);
    // A third of a third, three times, is a third less what four decimals cut off.
    const third = () => company(ref(), '33.3333', { owners: [person('Ona', '33.3333'), person('Jonas', '66.6667')] });
    assert.equal(beneficialOwners(owned(third(), third(), third(), person('X', '0.0001')), 25).at(0)?.share, '33.3332');
  });

  test('tells FinHub of a company in place of those behind it', () => {
    const application = owned(
      person('Ona', '10'),
      company('A', '40', { owners: [person('Ona', '50'), person('Jonas', '50')] }),
      person('Rasa', '24'),
      person('Ana', '26'),
    );
    const [ona, a, , ana] = application.shareholders;
    assert.deepEqual([...declaredOwners(application, 25)], [ona!.ref, a!.ref, ana!.ref]);
  });

  test('is nobody where none reaches the threshold, which is said', () => {
    const application = owned(...['a', 'b', 'c', 'd', 'e'].map((name) => person(name, '20')));
    assert.deepEqual(beneficialOwners(application, 25), []);
    assert.match(ownershipText(ownershipView(application, 25)), /its managers count as beneficial owners/);
  });

  /** Whole percents that make 100, for so many owners. */
  const split = (count: number) =>
    fc.array(fc.integer({ min: 1, max: 100 }), { minLength: count, maxLength: count }).map((weights) => {
      const sum = weights.reduce((all, weight) => all + weight, 0);
      const parts = weights.map((weight) => Math.max(1, Math.floor((weight * 1_000_000) / sum)));
      parts[0]! += 1_000_000 - parts.reduce((all, part) => all + part, 0);
      return parts.map((part) => (part / 10_000).toFixed(4).replace(/\.?0+$/, ''));
    });
  const NAMES = ['Ona', 'Jonas', 'Rasa', 'Ana'];
  const people = fc.constantFrom(...NAMES);
  const level = (depth: number): fc.Arbitrary<Shareholder[]> =>
    fc.integer({ min: 1, max: 3 }).chain((count) =>
      fc
        .tuple(
          split(count),
          fc.array(
            depth === 0
              ? people.map((name) => (share: string) => person(name, share))
              : fc.oneof(
                  people.map((name) => (share: string) => person(name, share)),
                  level(depth - 1).map((owners) => (share: string) => company(`company ${ref()}`, share, { owners })),
                ),
            { minLength: count, maxLength: count },
          ),
        )
        .map(([shares, makers]) => makers.map((make, index) => make(shares[index]!))),
    );

  test('holds for any tree: people hold the whole, and no order or spelling changes anything', () => {
    fc.assert(
      fc.property(level(4), (shareholders) => {
        const application = owned(...shareholders);
        assert.deepEqual(ownershipFaults(application, ITSELF), []);
        const all = beneficialOwners(application, 0.0001);
        const total = all.reduce((sum, { share }) => sum + Number(share), 0);
        // Each person's share is cut after four decimals, and who holds less than the threshold is left out.
        assert.ok(total <= 100 + 1e-9 && total > 100 - NAMES.length * 0.0002, String(total));

        // Against floating point, by another way through the tree.
        const held = new Map<string, number>();
        const walk = (owners: readonly Owner[], above: number): void => {
          for (const owner of owners) {
            const part = (above * Number(owner.ownershipPercentage)) / 100;
            if (owner.owners) walk(owner.owners, part);
            else held.set(owner.firstName!, (held.get(owner.firstName!) ?? 0) + part);
          }
        };
        walk(shareholders, 100);
        for (const {
          refs: [first],
          share,
        } of all) {
          const name = JSON.stringify(shareholders)
            .split(`"ref":"${first}"`)[1]!
            .match(/"firstName":"(\w+)"/)![1]!;
          assert.ok(Math.abs(held.get(name)! - Number(share)) < 0.001, `${name}: ${held.get(name)} and ${share}`);
        }

        const shares = (of: Shareholder[]) =>
          beneficialOwners(owned(...of), 25)
            .map(({ share }) => share)
            .sort();
        const turned = (owners: Owner[]): Owner[] =>
          owners.toReversed().map((owner) => ({
            ...owner,
            firstName: owner.firstName?.toUpperCase(),
            ...(owner.owners ? { owners: turned(owner.owners) } : {}),
          }));
        assert.deepEqual(shares(turned(shareholders) as Shareholder[]), shares(shareholders));
      }),
      { numRuns: 300 },
    );
  });

  test('bears any shape, since not everybody comes through the intake', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (shareholders, owners) => {
        for (const odd of [shareholders, [shareholders], [{ ref: 'a', type: 'CORPORATE', owners }]]) {
          const application = { shareholders: odd } as never;
          ownershipFaults(application, ITSELF);
          beneficialOwners(application, 25);
          ownershipView(application, 25);
          hashOwnership(application);
        }
      }),
    );
  });
});

describe('an ownership that is handed in', () => {
  test('may run through companies, with the ends where nobody owns them', async () => {
    const stately = company('Kieler Hafen AG', '60', { withoutOwners: 'STATE' });
    assert.deepEqual(await faultPaths(company('A', '100', { owners: [stately, person('Ona', '40')] })), []);
  });

  test('names the place where it is incomplete', async () => {
    const inner = company('B', '50', { owners: [person('Ona', '60'), person('Jonas', '39.9')] });
    const found = await faultPaths(
      company('A', '60', { owners: [inner, company('C', '50')] }),
      person('Rasa', '40', { withoutOwners: 'LISTED' }),
    );
    assert.deepEqual(found, [
      'shareholders[0].owners[0].owners',
      'shareholders[0].owners[1].owners',
      'shareholders[1].withoutOwners',
    ]);
    const [silent] = ownershipFaults(owned(company('A', '100')), ITSELF);
    assert.match(silent!.message, /name all owners of a company, or say in "withoutOwners" why/);
    const both = company('A', '100', { owners: [person('Ona', '100')], withoutOwners: 'LISTED' });
    assert.deepEqual(await faultPaths(both), ['shareholders[0].withoutOwners']);
    assert.deepEqual(await faultPaths(company('A', '100', { owners: [] })), ['shareholders[0].owners']);
    const nameless = person('Ona', '100', { dateOfBirth: undefined });
    assert.deepEqual(await faultPaths(company('A', '100', { owners: [nameless] })), [
      'shareholders[0].owners[0].dateOfBirth',
    ]);
  });

  test('names the place where it runs in a circle', async () => {
    const { organization } = await anOrganization();
    const back = company('b  gmbh.', '100', { owners: [company('A', '100', { withoutOwners: 'LISTED' })] });
    assert.deepEqual(await faultPaths(company('A', '100', { owners: [back] })), [
      'shareholders[0].owners[0].owners[0]',
    ]);
    const numbered = (name: string, owners?: Owner[]) =>
      company(name, '100', {
        registrationNumber: 'HRB 1',
        country: 'DE',
        ...(owners ? { owners } : { withoutOwners: 'LISTED' }),
      });
    assert.deepEqual(await faultPaths(numbered('A', [numbered('Renamed')])), ['shareholders[0].owners[0]']);
    const itself = company(organization.legalName, '100', { withoutOwners: 'LISTED' });
    assert.deepEqual(await faultPaths(company('A', '100', { owners: [itself] })), ['shareholders[0].owners[0]']);
    // The same name in another country is another company, and one company may own in several places.
    const abroad = company(organization.legalName, '100', { country: 'DE', owners: [person('Ona', '100')] });
    const twice = (share: string) => company('C', share, { owners: [person('Ona', '100')] });
    const sides = company('A', '50', { owners: [twice('50'), { ...abroad, ownershipPercentage: '50' }] });
    assert.deepEqual(await faultPaths(sides, twice('50')), []);
  });

  test('ends somewhere, and names everybody once', async () => {
    const chain = (levels: number): Owner =>
      levels === 1 ? person('Ona', '100') : company(`level ${levels}`, '100', { owners: [chain(levels - 1)] });
    assert.deepEqual(await faultPaths(chain(MAX_OWNERSHIP_LEVELS) as Shareholder), []);
    const [tooDeep] = await faultPaths(chain(MAX_OWNERSHIP_LEVELS + 1) as Shareholder);
    assert.equal(tooDeep, `shareholders[0]${'.owners[0]'.repeat(MAX_OWNERSHIP_LEVELS - 1)}.owners`);
    assert.ok((await faultPaths(chain(3000) as Shareholder)).length > 0);
    const again = person('Ona', '50');
    const [repeated] = await faultPaths(
      again,
      company('A', '50', { owners: [{ ...again, ownershipPercentage: '100' }] }),
    );
    assert.equal(repeated, 'shareholders[1].owners[0].ref');
  });
});

describe('a correction of the ownership', () => {
  const given = { at: new Date(), operators: new Map() };

  /** A case in its review, with FinHub knowing everybody it is told of. */
  async function inReview(more: Partial<LifecycleState> = {}): Promise<LifecycleState> {
    const application = { ...(await anOrganization({ documents: [] })), tenantId: 't' } as unknown as Application;
    const state = newCase('organization', application, given.at);
    const phases = state.phases.map((phase, index) => ({
      ...phase,
      state: index < 2 ? ('completed' as const) : index === 2 ? ('active' as const) : phase.state,
    }));
    const rules = { ...DEFAULT_POLICY.review.organization.MEDIUM, quorum: 2 };
    return { ...state, phases, review: openRound(state.review, rules, given.at), ...more };
  }
  const holdersOf = ({ application }: LifecycleState) => (application as OrganizationApplication).shareholders;
  const correct = (state: LifecycleState, shareholders: Owner[]) =>
    decide(state, { name: 'correctApplication', body: { correctedBy: 'backoffice', patch: { shareholders } } }, given);
  /** Who is behind the company changes places. */
  const turned = (state: LifecycleState): Owner[] =>
    holdersOf(state).map((holder) => (holder.owners ? { ...holder, owners: holder.owners.toReversed() } : holder));

  test('voids what was decided on the former one, and opens the next round', async () => {
    const opened = await inReview();
    const approval = { operatorId: 'op-1', level: 'TENANT' as const, decisionId: 'd', sent: {} as never };
    const state = { ...opened, review: { ...opened.review, approvals: [approval] } };
    const { answer, state: after } = correct(state, turned(state));
    assert.ok(answer.accepted, answer.detail);
    assert.deepEqual([after.review.stage, after.review.round, after.review.approvals], ['collecting', 2, []]);
    assert.notEqual(after.review.evidenceHash, state.review.evidenceHash);
    assert.equal(after.review.evidenceHash, hashEvidence([], ownershipHashOf(after.application)));
    const same = correct(state, holdersOf(state));
    assert.deepEqual([same.state.review.round, same.state.review.approvals], [1, [approval]]);
  });

  test('reaches nobody whom FinHub has, and nothing that is decided', async () => {
    const state = await inReview();
    const [first, ...others] = holdersOf(state);
    assert.match(correct(state, [{ ...first!, isPEP: true }, ...others]).answer.detail, /only who owns the companies/);
    assert.match(correct(state, others).answer.detail, /only who owns the companies/);
    const decided = await inReview({ review: { ...state.review, stage: 'approved' } });
    assert.match(correct(decided, turned(decided)).answer.detail, /the review is decided/);
  });

  test('is what a decision is bound to, whatever the spelling', async () => {
    const application = (await inReview()).application as OrganizationApplication;
    const { shareholders } = application;
    const spelt = shareholders.map((holder) => ({
      ...holder,
      firstName: holder.firstName?.toUpperCase(),
      ownershipPercentage: `${holder.ownershipPercentage}.0`,
      owners: holder.owners?.map((owner) => ({ ...owner, lastName: owner.lastName && ` ${owner.lastName} ` })),
    }));
    assert.equal(hashOwnership({ shareholders: spelt }), hashOwnership(application));
    const changes: Partial<Owner>[] = [{ dateOfBirth: '1990-01-01' }, { isPEP: true }, { ref: 'other' }];
    for (const change of changes) {
      const owners = shareholders[2]!.owners!.map((owner, index) => (index === 0 ? { ...owner, ...change } : owner));
      const other = [...shareholders.slice(0, 2), { ...shareholders[2]!, owners }];
      assert.notEqual(hashOwnership({ shareholders: other }), hashOwnership(application), JSON.stringify(change));
    }
  });

  test('makes a case of high risk where it names a politically exposed person', async () => {
    const { application } = await inReview();
    const exposed = structuredClone(application) as OrganizationApplication;
    exposed.shareholders[2]!.owners![0]!.isPEP = true;
    assert.deepEqual([riskOf(application), riskOf(exposed)], ['MEDIUM', 'HIGH']);
  });
});
