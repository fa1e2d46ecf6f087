import type { SignerSet } from '../proof/signers-file.js';
import { keysOfOperator, validityOf } from './passkeys.js';
import { plain } from './words.js';

/** Who may decide, by the signers file. */
export function OperatorsPage({ signers, now }: { signers: SignerSet; now: Date }) {
  const operators = [...signers.signers.values()].filter(({ role }) => role === 'operator');
  return (
    <>
      <h1>Operators</h1>
      <table class="rows">
        <caption>
          By version {signers.version} of the signers file. Whoever keeps that file adds and removes them.
        </caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">Level</th>
            <th scope="col">Tenants</th>
            <th scope="col">Key files</th>
            <th scope="col">Passkeys</th>
          </tr>
        </thead>
        <tbody>
          {operators.map(({ id, level, tenants }) => {
            const valid = keysOfOperator(signers, id).filter(({ key }) => validityOf(key, now) === 'valid');
            return (
              <tr>
                <td>{id}</td>
                <td>{plain(level ?? '')}</td>
                <td>{tenants.includes('*') ? 'all' : tenants.join(', ')}</td>
                <td>{valid.filter(({ key }) => !key.passkey).length}</td>
                <td>{valid.filter(({ key }) => key.passkey).length}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
