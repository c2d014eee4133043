#!/bin/sh
# A folder to MinIO and back: run.sh FOLDER RESTORED
#
#     AWS_ENDPOINT_URL                            the store: http://127.0.0.1:9000 is that of compose.yaml
#     AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY    the credentials, never written into an address or an argument
#     BUCKET                                      a bucket that is there; "holdfast" without it
#     HOLDFAST                                    the command; "holdfast" on the PATH without it
set -eu
if [ $# -ne 2 ]; then
  echo 'usage: run.sh FOLDER RESTORED' >&2
  exit 2
fi
: "${AWS_ACCESS_KEY_ID:?}" "${AWS_SECRET_ACCESS_KEY:?}"
export AWS_ENDPOINT_URL="${AWS_ENDPOINT_URL:-http://127.0.0.1:9000}"
folder=$1
restored=$2
target="s3://${BUCKET:-holdfast}/example"
holdfast() { command "${HOLDFAST:-holdfast}" "$@"; }
command -v "${HOLDFAST:-holdfast}" >/dev/null || { echo 'holdfast is not on the PATH' >&2; exit 1; }

# Each target in a store gets its format by name, once, when it is made.
holdfast backup "$folder" --to "$target" --format plain
holdfast backup "$folder" --to "$target" --name again
holdfast list --from "$target"
holdfast verify --data --from "$target"
holdfast restore again --from "$target" --into "$restored"
