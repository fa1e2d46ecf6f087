/** Look-ups that can prove that an object does not exist, if they show new objects immediately. */
export const LOOK_UPS = [
  'getVerificationHistory',
  'listDirectors',
  'listShareholders',
  'listEmployees',
  'listBeneficiaries',
  'listPaymentConsents',
  'listWebhookSubscriptions',
] as const;
