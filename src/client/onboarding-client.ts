import { z } from 'zod';
import type { Answer, ConfirmTransfer, CorrectApplication, DecideTransfer } from '../lifecycle/messages.js';
import type { CustomerMessage } from '../lifecycle/customer-messages.js';
import type { Hint } from '../lifecycle/hints.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { isSealedText } from '../lifecycle/sealed.js';
import type { Signers } from '../proof/signers-file.js';
import { seal } from '../secrets/seal.js';
import type { DocumentReference } from '../contract/application.js';
import { documentIdOf } from '../store/document-id.js';
import type { DocumentStore } from '../store/document-store.js';
import type { IndividualInput, OrganizationInput } from '../intake/application-schema.js';
import { CaseClient, type CaseClientOptions, type SendOptions } from './case-client.js';
import { checkedRequest, type CustomerRequestInput } from './customer-requests.js';
import { readSubmission, storeDocuments } from './document-intake.js';
import { InvalidInput } from './errors.js';
import { faultsOf } from '../intake/faults.js';
import { consents, password, text, type DocumentInput } from '../contract/field-schemas.js';
import { findCases } from './find.js';
import type { CaseFilter, CaseList } from './list.js';
import { resumeCase, type Given, type Resumed } from './resume.js';
import { startLifecycle, type IntakeOptions, type Started, type StartOptions } from './start.js';
import { startTransfer, type TransferInput } from './start-transfer.js';
import { takeWebhook } from './take-webhook.js';

export interface OnboardingClientOptions extends CaseClientOptions {
  keys: KeyRing;
  store: DocumentStore;
  /** If messages are signed: what `resume` checks earlier signatures against. */
  signers?: Signers | undefined;
}

/** What is said of an uploaded document. */
export interface Upload {
  type: string;
  subject?: string | undefined;
  /** Hex digest. */
  sha256: string;
  mimeType?: string | undefined;
}

export type ConsentsInput = z.input<typeof consents>;

/**
 * The client for backends: starts lifecycles and sends the customer's messages. Inputs are checked before anything is sent (InvalidInput with
 * every fault), and secrets are sealed before they leave this process. Without a worker, messages throw NoAnswer; a retry is safe.
 */
export class OnboardingClient extends CaseClient {
  readonly keys: KeyRing;
  readonly store: DocumentStore;
  readonly #options: OnboardingClientOptions;

  constructor(options: OnboardingClientOptions) {
    super(options);
    this.keys = options.keys;
    this.store = options.store;
    this.#options = options;
  }

  /** A client of the same connection that signs for a program which the caller authenticated. */
  speakingFor(caller: string): OnboardingClient {
    const { signing } = this;
    if (!signing) return this;
    const options = { ...this.#options, signing: { ...signing, caller }, proveShared: () => this.beforeWriting() };
    return new OnboardingClient(options);
  }

  /** The same client with other timeouts. */
  patient(seconds: Pick<CaseClientOptions, 'answerSeconds' | 'questionSeconds'>): OnboardingClient {
    return new OnboardingClient({ ...this.#options, ...seconds });
  }

  /** Starts a person's lifecycle, or finds the one that the same application started. Throws ApplicationConflict. */
  async startIndividual(application: IndividualInput, options: StartOptions = {}): Promise<Started> {
    await this.beforeWriting();
    return startLifecycle(this.#dependencies(), 'individual', application, options);
  }

  /** Starts an organization's lifecycle, or finds the one that the same application started. Throws ApplicationConflict. */
  async startOrganization(application: OrganizationInput, options: StartOptions = {}): Promise<Started> {
    await this.beforeWriting();
    return startLifecycle(this.#dependencies(), 'organization', application, options);
  }

  /** Starts a transfer, or finds the one that the same reference and content started. Throws ApplicationConflict. */
  async startTransfer(transfer: TransferInput): Promise<Started> {
    await this.beforeWriting();
    return startTransfer(this.#dependencies(), transfer);
  }

  /**
   * Restarts a case whose workflow was ended from outside. Existing objects at FinHub are adopted; people decide again.
   * @param given the application or transfer, if Temporal has no readable and proved start, or the case was corrected
   * @throws CaseNotFound; NotResumable; InvalidInput; ApplicationConflict if `given` is another application
   */
  async resume(id: string, given?: Given): Promise<Resumed> {
    await this.beforeWriting();
    return resumeCase({ ...this.#dependencies(), signers: this.#options.signers }, this.fullId(id), given);
  }

  /** Submits a TRANSACTION_APPROVER's decision on a transfer; the caller has verified who it is. */
  async decideTransfer(id: string, decision: DecideTransfer, sending: SendOptions = {}): Promise<Answer> {
    return this.send(id, 'decideTransfer', decision, sending);
  }

  /** Submits the customer's confirmation of the prepared order that the status shows. */
  async confirmTransfer(id: string, confirmation: ConfirmTransfer, sending: SendOptions = {}): Promise<Answer> {
    return this.send(id, 'confirmTransfer', confirmation, sending);
  }

  /** Asks for something for a customer whose account is active; the case carries it out in its turn. */
  async ask<Name extends CustomerMessage>(
    id: string,
    what: Name,
    body: CustomerRequestInput<Name>,
    sending: SendOptions = {},
  ): Promise<Answer> {
    return this.send(id, what, checkedRequest(what, body), sending);
  }

  /** Hands in documents for the review's open round. */
  async submitDocuments(
    id: string,
    { submittedBy, documents }: { submittedBy: string; documents: DocumentInput[] },
    { folder, ...sending }: IntakeOptions & SendOptions = {},
  ): Promise<Answer> {
    await this.beforeWriting();
    const workflowId = this.fullId(id);
    const read = await readSubmission(documents, folder);
    return this.send(
      id,
      'submitDocuments',
      {
        submittedBy: checked(text(), submittedBy, 'submittedBy'),
        documents: await storeDocuments(this.store, workflowId, read),
      },
      sending,
    );
  }

  /**
   * Takes in a document's content for a case, which may not have begun: the start, or what is handed in later, names it by its digest.
   * @throws DocumentRefused where it is not what FinHub takes, or not of that digest
   */
  async uploadDocument(id: string, content: AsyncIterable<Uint8Array>, upload: Upload): Promise<DocumentReference> {
    await this.beforeWriting();
    const documentId = documentIdOf(this.fullId(id), upload);
    return this.store.take(content, { ...upload, documentId, fileName: '' });
  }

  /** Hands on that the customer accepted the three consents, with the customer's own IP address, user agent, version and time. */
  async acceptConsents(id: string, evidence: ConsentsInput, sending: SendOptions = {}): Promise<Answer> {
    const schema = this.fullId(id).startsWith('organization/') ? consents.required({ acceptedBy: true }) : consents;
    return this.send(id, 'acceptConsents', checked(schema, evidence, 'the consents'), sending);
  }

  /** Submits the code that FinHub mailed to the customer. */
  async submitActivationCode(id: string, code: string, sending: SendOptions = {}): Promise<Answer> {
    return this.send(
      id,
      'submitActivationCode',
      {
        code: seal(this.keys, checked(text(), code, 'the activation code')),
      },
      sending,
    );
  }

  /** Replaces fields of the application (JSON merge patch, RFC 7396). The lifecycle answers which fields it accepts. */
  async correctApplication(
    id: string,
    { correctedBy, patch }: CorrectApplication,
    sending: SendOptions = {},
  ): Promise<Answer> {
    const fields = checked(z.record(z.string(), z.unknown()), patch, 'the correction');
    const secret = fields['password'];
    const sealed =
      typeof secret === 'string' && !isSealedText(secret)
        ? { password: seal(this.keys, checked(password, secret, 'password')) }
        : {};
    return this.send(
      id,
      'correctApplication',
      {
        correctedBy: checked(text(), correctedBy, 'correctedBy'),
        patch: { ...fields, ...sealed },
      },
      sending,
    );
  }

  /** A document of a case. Throws DocumentUnavailable. The caller must first record who looks. */
  async document(id: string, documentId: string): Promise<{ content: Buffer; mimeType: string }> {
    const { evidence } = await this.caseView(id);
    const reference = evidence.find((one) => one.documentId === documentId);
    if (!reference)
      throw new InvalidInput('the document', [{ path: 'documentId', message: 'the case has no such document' }]);
    return { content: await this.store.get(reference), mimeType: reference.mimeType };
  }

  /** Like `queue`, for cases with someone in them whom the text identifies. */
  async find(text: string, filter: Omit<CaseFilter, 'found'> = {}): Promise<CaseList> {
    return findCases(this.temporal, this.keys, text, filter);
  }

  /** Passes on a webhook from FinHub. @throws NoAnswer if Temporal did not accept it */
  async takeWebhook(tenantId: string, hint: Hint): Promise<void> {
    await takeWebhook(this.temporal, tenantId, hint);
  }

  #dependencies() {
    return {
      temporal: this.temporal,
      keys: this.keys,
      store: this.store,
      tenantId: this.tenantId,
      signing: this.signing,
    };
  }
}

function checked<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InvalidInput(what, faultsOf(parsed.error));
  return parsed.data;
}
