import { Command, Option } from 'commander';
import { table } from './cli/table.js';
import { describeEndpoints, type EndpointDescription } from './finhub/describe.js';

const HEAD = ['operation', 'call', 'auth', 'class', 'read back', 'absence is proved by', 'used by', 'sources'];

const command = new Command('endpoints')
  .description(
    "Shows FinHub's endpoints as the catalogue has them: class, how they are read back, which phases use them.",
  )
  .addOption(new Option('--json', 'one JSON array on standard output').conflicts('markdown'))
  .addOption(new Option('--markdown', 'the tables of docs/reference/endpoints.md'))
  .action(({ json, markdown }: { json?: true; markdown?: true }) => {
    const endpoints = describeEndpoints();
    const text = json ? JSON.stringify(endpoints, undefined, 2) : markdown ? markdownOf(endpoints) : textOf(endpoints);
    process.stdout.write(`${text}\n`);
  });

command.parse();

function textOf(endpoints: EndpointDescription[]): string {
  const rows = endpoints.map((endpoint) => cells(endpoint).map((cell) => cell.replace(/`/g, '')));
  return `${table(HEAD, rows)}\n\n${endpoints.length} endpoints`;
}

function markdownOf(endpoints: EndpointDescription[]): string {
  const assumptions = endpoints.flatMap(({ operation, assumed }) =>
    assumed === null ? [] : [[`\`${operation}\``, assumed]],
  );
  return [
    ...markdownTable(HEAD, endpoints.map(cells)),
    '',
    'Where the documents give no body or no path, the client is strict in what it sends, tolerant in what it reads, and assumes:',
    '',
    ...markdownTable(['operation', 'assumed'], assumptions),
  ].join('\n');
}

function cells({ readBack, usedBy, ...endpoint }: EndpointDescription): string[] {
  return [
    `\`${endpoint.operation}\``,
    `\`${endpoint.method} ${endpoint.path}\``,
    endpoint.auth,
    endpoint.class,
    readBack ? `${readBack.reads.map((name) => `\`${name}\``).join(', ')}: ${readBack.proof}` : '',
    readBack?.absence ?? '',
    usedBy.join(', '),
    endpoint.sources.join(' '),
  ];
}

function markdownTable(head: string[], rows: string[][]): string[] {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}
