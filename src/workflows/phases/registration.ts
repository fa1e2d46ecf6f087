import { isOrganization, type Application } from '../../lifecycle/application.js';
import { riskOf } from '../../lifecycle/case-rules.js';
import type { Requirement } from '../../lifecycle/case-state.js';
import { categorizationFaults, findCategory, type Category } from '../../lifecycle/categorization.js';
import type { Case } from '../case.js';
import { Ending } from '../endings.js';

/** Phase 1: the category is checked against FinHub's hierarchy, then the customer is registered. */
export async function registration(kase: Case): Promise<void> {
  const category = await chooseCategory(kase);
  const { application, finhub } = kase.state;
  const registered = isOrganization(application)
    ? await kase.calls.once(
        'registerOrganization',
        () => {
          const { organization, password } = current(kase, isOrganization);
          return { organization, password, category: choice(category, kase.state.application) };
        },
        { adopts: ['customerId'] },
      )
    : await kase.calls.once(
        'registerIndividual',
        () => {
          const { person, password } = current(kase, isIndividual);
          return { person, password, category: choice(category, kase.state.application) };
        },
        { adopts: ['customerId', 'userId'] },
      );
  finhub.customerId = registered.customerId;
  finhub.userId = registered.userId;
  kase.establish('customerRecord');
}

/** The application as it is now: a correction may have changed it since the phase began. */
function current<T extends Application>(kase: Case, is: (application: Application) => application is T): T {
  const { application } = kase.state;
  if (!is(application)) throw new Ending('aborted', 'the application is of another kind');
  return application;
}

const isIndividual = (application: Application) => 'person' in application;

/** "Smart categorization" (S0): nothing is registered in a category, or with values, that the hierarchy does not have. */
async function chooseCategory(kase: Case): Promise<Category> {
  for (;;) {
    const { application } = kase.state;
    kase.state.risk = riskOf(application);
    if (kase.state.risk === 'PROHIBITED') throw new Ending('rejected', 'customers of this risk are not taken on');
    const { categories } = await kase.calls.read('getCategorizationHierarchy', { tenantId: application.tenantId });
    const category = findCategory(categories, application.categorization.category);
    const missing = category
      ? categorizationFaults(category, application.categorization)
      : [unknownCategory(categories)];
    if (category && missing.length === 0) return category;
    await kase.calls.needsPerson('categorization', 'categorization', {
      type: 'CategorizationInvalid',
      message: 'the categorization does not fit the hierarchy',
      missing,
    });
  }
}

function unknownCategory(categories: readonly Category[]): Requirement {
  const known = categories.map(({ code }) => code).join(', ');
  return { code: 'categorization', message: `the category is not one of ${known}`, field: 'categorization.category' };
}

function choice(category: Category, { categorization }: Application) {
  return {
    id: category.id,
    name: category.name,
    features: category.features.map(({ id, code, mandatoryKeys }) => ({ id, code, keys: mandatoryKeys })),
    parameters: categorization.parameters,
  };
}
