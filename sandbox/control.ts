import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { finishActivation } from './activation.js';
import { iso } from './clock.js';
import { concerns, faultRule, type Faults } from './faults.js';
import { seed } from './fixtures.js';
import { runDueJobs } from './jobs.js';
import { fromMajor } from './amounts.js';
import { available, moneyLedger, move, OUTSIDE } from './money.js';
import { invalid, notFound, read } from './refusal.js';
import type { Requests } from './requests.js';
import { ROUTES } from './routes/index.js';
import { decideVerification } from './routes/verification.js';
import { webhookMischief } from './webhooks/mischief.js';
import type { WebhookSender } from './webhooks/sender.js';
import type { World } from './world.js';

const clockBody = z.strictObject({ advanceMs: z.number().min(0).optional(), setTo: z.iso.datetime().optional() });
const decisionBody = z.strictObject({
  status: z.enum(['APPROVED', 'REJECTED']),
  comment: z.string().default('Decided in the portal'),
});
const creditBody = z.strictObject({ amount: z.string() });
/** As the customer changes it on FinHub's own pages. */
const passwordBody = z.object({ password: z.string().min(8) });
const walletStatusBody = z.strictObject({ status: z.enum(['ACTIVE', 'SUSPENDED', 'BLOCKED']) });

type Query = Readonly<Record<string, string | undefined>>;

/** The routes that look behind the sandbox and steer it. They need no credentials and show every secret. */
export function registerControl(
  app: FastifyInstance,
  { world, faults, requests, webhooks }: { world: World; faults: Faults; requests: Requests; webhooks: WebhookSender },
): void {
  const { state, clock } = world;
  const id = (params: unknown) => (params as { id: string }).id;

  app.register(
    (control, _options, done) => {
      control.addHook('preHandler', () => Promise.resolve(runDueJobs(world)));
      control.addHook('onSend', () => Promise.resolve(state.commit()));

      control.get('/state', () => ({ now: iso(clock.now()), ...state.toJSON() }));
      control.get('/outbox', ({ query }) => {
        const { to } = query as Query;
        return to === undefined ? state.outbox.all() : state.outbox.by('to', to.toLowerCase());
      });
      control.get('/ledger', () => ({
        objects: state.makings.all().map(({ tenantId, kind, key, made, undone }) => ({
          ...{ tenantId, kind, key, count: made.length, live: made.length - undone.length, made, undone },
        })),
        money: moneyLedger(world),
      }));
      control.get('/requests', ({ query }) => requests.find(query as Query));

      control.get('/faults', () => faults.toJSON());
      control.post('/faults', ({ body }) => {
        for (const given of [body].flat()) {
          const rule = read(faultRule, given);
          if (!ROUTES.some(({ method, path }) => concerns(rule, method, path))) {
            throw invalid({ field: 'path', message: 'No such operation' });
          }
          faults.add(rule);
        }
        return faults.toJSON();
      });
      control.delete('/faults', () => {
        faults.clear();
        return faults.toJSON();
      });

      control.get('/clock', () => ({ now: iso(clock.now()) }));
      control.post('/clock', ({ body }) => {
        const { advanceMs = 0, setTo } = read(clockBody, body);
        // A time that has passed already changes nothing: two callers may set the clock at once.
        clock.advance(setTo === undefined ? advanceMs : Math.max(0, Date.parse(setTo) - clock.now()));
        runDueJobs(world);
        return { now: iso(clock.now()) };
      });

      control.post('/verifications/:id/decide', ({ params, body }) => {
        const verification = state.verifications.get(id(params));
        if (!verification) throw notFound('Verification');
        const { status, comment } = read(decisionBody, body);
        return decideVerification(world, verification, status, { powerTenant: true, by: 'FINHUB_PORTAL', comment });
      });
      control.post('/customers/:id/activate', ({ params }) => {
        if (!state.customers.get(id(params))) throw notFound('Customer');
        return finishActivation(world, id(params));
      });
      control.post('/customers/:id/password', ({ params, body }) => {
        const user = state.users.all().find(({ customerId }) => customerId === id(params));
        if (!user) throw notFound('Customer');
        state.users.patch(user.id, read(passwordBody, body));
        return {};
      });
      control.post('/wallets/:id/credit', ({ params, body }) => {
        const wallet = state.wallets.get(id(params));
        if (!wallet) throw notFound('Wallet');
        const { currency } = wallet;
        const amount = fromMajor(read(creditBody, body).amount, currency, 'amount');
        move(world, { kind: 'credit', from: OUTSIDE, to: available(wallet.id), amount, currency });
        return state.wallets.get(wallet.id);
      });
      control.post('/wallets/:id/status', ({ params, body }) => {
        if (!state.wallets.get(id(params))) throw notFound('Wallet');
        return state.wallets.patch(id(params), read(walletStatusBody, body));
      });
      control.post('/webhooks', ({ body }) => {
        webhooks.mischief = read(webhookMischief, body);
        return webhooks.mischief;
      });
      control.post('/reset', () => {
        state.reset();
        seed(state);
        faults.clear();
        requests.clear();
        return { now: iso(clock.now()) };
      });
      done();
    },
    { prefix: '/__sandbox' },
  );
}
