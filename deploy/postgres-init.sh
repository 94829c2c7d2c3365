#!/bin/bash
# Runs once, when the database folder is empty: two roles, one database, three extensions.
# The same as the bundled server gets (crm/embedded/postgres.py), with passwords.
# Against a server of your own: PGHOST=… PGUSER=… SECRETS=deploy/secrets bash deploy/postgres-init.sh
set -euo pipefail
secrets="${SECRETS:-/run/secrets}"
export PGUSER="${PGUSER:-${POSTGRES_USER:-postgres}}"

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres \
    --set owner_password="$(cat "$secrets/owner_password")" \
    --set app_password="$(cat "$secrets/app_password")" <<'SQL'
CREATE ROLE crm_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE crm_app LOGIN PASSWORD :'app_password';
GRANT crm_app TO crm_owner;
CREATE DATABASE crm OWNER crm_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8';
\connect crm
ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO crm_app;
ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner GRANT USAGE, SELECT ON SEQUENCES TO crm_app;
SET SESSION AUTHORIZATION crm_owner;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
CREATE EXTENSION unaccent;
SQL
