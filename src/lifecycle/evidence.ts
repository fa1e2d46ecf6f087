import { isOrganization, type Application, type DocumentReference } from '../contract/application.js';
import type { LifecycleState } from './case-state.js';
import type { AcceptedPaper, EvidenceRule, EvidenceRules } from './evidence-rules.js';
import { DOCUMENT_TYPES } from '../contract/document-types.js';
import { beneficialOwners, ownersOf, personKey } from './ownership.js';
import type { Requirement } from './requirement.js';
import { DEFAULT_POLICY, reviewedRisk, type TenantPolicy } from './policy.js';

/*
 * The papers that a review needs before it opens: those of the policy, by kind and risk, and those that FinHub requires. The same person may
 * appear in an application several times; a paper for one of the refs counts for all.
 */

/** A needed paper: of the customer, or of the person with these refs. */
export interface NeededPaper {
  /** What it proves, by the policy's name; undefined if FinHub requires it. */
  proves: string | undefined;
  refs: string[] | undefined;
  anyOf: AcceptedPaper[];
}

const one = (type: string): AcceptedPaper => ({ type, papers: 1 });

const GOVERNMENT_IDS = ['PASSPORT', 'NATIONAL_ID', 'ID_CARD', 'DRIVERS_LICENSE', 'GOVERNMENT_ID'];
const DIRECTORS_IDS = ['DIRECTOR_ID', 'DIRECTOR_IDS', ...GOVERNMENT_IDS];
const OWNERS_DECLARATIONS = ['BENEFICIAL_OWNERSHIP', 'BENEFICIAL_OWNERS_DECLARATION', 'BENEFICIAL_OWNER_DECLARATION'];

/** FinHub's pages have several names for one paper (facts V03, O16); each row lists names of the same paper. */
const OTHER_NAMES: Partial<Record<string, readonly string[]>> = {
  GOVERNMENT_ID: GOVERNMENT_IDS,
  PROOF_OF_ADDRESS: ['PROOF_OF_ADDRESS', 'PROOF_OF_REGISTERED_ADDRESS'],
  PROOF_OF_REGISTERED_ADDRESS: ['PROOF_OF_REGISTERED_ADDRESS', 'PROOF_OF_ADDRESS'],
  ...Object.fromEntries(OWNERS_DECLARATIONS.map((type) => [type, OWNERS_DECLARATIONS])),
};

/** A requirement of FinHub as a rule. */
function finhubRule(type: string, organization: boolean): EvidenceRule {
  // An organization has no identity document; if FinHub requires one, it means the directors'.
  if (organization && DIRECTORS_IDS.includes(type)) return { of: 'director', anyOf: DIRECTORS_IDS.map(one) };
  return { of: 'customer', anyOf: (OTHER_NAMES[type] ?? [type]).map(one) };
}

/** A type from FinHub's response, which may have a prefix (facts V03), as a document type; undefined if nobody can submit it. */
export function documentTypeAsked(written: string): string | undefined {
  const type = written.trim().toUpperCase().replace(/^DT_/, '');
  return DOCUMENT_TYPES.includes(type) ? type : undefined;
}

/** The papers that an application needs, for each person that a rule covers. */
export function neededPapers(
  application: Application,
  { rules, asked, fromPercent }: { rules: EvidenceRules; asked: readonly string[]; fromPercent: number },
): NeededPaper[] {
  const ours = Object.entries(rules).map(([proves, rule]) => ({ proves, rule }));
  const theirs = asked.map((type) => ({ proves: undefined, rule: finhubRule(type, isOrganization(application)) }));
  // A paper that meets one of our rules meets FinHub's, too.
  const isMet = ({ rule: { of, anyOf } }: { rule: EvidenceRule }): boolean =>
    ours.some(
      ({ rule }) => rule.of === of && rule.anyOf.every(({ type }) => anyOf.some((paper) => paper.type === type)),
    );
  const needed = [...ours, ...theirs.filter((rule) => !isMet(rule))].flatMap(({ proves, rule: { of, anyOf } }) =>
    refsOf(application, of, fromPercent).map((refs) => ({ proves, refs, anyOf })),
  );
  const content = ({ refs, anyOf }: NeededPaper): string => JSON.stringify([refs?.toSorted(), anyOf]);
  return needed.filter((paper, index) => needed.findIndex((other) => content(other) === content(paper)) === index);
}

/** The people that a rule covers: all refs of each person, those with the role first. */
function refsOf(application: Application, of: EvidenceRule['of'], fromPercent: number): (string[] | undefined)[] {
  if (of === 'customer') return [undefined];
  if (!isOrganization(application)) return [];
  const { directors, employees } = application;
  const people = [...directors, ...ownersOf(application), ...employees];
  const all = (refs: readonly string[]): string[] => {
    const keys = new Set(people.filter(({ ref }) => refs.includes(ref)).map(personKey));
    return [...new Set([...refs, ...people.filter((person) => keys.has(personKey(person))).map(({ ref }) => ref)])];
  };
  const named =
    of === 'director'
      ? directors.map(({ ref }) => [ref])
      : beneficialOwners(application, fromPercent).map(({ refs }) => refs);
  return named.map(all);
}

/** The papers that are still missing. */
export function missingPapers(needed: readonly NeededPaper[], evidence: readonly DocumentReference[]): NeededPaper[] {
  const isThere = ({ refs, anyOf }: NeededPaper): boolean => {
    const theirs = evidence.filter(({ subject }) => (subject === undefined ? !refs : refs?.includes(subject)));
    return anyOf.some(({ type, papers }) => {
      const contents = new Set(theirs.filter((document) => document.type === type).map(({ sha256 }) => sha256));
      return contents.size >= papers;
    });
  };
  return needed.filter((paper) => !isThere(paper));
}

/** The papers that a case still needs for its policy and FinHub. */
export function lackingPapers({ application, kind, policy, risk, finhub, review }: LifecycleState): NeededPaper[] {
  const needed = neededPapers(application, {
    rules: policy?.evidence[kind][reviewedRisk(risk)] ?? {},
    asked: finhub.requiredDocuments ?? [],
    fromPercent: (policy ?? DEFAULT_POLICY).ownership.beneficialOwnerPercent,
  });
  return missingPapers(needed, review.evidence);
}

/** The papers that a policy needs, judged only by the application and its papers. */
export function lackingByPolicy(
  policy: TenantPolicy,
  {
    application,
    risk,
    evidence,
  }: Pick<LifecycleState, 'application' | 'risk'> & { evidence: readonly DocumentReference[] },
): NeededPaper[] {
  const kind = isOrganization(application) ? 'organization' : 'individual';
  const rules = policy.evidence[kind][reviewedRisk(risk)];
  const { beneficialOwnerPercent: fromPercent } = policy.ownership;
  return missingPapers(neededPapers(application, { rules, asked: [], fromPercent }), evidence);
}

/** Types as text: `PASSPORT, NATIONAL_ID or 2 of ID_CARD`. */
function typesText(anyOf: readonly AcceptedPaper[]): string {
  const names = anyOf.map(({ type, papers }) => (papers === 1 ? type : `${papers} of ${type}`));
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** A paper as text: `identity of director-ona (PASSPORT or ID_CARD)`. */
export function paperText({ proves, refs, anyOf }: NeededPaper): string {
  const whose = refs ? ` of ${refs[0]}` : '';
  return proves === undefined ? `${typesText(anyOf)}${whose}` : `${wordsOf(proves)}${whose} (${typesText(anyOf)})`;
}

const wordsOf = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** A missing paper as shown to a client. */
export function requirementOf({ proves, refs, anyOf }: NeededPaper): Requirement {
  const of = refs ? ` of ${refs[0]}` : '';
  const message =
    proves === undefined
      ? `FinHub asks for a document${of}: ${typesText(anyOf)}`
      : `a document${of} is needed, for ${wordsOf(proves)}: ${typesText(anyOf)}`;
  return { code: 'document', message, document: anyOf[0]!.type, anyOf, subject: refs?.[0] };
}
