import { isOrganization, type Application } from '../contract/application.js';

/** Somebody of an organization who may approve its transfers. */
export interface Approver {
  ref: string;
  email: string;
}

/** Whoever the application names as approvers of the account's transfers. */
export function approversOf(application: Application): Approver[] {
  if (!isOrganization(application)) return [];
  const named = application.payments?.approvers ?? [];
  return application.employees.filter(({ ref }) => named.includes(ref)).map(({ ref, email }) => ({ ref, email }));
}

/** The approver with this ref or e-mail address. */
export function approverNamed(approvers: readonly Approver[], name: string): Approver | undefined {
  return approvers.find((approver) => isNamed(approver, name));
}

/** Whether it is the person's ref or e-mail address, in capitals or not. */
export function isNamed({ ref, email }: Approver, name: string): boolean {
  return [ref, email].some((own) => own.toLowerCase() === name.toLowerCase());
}
