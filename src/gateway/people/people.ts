import type { FastifyReply, FastifyRequest } from 'fastify';
import { worksFor, type OperatorLevel } from '../../lifecycle/policy.js';
import { operatorIn, operatorOfSubject, type Signers, type SignerSet } from '../../proof/signers-file.js';
import type { KeyRing } from '../../secrets/key-ring.js';
import type { Blobs } from '../../store/blobs.js';
import { CredentialsUnavailable, type Caller } from '../caller.js';
import { checkLoopback } from '../loopback.js';
import { Refused } from '../problem.js';
import { IdentityProvider, type Identity, type IdentityProviderOptions } from './identity-provider.js';
import * as sessions from './session.js';
import type { Session, SessionLimits } from './session.js';
import { SignOuts, type SignedOut } from './signed-out.js';

export interface PeopleOptions {
  /** Who is an operator, of which tenants, at what level. */
  signers: Signers;
  /** Seals cookies; the same in all gateways. */
  keys: KeyRing;
  /** Where sign-outs are kept; the same for all gateways. */
  blobs: Blobs;
  limits: SessionLimits;
  /** Sign-ins that one address may begin in a minute. */
  signInsPerMinute: number;
  /** Of operators who work for several and name none. */
  tenantId: string | undefined;
  /** Without it operators are believed who they are, on this machine only. */
  provider: IdentityProviderOptions | undefined;
}

/** Somebody who is signed in, as the signers file knows them now. */
export interface Person {
  session: Session;
  level: OperatorLevel;
}

/** Names the one who says that an operator is who they say, where there is no provider. */
export const TRIAL_ISSUER = 'trial';
const COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** People at the gateway: their sessions, which a cookie holds, and what they may do. Nothing of it is kept in this process. */
export class People {
  readonly options: PeopleOptions;
  readonly provider: IdentityProvider | undefined;
  readonly #signOuts: SignOuts;

  constructor(options: PeopleOptions) {
    this.options = options;
    this.provider = options.provider && new IdentityProvider(options.provider);
    this.#signOuts = new SignOuts(options.blobs, options.keys);
  }

  /**
   * Who the request's cookie stands for, by the signers file as it is now; undefined where nobody is signed in. The cookie is renewed as long as
   * they work.
   * @throws CredentialsUnavailable
   */
  async personOf(request: FastifyRequest, reply: FastifyReply): Promise<Person | undefined> {
    const cookie = request.cookies[sessions.SESSION_COOKIE];
    const { keys, limits } = this.options;
    if (!this.provider) checkLoopback(request.headers.host);
    const session = cookie === undefined ? undefined : sessions.sessionOf(keys, cookie, limits);
    if (!session || session.issuer !== (this.provider?.issuer ?? TRIAL_ISSUER)) return undefined;
    const level = levelNow(await this.signers(), session);
    if (level === undefined || (await this.#signOuts.hasEnded(session))) return undefined;
    if (sessions.needsRenewal(session)) this.#hand(reply, { ...session, seenAt: Date.now() });
    return { session, level };
  }

  /** As a caller of the API: no more than an operator's token may. @throws Refused for what another site's page had sent */
  async callerOf(request: FastifyRequest, reply: FastifyReply): Promise<Caller | undefined> {
    const person = await this.personOf(request, reply);
    if (!person) return undefined;
    this.checkOurs(request, person.session, request.headers['x-csrf-token']);
    const { operator, tenant } = person.session;
    return { id: `person:${operator}`, tenant, scopes: new Set(['operate']), operator };
  }

  /** @throws Refused where a request that changes something does not come from a page of ours */
  checkOurs(request: FastifyRequest, session: Session, token: unknown): void {
    if (SAFE.has(request.method)) return;
    const { 'sec-fetch-site': site, origin } = request.headers;
    const isElsewhere =
      (site !== undefined && site !== 'same-origin') || (origin !== undefined && origin !== this.originOf(request));
    if (isElsewhere || !sessions.knowsToken(session, token)) throw new Refused('CrossSite');
  }

  /** Signs in whom the provider has proved. @throws Refused where the signers file knows no such operator */
  async begin(reply: FastifyReply, { issuer, subject, sid }: Identity, tenant: string | undefined): Promise<Session> {
    const set = await this.signers();
    const operator = this.provider ? operatorOfSubject(set, subject) : set.signers.get(subject);
    if (operator?.role !== 'operator') throw new Refused('UnknownOperator');
    const only = operator.tenants.length === 1 && operator.tenants[0] !== '*' ? operator.tenants[0] : undefined;
    const chosen = tenant ?? only ?? this.options.tenantId;
    if (chosen === undefined || !worksFor(operator, chosen)) throw new Refused('WrongTenant');
    const session = sessions.newSession({ operator: operator.id, tenant: chosen, issuer, subject, sid });
    this.#hand(reply, session);
    return session;
  }

  /** Ends every session of the person, at all gateways. @throws CredentialsUnavailable */
  async end(reply: FastifyReply, { issuer, subject }: Session): Promise<void> {
    await this.endOf({ issuer, subject }, Date.now());
    void reply.clearCookie(sessions.SESSION_COOKIE, COOKIE);
  }

  /** Ends what began before a time, in ms. @throws CredentialsUnavailable */
  async endOf(whose: SignedOut, before: number): Promise<void> {
    await this.#signOuts.end(whose, before);
  }

  /** @throws CredentialsUnavailable */
  async signers(): Promise<SignerSet> {
    return this.options.signers.current().catch((cause: unknown) => {
      throw new CredentialsUnavailable('the signers file cannot be used', { cause });
    });
  }

  #hand(reply: FastifyReply, session: Session): void {
    void reply.setCookie(sessions.SESSION_COOKIE, sessions.sealedSession(this.options.keys, session), COOKIE);
  }

  /** Where our pages are, as browsers name it. */
  originOf({ headers: { host } }: Pick<FastifyRequest, 'headers'>): string {
    const { provider } = this.options;
    return provider ? new URL(provider.publicUrl).origin : `http://${host}`;
  }
}

/** What the signers file says now: an operator who is taken out, or has another login, is signed out. */
function levelNow(set: SignerSet, { operator, tenant, subject, issuer }: Session): OperatorLevel | undefined {
  const known = operatorIn(set, operator);
  if (!known || !worksFor(known, tenant)) return undefined;
  return issuer === TRIAL_ISSUER || set.signers.get(operator)?.subject === subject ? known.level : undefined;
}
