import type { OwnKey } from './passkeys.js';
import { validityOf } from './passkeys.js';
import { timeText } from './words.js';

interface Shown {
  operator: string;
  keys: OwnKey[];
  origin: string;
  now: Date;
}

/** An operator's own keys, and how they get another one. */
export function KeysPage({ operator, keys, origin, now }: Shown) {
  return (
    <>
      <h1>Your keys</h1>
      {keys.length === 0 ? (
        <p>The signers file has none of yours.</p>
      ) : (
        <table class="rows">
          <caption>By the signers file as it is now.</caption>
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Kind</th>
              <th scope="col">Where</th>
              <th scope="col">State</th>
              <th scope="col">Until</th>
            </tr>
          </thead>
          <tbody>
            {keys.map(({ id, key }) => (
              <tr>
                <td>
                  <code>{id.length > 20 ? `${id.slice(0, 20)}…` : id}</code>
                </td>
                <td>{key.passkey ? 'passkey' : 'key file'}</td>
                <td>{key.passkey ? key.passkey.origin : 'command line'}</td>
                <td>{validityOf(key, now)}</td>
                <td>{key.validUntil ? timeText(key.validUntil.toISOString()) : 'no end'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>Another passkey</h2>
      {canHavePasskeys(origin) ? (
        <>
          <p>
            It works on <code>{origin}</code> only, and counts once the signers file has it.
          </p>
          <form class="enrol" data-operator={operator}>
            <button>Make a passkey</button> <span role="status"></span>
          </form>
          <section id="made" hidden>
            <p>
              Hand this to another operator, who vouches for it (<code>npm run operator -- vouch</code>), and read them
              the fingerprint:{' '}
              <strong>
                <code id="fingerprint"></code>
              </strong>
            </p>
            <pre id="entry"></pre>
          </section>
        </>
      ) : (
        <p>
          Browsers take passkeys for names only. Open this page by its name over HTTPS, or on this machine as{' '}
          <code>http://localhost</code>.
        </p>
      )}
    </>
  );
}

/** Passkeys are for a host by its name, over TLS or on this machine. */
function canHavePasskeys(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return hostname === 'localhost' || (protocol === 'https:' && !/^[\d.]+$|:/.test(hostname));
}
