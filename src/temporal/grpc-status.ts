import { isGrpcServiceError } from '@temporalio/client';

/** Those of gRPC's status codes that we act on; the SDK does not export them. */
export const GRPC = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** How a call to one of Temporal's own services failed; undefined where it is no such failure. */
export function grpcStatus(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}
