import { isOrganization, type Application } from '../contract/application.js';
import { mergePatch } from '../lifecycle/merge-patch.js';
import type { CheckedCorrection } from '../lifecycle/correction.js';
import { applicationSchemas } from './application-schema.js';
import { faultsOf } from './faults.js';

/**
 * Checks a correction by the intake's rules: the whole corrected application must pass them.
 * @param application the current one, with its secrets opened
 */
export function checkCorrected(application: Application, patch: Record<string, unknown>): CheckedCorrection {
  const kind = isOrganization(application) ? 'organization' : 'individual';
  const corrected = mergePatch(application, patch) as Record<string, unknown>;
  // Documents are in the store by now; the application has references, which have another form.
  const parsed = applicationSchemas[kind].safeParse({ ...corrected, documents: [] });
  if (!parsed.success) return { faults: faultsOf(parsed.error).map(({ path, message }) => `${path}: ${message}`) };
  const fields = parsed.data as Record<string, unknown>;
  // Normalized by the intake: an IBAN without blanks, a text without blanks around it. Secrets stay sealed.
  const named = Object.keys(patch).filter((name) => name !== 'password');
  return { faults: [], fields: Object.fromEntries(named.map((name) => [name, fields[name]])) };
}
