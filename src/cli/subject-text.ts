import type { Address, PaymentsRequest } from '../contract/application.js';
import type { CaseSubject, SubjectPerson } from '../lifecycle/case-subject.js';
import { moneyText } from '../contract/money.js';
import { fields } from './status-text.js';
import { table } from './table.js';

/** The person, organization or transfer of a case, for the person who decides. */
export function subjectText(subject: CaseSubject, now = new Date()): string {
  const { submittedBy, organization, people, signatory, categorization, origin, payments, transfer } = subject;
  const parameters = Object.entries(categorization?.parameters ?? {}).map(
    ([key, value]) => `${key}=${[value].flat().join(', ')}`,
  );
  return [
    fields({
      company:
        organization &&
        [organization.legalName, organization.tradingName && `trades as ${organization.tradingName}`]
          .filter(Boolean)
          .join(', '),
      'company number': organization?.registrationNumber,
      'tax id': organization?.taxId,
      'legal form': organization && `${organization.legalForm}, ${organization.industry}`,
      incorporated: organization?.incorporationDate,
      website: organization?.website,
      contact: organization && `${organization.email}, ${organization.phone}`,
      address: organization && addressText(organization.address),
      signatory,
      category: categorization && [categorization.category, ...parameters].join(', '),
      'submitted by': submittedBy,
      from: origin && `${origin.ipAddress}, ${origin.userAgent}`,
      pays:
        transfer && `${moneyText(transfer.amount)} from account ${transfer.accountId} to ${transfer.beneficiaryIban}`,
      description: transfer?.description,
      confirmation: transfer?.confirmation && 'by the customer, once the order is prepared',
    }),
    ...people.map((person) => personText(person, now)),
    payments ? paymentsText(payments) : '',
  ]
    .filter(Boolean)
    .join('\n');
}

function personText(person: SubjectPerson, now: Date): string {
  const { as, ref, name, dateOfBirth, nationality, email, phone, address, share, isPEP, also } = person;
  const born = dateOfBirth && `born ${dateOfBirth} (${ageAt(dateOfBirth, now)})`;
  return fields({
    [ref === null ? as : `${as} ${ref}`]: [name, born, nationality].filter(Boolean).join(', '),
    '  holds': share && `${share} %`,
    '  PEP': isPEP && 'a politically exposed person',
    '  as': also.join(', '),
    '  contact': [email, phone].filter(Boolean).join(', '),
    '  lives at': address && addressText(address),
  });
}

function ageAt(dateOfBirth: string, now: Date): string {
  const birthday = `${now.getUTCFullYear()}${dateOfBirth.slice(4)}`;
  const had = Date.parse(birthday) <= now.getTime() ? 0 : 1;
  const years = now.getUTCFullYear() - Number(dateOfBirth.slice(0, 4)) - had;
  return `${years} years old`;
}

function addressText({ street, postalCode, city, state, country }: Address): string {
  return [street, [postalCode, city].filter(Boolean).join(' '), state, country].filter(Boolean).join(', ');
}

function paymentsText({ beneficiaries, consent, topUp, transfer, approvers }: PaymentsRequest): string {
  const rows = [
    ...beneficiaries.map(({ ref, name, iban, country }) => ['beneficiary', ref, `${name}, ${iban}, ${country}`]),
    ...(consent
      ? [['consent', '', `${moneyText(consent.perTransaction)} per transaction, ${moneyText(consent.perDay)} per day`]]
      : []),
    ...(topUp
      ? [['top-up', topUp.reference, `${moneyText(topUp.amount)} from ${topUp.sourceName}, ${topUp.sourceIban}`]]
      : []),
    ...(transfer
      ? [
          [
            'transfer',
            transfer.reference,
            `${moneyText(transfer.amount)} to ${transfer.beneficiary}: ${transfer.description}`,
          ],
        ]
      : []),
    ...(approvers ? [['approvers', '', approvers.join(', ')]] : []),
  ];
  return table(['asked for', '', ''], rows);
}
