/** The 249 assigned codes of ISO 3166-1 alpha-2. Intl knows more: withdrawn codes, unions and user-assigned ones. */
const ASSIGNED = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
    'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
    'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP ' +
    'KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT ' +
    'MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW ' +
    'SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG ' +
    'UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
);

/** Codes that people write instead of the assigned one. */
const MEANT: Partial<Record<string, string>> = {
  UK: 'use GB for the United Kingdom',
  EL: 'use GR for Greece',
  EU: 'name the country; the European Union has no code of its own',
  SU: "use the code of today's country, for example RU",
  DD: 'use DE for Germany',
  FX: 'use FR for France',
  TP: 'use TL for Timor-Leste',
  ZR: 'use CD for the Democratic Republic of the Congo',
  BU: 'use MM for Myanmar',
  AN: 'use BQ, CW or SX for the former Netherlands Antilles',
  CS: 'use CZ, SK, RS or ME',
  YU: "use the code of today's country, for example RS",
  XK: 'Kosovo has no assigned code; ask FinHub which one it accepts',
};

/** Countries without postal codes, where an address has none. Source: the Universal Postal Union's addressing data. */
const WITHOUT_POSTAL_CODES = new Set(
  (
    'AE AG AO AW BF BI BJ BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GQ GY HK JM KI KM KN KP LY ML MO MR ' +
    'MW NR NU QA RW SB SC SL SR SS ST SX SY TD TG TK TL TO TV UG VU YE ZW'
  ).split(' '),
);

export function hasPostalCodes(country: string): boolean {
  return !WITHOUT_POSTAL_CODES.has(country);
}

export const COUNTRIES: ReadonlySet<string> = ASSIGNED;

/** What is wrong with a country code, or undefined. */
export function countryFault(code: string): string | undefined {
  if (ASSIGNED.has(code)) return undefined;
  const hint = MEANT[code.toUpperCase()];
  if (hint !== undefined) return `no country has this code; ${hint}`;
  const upper = code.toUpperCase();
  if (upper !== code && ASSIGNED.has(upper)) return `write the code in capitals: ${upper}`;
  return /^[A-Z]{2}$/.test(code)
    ? 'no country has this code'
    : 'an ISO 3166-1 alpha-2 code, for example LT, is expected';
}
