import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { beneficialOwners, isOrganization } from '../../lifecycle/application.js';
import type { Requirement } from '../../lifecycle/case-state.js';
import type { DocumentRequest } from '../../lifecycle/messages.js';
import { adoptPortalDecision, missingDocuments, openRound, takeDue } from '../../lifecycle/review.js';
import type { Case } from '../case.js';
import { Ending } from '../endings.js';
import { judgeKept } from '../messages.js';

type FinHubVerdict = 'APPROVED' | 'REJECTED';

/** Phase 3: KYC or KYB. Documents go to FinHub, people decide, FinHub is told, and only FinHub's own answer completes the phase. */
export async function verification(kase: Case): Promise<void> {
  const verificationId = await start(kase);
  kase.state.finhub.verificationId = verificationId;
  for (;;) {
    if (kase.state.review.stage === 'collecting') {
      await collect(kase, verificationId);
      await open(kase);
    }
    const atFinHub = await decision(kase, verificationId);
    const { stage } = kase.state.review;
    if (stage === 'approved') return approve(kase, verificationId, atFinHub);
    if (stage === 'rejected') return reject(kase, verificationId, atFinHub);
  }
}

async function start(kase: Case): Promise<string> {
  const { application, risk } = kase.state;
  const level = risk === 'HIGH' ? 'POWER_TENANT_VERIFIED' : 'TENANT_VERIFIED';
  if (!isOrganization(application)) {
    const started = await kase.calls.once('initiateVerification', () => ({ customerId: kase.customerId }), {
      adopts: ['verificationId'],
    });
    return started.verificationId;
  }
  const owners = beneficialOwners(application).map(({ ref }) => ref);
  const started = await kase.calls.once(
    'startOrganizationVerification',
    () => ({
      organizationId: kase.customerId,
      requestedLevel: level,
      notes: `KYB with ${owners.length} beneficial owners of 25 % or more`,
    }),
    { adopts: ['verificationId'] },
  );
  return started.verificationId;
}

/** Waits for what the round still lacks, uploads what came, and hands the verification in. */
async function collect(kase: Case, verificationId: string): Promise<void> {
  const lacking = () => missingDocuments(kase.state.review);
  while (lacking().length > 0) {
    const before = kase.state.review.evidence.length;
    await kase.wait(
      'customer',
      'documents',
      () => kase.state.review.evidence.length > before || lacking().length === 0,
      {
        dueAt: daysFromNow(kase.policy.customerDays),
        requirements: lacking().map(requirementOf),
      },
    );
  }
  const { kind, review, risk } = kase.state;
  for (const document of review.evidence) {
    await kase.calls.once(
      'uploadDocument',
      () => ({ verificationId, customerId: kase.customerId, organization: kind === 'organization', document }),
      { of: document.documentId, adopts: ['documentId'] },
    );
  }
  if (kind === 'individual') {
    const verificationType = risk === 'HIGH' ? ('ENHANCED' as const) : ('STANDARD' as const);
    await kase.calls.once(
      'submitVerification',
      () => ({ customerId: kase.customerId, verificationId, verificationType }),
      {
        of: `round ${review.round}`,
      },
    );
  }
}

/** Opens the round, and applies the decisions that came before it. */
async function open(kase: Case): Promise<void> {
  const { risk } = kase.state;
  const rules = kase.policy.review[risk === 'LOW' || risk === 'MEDIUM' ? risk : 'HIGH'];
  kase.state.review = openRound(kase.state.review, rules, new Date());
  kase.record('roundOpened', `round ${kase.state.review.round}, ${rules.level}, quorum ${rules.quorum}`);
  const { review, due } = takeDue(kase.state.review);
  kase.state.review = review;
  for (const kept of due) await judgeKept(kase, kept);
}

/** Waits for the operators, and looks at FinHub meanwhile: somebody may decide in its portal. Returns what FinHub says, if it was asked. */
async function decision(kase: Case, verificationId: string): Promise<FinHubVerdict | undefined> {
  const isDecided = () => kase.state.review.stage !== 'inReview';
  const { rules, round, dueAt } = kase.state.review;
  let seen: FinHubVerdict | undefined;
  const scope = new CancellationScope();
  const watching = scope.run(async () => {
    seen = await kase.calls.poll(
      'awaitVerdict',
      { verificationId },
      {
        every: kase.policy.verdictPollSeconds,
        summary: `looks for FinHub's verdict every ${kase.policy.verdictPollSeconds} s; waiting is normal`,
      },
    );
    kase.record('seenAtFinHub', seen);
    if (!isDecided() && rules?.portalDecision === 'adopt')
      kase.state.review = adoptPortalDecision(kase.state.review, seen);
  });
  const watched = watching.catch((error: unknown) => {
    if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
  });
  try {
    await Promise.race([
      kase.wait(
        'operator',
        `decision on round ${round} by ${rules?.level}`,
        isDecided,
        dueAt === undefined ? {} : { dueAt },
      ),
      watched.then(() => condition(isDecided)),
    ]);
  } finally {
    scope.cancel();
  }
  await watched;
  return seen;
}

async function approve(kase: Case, verificationId: string, atFinHub: FinHubVerdict | undefined): Promise<void> {
  if (atFinHub !== 'APPROVED') await tellFinHub(kase, verificationId, 'APPROVED');
  kase.establish('verificationApproved');
}

async function reject(kase: Case, verificationId: string, atFinHub: FinHubVerdict | undefined): Promise<never> {
  if (atFinHub !== 'REJECTED') await tellFinHub(kase, verificationId, 'REJECTED');
  throw new Ending('rejected', kase.state.review.customerReason);
}

/** Tells FinHub with rights of the level the review took, and waits until FinHub says the same. */
async function tellFinHub(kase: Case, verificationId: string, status: FinHubVerdict): Promise<void> {
  const { kind, review } = kase.state;
  const actAs = review.rules?.level === 'POWER_TENANT' ? 'powerTenant' : 'admin';
  if (actAs === 'admin' || kase.policy.powerTenantCredentials) {
    const said = await kase.calls.once(
      'decideVerificationAtFinHub',
      () => ({
        verificationId,
        customerId: kase.customerId,
        organization: kind === 'organization',
        status,
        comment: `${status} in round ${review.round} by ${review.approvals.length || 1} of the tenant's operators`,
      }),
      { of: status, actAs },
    );
    if (said.status === status) return;
  }
  const what =
    actAs === 'powerTenant' && !kase.policy.powerTenantCredentials
      ? `${status} in FinHub's portal: this worker has no power-tenant credentials`
      : `FinHub to confirm ${status}`;
  await kase.waiting('finhub', what, {}, async () => {
    const verdict = await kase.calls.poll(
      'awaitVerdict',
      { verificationId },
      { every: 5, slowest: 900, summary: what },
    );
    if (verdict !== status) await contradiction(kase, verdict);
  });
}

/** FinHub says the opposite of what was decided here: a person looks at it, nothing is overwritten. */
async function contradiction(kase: Case, verdict: FinHubVerdict): Promise<void> {
  await kase.calls.needsPerson('verification', {
    type: 'VerdictContradicts',
    message: `FinHub has the verification as ${verdict}, against the decision taken here`,
  });
}

function requirementOf({ type, why, subject }: DocumentRequest): Requirement {
  const what = type === 'ANY' ? 'documents are needed' : `a document of type ${type} is needed`;
  return { code: 'document', message: why === undefined ? what : `${what}: ${why}`, document: type, subject };
}

function daysFromNow(days: number): string {
  return new Date(Date.now() + days * 24 * 3600_000).toISOString();
}
