import { Command } from 'commander';
import { table } from './cli/table.js';
import { endQuietlyWhenUnread } from './cli/unread.js';
import { describeEndpoints, type EndpointDescription } from './finhub/describe.js';

const HEAD = ['operation', 'call', 'auth', 'class', 'read back', 'absence is proved by', 'used by', 'sources'];

endQuietlyWhenUnread();

const command = new Command('endpoints')
  .description("Lists FinHub's endpoints from the catalogue: class, read-back, and the phases that use them.")
  .option('--json', 'one JSON array on standard output')
  .action(({ json }: { json?: true }) => {
    const endpoints = describeEndpoints();
    const text = json ? JSON.stringify(endpoints, undefined, 2) : textOf(endpoints);
    process.stdout.write(`${text}\n`);
  });

command.parse();

function textOf(endpoints: EndpointDescription[]): string {
  const rows = endpoints.map(cells);
  return `${table(HEAD, rows)}\n\n${endpoints.length} endpoints`;
}

function cells({ readBack, usedBy, ...endpoint }: EndpointDescription): string[] {
  return [
    endpoint.operation,
    `${endpoint.method} ${endpoint.path}`,
    endpoint.auth,
    endpoint.class,
    readBack ? `${readBack.reads.join(', ')}: ${readBack.proof}` : '',
    readBack?.absence ?? '',
    usedBy.join(', '),
    endpoint.sources.join(' '),
  ];
}
