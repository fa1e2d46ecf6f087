import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes that we handle; the SDK does not export them. */
export const GRPC = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** The status code of a failed call to Temporal's services; undefined for any other error. */
export function grpcStatus(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}
