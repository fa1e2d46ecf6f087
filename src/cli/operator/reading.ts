import type { Command } from 'commander';
import { auditTable, caseText } from '../case-text.js';
import { addCommand, print } from '../program.js';
import { EXAMPLE_ID, withClient, type Json } from './common.js';

/** Commands that show one case. */
export function addReading(program: Command): void {
  addCommand(program, 'show <id>', 'shows a case with everything a decision needs', [`show ${EXAMPLE_ID}`]).action(
    (id: string, { json }: Json) =>
      withClient(async (client) => {
        const view = await client.caseView(id);
        print(json, view, caseText);
      }),
  );

  addCommand(program, 'audit <id>', 'prints who did what and when, in order', [`audit ${EXAMPLE_ID} --json`]).action(
    (id: string, { json }: Json) =>
      withClient(async (client) => {
        const entries = await client.audit(id);
        print(json, entries, auditTable);
      }),
  );
}
