#!/bin/sh
# Takes a person through FinHub over HTTP, to a transfer, with curl and jq: sh onboard.sh application.json
set -eu
: "${GATEWAY:=http://127.0.0.1:8090}" "${TOKEN:=none}"

call() { # METHOD PATH [curl options]; says what is wrong, and where
  method=$1 path=$2
  shift 2
  curl -sS --fail-with-body -X "$method" "$GATEWAY$path" -H "Authorization: Bearer $TOKEN" \
    -H "Idempotency-Key: ${key:-$path}" "$@" # the same key for a repeat
}
wait_for() { # PATH TARGET; a stale status is what Temporal knows while no worker answers
  until seen=$(call GET "$1/wait?for=$2" -H 'Prefer: wait=30') &&
    echo "$seen" | jq -e '(.status.stale | not) and (.reached or .needsAttention or .status.outcome)' > /dev/null; do :; done
  echo "$seen" | jq .status
}

name=$(jq -r .applicationId "$1")
case=/v1/cases/individual/$name
jq 'del(.consents)' "$1" > "$1.started"
for file in $(jq -r '.documents[].file' "$1"); do
  at=$(cd "$(dirname "$1")" && realpath "$file")
  sha256=$(sha256sum < "$at" | cut -d ' ' -f 1)
  type=$(jq -r --arg file "$file" '.documents[] | select(.file == $file).type' "$1")
  call PUT "/v1/uploads/individual/$name/$sha256?type=$type" -T "$at" -H "Content-Type: $(file -b --mime-type "$at")" > /dev/null
  jq --arg file "$file" --arg name "$(basename "$at")" --arg sha256 "$sha256" \
    '(.documents[] | select(.file == $file)) |= (del(.file) + {fileName: $name, sha256: $sha256})' "$1.started" > "$1.next"
  mv "$1.next" "$1.started"
done
echo "started: $(call PUT "/v1/individuals/$name" -H 'Prefer: wait=20' --json @"$1.started" | jq -c .ids)"
echo "consents: $(jq .consents "$1" | call POST "$case/consents" --json @- | jq -r .state)"
echo "in review: $(wait_for "$case" review | jq -c .waitingOn)"
status=$(wait_for "$case" 'done') # meanwhile operators decide
echo "$status" | jq -r '"\(.status) \(.iban)"'
jq --argjson status "$status" '{customerId: $status.ids.customerId, accountId: $status.ids.accountId, origin,
  beneficiaryIban: .payments.beneficiaries[0].iban, amount: {value: "5.00", currency: "EUR"},
  description: "Second instalment", submittedBy: "backoffice-web"}' "$1" | call PUT "/v1/transfers/$name-second" --json @- > /dev/null
echo "transfer: $(wait_for "/v1/cases/transfer/$name-second" 'done' | jq -r .status)"
