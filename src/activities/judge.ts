import { activityInfo } from '@temporalio/activity';
import type { Application, Categorization } from '../contract/application.js';
import { approverNamed, approversOf, isNamed, type Approver } from '../lifecycle/approvers.js';
import { ownershipHashOf } from '../lifecycle/ownership.js';
import { riskOf } from '../lifecycle/risk.js';
import { lackingByPolicy, paperText } from '../lifecycle/evidence.js';
import { type HandCall, isSecond, type OperationFacts, refusalOf, takesTwo } from '../lifecycle/hand-call.js';
import { mergePatch } from '../lifecycle/merge-patch.js';
import {
  highestRisk,
  levelSuffices,
  type Operator,
  type OperatorLevel,
  type ReviewRules,
  type RiskLevel,
  rulesFor,
  worksFor,
} from '../lifecycle/policy.js';
import {
  bodyHash,
  insufficient,
  isTooWeak,
  PROOF_FAULTS,
  type ProofNeeded,
  START,
  startBody,
  TOO_WEAK_FAULT,
  type Verified,
  type VerifiedProof,
} from '../lifecycle/proof-rules.js';
import { hashEvidence, type SentDecision } from '../lifecycle/review-state.js';
import type { TransferOrder } from '../lifecycle/transfer.js';
import type {
  ApproversWarrant,
  Beginning,
  CallWarrant,
  DecisionWarrant,
  OrderWarrant,
  RequestWarrant,
} from '../lifecycle/warrants.js';
import { audienceOf } from '../proof/envelope.js';
import { operatorIn, type SignerSet } from '../proof/signers-file.js';
import { verifyProof } from '../proof/verify.js';
import { wasStartedBefore } from './earlier-runs.js';
import { executionOf } from './execution.js';
import type { Bench, JudgeOptions } from './judge-options.js';
import { approversNoted } from './noted-approvers.js';
import { asksFor, type Subject, submittersOf } from './order-subject.js';
import { unproved, type Unverified } from './unproved.js';

/** The oldest a start's envelope may be when the workflow begins, so that a stored start cannot be used again later. */
const START_AGE_MS = 24 * 3600_000;

/**
 * Checks proofs again inside the activities that need rights, right before the effect. A workflow's history is not evidence. What people and
 * programs signed is, checked against the current signers file.
 */
export class Judge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  get requireProof(): boolean {
    return this.#options.requireProof;
  }

  signers(): Promise<SignerSet> {
    return this.#options.signers.current();
  }

  /** Verifies the envelopes of messages to the running activity's case. */
  async verifyAll(signers: SignerSet, tenantId: string, messages: Unverified[]): Promise<Verified[]> {
    if (messages.every(({ proof }) => proof === undefined))
      return messages.map(() => ({ ok: false, fault: 'missing' }));
    const bench = { tenantId, signers, execution: await executionOf() };
    return Promise.all(messages.map((message) => this.#verify(bench, message)));
  }

  /**
   * Judges a decision again before we send it to FinHub: by the stricter of the current policy and the case's, by the operators as they are
   * now, and by each decision's envelope. `categoryRisk` looks up FinHub's risk of the category.
   * @throws ApplicationFailure `NotProved`, naming the decisions that do not count
   */
  async decision(
    tenantId: string,
    status: string,
    subject: Subject,
    warrant: DecisionWarrant | undefined,
    categoryRisk: (categorization: Categorization | undefined) => Promise<RiskLevel | null>,
  ): Promise<void> {
    if (!warrant) throw unproved('the call has no decision');
    const [bench, { policy }] = await Promise.all([
      this.#bench(tenantId, warrant),
      this.#options.policies.of(tenantId),
    ]);
    const application = await this.#begun(bench, warrant.beginning);
    const submitters = new Set([...warrant.submitters, ...submittersOf(warrant.beginning)]);
    const risk = highestRisk(warrant.risk, riskOf(application), await categoryRisk(application.categorization));
    const now = rulesFor(policy, warrant.kind, risk);
    const level: OperatorLevel = [warrant.rules.level, now.level].includes('POWER_TENANT') ? 'POWER_TENANT' : 'TENANT';
    const quorum = status === 'APPROVED' ? Math.max(warrant.rules.quorum, now.quorum) : 1;
    const evidence = hashEvidence(warrant.evidence, ownershipHashOf(application));
    const { round } = warrant;
    const rules = [warrant.rules, now];
    const levels = new Map<string, OperatorLevel>();
    const failing: { decisionId: string; why: string }[] = [];
    for (const sent of warrant.decisions) {
      const { decisionId, operator: claimed } = sent.decision;
      const operator = operatorIn(bench.signers, claimed.id);
      if (!operator) {
        failing.push({ decisionId, why: `${claimed.id} is not an operator (any more)` });
        continue;
      }
      const why = await this.#decisionFault(bench, sent, operator, {
        status,
        subject,
        evidence,
        submitters,
        round,
        rules,
      });
      if (why === undefined) levels.set(operator.id, claimed.level === 'TENANT' ? 'TENANT' : operator.level);
      else failing.push({ decisionId, why });
    }
    const lacking =
      status === 'APPROVED' ? lackingByPolicy(policy, { application, risk, evidence: warrant.evidence }) : [];
    if (lacking.length > 0) {
      const all = warrant.decisions.map(({ decision }) => decision.decisionId);
      throw unproved(`required evidence is missing: ${lacking.map(paperText).join('; ')}`, all);
    }
    if (failing.length > 0) {
      const why = failing.map(({ decisionId, why }) => `${decisionId}: ${why}`).join('; ');
      throw unproved(
        why,
        failing.map(({ decisionId }) => decisionId),
      );
    }
    const ids = warrant.decisions.map(({ decision }) => decision.decisionId);
    if (levels.size < quorum) throw unproved(`${levels.size} of ${quorum} people have decided`, ids.slice(levels.size));
    if (![...levels.values()].some((held) => levelSuffices(held, level))) {
      throw unproved(`one of them must have level ${level}`, ids.slice(-1));
    }
  }

  /**
   * Judges an order before it is executed.
   * @throws ApplicationFailure `NotProved`
   */
  async order(
    tenantId: string,
    input: { accountId: string; preparedOrderId: string },
    warrant: OrderWarrant | undefined,
  ): Promise<void> {
    if (!warrant) throw unproved('the order has no warrant');
    const { order, transfer, decision, confirmation, beginning } = warrant;
    if (order.accountId !== input.accountId) throw unproved('the order is for another account');
    const bench = await this.#bench(tenantId, warrant);
    const subject = await this.#begun(bench, beginning);
    asksFor(subject, order, transfer);
    const paid = transfer ?? (order.type === 'transfer' ? (subject as unknown as TransferOrder) : undefined);
    const check = async (
      name: 'decideTransfer' | 'confirmTransfer',
      sent: { body: { by: string }; proof?: string | undefined } | undefined,
      missing: string,
    ) => {
      if (!sent) throw unproved(missing);
      if (!bench.isProofNeeded) return;
      const message = { name, bodyHash: bodyHash(sent.body), proof: sent.proof };
      await this.#demand(bench, message, 'submitter', sent.body.by);
    };
    const approvers = await this.#approversOf(tenantId, order);
    if (approvers.length > 0) {
      const approval = decision?.body.verdict === 'approve' ? decision : undefined;
      await check('decideTransfer', approval, 'no approver has approved the transfer');
      const approver = approverNamed(approvers, decision!.body.by);
      if (!approver) throw unproved(`${decision!.body.by} may not approve transfers from the account`);
      if (paid && isNamed(approver, paid.submittedBy))
        throw unproved('the person who asked for the transfer may not approve it');
    }
    if (paid?.confirmation) {
      const confirmed = confirmation?.body.orderId === input.preparedOrderId ? confirmation : undefined;
      await check('confirmTransfer', confirmed, 'the customer has not confirmed the order');
    }
  }

  /**
   * Judges by whose word somebody approves an account's transfers, and returns them.
   * @throws ApplicationFailure `NotProved`
   */
  async approvers(tenantId: string, warrant: ApproversWarrant | undefined): Promise<Approver[]> {
    if (!warrant) throw unproved('no application was handed over');
    const bench = await this.#bench(tenantId, warrant);
    const { beginning } = warrant;
    if (beginning.workflowId !== bench.execution.workflowId) throw unproved('the application is of another case');
    return approversOf(await this.#begun<Application>(bench, beginning));
  }

  /**
   * Judges the registration of a beneficiary after onboarding: whoever asked for it asked for this one.
   * @throws ApplicationFailure `NotProved`
   */
  async beneficiary(
    tenantId: string,
    { iban, name }: { iban: string; name: string },
    warrant: RequestWarrant | undefined,
  ): Promise<void> {
    if (warrant?.request.name !== 'addBeneficiary') throw unproved('no request for the beneficiary was handed over');
    const { body, proof } = warrant.request;
    const { beneficiary: asked } = body;
    if (asked.iban !== iban || asked.name !== name) throw unproved('another beneficiary was asked for');
    const bench = await this.#bench(tenantId, warrant);
    if (!bench.isProofNeeded) return;
    await this.#demand(bench, { name: 'addBeneficiary', bodyHash: bodyHash(body), proof }, 'submitter', body.by);
  }

  /**
   * Judges a call by hand: the operator who asked and the one who agreed, by their current rights and their own envelopes.
   * @throws ApplicationFailure `NotProved`
   */
  async call(
    tenantId: string,
    operation: string,
    facts: OperationFacts | null,
    warrant: CallWarrant | undefined,
  ): Promise<void> {
    if (!warrant) throw unproved('the call has no warrant');
    const bench = await this.#bench(tenantId, warrant);
    const call: HandCall = warrant.beginning.subject;
    if (call.operation !== operation || call.tenantId !== tenantId) throw unproved('a different call was asked for');
    await this.#begun(bench, warrant.beginning, 'own', call.by);
    const refused = refusalOf(call, facts, operatorIn(bench.signers, call.by));
    if (refused) throw unproved(refused.detail);
    // The operator signs the call, not the run, so a second start would make the same call again.
    if (facts?.effect === 'write' && (await wasStartedBefore(bench.execution))) {
      throw unproved('a call with this id was started before');
    }
    if (!takesTwo(call)) return;
    const { agreed } = warrant;
    if (!agreed || agreed.body.action !== 'retry') throw unproved('no second person has agreed');
    if (!isSecond(call, facts, operatorIn(bench.signers, agreed.body.by)))
      throw unproved('the second person may not agree (any more)');
    if (bench.isProofNeeded) {
      const message = { name: 'resolveAttention', bodyHash: bodyHash(agreed.body), proof: agreed.proof } as const;
      await this.#demand(bench, message, 'own', agreed.body.by);
    }
  }

  /** Whoever approves what leaves the account; what the case says of it does not count. */
  async #approversOf(tenantId: string, { type, accountId }: OrderWarrant['order']): Promise<Approver[]> {
    if (type === 'topup') return [];
    const approvers = await approversNoted(this.#options.approvers, { tenantId, accountId });
    if (!approvers) throw unproved("no onboarding has named who approves the account's transfers");
    return approvers;
  }

  async #bench(tenantId: string, warrant: { requireProof: boolean }): Promise<Bench> {
    const [signers, execution] = await Promise.all([this.signers(), executionOf()]);
    return { tenantId, signers, execution, isProofNeeded: this.requireProof || warrant.requireProof };
  }

  /** The subject with its corrections, checked by the envelopes. */
  async #begun<Subject>(
    bench: Bench,
    { workflowId, subject, proof, corrections }: Beginning<Subject>,
    needed: ProofNeeded = 'submitter',
    sender?: string,
  ): Promise<Subject> {
    if (bench.isProofNeeded) {
      const { execution } = bench;
      const isOwn = workflowId === execution.workflowId;
      const start = { name: START, bodyHash: bodyHash(startBody(subject)), proof } as const;
      const startBench = { ...bench, execution: { ...execution, workflowId } };
      const { at: signedAt } = await this.#demand(startBench, start, needed, sender);
      if (isOwn && execution.startedAt.getTime() - Date.parse(signedAt) > START_AGE_MS) {
        throw unproved('the start was signed long before the workflow began, so it may have been used before');
      }
      for (const { body, proof: envelope } of corrections) {
        const message = { name: 'correctApplication', bodyHash: bodyHash(body), proof: envelope } as const;
        // For another workflow's lifecycle we do not know the instance here; its corrections were checked when they arrived.
        if (isOwn) await this.#demand(bench, message, 'submitter');
      }
    }
    return corrections.reduce((corrected, { body }) => mergePatch(corrected, body.patch) as Subject, subject);
  }

  /** @throws ApplicationFailure if the envelope does not prove the message */
  async #demand(bench: Bench, message: Unverified, needed: ProofNeeded, sender?: string): Promise<VerifiedProof> {
    const carried = await this.#carried(bench, message, needed, sender);
    if (!carried.ok) throw unproved(`${message.name}: ${PROOF_FAULTS[carried.fault]}`);
    return carried.proof;
  }

  /** Whether the envelope proves the message: valid, and from a sender with the right to send it. */
  async #carried(bench: Bench, message: Unverified, needed: ProofNeeded, sender?: string): Promise<Verified> {
    const verified = await this.#verify(bench, message);
    const fault = verified.ok ? insufficient(needed, verified.proof, sender) : undefined;
    return fault ? { ok: false, fault } : verified;
  }

  #verify(bench: Omit<Bench, 'isProofNeeded'>, { name, bodyHash: hash, proof }: Unverified): Promise<Verified> {
    const { workflowId, instance } = bench.execution;
    const expected = {
      audience: audienceOf(this.#options.environment, activityInfo().workflowNamespace ?? 'default'),
      tenant: bench.tenantId,
      workflowId,
      instance: name === START ? undefined : instance,
      message: name,
      bodyHash: hash,
    };
    return verifyProof(proof, expected, bench.signers, new Date());
  }

  async #decisionFault(
    bench: Bench,
    { decision, proof }: SentDecision,
    operator: Operator,
    given: {
      status: string;
      subject: Subject;
      evidence: string;
      submitters: Set<string>;
      round: number;
      rules: ReviewRules[];
    },
  ): Promise<string | undefined> {
    const { status, subject, evidence, submitters, round, rules } = given;
    const { id } = decision.operator;
    if (!worksFor(operator, bench.tenantId)) return `${id} does not work for this tenant (any more)`;
    if (submitters.has(id)) return `${id} submitted or corrected the application`;
    if (decision.verdict !== (status === 'APPROVED' ? 'approve' : 'reject')) return 'it has the other verdict';
    if (decision.round !== round) return 'it is from another round';
    if (decision.evidenceHash !== undefined && decision.evidenceHash !== evidence)
      return 'it was based on other evidence';
    const isOther =
      decision.subject &&
      (decision.subject.customerId !== subject.customerId ||
        decision.subject.verificationId !== subject.verificationId);
    if (isOther) return 'it is about another customer or verification';
    if (!bench.isProofNeeded) return undefined;
    if (!decision.subject || decision.evidenceHash === undefined) return 'it does not name its customer and evidence';
    const message = { name: 'decideVerification', bodyHash: bodyHash(decision), proof } as const;
    const carried = await this.#carried(bench, message, 'own', id);
    if (!carried.ok) return PROOF_FAULTS[carried.fault];
    return rules.some((one) => isTooWeak(carried.proof, one)) ? TOO_WEAK_FAULT : undefined;
  }
}
