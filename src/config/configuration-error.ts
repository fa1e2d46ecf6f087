export interface ConfigurationFault {
  variable: string;
  /** What is wrong and what is expected; never the value, which may be a secret. */
  message: string;
}

/** The environment cannot be used; lists everything that is wrong with it at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly ConfigurationFault[];
  constructor(faults: readonly ConfigurationFault[]) {
    super(['the configuration cannot be used:', ...faults.map(faultLine)].join('\n  '));
    this.faults = faults;
  }
}

export function faultLine({ variable, message }: ConfigurationFault): string {
  return `${variable}: ${message}`;
}
