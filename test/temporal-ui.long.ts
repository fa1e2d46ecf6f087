import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { EXAMPLES, exampleIndividual } from '../dev/demo/examples.js';
import { startStack } from '../dev/embedded/stack.js';
import { findChromium, launchChromium } from './helpers/browser.js';
import { eventually } from './helpers/eventually.js';

const chromium = findChromium();

test(
  "Temporal's UI reads payloads and summaries with the right token, and nothing with a wrong one or none",
  { skip: chromium === undefined && 'no Chromium on the PATH', timeout: 120_000 },
  async () => {
    const stack = await startStack({ ui: true });
    const browser = await launchChromium(chromium!);
    try {
      const application = await exampleIndividual('seen-in-ui');
      const { workflowId, runId } = await stack.client.startIndividual(application, { folder: EXAMPLES });
      await eventually('in review', async () => {
        const status = await stack.client.status(workflowId);
        return !status.stale && status.review.stage === 'inReview';
      });
      const cases = `${stack.temporal.uiUrl}/namespaces/default/workflows`;
      const timeline = `${cases}/${encodeURIComponent(workflowId)}/${runId}/timeline`;

      const right = await browser.newPage();
      await right.goto(timeline);
      // The page holds the lines of the input that fit; this is one of the first.
      await shows(right, 'STANDARD_INDIVIDUAL');
      await shows(right, 'Verification (KYC): round 1');
      assert.ok(!(await right.innerText('body')).includes('sealed:v1:'));
      await right.goto(cases);
      await shows(right, workflowId);

      for (const path of ['/t/wrong-token-wrong-token-wrong', '']) {
        const page = await browser.newPage();
        const answers: number[] = [];
        page.on('response', (response) => {
          if (response.url().includes('/decode')) answers.push(response.status());
        });
        await page.route(/\/t\/[^/]+\/decode/, (route) =>
          route.continue({
            url: route
              .request()
              .url()
              .replace(/\/t\/[^/]+/, path),
          }),
        );
        await page.goto(timeline);
        await shows(page, 'individualLifecycle');
        await eventually('the codec server was asked', () => Promise.resolve(answers.length > 0));
        assert.ok(answers.every((answer) => answer === 401));
        const text = await page.innerText('body');
        assert.ok(
          !text.includes('STANDARD_INDIVIDUAL') && !text.includes('Verification (KYC): round 1'),
          'nothing is readable',
        );
      }
    } finally {
      await browser.close();
      await stack.stop();
    }
  },
);

async function shows(page: Page, text: string): Promise<void> {
  await eventually(`the page shows ${text}`, async () => (await page.innerText('body')).includes(text));
}
