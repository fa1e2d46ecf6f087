import type { CaseList, CaseSummary } from '../client/index.js';
import { isOverdue } from '../client/list.js';
import type { Person } from '../gateway/people/people.js';
import { awayText, plain, timeText, VIEWS, type View } from './words.js';

export interface Shown {
  /** Undefined for what was searched for. */
  view: View | undefined;
  list: CaseList;
  /** How many cases each view has. */
  counts?: Record<View, number> | undefined;
  person: Person;
  now: Date;
}

/** The cases that wait for an operator, the most urgent first. */
export function QueuePage({ view, list: { cases, total, exact, next }, counts, person, now }: Shown) {
  return (
    <>
      <h1>{view ? 'Queue' : 'Found'}</h1>
      <form class="search" method="post" action="/console/search" role="search">
        <input type="hidden" name="csrf" value={person.session.csrf} />
        <input
          name="text"
          required
          maxLength={200}
          aria-label="E-mail, phone, whole name, registration number or id"
          placeholder="E-mail, phone, whole name, registration number or id"
        />
        <button>Find</button>
      </form>
      <form class="next" method="post" action="/console/next">
        <input type="hidden" name="csrf" value={person.session.csrf} />
        <button class="main">Take the next one</button>
      </form>
      <nav aria-label="Filters">
        <ul class="tags">
          {Object.entries(VIEWS).map(([name, title]) => (
            <li>
              <a href={`/console/queue?view=${name}`} aria-current={name === view ? 'page' : undefined}>
                {title}
                {counts && ` (${counts[name as View]})`}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {cases.length === 0 ? (
        <p>Nothing here.</p>
      ) : (
        <table class="rows">
          <caption>
            {cases.length === total ? `${total}` : `${cases.length} of ${total}`}, the most urgent first
            {exact ? '' : '; there are too many to sort them all, so others may be more urgent'}. May be some seconds
            behind.
          </caption>
          <thead>
            <tr>
              <th scope="col">Case</th>
              <th scope="col">Due</th>
              <th scope="col">Asks for</th>
              <th scope="col">Risk</th>
              <th scope="col">Taken by</th>
              <th scope="col">Began</th>
            </tr>
          </thead>
          <tbody>
            {cases.map((one) => (
              <Row one={one} now={now} />
            ))}
          </tbody>
        </table>
      )}
      {next !== undefined && view && (
        <p>
          <a href={`/console/queue?view=${view}&after=${Buffer.from(next).toString('base64url')}`}>Next page</a>
        </p>
      )}
    </>
  );
}

function Row({ one, now }: { one: CaseSummary; now: Date }) {
  const [kind, , id] = one.workflowId.split('/');
  const due = one.dueAt && awayText(one.dueAt, now);
  return (
    <tr>
      <td>{one.readable ? <a href={`/console/cases/${kind}/${id}`}>{`${kind} ${id}`}</a> : `${kind} ${id}`}</td>
      <td class={isOverdue(one, now) ? 'late' : undefined} title={one.dueAt ? timeText(one.dueAt) : undefined}>
        {due}
      </td>
      <td>{asksFor(one)}</td>
      <td>{one.riskLevel && plain(one.riskLevel)}</td>
      <td>{one.assignee}</td>
      <td class="soft">{timeText(one.startedAt)}</td>
    </tr>
  );
}

function asksFor({ readable, needsAttention, reviewLevel, waitingFor, status }: CaseSummary): string {
  if (!readable) return 'cannot be read with this key ring';
  if (needsAttention) return 'attention';
  if (reviewLevel !== null) return `decision, ${plain(reviewLevel)} level`;
  return waitingFor ? `waits for ${waitingFor}` : plain(status ?? '');
}
