/** The doctor's result for one part of the service. */
export interface Finding {
  what: string;
  state: 'ok' | 'note' | 'fault';
  /** What was seen. */
  detail: string;
  /** How to fix the fault. */
  helps?: string;
}

/** Checks one part; an exception is a fault. */
export interface Check {
  what: string;
  helps: string;
  look: () => Promise<string | Finding[]>;
}

/** Seconds that one part may take to respond. */
const LONGEST_S = 15;

/** Checks all parts, one after the other, and never throws. */
export async function examine(checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { what, helps, look } of checks) {
    try {
      const seen = await within(look());
      findings.push(...(typeof seen === 'string' ? [{ what, state: 'ok' as const, detail: seen }] : seen));
    } catch (error) {
      const detail = (error as Error).message.split('\n').join(' ');
      findings.push({ what, state: 'fault', detail, helps });
    }
  }
  return findings;
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no response within ${LONGEST_S} s`)), LONGEST_S * 1000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
