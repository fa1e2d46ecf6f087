import { signAsSender } from './cli/operator/common.js';
import { addCall } from './cli/operator/call.js';
import { addDecide } from './cli/operator/decide.js';
import { addDocument } from './cli/operator/document.js';
import { addKeygen } from './cli/operator/keygen.js';
import { addPasskeys } from './cli/operator/passkeys.js';
import { addFind, addQueue } from './cli/operator/queue.js';
import { addReading } from './cli/operator/reading.js';
import { addResolving } from './cli/operator/resolving.js';
import { addSign } from './cli/operator/sign.js';
import { addSignSigners } from './cli/operator/sign-signers.js';
import { addSharing } from './cli/operator/sharing.js';
import { createProgram, runProgram } from './cli/program.js';

const program = createProgram(
  'operator',
  'Shows cases and submits decisions. ID is KIND/TENANT/APPLICATION; without TENANT, FINHUB_TENANT_ID counts.',
);
for (const add of [
  addQueue,
  addFind,
  addReading,
  addDocument,
  addSharing,
  addDecide,
  addResolving,
  addCall,
  addKeygen,
  addSign,
  addPasskeys,
  addSignSigners,
])
  add(program);
signAsSender(program);
await runProgram(program);
