import { describeGatewayKey } from './attacks/gateway-key.js';
import { describeAttacks } from './helpers/describe-attacks.js';

describeAttacks("attacks on Temporal, with a gateway's key", describeGatewayKey);
