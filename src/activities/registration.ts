import { ApplicationFailure } from '@temporalio/common';
import type { z } from 'zod';
import { getCategorizationHierarchy } from '../finhub/catalogue/categorization.js';
import { registerIndividual, registerOrganization } from '../finhub/catalogue/registration.js';
import type { FinHubClient } from '../finhub/client.js';
import type { Endpoint } from '../finhub/endpoint.js';
import type { Categorization } from '../contract/application.js';
import { chosen, fitting, riskIn } from '../lifecycle/categorization.js';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { failing } from './failure.js';
import type { RiskLevel } from '../lifecycle/policy.js';
import {
  callAsActivity,
  categoriesOf,
  type CallFor,
  type CallRules,
  type FinHubCall,
  type CallResult,
} from './finhub-calls.js';

type Registration = typeof registerIndividual | typeof registerOrganization;
type InputOf<E extends Registration> = z.infer<E['request']>;

/** Registers a customer in the category that the application names, or in the one that a call by hand gives. */
export type Registering<E extends Registration> = (
  call: FinHubCall<InputOf<E> | ByName<InputOf<E>>>,
) => Promise<CallResult<z.infer<E['response']> & InCategory>>;

type ByName<I> = Omit<I, 'category'> & { categorization: Categorization };

/** FinHub's risk of the customer's category; null if there is none. */
interface InCategory {
  categoryRisk: RiskLevel | null;
}

/**
 * "Smart categorization" (S0): nothing is registered in a category, or with values, outside FinHub's hierarchy.
 * They throw ApplicationFailure `CategorizationInvalid`, whose `fieldErrors` name what does not fit, and `RiskProhibited` if FinHub accepts
 * nobody in the category.
 */
export interface RegistrationActivities {
  registerIndividual: Registering<typeof registerIndividual>;
  registerOrganization: Registering<typeof registerOrganization>;
}

export function registrationActivities(client: FinHubClient, rules: CallRules): RegistrationActivities {
  const choose = async (categorization: Categorization, purpose: CallFor) => {
    const categories = await failing(getCategorizationHierarchy, client, purpose.tenantId, () =>
      categoriesOf(client, rules.secrets, purpose),
    );
    const categoryRisk = riskIn(categories, categorization);
    if (categoryRisk === 'PROHIBITED') {
      throw ApplicationFailure.nonRetryable('customers in this category are not accepted', FAILURES.prohibited, {
        operation: getCategorizationHierarchy.operation,
      } satisfies FailureDetails);
    }
    const found = fitting(categories, categorization);
    if ('category' in found) return { category: chosen(found.category, categorization), categoryRisk };
    throw ApplicationFailure.nonRetryable('the categorization does not fit the hierarchy', FAILURES.categorization, {
      operation: getCategorizationHierarchy.operation,
      fieldErrors: found.faults.map(({ field = 'categorization', message }) => ({ field, message })),
    } satisfies FailureDetails);
  };
  const completed = async <I>({ categorization, ...rest }: ByName<I>, purpose: CallFor) => {
    const { category, categoryRisk } = await choose(categorization, purpose);
    return { complete: { ...rest, category } as I, categoryRisk };
  };
  const registering =
    <I, R>(endpoint: Endpoint<I, R>) =>
    async ({ input, for: purpose, warrant }: FinHubCall<I | ByName<I>>): Promise<CallResult<R & InCategory>> => {
      const { complete, categoryRisk } = isByName(input)
        ? await completed<I>(input, purpose)
        : { complete: input, categoryRisk: null };
      const done = await callAsActivity(client, rules, endpoint, { input: complete, for: purpose, warrant });
      return { ...done, result: { ...done.result, categoryRisk } };
    };
  return {
    registerIndividual: registering(registerIndividual),
    registerOrganization: registering(registerOrganization),
  };
}

function isByName<I>(input: I | ByName<I>): input is ByName<I> {
  return typeof input === 'object' && input !== null && 'categorization' in input && input.categorization !== undefined;
}
