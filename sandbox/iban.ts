/** Whether the check digits of `iban` are right (ISO 13616, mod 97). */
export function isIban(iban: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban) && remainder(`${iban.slice(4)}${iban.slice(0, 4)}`) === 1;
}

/** An IBAN without the spaces it is printed with. */
export function plainIban(iban: string): string {
  return iban.replace(/\s/g, '').toUpperCase();
}

/** A Lithuanian IBAN of bank 33200 for a running account number. */
export function lithuanianIban(account: number): string {
  const bban = `33200${String(account).padStart(11, '0')}`;
  const check = 98 - remainder(`${bban}LT00`);
  return `LT${String(check).padStart(2, '0')}${bban}`;
}

export function isBic(bic: string): boolean {
  return /^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic);
}

export const SANDBOX_BIC = 'SONCLT21';

function remainder(text: string): number {
  const digits = text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}
