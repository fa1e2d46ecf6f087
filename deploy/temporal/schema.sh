#!/bin/sh
# Makes or updates the schema of Temporal's two databases. SQL_HOST, SQL_PORT, SQL_USER and SQL_PLUGIN are temporal-sql-tool's own variables.
set -eu
SQL_PASSWORD=$(cat /run/secrets/postgres_password)
export SQL_PASSWORD
schema=${SCHEMA_FOLDER:-/etc/temporal/schema}/postgresql/v12

for database in temporal temporal_visibility; do
  folder=$schema/${database#temporal_}/versioned
  temporal-sql-tool --database "$database" create-database
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-dir "$folder"
done
