import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SESSION_HOME } from './home.js';
import { CALLBACK_PATH, NotIdentified, signInSchema } from './identity-provider.js';
import { countIn } from '../admission.js';
import { acceptForms, answerHtml } from '../html.js';
import { checkLoopback } from '../loopback.js';
import { Refused } from '../problem.js';
import { onwardPage, refusedPage, trialPage } from './pages.js';
import { type People, TRIAL_ISSUER } from './people.js';
import { endOf, openState, sealedState } from './session.js';

/** Lax: it has to come back with the browser from another site. */
const COOKIE = '__Host-sign-in';
const COOKIE_OPTIONS = { path: '/', secure: true, httpOnly: true, sameSite: 'lax', maxAge: 600 } as const;
const SIGN_IN_MS = 600_000;

const tenantQuery = z.object({
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional(),
});
const trialForm = z.object({ operator: z.string().min(1).max(200) });

/** The pages and addresses by which people come and go. What they may do once they are in is the matter of the routes. */
export async function serveSignIn(server: FastifyInstance, people: People): Promise<void> {
  await server.register(cookie);
  await server.register((scope) => {
    acceptForms(scope);
    const { keys, limits, signInsPerMinute } = people.options;
    const limit = scope.createRateLimit({ max: signInsPerMinute, keyGenerator: ({ ip }) => `sign-in ${ip}` });
    const rated = {
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => countIn(await limit(request), reply),
    };

    scope.get('/sign-in', rated, async (request, reply) => {
      const { tenant } = tenantQuery.safeParse(request.query).data ?? {};
      if (!people.provider) return answerHtml(reply, trialPage(await people.signers()));
      const { url, remembered } = await people.provider.begin();
      const state = { ...remembered, ...(tenant !== undefined && { tenant }), at: Date.now() };
      return reply.setCookie(COOKIE, sealedState(keys, 'sign-in v1', state), COOKIE_OPTIONS).redirect(url, 303);
    });

    scope.get(CALLBACK_PATH, rated, async (request, reply) => {
      if (!people.provider) throw new Refused('NoSuchRoute');
      const sealed = request.cookies[COOKIE];
      const begun = sealed === undefined ? undefined : openState(keys, 'sign-in v1', signInSchema, sealed);
      void reply.clearCookie(COOKIE, COOKIE_OPTIONS);
      if (!begun || Date.now() > begun.at + SIGN_IN_MS) return answerHtml(reply, refusedPage(), { status: 403 });
      const search = new URL(request.url, 'http://localhost').search;
      let subject: string | undefined;
      try {
        const identity = await people.provider.finish(search, begun);
        ({ subject } = identity);
        request.signedIn = await people.begin(reply, identity, begun.tenant);
      } catch (error) {
        if (!(error instanceof NotIdentified || error instanceof Refused)) throw error;
        request.problem = error instanceof Refused ? error.code : 'Unauthenticated';
        return answerHtml(reply, refusedPage(error, subject), { status: 403 });
      }
      // Not a redirect: a browser on its way from another site would not send the cookie along.
      return answerHtml(reply, onwardPage(SESSION_HOME));
    });

    scope.post('/sign-in', rated, async (request, reply) => {
      // A page elsewhere could otherwise sign somebody in as whom it likes.
      const { origin, host, 'sec-fetch-site': site } = request.headers;
      if (people.provider) throw new Refused('NoSuchRoute');
      checkLoopback(host);
      if (origin !== `http://${host}` || (site !== undefined && site !== 'same-origin')) throw new Refused('CrossSite');
      const { operator } = trialForm.safeParse(request.body).data ?? {};
      if (operator === undefined) throw new Refused('BodyUnreadable');
      request.signedIn = await people.begin(
        reply,
        { issuer: TRIAL_ISSUER, subject: operator, sid: undefined },
        undefined,
      );
      return reply.redirect(SESSION_HOME, 303);
    });

    scope.get('/session', async (request, reply) => {
      const person = await people.personOf(request, reply);
      if (!person) throw new Refused('Unauthenticated');
      const { operator, tenant, csrf, begunAt } = person.session;
      return reply.header('cache-control', 'no-store').send({
        ...{ operator, tenant, level: person.level, csrfToken: csrf },
        endsUnlessUsed: new Date(endOf(person.session, limits)).toISOString(),
        ends: new Date(begunAt + limits.wholeMs).toISOString(),
      });
    });

    scope.post('/sign-out', async (request, reply) => {
      const person = await people.personOf(request, reply);
      if (!person) throw new Refused('Unauthenticated');
      const { csrf } = (request.body ?? {}) as { csrf?: unknown };
      people.checkOurs(request, person.session, request.headers['x-csrf-token'] ?? csrf);
      request.signedIn = person.session;
      await people.end(reply, person.session);
      return reply.redirect((await people.provider?.endUrl()) ?? '/sign-in', 303);
    });

    scope.post('/sign-out/by-provider', rated, async (request, reply) => {
      if (!people.provider) throw new Refused('NoSuchRoute');
      void reply.header('cache-control', 'no-store');
      const { logout_token: token } = (request.body ?? {}) as { logout_token?: unknown };
      if (typeof token !== 'string') throw new Refused('BodyUnreadable');
      const { whose, at } = await people.provider.ended(token).catch((error: unknown) => {
        throw error instanceof NotIdentified ? new Refused('BodyUnreadable', error.message) : error;
      });
      for (const one of whose) await people.endOf(one, at);
      return reply.send();
    });
  });
}
