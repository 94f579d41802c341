#!/usr/bin/env bash
# Make the secrets that docker-compose.yml names, once; what exists is kept. Run as root, so that
# only the bank's user (10001) can read its own.
set -euo pipefail
umask 077
folder=${1:-secrets}
owner=${2:-10001}
mkdir -p "$folder"
word() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
keep() { # keep NAME VALUE
  [ -e "$folder/$1" ] || printf '%s' "$2" > "$folder/$1"
}
keep postgres_password "$(word)"
keep keystore_password "$(word)"
keep key_passphrase "$(word)"
keep creditbank_database_url "postgresql://creditbank:$(cat "$folder/postgres_password")@postgres/creditbank"
keep creditbank_keystore_url "postgresql://creditbank:$(cat "$folder/keystore_password")@keystore/creditbank"
chmod 0400 "$folder"/*
chmod 0711 "$folder"
chown "$owner" "$folder/key_passphrase" "$folder"/creditbank_*_url
