#!/bin/sh
# Every night: a backup, a second copy elsewhere, and a look at whether both can be relied upon.
#
#     nightly.sh SOURCE...
#
# Settings, as environment variables:
#     BACKUPS   the target of the backup: a folder, zip:FOLDER or s3://bucket/prefix
#     MIRROR    the second target; without it there is no second copy
#     NOTIFY    a command that is given a report on its standard input when something is wrong, such as
#               'mail -s "Backup of $(hostname)" admin'; without it the report goes to standard error (cron mails that)
#     FULL      the day of the week (1 is Monday) on which every byte of every snapshot is read; 7 without it
#     LOG       a file that each night's output is appended to; without it none is kept
#     HOLDFAST  the command; "holdfast" on the PATH without it
#
# It ends with 0 if all is well; with 3 if all was done but something was left out (a file that could not be read); with the
# status of the first step that failed otherwise: 4 means that what is stored is damaged. See "Exit status" in docs/cli.md.
set -u
: "${BACKUPS:?BACKUPS is not set: where do the snapshots go?}"
if [ $# -eq 0 ]; then
  echo 'usage: nightly.sh SOURCE...' >&2
  exit 2
fi

report=$(mktemp) || exit 1
trap 'rm -f "$report"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
verdict=0

# step WHAT WORD...: runs one command, and remembers the worst that happened. 3 is worse than 0, anything else worse than 3.
step() {
  what=$1
  shift
  echo "== $what" >>"$report"
  "${HOLDFAST:-holdfast}" "$@" >>"$report" 2>&1
  status=$?
  case $status in
    0) ;;
    3) [ "$verdict" -ne 0 ] || verdict=3 ;;
    *) [ "$verdict" -ne 0 ] && [ "$verdict" -ne 3 ] || verdict=$status ;;
  esac
  [ "$status" -eq 0 ] || echo "!! $what ended with $status" >>"$report"
}

echo "=== $(date '+%Y-%m-%d %H:%M:%S')" >>"$report"
step 'backup' backup "$@" --to "$BACKUPS"
# A backup that failed is no reason to leave the older snapshots without their second copy, or unchecked.
[ -z "${MIRROR:-}" ] || step 'mirror' mirror "$BACKUPS" "$MIRROR"
# Each night every record, and that every file is there; once a week every byte.
data=
[ "$(date +%u)" != "${FULL:-7}" ] || data=--data
step 'verify' verify ${data:+"$data"} --from "$BACKUPS"
[ -z "${MIRROR:-}" ] || step 'verify the mirror' verify ${data:+"$data"} --from "$MIRROR"

[ -z "${LOG:-}" ] || cat "$report" >>"$LOG"
if [ "$verdict" -ne 0 ]; then
  sh -c "${NOTIFY:-cat >&2}" <"$report" || cat "$report" >&2
fi
exit "$verdict"
