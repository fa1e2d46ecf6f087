import type { WithoutOwners } from '../contract/application.js';
import type { OwnerView } from '../lifecycle/ownership.js';
import { table } from './table.js';

const WITHOUT_OWNERS: Record<WithoutOwners, string> = {
  LISTED: 'listed on a regulated market',
  STATE: 'held by a state or municipality',
  FOUNDATION: 'a foundation or association',
};

/** The owners of an organization, level by level, with each one's share of the whole. */
export function ownershipText(owners: readonly OwnerView[]): string {
  const rows = rowsOf(owners, '');
  const nobody = 'no natural person reaches the threshold: its managers count as beneficial owners instead';
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
    inAll && `${inAll} % over all paths`,
    isPEP && 'PEP',
    isCompany && 'company',
  ];
  return marks.filter(Boolean).join(', ');
}

function someBeneficialOwner(owners: readonly OwnerView[]): boolean {
  return owners.some(({ isBeneficialOwner, owners: above }) => isBeneficialOwner || someBeneficialOwner(above));
}
