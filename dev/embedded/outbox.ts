import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

const LOOKS = 100;

/** The activation code that the sandbox mailed to a customer, as the customer would read it. */
export async function mailedActivationCode(sandboxUrl: string, email: string): Promise<string> {
  for (let look = 0; look < LOOKS; look += 1) {
    const { body } = await request(`${sandboxUrl}/__sandbox/outbox?to=${encodeURIComponent(email)}`);
    const mails = (await body.json()) as { kind: string; code: string }[];
    const mail = mails.findLast(({ kind }) => kind === 'activation-code');
    if (mail) return mail.code;
    await sleep(50);
  }
  throw new Error('the sandbox mailed no activation code');
}
