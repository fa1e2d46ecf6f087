import { isOrganization, type Application } from '../../contract/application.js';
import { riskOf } from '../../lifecycle/risk.js';
import { riskIn } from '../../lifecycle/categorization.js';
import type { Requirement } from '../../lifecycle/case-state.js';
import { type CallFailure, FAILURES } from '../../lifecycle/failures.js';
import { highestRisk, type RiskLevel } from '../../lifecycle/policy.js';
import { needsPerson } from '../attention.js';
import type { Case } from '../case.js';
import { CallFailed, Ending, NOT_ACCEPTED } from '../control-flow.js';
import { finhubGave, riskFound } from '../../lifecycle/transitions.js';

/** Phase 1: the customer is registered in the category that the application names, once FinHub's hierarchy has it. */
export async function registration(theCase: Case): Promise<void> {
  const registered = await register(theCase);
  weigh(theCase, riskOf(theCase.state.application), await categoryRiskOf(theCase, registered));
  const { customerId, userId } = registered;
  theCase.apply(finhubGave({ customerId, userId }));
  theCase.establish('customerRecord');
}

/** Names the question for a person, over runs. */
const CATEGORIZATION = 'categorization';

async function register(theCase: Case) {
  // A new run takes up the question that the last one left with a person.
  if (theCase.state.attention?.key === CATEGORIZATION) await askToMend(theCase, theCase.state.requirements);
  for (;;) {
    weigh(theCase, riskOf(theCase.state.application));
    try {
      return await tryToRegister(theCase);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      if (error.failure.type === FAILURES.prohibited) weigh(theCase, 'PROHIBITED');
      const { fieldErrors = [] } = error.failure;
      const missing = fieldErrors.map(({ field, message }) => ({ code: 'categorization', message, field }));
      await askToMend(theCase, missing);
    }
  }
}

function tryToRegister(theCase: Case) {
  const leave = ({ type }: CallFailure) => type === FAILURES.categorization || type === FAILURES.prohibited;
  if (isOrganization(theCase.state.application)) {
    const input = () => {
      const { organization, password, categorization } = current(theCase, isOrganization);
      return { organization, password, categorization };
    };
    return theCase.calls.once('registerOrganization', input, { adopts: ['customerId'], leave });
  }
  const input = () => {
    const { person, password, categorization } = current(theCase, isIndividual);
    return { person, password, categorization };
  };
  return theCase.calls.once('registerIndividual', input, { adopts: ['customerId', 'userId'], leave });
}

/** What FinHub said of the category at the registration; where a person gave the customer's id instead, it is asked now. */
async function categoryRiskOf(
  theCase: Case,
  { categoryRisk }: { categoryRisk?: RiskLevel | null },
): Promise<RiskLevel | null> {
  const { categorization, tenantId } = theCase.state.application;
  if (categoryRisk !== undefined || !categorization) return categoryRisk ?? null;
  const { categories } = await theCase.calls.read('getCategorizationHierarchy', { tenantId });
  return riskIn(categories, categorization);
}

/** The higher risk counts, the application's or the category's; one that is not taken on ends the case. */
function weigh(theCase: Case, ...risks: (RiskLevel | null)[]): void {
  theCase.apply(riskFound(highestRisk(...risks)));
  if (theCase.state.risk !== 'PROHIBITED') return;
  theCase.record('riskProhibited', {});
  throw new Ending('rejected', NOT_ACCEPTED);
}

async function askToMend(theCase: Case, missing: readonly Requirement[]): Promise<void> {
  await needsPerson(theCase, CATEGORIZATION, CATEGORIZATION, {
    type: FAILURES.categorization,
    message: 'the categorization does not fit the hierarchy',
    missing,
  });
}

/** The application as it is now: since the last try it may have been corrected, and the risk have risen to one that is not taken on. */
function current<T extends Application>(theCase: Case, is: (application: Application) => application is T): T {
  weigh(theCase, riskOf(theCase.state.application));
  const { application } = theCase.state;
  if (!is(application)) throw new Ending('aborted', 'the application is of another kind');
  return application;
}

const isIndividual = (application: Application) => 'person' in application;
