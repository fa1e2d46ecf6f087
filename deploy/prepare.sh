#!/bin/sh
# Makes what docker-compose.yml reads and nobody should share: .env, deploy/config/ and deploy/secrets/. Keeps what is there already, so it can be
# run again. FinHub's secrets become the sandbox's, which are public: put your own into deploy/secrets/finhub_* before you use FinHub itself.
set -eu
cd "$(dirname "$0")/.."

# Containers read the files as users of their own, so the files are open and the folder, which nobody else can enter, is not.
umask 022
mkdir -p deploy/secrets deploy/config
chmod 700 deploy/secrets

keep() { # FILE: takes standard input, unless the file is there
  if [ -e "$1" ]; then cat > /dev/null; else cat > "$1" && echo "made $1"; fi
}
random() { # BYTES, in base64
  head -c "$1" /dev/urandom | base64 | tr -d '\n'
}
token() {
  random 24 | tr '+/' '-_'
}

keep .env < deploy/env.example
keep deploy/config/signers.json < examples/signers.json
sha256() {
  if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

secrets=deploy/secrets
token | keep $secrets/postgres_password
token | keep $secrets/grafana_password
key=$(date -u +%Y-%m-%d)
printf '{"current":"%s","fingerprint":"%s","keys":{"%s":"%s"}}\n' "$key" "$key" "$key" "$(random 32)" | keep $secrets/onboarding_keys
printf 'fok_%s' "$(token)" | keep $secrets/gateway_key
# What the HTTP API asks callers for; npm run gateway -- api-key makes more.
printf '{"keys":[{"client":"trial","tenant":"%s","scopes":["onboarding:write","onboarding:read","payments:write","operate"],"operator":"op-1","sha256":"%s"}]}\n' \
  "$(sed -n 's/^FINHUB_TENANT_ID=//p' .env)" "$(sha256 < $secrets/gateway_key)" | keep deploy/config/api-keys.json
token | keep $secrets/codec_ui_token
token | keep $secrets/codec_cli_token
printf 'ui:read:%s,cli:write:%s' "$(cat $secrets/codec_ui_token)" "$(cat $secrets/codec_cli_token)" | keep $secrets/codec_tokens
printf '# API key or certificates of a Temporal elsewhere: https://docs.temporal.io/develop/environment-configuration\n[profile.default]\n' | keep $secrets/temporal.toml
printf 'sandbox-tenant-key' | keep $secrets/finhub_tenant_key
printf 'sandbox-tenant-secret' | keep $secrets/finhub_tenant_secret
printf 'Sandbox-Admin-1' | keep $secrets/finhub_admin_password
printf 'Sandbox-Power-1' | keep $secrets/finhub_power_tenant_password
printf 'sandbox-api-key' | keep $secrets/finhub_api_key
# FinHub signs its webhooks with it, once `npm run webhooks -- ensure` has told FinHub.
token | keep $secrets/finhub_webhook_secret
# Empty is not set; it belongs to NOTIFY_URL.
printf '' | keep $secrets/notify_secret
# The same, with GATEWAY_OIDC_ISSUER.
printf '' | keep $secrets/gateway_oidc_client_secret
