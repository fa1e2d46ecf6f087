import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { request, type Dispatcher } from 'undici';
import { unwrap } from '../../src/finhub/response.js';
import { CATALOGUE } from '../../src/finhub/catalogue/index.js';
import type { Endpoint } from '../../src/finhub/endpoint.js';
import type { Actor } from '../../src/finhub/sessions.js';
import { plainRequest } from '../plain-request.js';

export interface BareFinHub {
  baseUrl: string;
  tenantId: string;
  tenantKey: string;
  tenantSecret: string;
  admin: Actor;
  dispatcher: Dispatcher;
}

export type BareActivities = ReturnType<typeof bareActivities>;

/** One activity for each HTTP call: it sends, parses, and fails as it may. The customer's token and password lie in the history. */
export function bareActivities({ baseUrl, tenantId, tenantKey, tenantSecret, admin, dispatcher }: BareFinHub) {
  const send = async <I, R>(endpoint: Endpoint<I, R>, input: I, token: string | undefined): Promise<R> => {
    const { path, method, headers, body } = plainRequest(endpoint, input, { tenantId, actor: admin }, token);
    const answer = await request(baseUrl + path, {
      ...{ dispatcher, method, headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw new Error(`${endpoint.operation}: ${answer.statusCode} ${text}`);
    return endpoint.response.parse(unwrap(JSON.parse(text)));
  };

  const credentials = { tenantId, tenantKey, tenantSecret };
  const { openAdminSession, openCustomerSession, uploadDocument } = CATALOGUE;
  let adminToken: Promise<string> | undefined;
  const asAdmin = async <I, R>(endpoint: Endpoint<I, R>, input: I): Promise<R> => {
    const { organizationId, userId, username, password } = admin;
    const login = { organizationId, userId, username, password, ...credentials };
    adminToken ??= send(openAdminSession, login, undefined).then(({ token }) => token);
    return send(endpoint, input, await adminToken);
  };
  const byAdmin =
    <I, R>(endpoint: Endpoint<I, R>) =>
    (input: I): Promise<R> =>
      asAdmin(endpoint, input);
  const byCustomer =
    <I, R>(endpoint: Endpoint<I, R>) =>
    (input: I, token: string): Promise<R> =>
      send(endpoint, input, token);

  return {
    getCategories: byAdmin(CATALOGUE.getCategorizationHierarchy),
    register: byAdmin(CATALOGUE.registerIndividual),
    async logIn(login: { customerId: string; userId: string; username: string; password: string }): Promise<string> {
      return (await send(openCustomerSession, { ...login, ...credentials }, undefined)).token;
    },
    initiateVerification: byCustomer(CATALOGUE.initiateVerification),
    async uploadDocument(document: {
      verificationId: string;
      customerId: string;
      type: string;
      file: string;
      mimeType: string;
    }): Promise<{ documentId: string }> {
      const { type, file, ...rest } = document;
      const fileContent = (await readFile(file)).toString('base64');
      const about = { organization: false, docId: randomUUID(), documentType: type, fileName: basename(file) };
      return asAdmin(uploadDocument, { ...rest, ...about, fileContent });
    },
    submitVerification: byCustomer(CATALOGUE.submitVerification),
    approveVerification: byAdmin(CATALOGUE.decideVerificationAtFinHub),
    acceptConsent: byCustomer(CATALOGUE.acceptConsent),
    checkActivation: byCustomer(CATALOGUE.checkActivation),
    activate: byAdmin(CATALOGUE.activateIndividual),
    listWallets: byCustomer(CATALOGUE.listWallets),
    getBalance: byCustomer(CATALOGUE.getBalance),
    getAllowedOperations: byCustomer(CATALOGUE.getAllowedOperations),
  };
}
