/** Where the bare lifecycle runs; a queue of its own. */
export const BARE = { taskQueue: 'bare-lifecycle', workflowType: 'bareLifecycle' } as const;

/** What the bare lifecycle is started with: the parts of the application that its calls take. */
export interface BareInput {
  tenantId: string;
  person: {
    firstName: string;
    lastName?: string | undefined;
    email: string;
    phone: string;
    dateOfBirth: string;
    nationality: string;
    address: { street: string; city: string; postalCode?: string | undefined; country: string };
  };
  password: string;
  category: { code: string; parameters: Record<string, string | string[]> };
  documents: { type: string; file: string; mimeType: string }[];
  consents: { version: string; acceptedAt: string };
}
