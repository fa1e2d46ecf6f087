/** The fields that all pages of the list have. */
interface Listed {
  beneficiaryId?: string | undefined;
  iban?: string | undefined;
}

const PAGE = 50;

/** The most pages we read; a longer list is not credible. */
const MOST_PAGES = 200;

const compactIban = (iban: string | undefined) => iban?.replace(/\s+/g, '').toUpperCase();

/** An account's beneficiaries with an IBAN, from all pages of the list. */
export async function withIban<One extends Listed>(
  read: (page: { limit: number; offset: number }) => Promise<{ beneficiaries: One[]; whole: boolean }>,
  iban: string,
): Promise<One[]> {
  const seen = new Set<string>();
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { beneficiaries, whole } = await read({ limit: PAGE, offset: seen.size });
    const found = beneficiaries.filter((one) => compactIban(one.iban) === compactIban(iban));
    if (found.length > 0) return found;
    // Not every version of the list has pages: one that returns the same entries again has no more.
    const fresh = beneficiaries.filter(({ beneficiaryId = '' }) => !seen.has(beneficiaryId));
    if (whole || fresh.length === 0) return [];
    for (const { beneficiaryId = '' } of fresh) seen.add(beneficiaryId);
  }
  return [];
}
