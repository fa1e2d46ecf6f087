import type { LoadedDataConverter, Payload, SerializationContext } from '@temporalio/common';
import type proto from '@temporalio/proto';

/** Encodes a value as the SDK does: through the codecs in order. */
export async function writePayloads(
  { payloadCodecs, payloadConverter }: LoadedDataConverter,
  value: unknown,
  context: SerializationContext,
): Promise<Payload[]> {
  let payloads = [payloadConverter.toPayload(value)];
  for (const codec of payloadCodecs) payloads = await codec.encode(payloads, context);
  return payloads;
}

/**
 * Decodes payloads of a history as the SDK does: through the codecs in reverse order.
 * @throws KeyMissing
 */
export async function readPayloads<T>(
  { payloadCodecs, payloadConverter }: LoadedDataConverter,
  payloads: proto.temporal.api.common.v1.IPayload[] | null | undefined,
  context: SerializationContext,
): Promise<T[]> {
  let plain = payloads ?? [];
  for (const codec of payloadCodecs.toReversed()) plain = await codec.decode(plain, context);
  return plain.map((payload) => payloadConverter.fromPayload<T>(payload));
}
