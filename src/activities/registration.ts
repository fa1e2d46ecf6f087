import { ApplicationFailure } from '@temporalio/common';
import type { z } from 'zod';
import { getCategorizationHierarchy } from '../finhub/catalogue/categorization.js';
import { registerIndividual, registerOrganization } from '../finhub/catalogue/registration.js';
import type { FinHubClient } from '../finhub/client.js';
import type { Endpoint } from '../finhub/endpoint.js';
import type { Categorization } from '../lifecycle/application.js';
import { chosen, fitting } from '../lifecycle/categorization.js';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { failing } from './failure.js';
import {
  callAsActivity,
  readInActivity,
  type CallFor,
  type CallRules,
  type FinHubCall,
  type Settled,
} from './finhub-calls.js';

type Registration = typeof registerIndividual | typeof registerOrganization;
type InputOf<E extends Registration> = z.infer<E['request']>;

/** Registers a customer in the category that the application names, or in the very one that a call by hand gives. */
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

export function registrationActivities(client: FinHubClient, rules: CallRules): RegistrationActivities {
  const choose = async (categorization: Categorization, purpose: CallFor) => {
    const call = { input: { tenantId: purpose.tenantId }, for: purpose };
    const { categories } = await failing(getCategorizationHierarchy, client, purpose.tenantId, () =>
      readInActivity(client, rules.secrets, getCategorizationHierarchy, call),
    );
    const found = fitting(categories, categorization);
    if ('category' in found) return chosen(found.category, categorization);
    throw ApplicationFailure.nonRetryable('the categorization does not fit the hierarchy', FAILURES.categorization, {
      operation: getCategorizationHierarchy.operation,
      fieldErrors: found.faults.map(({ field = 'categorization', message }) => ({ field, message })),
    } satisfies FailureDetails);
  };
  const registering =
    <I, R>(endpoint: Endpoint<I, R>) =>
    async ({
      input,
      for: purpose,
      warrant,
    }: FinHubCall<I | (Omit<I, 'category'> & { categorization: Categorization })>) => {
      if (!isByName(input)) return callAsActivity(client, rules, endpoint, { input, for: purpose, warrant });
      const { categorization, ...rest } = input;
      const complete = { ...rest, category: await choose(categorization, purpose) } as I;
      return callAsActivity(client, rules, endpoint, { input: complete, for: purpose, warrant });
    };
  return {
    registerIndividual: registering(registerIndividual),
    registerOrganization: registering(registerOrganization),
  };
}

function isByName<I>(input: I | { categorization: Categorization }): input is { categorization: Categorization } {
  return typeof input === 'object' && input !== null && 'categorization' in input;
}
