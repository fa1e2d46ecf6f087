import type { LoadedDataConverter } from '@temporalio/common';
import type proto from '@temporalio/proto';

/**
 * Reads payloads out of a history as the SDK does: through the codecs, the last one first.
 * @throws UndecodablePayload
 */
export async function readPayloads<T>(
  { payloadCodecs, payloadConverter }: LoadedDataConverter,
  payloads: proto.temporal.api.common.v1.IPayload[] | null | undefined,
): Promise<T[]> {
  let plain = payloads ?? [];
  for (const codec of payloadCodecs.toReversed()) plain = await codec.decode(plain);
  return plain.map((payload) => payloadConverter.fromPayload<T>(payload));
}
