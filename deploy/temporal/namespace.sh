#!/bin/sh
# Waits for the server and makes the namespace TEMPORAL_NAMESPACE, unless it is there. The worker adds its search attributes itself.
# Closed workflows are kept for 90 days, since a payment's reference is paid once for that long.
set -eu
tries=60
until temporal operator cluster health > /dev/null 2>&1; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "Temporal at $TEMPORAL_ADDRESS is not healthy" >&2; exit 1; }
  sleep 2
done
# `create` takes the name from its flag alone.
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" > /dev/null 2>&1 \
  || temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 90d
until temporal workflow list --limit 1 > /dev/null 2>&1; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "namespace $TEMPORAL_NAMESPACE does not answer" >&2; exit 1; }
  sleep 1
done
echo "namespace $TEMPORAL_NAMESPACE is ready"
