/** The look-ups whose silence proves that an object is not there, once they are known to show at once what was made. */
export const LOOK_UPS = [
  'getVerificationHistory',
  'listDirectors',
  'listShareholders',
  'listEmployees',
  'listBeneficiaries',
  'listPaymentConsents',
  'listWebhookSubscriptions',
] as const;
