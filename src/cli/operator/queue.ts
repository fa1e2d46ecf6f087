import { Option, type Command } from 'commander';
import { findCases } from '../../client/find.js';
import type { CaseFilter } from '../../client/index.js';
import { OPERATOR_LEVELS } from '../../lifecycle/policy.js';
import { endedText, queueText } from '../queue-text.js';
import { wholeNumber } from '../input.js';
import { addCommand, print, say } from '../program.js';
import { withClient, type Json } from './common.js';

interface QueueFlags extends Pick<CaseFilter, 'kind' | 'needsAttention' | 'overdue' | 'assignee' | 'unassigned'> {
  all?: boolean;
  level?: CaseFilter['reviewLevel'];
  tenant?: string;
  limit: number;
}

export function addQueue(program: Command): void {
  addCommand(
    program,
    'queue',
    'lists the cases that wait for an operator, most urgent first, and those that somebody ended in Temporal',
    ['queue', 'queue --unassigned --level TENANT', 'queue --needs-attention', 'queue --level POWER_TENANT --overdue'],
  )
    .option('--all', 'all running cases, whoever they wait for')
    .option('--needs-attention', 'only cases with a call to resolve')
    .addOption(new Option('--kind <kind>').choices(['individual', 'organization']))
    .addOption(new Option('--level <level>', 'of the decision').choices(OPERATOR_LEVELS))
    .option('--tenant <id>')
    .option('--overdue', 'only reviews whose due date has passed')
    .addOption(new Option('--assignee <operator>', 'only cases claimed by this operator').conflicts('unassigned'))
    .option('--unassigned', 'only cases that nobody has claimed')
    .option('--limit <number>', 'how many at most', wholeNumber, 100)
    .action(({ json, all, level, tenant, limit, ...filter }: Json & QueueFlags) =>
      withClient(async (client) => {
        const { cases, total, exact } = await client.queue({
          ...filter,
          tenantId: tenant,
          reviewLevel: level,
          forOperators: !all,
          limit,
        });
        const ended = (await client.ended()).filter(
          (one) => (tenant === undefined || one.tenantId === tenant) && (!filter.kind || one.kind === filter.kind),
        );
        const more = total > cases.length;
        print(json, { note: NOTE, more, total, exact, cases, ended }, (safe) =>
          [queueText(safe.cases, client.tenantId), endedText(safe.ended, client.tenantId)].filter(Boolean).join('\n\n'),
        );
        const part = exact ? 'the most urgent' : 'too many to sort them all, so these may not be the most urgent';
        if (!json) say(`${more ? `${cases.length} of ${total}, ${part}; ` : ''}${NOTE}`);
      }),
    );
}

export function addFind(program: Command): void {
  addCommand(program, 'find <text>', 'finds cases, including ended ones, by someone in them', [
    'find rasa@example.com',
    "find 'Rasa Jonaityte'",
    'find 304567890',
  ])
    .description(
      "finds cases, ended ones too, by someone in them: an e-mail, a phone number, a whole name, a registration or tax number, or FinHub's own id",
    )
    .option('--tenant <id>')
    .option('--limit <number>', 'how many at most', wholeNumber, 100)
    .action((text: string, { json, tenant, limit }: Json & Pick<QueueFlags, 'tenant' | 'limit'>) =>
      withClient(async (client, keys) => {
        const tenantId = tenant ?? client.tenantId;
        const { cases, total } = await findCases(client.temporal, keys, text, { tenantId, limit, withClosed: true });
        print(json, { note: NOTE, total, cases }, (safe) => queueText(safe.cases, client.tenantId));
        if (!json) say(`${total > cases.length ? `${cases.length} of ${total}; ` : ''}${NOTE}`);
      }),
    );
}

const NOTE = "from Temporal's visibility, which may be some seconds behind; show ID prints the current state";
