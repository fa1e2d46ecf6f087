import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { z } from 'zod';
import { getCategorizationHierarchy } from '../finhub/catalogue/categorization.js';
import { registerIndividual, registerOrganization } from '../finhub/catalogue/registration.js';
import type { FinHubClient } from '../finhub/client.js';
import type { Endpoint } from '../finhub/endpoint.js';
import type { Categorization } from '../lifecycle/application.js';
import { categorizationFaults, chosen, findCategory, unknownCategory } from '../lifecycle/categorization.js';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { failing } from './failure.js';
import { callAsActivity, type CallFor, type FinHubCall, type Settled } from './finhub-calls.js';
import type { Secrets } from './secrets.js';

type Registration = typeof registerIndividual | typeof registerOrganization;
type InputOf<E extends Registration> = z.infer<E['request']>;

/** Registers a customer in the category that the application names, or in one that the caller has looked up. */
export type Registering<E extends Registration> = (
  call: FinHubCall<InputOf<E> | (Omit<InputOf<E>, 'category'> & { categorization: Categorization })>,
) => Promise<Settled<z.infer<E['response']>>>;

/**
 * "Smart categorization" (S0): nothing is registered in a category, or with values, that FinHub's hierarchy does not have.
 * They throw ApplicationFailure `CategorizationInvalid`, whose `fieldErrors` name what does not fit.
 */
export interface RegistrationActivities {
  registerIndividual: Registering<typeof registerIndividual>;
  registerOrganization: Registering<typeof registerOrganization>;
}

export function registrationActivities(client: FinHubClient, secrets: Secrets): RegistrationActivities {
  const hierarchy = async (purpose: CallFor) =>
    failing(getCategorizationHierarchy, client, purpose.tenantId, () =>
      client.call(
        getCategorizationHierarchy,
        { tenantId: purpose.tenantId },
        {
          ...secrets.openAll(purpose),
          key: `${purpose.key}/hierarchy/${activityInfo().attempt}`,
          signal: cancellationSignal(),
        },
      ),
    );
  const choose = async (categorization: Categorization, purpose: CallFor) => {
    const { categories } = await hierarchy(purpose);
    const category = findCategory(categories, categorization.category);
    const faults = category ? categorizationFaults(category, categorization) : [unknownCategory(categories)];
    if (category && faults.length === 0) return chosen(category, categorization);
    throw ApplicationFailure.nonRetryable('the categorization does not fit the hierarchy', FAILURES.categorization, {
      operation: getCategorizationHierarchy.operation,
      fieldErrors: faults.map(({ field = 'categorization', message }) => ({ field, message })),
    } satisfies FailureDetails);
  };
  const registering =
    <I, R>(endpoint: Endpoint<I, R>) =>
    async ({ input, for: purpose }: FinHubCall<I | (Omit<I, 'category'> & { categorization: Categorization })>) => {
      if (!isByName(input)) return callAsActivity(client, secrets, endpoint, { input, for: purpose });
      const { categorization, ...rest } = input;
      const complete = { ...rest, category: await choose(categorization, purpose) } as I;
      return callAsActivity(client, secrets, endpoint, { input: complete, for: purpose });
    };
  return {
    registerIndividual: registering(registerIndividual),
    registerOrganization: registering(registerOrganization),
  };
}

function isByName<I>(input: I | { categorization: Categorization }): input is { categorization: Categorization } {
  return typeof input === 'object' && input !== null && 'categorization' in input;
}
