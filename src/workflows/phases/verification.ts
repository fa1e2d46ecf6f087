import { isOrganization, type DocumentReference } from '../../lifecycle/application.js';
import { type CallFailure, FAILURES } from '../../lifecycle/failures.js';
import { beneficialOwners } from '../../lifecycle/ownership.js';
import { rulesFor } from '../../lifecycle/policy.js';
import { takeDue } from '../../lifecycle/review.js';
import { lackingDocuments } from '../../lifecycle/document-rules.js';
import { documentTypeAsked } from '../../lifecycle/evidence.js';
import type { CallResult } from '../activities.js';
import type { Case } from '../case.js';
import { CallFailed, Ending, NOT_ACCEPTED } from '../control-flow.js';
import { decisionWarrant } from '../warrants.js';
import { judgeKept } from '../inbox.js';
import { businessTimes } from '../own-activities.js';
import { needsPerson } from '../attention.js';
import { waitAndWatch } from '../watched-wait.js';
import { dueDecisionsTaken, finhubGave } from '../../lifecycle/transitions.js';

const FIRST_LOOK = "the first look for a decision in FinHub's portal";

type Started = CallResult<'initiateVerification'>['result'];
type FinHubVerdict = 'APPROVED' | 'REJECTED';

/** Phase 3: KYC or KYB. Documents go to FinHub, people decide, FinHub is told, and only FinHub's own answer completes the phase. */
export async function verification(kase: Case): Promise<void> {
  const { verificationId, requiredDocuments = [] } = await start(kase);
  kase.apply(finhubGave({ verificationId }));
  await askForPapers(kase, requiredDocuments);
  for (;;) {
    if (kase.state.review.stage === 'collecting') {
      await collect(kase, verificationId);
      await open(kase, verificationId);
    }
    const atFinHub = await decision(kase, verificationId);
    try {
      const { stage } = kase.state.review;
      if (stage === 'approved') return await approve(kase, verificationId, atFinHub);
      if (stage === 'rejected') return await reject(kase, verificationId, atFinHub);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.failure.type !== FAILURES.unproved) throw error;
      await reopen(kase, error.failure);
    }
  }
}

/** Takes note of what FinHub asks for, once: with the start of a KYC, and for a KYB in a look-up of its own. */
async function askForPapers(kase: Case, withStart: readonly string[]): Promise<void> {
  const { kind, finhub } = kase.state;
  if (finhub.requiredDocuments) return;
  const written = [...withStart, ...(kind === 'organization' ? await requirementsOf(kase) : [])];
  const asked = written.map(documentTypeAsked).filter((type) => type !== undefined);
  kase.apply(finhubGave({ requiredDocuments: [...new Set(asked)] }));
  const unknown = written.filter((type) => documentTypeAsked(type) === undefined);
  // Nobody could hand them in, so they hold up nothing; FinHub says so itself if it cannot do without them.
  if (unknown.length > 0) kase.record('documentsUnknown', { types: unknown });
}

/** A look-up that FinHub refuses leaves the policy's own list. */
async function requirementsOf(kase: Case): Promise<string[]> {
  const input = { organizationId: kase.customerId };
  const leave = ({ type }: CallFailure): boolean => REFUSED.has(type);
  try {
    return (await kase.calls.read('getVerificationRequirements', input, { leave })).requiredDocuments;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    kase.record('requirementsUnknown', { failure: error.failure.type });
    return [];
  }
}

const REFUSED: ReadonlySet<string> = new Set([
  FAILURES.forbidden,
  FAILURES.notFound,
  FAILURES.invalidRequest,
  FAILURES.unexpectedAnswer,
]);

async function start(kase: Case): Promise<Started> {
  const { application, kind, risk } = kase.state;
  const rules = rulesFor(kase.policy, kind, risk);
  if (!isOrganization(application)) {
    const started = await kase.calls.once('initiateVerification', () => ({ customerId: kase.customerId }), {
      adopts: ['verificationId'],
    });
    return started;
  }
  const { beneficialOwnerPercent: from } = kase.policy.ownership;
  const owners = beneficialOwners(application, from);
  const started = await kase.calls.once(
    'startOrganizationVerification',
    () => ({
      organizationId: kase.customerId,
      requestedLevel: `${rules.level}_VERIFIED`,
      notes: `KYB with ${owners.length} beneficial owners of ${from} % or more, directly or through companies`,
    }),
    { adopts: ['verificationId'] },
  );
  return started;
}

/** Waits for what the round still lacks, uploads what came, and hands the verification in. */
async function collect(kase: Case, verificationId: string): Promise<void> {
  const lacking = () => lackingDocuments(kase.state);
  await kase.wait(
    {
      who: 'customer',
      what: 'documents',
      requirements: () => lacking().map(({ requirement }) => requirement),
      days: kase.policy.customer.documents,
    },
    () => lacking().length === 0,
  );
  await upload(kase, verificationId);
  const { kind, review, risk } = kase.state;
  if (kind === 'individual') {
    const verificationType = rulesFor(kase.policy, kind, risk).verification;
    await kase.calls.once(
      'submitVerification',
      () => ({ customerId: kase.customerId, verificationId, verificationType }),
      {
        of: `round ${review.round}`,
      },
    );
  }
}

async function upload(kase: Case, verificationId: string): Promise<void> {
  do {
    for (const document of kase.state.review.evidence) {
      await kase.calls.once(
        'uploadDocument',
        () => ({
          ...{ verificationId, customerId: kase.customerId, document },
          organization: kase.state.kind === 'organization',
        }),
        { of: document.documentId, adopts: ['documentId'] },
      );
    }
  } while (hasUnsent(kase));
}

/** Whether documents came that FinHub has not been given; what people decide on, FinHub has as well. */
function hasUnsent({ state }: Case): boolean {
  const isUnsent = ({ documentId }: DocumentReference) => !(`uploadDocument/${documentId}` in state.done);
  return state.review.evidence.some(isUnsent);
}

/** Opens the round, and applies the decisions that came before it. */
async function open(kase: Case, verificationId: string): Promise<void> {
  const { kind, risk, application } = kase.state;
  const rules = rulesFor(kase.policy, kind, risk);
  const times = () =>
    businessTimes({ tenantId: application.tenantId, from: new Date().toISOString(), days: rules.deadlines });
  let deadlines = await times();
  while (hasUnsent(kase)) {
    await upload(kase, verificationId);
    deadlines = await times();
  }
  kase.occur({ name: 'roundOpened', rules, deadlines });
  const { due } = takeDue(kase.state.review);
  kase.apply(dueDecisionsTaken);
  for (const kept of due) await judgeKept(kase, kept);
}

/** Waits for the operators, and looks at FinHub meanwhile: somebody may decide in its portal. Returns what FinHub says, if it was asked. */
async function decision(kase: Case, verificationId: string): Promise<FinHubVerdict | undefined> {
  const isDecided = (): boolean => kase.state.review.stage !== 'inReview';
  const { round } = kase.state.review;
  let seen: FinHubVerdict | undefined;
  await waitAndWatch(kase, { who: 'operator', what: `decision on round ${round}` }, isDecided, {
    until: FIRST_LOOK,
    async look(polling) {
      const summary = "looks for a decision in FinHub's portal; waiting is normal";
      seen = await kase.calls.poll('awaitVerdict', { verificationId }, { ...polling, summary });
      kase.occur({ name: 'seenAtFinHub', verdict: seen });
    },
  });
  askForDocuments(kase);
  return seen;
}

/** Tells the outside that the customer has to hand in more. */
function askForDocuments(kase: Case): void {
  if (kase.state.review.stage === 'collecting' && lackingDocuments(kase.state).length > 0)
    kase.notifications.send('lifecycle.documentsRequested');
}

async function approve(kase: Case, verificationId: string, atFinHub: FinHubVerdict | undefined): Promise<void> {
  if (atFinHub !== 'APPROVED') await tellFinHub(kase, verificationId, 'APPROVED');
  kase.establish('verificationApproved');
}

async function reject(kase: Case, verificationId: string, atFinHub: FinHubVerdict | undefined): Promise<never> {
  if (atFinHub !== 'REJECTED') await tellFinHub(kase, verificationId, 'REJECTED');
  throw new Ending('rejected', kase.state.review.customerReason ?? NOT_ACCEPTED);
}

/** The round is open again for those whose decisions count: an operator's rights may have faded since. */
async function reopen(kase: Case, { message, notCounting = [] }: CallFailure): Promise<void> {
  const { application, review } = kase.state;
  const days = review.rules!.deadlines;
  const times = await businessTimes({ tenantId: application.tenantId, from: new Date().toISOString(), days });
  kase.occur({ name: 'decisionVoid', decisionIds: notCounting, why: message, deadlines: times });
  kase.show();
}

/** Tells FinHub with rights of the level the review took, and waits until FinHub says the same. */
async function tellFinHub(kase: Case, verificationId: string, status: FinHubVerdict): Promise<void> {
  const { kind, review, risk } = kase.state;
  const { powerTenantCredentials } = kase.policy;
  // FinHub asks for the power tenant by risk; a review that was escalated here is told by the power tenant where we can.
  const needsPowerTenant = rulesFor(kase.policy, kind, risk).level === 'POWER_TENANT';
  const escalated = review.rules?.level === 'POWER_TENANT' && powerTenantCredentials;
  const actAs = needsPowerTenant || escalated ? 'powerTenant' : 'admin';
  if (actAs === 'admin' || powerTenantCredentials) {
    const said = await kase.calls.once(
      'decideVerificationAtFinHub',
      () => ({
        verificationId,
        customerId: kase.customerId,
        organization: kind === 'organization',
        status,
        comment: `${status} in round ${review.round} by ${review.approvals.length || 1} of the tenant's operators`,
      }),
      { of: status, actAs, warrant: () => decisionWarrant(kase.state), leave: isUnproved },
    );
    if (said.status === status) return;
  }
  const what =
    actAs === 'powerTenant' && !powerTenantCredentials
      ? `${status} in FinHub's portal: this worker has no power-tenant credentials`
      : `FinHub to confirm ${status}`;
  for (;;) {
    const verdict = await kase.waiting('finhub', what, () =>
      kase.calls.poll('awaitVerdict', { verificationId }, { every: 5, slowest: 900, summary: what }),
    );
    if (verdict === status) return;
    await contradiction(kase, verdict);
  }
}

const isUnproved = ({ type }: CallFailure): boolean => type === FAILURES.unproved;

/** FinHub says the opposite of what was decided here: a person sees to it there and has us look again, nothing is overwritten. */
async function contradiction(kase: Case, verdict: FinHubVerdict): Promise<void> {
  await needsPerson(kase, 'verdict', 'verification', {
    type: 'VerdictContradicts',
    message: `FinHub has the verification as ${verdict}, against the decision taken here`,
  });
}
