#!/usr/bin/env python3
"""Runs one operation of the attendance program over a backup: if it fails, the old state is back.

    python run.py enroll EMP002 "Ada Lovelace" face-1.npy face-2.npy
    python run.py mark EMP002

Where a program in Python once had

    create_backup(...)
    try:
        operate()
        remove_backup(...)
    except Exception:
        if ask("restore?"): restore_backup(...)

it has guarded([...]) now: one call of `holdfast guard`, which takes a snapshot of what holdfast.config.json names, runs the operation
as a process of its own, and removes the snapshot, or takes back what the operation has changed: files it has written, deleted and created.
That holds also where the operation crashes, hangs (--timeout) or is killed, where no `except` would run.

Only the standard library is needed here. HOLDFAST names the command, if it is not `holdfast` on the PATH.
"""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(__file__).with_name("attendance.py")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a guarded operation ended: members of the last line of --json (docs/cli.md, "summary of guard")."""

    status: int
    outcome: str
    summary: dict

    @property
    def succeeded(self):
        return self.outcome == "succeeded"

    @property
    def rolled_back(self):
        return self.outcome == "rolledBack"


class NotGuarded(Exception):
    """The operation was not started, or what it changed could not all be taken back: the words say which, and what to do."""


def guarded(command, *, on_failure="restore", timeout=None):
    """Runs a command over a snapshot of the sources of the config.

    on_failure: "ask" (on a terminal), "restore" the old state, or "keep" what the operation has left for now.
    """
    holdfast = os.environ.get("HOLDFAST") or shutil.which("holdfast")
    if holdfast is None:
        raise NotGuarded("the command holdfast is not there: npm install --global @holdfast/cli")
    with tempfile.TemporaryDirectory() as folder:
        lines = pathlib.Path(folder, "lines.jsonl")
        words = [holdfast, "guard", "--on-failure", on_failure, "--json-to", str(lines), "--quiet"]
        if timeout is not None:
            words += ["--timeout", timeout]
        # The operation has this program's stdin, stdout and stderr, and its status comes back.
        status = subprocess.run([*words, "--", *command]).returncode
        told = [json.loads(line) for line in lines.read_text("utf-8").splitlines()] if lines.exists() else []
    summary = told[-1] if told else {}
    if summary.get("type") != "summary" or "outcome" not in summary or summary["outcome"] == "notRolledBack":
        errors = [f"{line['message']} ({line['code']})" for line in told if line.get("type") in ("error", "problem")]
        raise NotGuarded("; ".join(errors) or f"holdfast guard ended with {status}")
    return Outcome(status, summary["outcome"], summary)


def main(words):
    on_failure = "ask" if sys.stdin.isatty() else "restore"
    try:
        done = guarded([sys.executable, str(PROGRAM), *words], on_failure=on_failure, timeout="10m")
    except NotGuarded as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 125
    if done.succeeded:
        print(f"{words[0]}: done")
    elif done.rolled_back:
        given, gone = done.summary["restoredFiles"], done.summary["deleted"]
        print(f"{words[0]} failed: everything is as it was before ({given} given back, {gone} deleted)")
    else:
        print(f"{words[0]} failed: what it left stays for now; holdfast guard --roll-back takes it back")
    return done.status


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
