import { DEADLINE_KINDS } from '../../src/lifecycle/deadlines.js';
import { DEFAULT_POLICY, type BusinessDays, type ReviewedRisk } from '../../src/lifecycle/policy.js';
import { markdownTable } from './markdown.js';

const RISKS: readonly ReviewedRisk[] = ['LOW', 'MEDIUM', 'HIGH'];

/** Who decides by the built-in policy, for `docs/reference/policy.md`. The same for people and organizations. */
export function reviewTable(): string[] {
  const rows = RISKS.map((risk) => {
    const { level, quorum, verification, portalDecision, syncedPasskeys, maxResubmissions } =
      DEFAULT_POLICY.review.individual[risk];
    return [
      risk,
      level,
      String(quorum),
      verification,
      `\`${portalDecision}\``,
      `\`${syncedPasskeys}\``,
      String(maxResubmissions),
    ];
  });
  return markdownTable(
    ['risk', '`level`', '`quorum`', '`verification`', '`portalDecision`', '`syncedPasskeys`', '`maxResubmissions`'],
    rows,
  );
}

/** The built-in deadlines, in business days, for the same page. */
export function deadlineTable(): string[] {
  const { review, customer } = DEFAULT_POLICY;
  const waits: [string, BusinessDays][] = [
    ['review of a person', review.individual.MEDIUM.deadlines],
    ['review of an organization', review.organization.MEDIUM.deadlines],
    ['the customer hands in documents', customer.documents],
    ['the customer accepts the consents', customer.consents],
    ["the customer's activation code", customer.activationCode],
  ];
  const rows = waits.map(([what, days]) => [what, ...DEADLINE_KINDS.map((kind) => String(days[kind] ?? ''))]);
  return markdownTable(['business days until', ...DEADLINE_KINDS], rows);
}
