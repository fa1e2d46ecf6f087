import type { AuditCode, AuditData, AuditEntry, CaseClient } from '../../src/client/index.js';
import type { TurnedAway } from '../../src/lifecycle/audit-events.js';

/** What the audit of a case keeps of each event of this code. */
export async function auditOf<Code extends AuditCode>(
  client: Pick<CaseClient, 'audit'>,
  id: string,
  code: Code,
): Promise<AuditData[Code][]> {
  const entries = (await client.audit(id)).filter(({ event }) => event === code);
  return entries.map(({ data }) => data as AuditData[Code]);
}

/** Whether the entry says that a message of this name was turned away without a look at what it says. */
export function isTurnedAway(name: string, why: TurnedAway): (entry: AuditEntry) => boolean {
  return ({ event, data }) => event === 'messageTurnedAway' && data.message === name && data.refusal === why;
}
