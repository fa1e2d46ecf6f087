import type { Client } from '@temporalio/client';
import type { JWK } from 'jose';
import type { AuditEntry } from '../lifecycle/case-state.js';
import type {
  Answer,
  Assign,
  Cancel,
  Claim,
  Decision,
  Extend,
  MessageBodies,
  MessageName,
  Note,
  ResolveAttention,
} from '../lifecycle/messages.js';
import type { CaseView } from '../lifecycle/status.js';
import { signDecision } from '../operators/signature.js';
import { auditOf } from './audit.js';
import { ask, currentStatus, type CurrentStatus } from './current-status.js';
import { fullCaseId } from './case-id.js';
import { listCases, type CaseFilter, type CaseSummary } from './list.js';
import { send } from './send.js';
import { waitUntil, type Waited, type WaitOptions, type WaitTarget } from './wait.js';

export interface CaseClientOptions {
  temporal: Client;
  /** Completes ids that name no tenant. */
  tenantId?: string | undefined;
  /** Seconds that a worker has to answer a message; 30 by default. */
  answerSeconds?: number | undefined;
  /** Proves before the first message or start that this process and the workers share what it takes to read it; throws where they do not. */
  proveShared?: (() => Promise<void>) | undefined;
  /** Seconds that a worker has to answer a question; 5 by default. */
  questionSeconds?: number | undefined;
}

/**
 * Reads cases and speaks for operators. Ids are `individual/<tenantId>/<applicationId>`, `organization/…`, `transfer/…`, `account/…` and
 * `call/…`; the tenant may be left out where one is configured. All methods but `list` throw InvalidInput for another form, and CaseNotFound.
 */
export class CaseClient {
  readonly temporal: Client;
  protected readonly tenantId: string | undefined;
  readonly #answerSeconds: number;
  readonly #questionSeconds: number;
  readonly #proveShared: (() => Promise<void>) | undefined;
  #proof: Promise<void> | undefined;

  constructor({ temporal, tenantId, answerSeconds = 30, questionSeconds = 5, proveShared }: CaseClientOptions) {
    this.temporal = temporal;
    this.tenantId = tenantId;
    this.#answerSeconds = answerSeconds;
    this.#questionSeconds = questionSeconds;
    this.#proveShared = proveShared;
  }

  /** What a backend may show its customer; `stale` where no worker answers. */
  async status(id: string): Promise<CurrentStatus> {
    return currentStatus(this.temporal, this.fullId(id), this.#questionSeconds);
  }

  /** What an operator may see. Throws NoAnswer without a worker: nobody should decide on what may be outdated. */
  async caseView(id: string): Promise<CaseView> {
    return ask(this.temporal, this.fullId(id), 'case', this.#questionSeconds);
  }

  /** Who did what and when, in order, to the deletion of the documents. Throws NoAnswer without a worker. */
  async audit(id: string): Promise<AuditEntry[]> {
    return auditOf(this.temporal, this.fullId(id), this.#questionSeconds);
  }

  /** Waits for a decision, an active account or the end; throws WaitTimedOut. */
  async wait(id: string, target: WaitTarget, options: WaitOptions = {}): Promise<Waited> {
    return waitUntil(target, () => this.status(id), options);
  }

  /** Cases from Temporal's visibility, which may lag some seconds behind. */
  async list(filter: CaseFilter = {}): Promise<CaseSummary[]> {
    return listCases(this.temporal, filter);
  }

  /**
   * An operator's decision; throws NoAnswer, after which the same decision may be sent again.
   * @param key the operator's private key (Ed25519 JWK), where decisions have to be signed
   */
  async decide(id: string, decision: Decision, key?: JWK): Promise<Answer> {
    const signature = key && (await signDecision(key, this.fullId(id), decision));
    return this.send(id, 'decideVerification', signature ? { ...decision, signature } : decision, decision.decisionId);
  }

  /** Takes a case on, so that others see who has it. Throws NoAnswer. */
  async claim(id: string, claim: Claim): Promise<Answer> {
    return this.send(id, 'claim', claim);
  }

  /** Gives a case back that one has claimed. Throws NoAnswer. */
  async release(id: string, claim: Claim): Promise<Answer> {
    return this.send(id, 'release', claim);
  }

  /** Hands a case to an operator, whoever has it now. Throws NoAnswer. */
  async assign(id: string, assignment: Assign): Promise<Answer> {
    return this.send(id, 'assign', assignment);
  }

  /** Leaves a remark for other operators. Throws NoAnswer. */
  async note(id: string, note: Note): Promise<Answer> {
    return this.send(id, 'note', note);
  }

  /** Gives what the case waits for more time; its later deadlines move along. Throws NoAnswer. */
  async extend(id: string, extension: Extend): Promise<Answer> {
    return this.send(id, 'extend', extension);
  }

  /** How a call goes on that neither retries nor rules could settle. Throws NoAnswer. */
  async resolveAttention(id: string, resolution: ResolveAttention): Promise<Answer> {
    return this.send(id, 'resolveAttention', resolution);
  }

  /** Ends the lifecycle; what FinHub holds already stays there. Throws NoAnswer. */
  async cancel(id: string, cancel: Cancel): Promise<Answer> {
    return this.send(id, 'cancel', cancel);
  }

  /** Closes the connection to Temporal. */
  async close(): Promise<void> {
    await this.temporal.connection.close();
  }

  /** Proves that workers can read what this process sends; called by what writes, once per client that goes well. Throws NotShared. */
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

  protected async send<Name extends MessageName>(
    id: string,
    name: Name,
    body: MessageBodies[Name],
    messageId?: string,
  ): Promise<Answer> {
    await this.beforeWriting();
    return send(this.temporal, this.fullId(id), name, body, this.#answerSeconds, messageId);
  }
}
