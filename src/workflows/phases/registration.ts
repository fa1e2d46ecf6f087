import { isOrganization, type Application } from '../../lifecycle/application.js';
import { riskOf } from '../../lifecycle/case-rules.js';
import type { Requirement } from '../../lifecycle/case-state.js';
import { chosen, fitting, type Category } from '../../lifecycle/categorization.js';
import { FAILURES } from '../../lifecycle/failures.js';
import { does } from '../../lifecycle/flow.js';
import type { Case } from '../case.js';
import { CallFailed, Ending, type CallFailure } from '../endings.js';

/** Phase 1: the category is checked against FinHub's hierarchy, and the customer registered in it. */
export async function registration(kase: Case): Promise<void> {
  const { finhub } = kase.state;
  const registered = does(kase.policy, 'namedCategory') ? await registerByName(kase) : await registerInCategory(kase);
  finhub.customerId = registered.customerId;
  finhub.userId = registered.userId;
  kase.establish('customerRecord');
}

/** What a registration says of its category; taken anew for each try, since it may have been corrected. */
type InCategory = () => { category: ReturnType<typeof chosen> } | Pick<Application, 'categorization'>;

function register(kase: Case, inCategory: InCategory, leave?: (failure: CallFailure) => boolean) {
  // What is corrected between two tries may raise the risk, or make it one that is not taken on.
  const assess = () => does(kase.policy, 'riskAtEachTry') && takeOn(kase);
  if (isOrganization(kase.state.application)) {
    const input = () => {
      assess();
      const { organization, password } = current(kase, isOrganization);
      return { organization, password, ...inCategory() };
    };
    return kase.calls.once('registerOrganization', input, { adopts: ['customerId'], ...(leave && { leave }) });
  }
  const input = () => {
    assess();
    const { person, password } = current(kase, isIndividual);
    return { person, password, ...inCategory() };
  };
  return kase.calls.once('registerIndividual', input, { adopts: ['customerId', 'userId'], ...(leave && { leave }) });
}

/** Names the question for a person, over runs. */
const CATEGORIZATION = 'categorization';

/** The activity looks the category up. */
async function registerByName(kase: Case) {
  const doesNotFit = ({ type }: CallFailure) => type === FAILURES.categorization;
  // A new run takes up the question that the last one left with a person.
  if (kase.state.attention?.key === CATEGORIZATION) await askToMend(kase, kase.state.requirements);
  for (;;) {
    takeOn(kase);
    try {
      return await register(kase, () => ({ categorization: kase.state.application.categorization }), doesNotFit);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { fieldErrors = [] } = error.failure;
      await askToMend(
        kase,
        fieldErrors.map(({ field, message }) => ({ code: 'categorization', message, field })),
      );
    }
  }
}

/** Cases before flow 3 look the category up themselves. */
async function registerInCategory(kase: Case) {
  const category = await chooseCategory(kase);
  return register(kase, () => ({ category: chosen(category, kase.state.application.categorization) }));
}

async function chooseCategory(kase: Case): Promise<Category> {
  for (;;) {
    takeOn(kase);
    const { application } = kase.state;
    const { categories } = await kase.calls.read('getCategorizationHierarchy', { tenantId: application.tenantId });
    const found = fitting(categories, application.categorization);
    if ('category' in found) return found.category;
    await askToMend(kase, found.faults);
  }
}

function takeOn({ state }: Case): void {
  state.risk = riskOf(state.application);
  if (state.risk === 'PROHIBITED') throw new Ending('rejected', 'customers of this risk are not taken on');
}

async function askToMend(kase: Case, missing: Requirement[]): Promise<void> {
  await kase.calls.needsPerson(CATEGORIZATION, CATEGORIZATION, {
    type: FAILURES.categorization,
    message: 'the categorization does not fit the hierarchy',
    missing,
  });
}

/** The application as it is now: a correction may have changed it since the phase began. */
function current<T extends Application>(kase: Case, is: (application: Application) => application is T): T {
  const { application } = kase.state;
  if (!is(application)) throw new Ending('aborted', 'the application is of another kind');
  return application;
}

const isIndividual = (application: Application) => 'person' in application;
