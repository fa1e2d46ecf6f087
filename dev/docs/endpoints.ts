import { describeEndpoints, type EndpointDescription } from '../../src/finhub/describe.js';

const HEAD = ['operation', 'call', 'auth', 'class', 'read back', 'absence is proved by', 'used by', 'sources'];

/** Every endpoint of the catalogue, and what is assumed of some, for `docs/reference/endpoints.md`. */
export function endpointTables(): string[] {
  const endpoints = describeEndpoints();
  const assumptions = endpoints.flatMap(({ operation, assumed }) =>
    assumed === null ? [] : [[code(operation), assumed]],
  );
  return [
    ...compactTable(HEAD, endpoints.map(cells)),
    '',
    'Where the documents give no body or no path, the client is strict in what it sends, tolerant in what it reads, and assumes:',
    '',
    ...compactTable(['operation', 'assumed'], assumptions),
  ];
}

function cells({ readBack, usedBy, ...endpoint }: EndpointDescription): string[] {
  return [
    code(endpoint.operation),
    code(`${endpoint.method} ${endpoint.path}`),
    endpoint.auth,
    endpoint.class,
    readBack ? `${readBack.reads.map(code).join(', ')}: ${readBack.proof}` : '',
    readBack?.absence ?? '',
    usedBy.join(', '),
    endpoint.sources.join(' '),
  ];
}

const code = (text: string): string => `\`${text}\``;

/** Without padding: its widest cells are too wide for it. */
function compactTable(head: string[], rows: string[][]): string[] {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}
