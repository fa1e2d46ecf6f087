import { request } from 'undici';

/** Has the sandbox take so many milliseconds for each answer from now on. */
export async function slowDown(sandboxUrl: string, latency: number): Promise<void> {
  const { body } = await request(`${sandboxUrl}/__sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ kind: 'late-answer', delayMs: latency, times: Number.MAX_SAFE_INTEGER }]),
  });
  await body.dump();
}
