import type { ComponentChildren } from 'preact';
import type { ShownCase } from '../client/index.js';
import type { ShownAuditEntry } from '../client/audit.js';
import { moneyText } from '../contract/money.js';
import { Asked } from './asked.js';
import { DecideForm } from './decide-form.js';
import { HandlingForms, ResolveForm } from './handling-forms.js';
import type { Desk } from './message-form.js';
import { awayText, capital, plain, sizeText, timeText } from './words.js';

export interface ShownCasePage {
  desk: Desk;
  audit: ShownAuditEntry[];
  now: Date;
}

/** Newest entries of the audit that are shown; the rest is on a page of its own. */
const NEWEST = 40;

/** One case: what is asked of an operator, what it is about, and what has happened. */
export function CasePage({ desk, audit, now }: ShownCasePage) {
  const { view } = desk;
  const { kind, applicationId, status, risk, assignee, subject } = view;
  const name = subject.organization?.legalName ?? subject.people[0]?.name;
  return (
    <>
      <h1>{name ?? `${kind} ${applicationId}`}</h1>
      <p class="soft">
        {kind} {applicationId}; {plain(status)}
        {risk && `; ${plain(risk)} risk`}
        {assignee ? `; taken by ${assignee}` : '; taken by nobody'}
      </p>
      <Asked view={view} now={now} />
      <div class="sides">
        <div>
          <Missing view={view} now={now} />
          <Evidence view={view} />
          <Subject view={view} />
        </div>
        <div>
          {view.attention ? (
            <ResolveForm desk={desk} />
          ) : (
            view.review.stage === 'inReview' && !view.outcome && <DecideForm desk={desk} />
          )}
          <HandlingForms desk={desk} />
          <Standing view={view} now={now} />
          <h2>Latest events</h2>
          <p>
            <a href={`/console/cases/${kind}/${applicationId}/audit`}>All of them</a>
          </p>
          <ol class="log">
            {audit
              .slice(-NEWEST)
              .reverse()
              .map(({ at, by, event, phase, text }) => (
                <li>
                  <strong>{capital(plain(event))}</strong>
                  {phase && ` (${plain(phase)})`}
                  {text && `: ${text}`}
                  <br />
                  <span class="soft">
                    {timeText(at)}
                    {by && ` by ${by}`}
                  </span>
                </li>
              ))}
          </ol>
        </div>
      </div>
    </>
  );
}

function Missing({ view: { requirements }, now }: { view: ShownCase; now: Date }) {
  if (requirements.length === 0) return null;
  return (
    <>
      <h2>Missing</h2>
      <ul>
        {requirements.map(({ message, dueAt }) => (
          <li>
            {message}
            {dueAt && ` (${awayText(dueAt, now)})`}
          </li>
        ))}
      </ul>
    </>
  );
}

function Subject({ view: { subject } }: { view: ShownCase }) {
  const { organization, people, signatory, categorization, submittedBy, transfer } = subject;
  return (
    <>
      {organization && (
        <>
          <h2>Organization</h2>
          <Facts
            facts={{
              'Legal name': organization.legalName,
              'Trades as': organization.tradingName,
              'Registration number': organization.registrationNumber,
              'Tax id': organization.taxId,
              'Legal form': `${organization.legalForm}, ${organization.industry}`,
              Incorporated: organization.incorporationDate,
              Website: organization.website,
              Contact: `${organization.email}, ${organization.phone}`,
              Address: lines(organization.address),
              Signatory: signatory,
            }}
          />
        </>
      )}
      <div class="people">
        {people.map((person) => (
          <section>
            <h2>
              {capital(plain(person.as))}
              {person.ref && <span class="soft"> {person.ref}</span>}
            </h2>
            <Facts
              facts={{
                Name: person.name,
                Born: person.dateOfBirth,
                Nationality: person.nationality,
                Holds: person.share && `${person.share} %`,
                PEP: person.isPEP && 'a politically exposed person',
                Contact: [person.email, person.phone].filter(Boolean).join(', '),
                Address: person.address && lines(person.address),
                Also: person.also.join(', '),
              }}
            />
          </section>
        ))}
      </div>
      <h2>Application</h2>
      <Facts
        facts={{
          'Submitted by': submittedBy,
          Category: categorization?.category,
          Pays: transfer && `${moneyText(transfer.amount)} to ${transfer.beneficiaryIban}`,
          Description: transfer?.description,
        }}
      />
    </>
  );
}

function Evidence({ view }: { view: ShownCase }) {
  const { evidence, kind, applicationId } = view;
  return (
    <>
      <h2>Evidence</h2>
      {evidence.length === 0 ? (
        <p>None has come.</p>
      ) : (
        <table class="rows">
          <caption>Opening one is on record in the case.</caption>
          <thead>
            <tr>
              <th scope="col">Document</th>
              <th scope="col">Of</th>
              <th scope="col">File</th>
              <th scope="col" class="number">
                Size
              </th>
            </tr>
          </thead>
          <tbody>
            {evidence.map(({ documentId, type, subject, fileName, size }) => (
              <tr>
                <td>
                  <a href={`/console/cases/${kind}/${applicationId}/documents/${documentId}`}>{plain(type)}</a>
                </td>
                <td>{subject ?? 'customer'}</td>
                <td>{fileName}</td>
                <td class="number">{sizeText(size)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Standing({ view, now }: { view: ShownCase; now: Date }) {
  const { deadlines, submitters, phases, notes, ids, evidenceHash } = view;
  return (
    <>
      {deadlines.length > 0 && (
        <>
          <h2>Deadlines</h2>
          <Facts
            facts={Object.fromEntries(
              deadlines.map(({ kind, at, fired }) => [
                capital(plain(kind)),
                `${timeText(at)}, ${fired ? 'passed' : awayText(at, now)}`,
              ]),
            )}
          />
        </>
      )}
      <h2>Phases</h2>
      <Facts facts={Object.fromEntries(phases.map(({ title, status }) => [title, plain(status)]))} />
      <h2>Decided by others only</h2>
      <p>
        {submitters.length === 0
          ? 'Nobody is excluded.'
          : `${submitters.join(', ')} handed something in, so they never decide.`}
      </p>
      {notes.length > 0 && (
        <>
          <h2>Notes</h2>
          <ol class="log">
            {notes.map(({ at, by, text }) => (
              <li>
                {text}
                <br />
                <span class="soft">
                  {by}, {timeText(at)}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
      <h2>At FinHub</h2>
      <Facts
        facts={{
          Customer: ids.customerId,
          Verification: ids.verificationId,
          Account: ids.accountId,
          'Evidence hash': evidenceHash,
        }}
      />
    </>
  );
}

/** Those that there are. */
function Facts({ facts }: { facts: Record<string, ComponentChildren> }) {
  return (
    <dl>
      {Object.entries(facts)
        .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
        .map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
    </dl>
  );
}

function lines({
  street,
  postalCode,
  city,
  state,
  country,
}: {
  street?: string;
  postalCode?: string | undefined;
  city?: string;
  state?: string | undefined;
  country?: string;
}): string {
  return [street, [postalCode, city].filter(Boolean).join(' '), state, country].filter(Boolean).join(', ');
}
