/** The kinds of files that FinHub accepts. Source: facts I09, O20. */
export const DOCUMENT_MIME_TYPES = ['application/pdf', 'image/jpeg', 'image/png'] as const;
export type DocumentMimeType = (typeof DOCUMENT_MIME_TYPES)[number];

/** The document types on FinHub's pages. Source: facts I09, V03, O20. */
export const DOCUMENT_TYPES: readonly string[] = [
  'PASSPORT',
  'NATIONAL_ID',
  'ID_CARD',
  'DRIVERS_LICENSE',
  'GOVERNMENT_ID',
  'SELFIE',
  'PROOF_OF_ADDRESS',
  'SOURCE_OF_FUNDS',
  'BENEFICIAL_OWNERSHIP',
  'PEP_DECLARATION',
  'BANK_STATEMENT',
  'INCOME_PROOF',
  'CERTIFICATE_OF_INCORPORATION',
  'ARTICLES_OF_ASSOCIATION',
  'SHAREHOLDER_REGISTER',
  'DIRECTOR_ID',
  'DIRECTOR_IDS',
  'PROOF_OF_REGISTERED_ADDRESS',
  'BENEFICIAL_OWNERS_DECLARATION',
  'BENEFICIAL_OWNER_DECLARATION',
  'FINANCIAL_STATEMENTS',
  'BUSINESS_LICENSE',
  'BANK_REFERENCE_LETTER',
  'TAX_CLEARANCE',
];

/** What is wrong with a document type, or undefined. */
export function documentTypeFault(type: string): string | undefined {
  if (DOCUMENT_TYPES.includes(type)) return undefined;
  return `"${type}" is not one of FinHub's document types: ${DOCUMENT_TYPES.join(', ')}`;
}
