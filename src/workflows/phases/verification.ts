import { isOrganization, type DocumentReference } from '../../contract/application.js';
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
export async function verification(theCase: Case): Promise<void> {
  const { verificationId, requiredDocuments = [] } = await start(theCase);
  theCase.apply(finhubGave({ verificationId }));
  await askForPapers(theCase, requiredDocuments);
  for (;;) {
    if (theCase.state.review.stage === 'collecting') {
      await collect(theCase, verificationId);
      await open(theCase, verificationId);
    }
    const atFinHub = await decision(theCase, verificationId);
    try {
      const { stage } = theCase.state.review;
      if (stage === 'approved') return await approve(theCase, verificationId, atFinHub);
      if (stage === 'rejected') return await reject(theCase, verificationId, atFinHub);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.failure.type !== FAILURES.unproved) throw error;
      await reopen(theCase, error.failure);
    }
  }
}

/** Takes note of what FinHub asks for, once: with the start of a KYC, and for a KYB in a look-up of its own. */
async function askForPapers(theCase: Case, withStart: readonly string[]): Promise<void> {
  const { kind, finhub } = theCase.state;
  if (finhub.requiredDocuments) return;
  const written = [...withStart, ...(kind === 'organization' ? await requirementsOf(theCase) : [])];
  const asked = written.map(documentTypeAsked).filter((type) => type !== undefined);
  theCase.apply(finhubGave({ requiredDocuments: [...new Set(asked)] }));
  const unknown = written.filter((type) => documentTypeAsked(type) === undefined);
  // Nobody could hand them in, so they hold up nothing; FinHub says so itself if it cannot do without them.
  if (unknown.length > 0) theCase.record('documentsUnknown', { types: unknown });
}

/** A look-up that FinHub refuses leaves the policy's own list. */
async function requirementsOf(theCase: Case): Promise<string[]> {
  const input = { organizationId: theCase.customerId };
  const leave = ({ type }: CallFailure): boolean => REFUSED.has(type);
  try {
    return (await theCase.calls.read('getVerificationRequirements', input, { leave })).requiredDocuments;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    theCase.record('requirementsUnknown', { failure: error.failure.type });
    return [];
  }
}

const REFUSED: ReadonlySet<string> = new Set([
  FAILURES.forbidden,
  FAILURES.notFound,
  FAILURES.invalidRequest,
  FAILURES.unexpectedAnswer,
]);

async function start(theCase: Case): Promise<Started> {
  const { application, kind, risk } = theCase.state;
  const rules = rulesFor(theCase.policy, kind, risk);
  if (!isOrganization(application)) {
    const started = await theCase.calls.once('initiateVerification', () => ({ customerId: theCase.customerId }), {
      adopts: ['verificationId'],
    });
    return started;
  }
  const { beneficialOwnerPercent: from } = theCase.policy.ownership;
  const owners = beneficialOwners(application, from);
  const started = await theCase.calls.once(
    'startOrganizationVerification',
    () => ({
      organizationId: theCase.customerId,
      requestedLevel: `${rules.level}_VERIFIED`,
      notes: `KYB with ${owners.length} beneficial owners of ${from} % or more, directly or through companies`,
    }),
    { adopts: ['verificationId'] },
  );
  return started;
}

/** Waits for what the round still lacks, uploads what came, and hands the verification in. */
async function collect(theCase: Case, verificationId: string): Promise<void> {
  const lacking = () => lackingDocuments(theCase.state);
  await theCase.wait(
    {
      who: 'customer',
      what: 'documents',
      requirements: () => lacking().map(({ requirement }) => requirement),
      days: theCase.policy.customer.documents,
    },
    () => lacking().length === 0,
  );
  await upload(theCase, verificationId);
  const { kind, review, risk } = theCase.state;
  if (kind === 'individual') {
    const verificationType = rulesFor(theCase.policy, kind, risk).verification;
    await theCase.calls.once(
      'submitVerification',
      () => ({ customerId: theCase.customerId, verificationId, verificationType }),
      {
        of: `round ${review.round}`,
      },
    );
  }
}

async function upload(theCase: Case, verificationId: string): Promise<void> {
  do {
    for (const document of theCase.state.review.evidence) {
      await theCase.calls.once(
        'uploadDocument',
        () => ({
          ...{ verificationId, customerId: theCase.customerId, document },
          organization: theCase.state.kind === 'organization',
        }),
        { of: document.documentId, adopts: ['documentId'] },
      );
    }
  } while (hasUnsent(theCase));
}

/** Whether documents came that FinHub has not been given; what people decide on, FinHub has as well. */
function hasUnsent({ state }: Case): boolean {
  const isUnsent = ({ documentId }: DocumentReference) => !(`uploadDocument/${documentId}` in state.done);
  return state.review.evidence.some(isUnsent);
}

/** Opens the round, and applies the decisions that came before it. */
async function open(theCase: Case, verificationId: string): Promise<void> {
  const { kind, risk, application } = theCase.state;
  const rules = rulesFor(theCase.policy, kind, risk);
  const times = () =>
    businessTimes({ tenantId: application.tenantId, from: new Date().toISOString(), days: rules.deadlines });
  let deadlines = await times();
  while (hasUnsent(theCase)) {
    await upload(theCase, verificationId);
    deadlines = await times();
  }
  theCase.occur({ name: 'roundOpened', rules, deadlines });
  const { due } = takeDue(theCase.state.review);
  theCase.apply(dueDecisionsTaken);
  for (const kept of due) await judgeKept(theCase, kept);
}

/** Waits for the operators, and looks at FinHub meanwhile: somebody may decide in its portal. Returns what FinHub says, if it was asked. */
async function decision(theCase: Case, verificationId: string): Promise<FinHubVerdict | undefined> {
  const isDecided = (): boolean => theCase.state.review.stage !== 'inReview';
  const { round } = theCase.state.review;
  let seen: FinHubVerdict | undefined;
  await waitAndWatch(theCase, { who: 'operator', what: `decision on round ${round}` }, isDecided, {
    until: FIRST_LOOK,
    async look(polling) {
      const summary = "looks for a decision in FinHub's portal; waiting is normal";
      seen = await theCase.calls.poll('awaitVerdict', { verificationId }, { ...polling, summary });
      theCase.occur({ name: 'seenAtFinHub', verdict: seen });
    },
  });
  askForDocuments(theCase);
  return seen;
}

/** Tells the outside that the customer has to hand in more. */
function askForDocuments(theCase: Case): void {
  if (theCase.state.review.stage === 'collecting' && lackingDocuments(theCase.state).length > 0)
    theCase.notifications.send('lifecycle.documentsRequested');
}

async function approve(theCase: Case, verificationId: string, atFinHub: FinHubVerdict | undefined): Promise<void> {
  if (atFinHub !== 'APPROVED') await tellFinHub(theCase, verificationId, 'APPROVED');
  theCase.establish('verificationApproved');
}

async function reject(theCase: Case, verificationId: string, atFinHub: FinHubVerdict | undefined): Promise<never> {
  if (atFinHub !== 'REJECTED') await tellFinHub(theCase, verificationId, 'REJECTED');
  throw new Ending('rejected', theCase.state.review.customerReason ?? NOT_ACCEPTED);
}

/** The round is open again for those whose decisions count: an operator's rights may have faded since. */
async function reopen(theCase: Case, { message, notCounting = [] }: CallFailure): Promise<void> {
  const { application, review } = theCase.state;
  const days = review.rules!.deadlines;
  const times = await businessTimes({ tenantId: application.tenantId, from: new Date().toISOString(), days });
  theCase.occur({ name: 'decisionVoid', decisionIds: notCounting, why: message, deadlines: times });
  theCase.show();
}

/** Tells FinHub with rights of the level the review took, and waits until FinHub says the same. */
async function tellFinHub(theCase: Case, verificationId: string, status: FinHubVerdict): Promise<void> {
  const { kind, review, risk } = theCase.state;
  const { powerTenantCredentials } = theCase.policy;
  // FinHub asks for the power tenant by risk; a review that was escalated here is told by the power tenant where we can.
  const needsPowerTenant = rulesFor(theCase.policy, kind, risk).level === 'POWER_TENANT';
  const escalated = review.rules?.level === 'POWER_TENANT' && powerTenantCredentials;
  const actAs = needsPowerTenant || escalated ? 'powerTenant' : 'admin';
  if (actAs === 'admin' || powerTenantCredentials) {
    const said = await theCase.calls.once(
      'decideVerificationAtFinHub',
      () => ({
        verificationId,
        customerId: theCase.customerId,
        organization: kind === 'organization',
        status,
        comment: `${status} in round ${review.round} by ${review.approvals.length || 1} of the tenant's operators`,
      }),
      { of: status, actAs, warrant: () => decisionWarrant(theCase.state), leave: isUnproved },
    );
    if (said.status === status) return;
  }
  const what =
    actAs === 'powerTenant' && !powerTenantCredentials
      ? `${status} in FinHub's portal: this worker has no power-tenant credentials`
      : `FinHub to confirm ${status}`;
  for (;;) {
    const verdict = await theCase.waiting('finhub', what, () =>
      theCase.calls.poll('awaitVerdict', { verificationId }, { every: 5, slowest: 900, summary: what }),
    );
    if (verdict === status) return;
    await contradiction(theCase, verdict);
  }
}

const isUnproved = ({ type }: CallFailure): boolean => type === FAILURES.unproved;

/** FinHub says the opposite of what was decided here: a person sees to it there and has us look again, nothing is overwritten. */
async function contradiction(theCase: Case, verdict: FinHubVerdict): Promise<void> {
  await needsPerson(theCase, 'verdict', 'verification', {
    type: 'VerdictContradicts',
    message: `FinHub has the verification as ${verdict}, against the decision taken here`,
  });
}
