export interface ConfigurationFault {
  variable: string;
  /** What is wrong and what is expected, without the value, which may be a secret. */
  message: string;
}

/** The environment is not usable; lists every fault at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly ConfigurationFault[];
  constructor(faults: readonly ConfigurationFault[]) {
    super(['the configuration is not usable:', ...faults.map(faultLine)].join('\n  '));
    this.faults = faults;
  }
}

export function faultLine({ variable, message }: ConfigurationFault): string {
  return `${variable}: ${message}`;
}
