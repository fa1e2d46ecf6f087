import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type {
  CaseView,
  CurrentStatus,
  IndividualInput,
  LifecycleStatus,
  OrganizationInput,
  Started,
} from '../../src/client/index.js';
import type { People } from './carry.js';
import { EXAMPLES } from './examples.js';

/** An application as it goes over HTTP: its documents, which are in `examples/`, come with their content. */
export async function withContent<A extends IndividualInput | OrganizationInput>(application: A) {
  const documents = await Promise.all(
    (application.documents ?? []).map(async ({ file, ...rest }) => ({
      ...rest,
      fileName: basename(file!),
      content: (await readFile(join(EXAMPLES, file!))).toString('base64'),
    })),
  );
  return { ...application, documents };
}

/** The HTTP API as the demo's people use it: a backend, its customers, an operator. */
export class OverHttp {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Starts an example, with its documents in it. */
  async start(kind: 'individual' | 'organization', application: IndividualInput | OrganizationInput): Promise<Started> {
    const body = await withContent(application);
    return (await this.#ask('PUT', `/v1/${kind}s/${application.applicationId}`, { body })).body;
  }

  /**
   * Follows a lifecycle to its end; whoever it waits for acts, perhaps twice for one wait, which does no harm.
   * @throws whatever the people's actions throw
   */
  async carry(path: string, people: People, onChange: (status: CurrentStatus) => void): Promise<LifecycleStatus> {
    for (let etag = ''; ;) {
      const headers = { 'if-none-match': etag, prefer: 'wait=30' };
      const { body: status, headers: answered } = await this.#ask<CurrentStatus | undefined>('GET', path, { headers });
      if (!status) continue;
      etag = answered.get('etag') ?? '';
      onChange(status);
      if (status.outcome) {
        if (status.stale) throw new Error(`no worker answers for ${path}`);
        return status;
      }
      const who = status.stale ? undefined : status.waitingOn?.who;
      if (who === 'operator' || who === 'customer') await people[who](path);
    }
  }

  /** Approves what the case shows now, as an operator who has looked at it. */
  async approve(path: string, operator: string): Promise<void> {
    const { body: shown } = await this.#ask<CaseView>('GET', `${path}/review`);
    if (shown.review.stage !== 'inReview') return;
    const { review, evidenceHash, ids } = shown;
    const { customerId, verificationId } = ids;
    const body = {
      decisionId: `${operator}-round-${review.round}`,
      ...{ round: review.round, verdict: 'approve', operator: { id: operator }, evidenceHash },
      ...(customerId && verificationId ? { subject: { customerId, verificationId } } : {}),
    };
    await this.#ask('POST', `${path}/decisions`, { body });
  }

  async submitActivationCode(path: string, code: string): Promise<void> {
    await this.#ask('POST', `${path}/activation-code`, { body: { code } });
  }

  async #ask<Body = never>(
    method: string,
    path: string,
    { body, headers }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<{ body: Body; headers: Headers }> {
    const answer = await fetch(this.#url + path, {
      method,
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${text}`);
    return { body: (text === '' ? undefined : JSON.parse(text)) as Body, headers: answer.headers };
  }
}
