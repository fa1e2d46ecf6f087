import type { WithoutOwners } from '../contract/application.js';
import type { OwnerView } from '../lifecycle/ownership.js';
import { table } from './table.js';

const WITHOUT_OWNERS: Record<WithoutOwners, string> = {
  LISTED: 'listed on a regulated market',
  STATE: 'held by a state or municipality',
  FOUNDATION: 'a foundation or association',
};

/** Who owns an organization, company below company, with what each holds of it in the end. */
export function ownershipText(owners: readonly OwnerView[]): string {
  const rows = rowsOf(owners, '');
  const nobody =
    'no natural person reaches the threshold: those who manage the organization take the place of its beneficial owners';
  return [table(['owner', 'share', 'of the whole', ''], rows), ...(someBeneficialOwner(owners) ? [] : [nobody])].join(
    '\n',
  );
}

function rowsOf(owners: readonly OwnerView[], indent: string): string[][] {
  return owners.flatMap((owner) => {
    const { ref, name, share, effective, total, withoutOwners } = owner;
    return [
      [`${indent}${name} (${ref})`, `${share} %`, `${effective} %`, marksOf(owner, total !== effective && total)],
      ...rowsOf(owner.owners, `${indent}  `),
      ...(withoutOwners === null ? [] : [[`${indent}  no owners named: ${WITHOUT_OWNERS[withoutOwners]}`, '', '', '']]),
    ];
  });
}

function marksOf({ isBeneficialOwner, isPEP, isCompany }: OwnerView, inAll: string | null | false): string {
  const marks = [
    isBeneficialOwner && 'UBO',
    inAll && `${inAll} % on all paths`,
    isPEP && 'PEP',
    isCompany && 'company',
  ];
  return marks.filter(Boolean).join(', ');
}

function someBeneficialOwner(owners: readonly OwnerView[]): boolean {
  return owners.some(({ isBeneficialOwner, owners: above }) => isBeneficialOwner || someBeneficialOwner(above));
}
