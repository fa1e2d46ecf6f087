import { isOrganization, type Application } from '../contract/application.js';
import { mergePatch } from '../lifecycle/merge-patch.js';
import type { CheckedCorrection } from '../lifecycle/correction.js';
import { applicationSchemas } from './application-schema.js';
import { faultsOf } from './faults.js';

/**
 * Checks a correction by the rules of the intake: the whole application as it would be has to pass them.
 * @param application as it is, with its secrets opened
 */
export function checkCorrected(application: Application, patch: Record<string, unknown>): CheckedCorrection {
  const kind = isOrganization(application) ? 'organization' : 'individual';
  const corrected = mergePatch(application, patch) as Record<string, unknown>;
  // Documents are in the store by now; what is left of them are references, which have another form.
  const parsed = applicationSchemas[kind].safeParse({ ...corrected, documents: [] });
  if (!parsed.success) return { faults: faultsOf(parsed.error).map(({ path, message }) => `${path}: ${message}`) };
  const fields = parsed.data as Record<string, unknown>;
  // As the intake would have written them: an IBAN without blanks, a text without blanks around it. Secrets stay as they are, sealed.
  const named = Object.keys(patch).filter((name) => name !== 'password');
  return { faults: [], fields: Object.fromEntries(named.map((name) => [name, fields[name]])) };
}
