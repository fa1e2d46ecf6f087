import type { Client } from '@temporalio/client';
import { earlierAnswerTo } from '../lifecycle/answered.js';
import type { AnsweredMessage } from '../lifecycle/case-state.js';
import {
  refuse,
  type Answer,
  type Assign,
  type Cancel,
  type Claim,
  type Decision,
  type Extend,
  type MessageBodies,
  type MessageName,
  type Note,
  type ResolveAttention,
  type ViewDocument,
} from '../lifecycle/messages.js';
import { auditOf, type ShownAuditEntry } from './audit.js';
import { ask, currentCase, currentStatus, type CurrentStatus, type ShownCase } from './current-status.js';
import { EndedCases, type EndedCase } from './ended-cases.js';
import { fullCaseId } from './case-id.js';
import { listCases, type CaseFilter, type CaseList } from './list.js';
import type { CaseSummary } from './case-row.js';
import { send } from './send.js';
import { proofOfMessage, type Signing } from './signing.js';
import { waitUntil, type Waited, type WaitOptions, type WaitTarget } from './wait.js';

export interface CaseClientOptions {
  temporal: Client;
  /** The tenant of ids without one. */
  tenantId?: string | undefined;
  /** Signs messages; without it, only workers that need no proof accept them. */
  signing?: Signing | undefined;
  /** Seconds to wait for a worker's answer to a message; 30 by default. */
  answerSeconds?: number | undefined;
  /** Checks before the first message or start that the workers can read what this process sends; throws if not. */
  proveShared?: (() => Promise<void>) | undefined;
  /** Seconds to wait for a worker's answer to a query; 5 by default. */
  questionSeconds?: number | undefined;
}

/** Options for sending a message. */
export interface SendOptions {
  /** The same id means the same message: while the case remembers it, a repeat gets the first answer. */
  messageId?: string | undefined;
  /** The sender's own envelope, instead of the client's. */
  proof?: string | undefined;
}

/**
 * Reads cases and sends operators' messages. Ids are `individual/<tenantId>/<applicationId>`, `organization/…`, `transfer/…`, `customer/…` and
 * `call/…`; the tenant may be omitted if one is configured. All methods but `list` throw InvalidInput for any other form, and CaseNotFound.
 */
export class CaseClient {
  readonly temporal: Client;
  /** The tenant of ids without one. */
  readonly tenantId: string | undefined;
  readonly signing: Signing | undefined;
  readonly #answerSeconds: number;
  readonly #questionSeconds: number;
  readonly #proveShared: (() => Promise<void>) | undefined;
  #proof: Promise<void> | undefined;

  constructor({
    temporal,
    tenantId,
    signing,
    answerSeconds = 30,
    questionSeconds = 5,
    proveShared,
  }: CaseClientOptions) {
    this.temporal = temporal;
    this.tenantId = tenantId;
    this.signing = signing;
    this.#answerSeconds = answerSeconds;
    this.#questionSeconds = questionSeconds;
    this.#proveShared = proveShared;
  }

  /** What a backend may show its customer; `stale` if no worker responds. */
  async status(id: string): Promise<CurrentStatus> {
    return currentStatus(this.temporal, this.fullId(id), this.#questionSeconds);
  }

  /** What an operator may see. Throws NoAnswer without a worker: nobody should decide on outdated information. */
  async caseView(id: string): Promise<ShownCase> {
    return currentCase(this.temporal, this.fullId(id), this.#questionSeconds);
  }

  /** Who did what and when, in order, up to the deletion of the documents. Throws NoAnswer without a worker. */
  async audit(id: string): Promise<ShownAuditEntry[]> {
    return auditOf(this.temporal, this.fullId(id), this.#questionSeconds);
  }

  /** Waits for a decision, an active account or the end, or until the case needs attention; throws WaitTimedOut. */
  async wait(id: string, target: WaitTarget, options: WaitOptions = {}): Promise<Waited> {
    return waitUntil(target, () => this.status(id), options);
  }

  /** Cases from Temporal's visibility, which may be some seconds behind; the most urgent first. */
  async list(filter: CaseFilter = {}): Promise<CaseSummary[]> {
    return (await listCases(this.temporal, filter)).cases;
  }

  /** Like `list`, with the total and whether all of them were sorted. */
  async queue(filter: CaseFilter = {}): Promise<CaseList> {
    return listCases(this.temporal, filter);
  }

  /** Cases that were ended from outside and not resumed, the latest end first, according to Temporal's visibility. */
  async ended(): Promise<EndedCase[]> {
    return new EndedCases(this.temporal).look();
  }

  /** Sends an operator's decision. After NoAnswer the same decision may be sent again. */
  async decide(id: string, decision: Decision, { proof }: Pick<SendOptions, 'proof'> = {}): Promise<Answer> {
    // A decision's own id identifies it.
    return this.#deliver(id, 'decideVerification', decision, { proof, messageId: decision.decisionId });
  }

  /** Claims a case, so that others see who has it. Throws NoAnswer. */
  async claim(id: string, claim: Claim): Promise<Answer> {
    return this.send(id, 'claim', claim);
  }

  /** Releases a claimed case. Throws NoAnswer. */
  async release(id: string, claim: Claim): Promise<Answer> {
    return this.send(id, 'release', claim);
  }

  /** Assigns a case to an operator, even if another one has claimed it. Throws NoAnswer. */
  async assign(id: string, assignment: Assign): Promise<Answer> {
    return this.send(id, 'assign', assignment);
  }

  /** Leaves a note for other operators. Throws NoAnswer. */
  async note(id: string, note: Note): Promise<Answer> {
    return this.send(id, 'note', note);
  }

  /** Records that an operator looks at a document. Throws NoAnswer. */
  async viewDocument(id: string, view: ViewDocument): Promise<Answer> {
    return this.send(id, 'viewDocument', view);
  }

  /** Gives the case's wait more time; later deadlines move by the same time. Throws NoAnswer. */
  async extend(id: string, extension: Extend): Promise<Answer> {
    return this.send(id, 'extend', extension);
  }

  /** Decides how a call continues that needs attention. Throws NoAnswer. */
  async resolveAttention(id: string, resolution: ResolveAttention): Promise<Answer> {
    return this.send(id, 'resolveAttention', resolution);
  }

  /** Ends the lifecycle; data at FinHub stays there. Throws NoAnswer. */
  async cancel(id: string, cancel: Cancel): Promise<Answer> {
    return this.send(id, 'cancel', cancel);
  }

  /** Closes the connection to Temporal. */
  async close(): Promise<void> {
    await this.temporal.connection.close();
  }

  /** Checks, once per client, that workers can read what this process sends; called before the first write. @throws NotShared */
  async beforeWriting(): Promise<void> {
    this.#proof ??= this.#proveShared?.();
    try {
      await this.#proof;
    } catch (error) {
      this.#proof = undefined;
      throw error;
    }
  }

  protected fullId(id: string): string {
    return fullCaseId(id, this.tenantId);
  }

  /**
   * Sends a message. Throws CaseNotFound; NoAnswer, after which the same message may be sent again.
   */
  async send<Name extends MessageName>(
    id: string,
    name: Name,
    body: MessageBodies[Name],
    { messageId, proof }: SendOptions = {},
  ): Promise<Answer> {
    return this.#deliver(id, name, body, { proof, envelopeId: messageId, messageId });
  }

  /** The answer that a case gave to the same message before it ended. */
  async #earlier(workflowId: string, messageId: string): Promise<Answer | undefined> {
    const answered = await ask<AnsweredMessage[]>(this.temporal, workflowId, 'answered', this.#questionSeconds);
    const earlier = earlierAnswerTo(answered, messageId);
    return earlier === 'conflict' ? refuse('Duplicate', 'another message was sent with this id before') : earlier;
  }

  async #deliver<Name extends MessageName>(
    id: string,
    name: Name,
    body: MessageBodies[Name],
    { messageId, envelopeId, proof: given }: SendOptions & { envelopeId?: string | undefined },
  ): Promise<Answer> {
    await this.beforeWriting();
    const workflowId = this.fullId(id);
    const proof = given ?? (await proofOfMessage(this.signing, this.temporal, workflowId, name, body, envelopeId));
    const answer = await send(this.temporal, workflowId, name, body, this.#answerSeconds, {
      ...{ messageId, proof },
      beside: envelopeId !== undefined,
    });
    return answer.accepted || envelopeId === undefined || answer.refusal !== 'AlreadyFinal'
      ? answer
      : ((await this.#earlier(workflowId, envelopeId)) ?? answer);
  }
}
