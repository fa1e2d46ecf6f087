/** Who is sent which events, and where. The fields are those of A14; the narrative of W1 has other names for some. */
export interface WebhookSubscription {
  readonly id: string;
  readonly tenantId: string;
  readonly subscriptionName: string;
  readonly description: string;
  readonly endpointUrl: string;
  readonly secretKey: string;
  readonly signatureAlgorithm: string;
  readonly verifySsl: boolean;
  readonly subscribedEvents: readonly string[];
  readonly maxRetryAttempts: number;
  readonly retryBackoffSeconds: number;
  readonly createdAt: string;
}

export interface DeliveryAttempt {
  readonly attemptNumber: number;
  readonly timestamp: string;
  readonly responseCode: number | null;
  readonly success: boolean;
}

/** What FinHub sends, as W1 has it. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event on its way to a subscriber. */
export interface WebhookDelivery {
  readonly id: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly event: WebhookEvent;
  readonly status: 'PENDING' | 'RETRYING' | 'DELIVERED' | 'FAILED';
  readonly attempts: readonly DeliveryAttempt[];
  /** When it is sent next, milliseconds since 1970: the machine's own time, since it leaves this machine. */
  readonly dueAt: number;
  /** Goes out as nobody can read it, the first time. */
  readonly garbled?: boolean;
}
