import type { Client } from '@temporalio/client';
import type { KeyRing } from '../secrets/key-ring.js';
import { tokensOfText } from '../secrets/search-tokens.js';
import { listCases, type CaseFilter, type CaseList } from './list.js';

/**
 * Cases with someone in them whom a text identifies: by an e-mail, a phone, a whole name in any order, a registration or tax number, or
 * FinHub's id. From Temporal's visibility, which may be some seconds behind.
 */
export function findCases(
  temporal: Client,
  keys: KeyRing,
  text: string,
  filter: Omit<CaseFilter, 'found'>,
): Promise<CaseList> {
  return listCases(temporal, { ...filter, found: { tokens: tokensOfText(keys, text), finHubId: text.trim() } });
}
