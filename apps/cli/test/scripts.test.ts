/**
 * What the command line does, as text: each file in `scripts/` is one test, and its first line is the law it holds. A
 * script runs in an empty folder of its own, with an empty home and state folder. Its words:
 *
 *     # anything                  a comment
 *     needs linux root s3 attr    the test is skipped (and reported as skipped) where one of these is not at hand
 *     file PATH CONTENT           makes a file, and its folders; "\n", "\x1b" and "\u{1f389}" are characters in double quotes
 *     > LINE                      the file has this line, too (behind "file PATH" or "holds PATH")
 *     fixture NAME PATH           copies a file of fixtures/: an array of NumPy, a workbook of openpyxl
 *     append PATH CONTENT         adds to it
 *     folder PATH                 makes a folder
 *     link PATH TARGET            makes a symlink
 *     mode PATH 000               sets permissions
 *     owner PATH 1234             gives it to another user
 *     xattr PATH NAME VALUE       gives it an extended attribute
 *     acl PATH u:1234:r           adds to its ACL
 *     remove PATH                 removes a file or a tree
 *     flip PATH                   turns over one bit in the middle of a file
 *     env NAME VALUE              sets a variable for the commands that follow
 *     kill STEP                   the next command kills itself at this step (test/crash tells them: "rename /work/b/<id>#1")
 *     as nobody / as user         runs the commands that follow without rights, or as whoever runs the tests
 *     fresh                       runs the commands that follow in a process each, as a user's do; else they share one (see below)
 *     exists PATH, missing PATH   is it there?
 *     holds PATH CONTENT          is that its content?
 *     same A B                    are the two trees equal: names, contents, permissions, times, links?
 *     alike A B                   are they, as far as names and contents go?
 *     $ holdfast WORD…            runs the command, and
 *     | LINE                      expects a line on stdout
 *     ! LINE                      expects a line on stderr
 *     = STATUS                    expects an exit status (0 where it is left out), or that it was "killed"
 *
 * Expected lines come in the order given; other lines may stand between them. `…` is any text, `<id>` a snapshot's id,
 * `<size>`, `<time>` and `<number>` what they say; `(nothing)` is no line at all. `<id:first>` also remembers the id, and
 * `{first}`, `{first:12}`, `{first:tail}` give it, its first twelve characters, or its random tail back.
 *
 * Of every command these hold besides: no control characters in its output; with `--json` each line is an object, and
 * the last is the summary with the exit status.
 *
 * To start a process takes three times as long as the command in it, so commands share one: each begins in it as in a new one
 * (words, folder, variables, standard streams), and main, arguments and output are the program's. A script that is about the
 * process itself, or about programs that the command starts, says `fresh`. With HOLDFAST_TEST_LONG all scripts do.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseScript } from './script/parse.js';
import { play, type Run } from './script/play.js';
import { PROGRAM, runHoldfast, unprivileged } from './script/run-holdfast.js';
import { type SharedProcess, startSharedProcess } from './script/shared-process.js';
import { makeBucket, type TestBucket } from './script/test-bucket.js';
import { makeWorld } from './script/world.js';

const FOLDER = join(import.meta.dirname, 'scripts');
const S3 = process.env.HOLDFAST_TEST_S3_ENDPOINT;

const AT_HAND: Readonly<Record<string, boolean>> = {
  linux: process.platform === 'linux',
  posix: process.platform !== 'win32',
  /** A user without rights: ourselves, or somebody else that root can become. */
  nobody: canRunUnprivileged(),
  root: process.getuid?.() === 0,
  s3: S3 !== undefined,
  /** The programs of the packages attr and acl. */
  attr: ['getfattr', 'setfattr', 'setfacl'].every((name) => spawnSync(name, ['--version']).status === 0),
};

let bucket: TestBucket | undefined;
beforeAll(async () => {
  if (S3 !== undefined) bucket = await makeBucket(S3);
});
afterAll(async () => {
  for (const shared of sharedProcesses.values()) await shared.end();
  await bucket?.remove();
});

/** A doctor takes seconds, and a minute on a machine that has much else to do. */
const LIMIT_MS = 180_000;
const isLong = (process.env.HOLDFAST_TEST_LONG ?? '') !== '';
/** By whether they have no rights. */
const sharedProcesses = new Map<boolean, SharedProcess>();

const run: Run = async (words, { fresh, ...options }) => {
  if (fresh || isLong) return runHoldfast(words, options);
  const isUnprivileged = options.unprivileged === true;
  let shared = sharedProcesses.get(isUnprivileged);
  if (shared === undefined || !shared.isFree) {
    await shared?.end();
    shared = startSharedProcess(isUnprivileged);
    sharedProcesses.set(isUnprivileged, shared);
  }
  return shared.run(words, options);
};

for (const name of readdirSync(FOLDER).sort()) {
  const script = parseScript(readFileSync(join(FOLDER, name), 'utf8'));
  const missing = script.needs.filter((need) => AT_HAND[need] !== true);
  const lacking = missing.length === 0 ? '' : ` [needs ${missing.join(', ')}]`;
  test.skipIf(missing.length > 0)(`${name}: ${script.law}${lacking}`, { timeout: LIMIT_MS }, async () => {
    expect(script.law).not.toBe('');
    const world = makeWorld();
    try {
      await play(script, world, new Map([['bucket', bucket?.name ?? '']]), run);
    } finally {
      world.remove();
    }
    if (script.needs.includes('s3')) reportS3Case(name);
  });
}

/** `scripts/test.mjs` counts these lines: a run in which no S3 case ran must not look like one in which all passed. */
function reportS3Case(name: string): void {
  const report = process.env.HOLDFAST_TEST_S3_REPORT;
  if (report !== undefined) appendFileSync(report, `cli ${name}\n`);
}

/** Root has to be able to become nobody, and nobody to read the program (not so below a closed home folder). */
function canRunUnprivileged(): boolean {
  if (process.platform === 'win32') return false;
  const [program = '', ...words] = unprivileged([process.execPath, PROGRAM, '--version']);
  return spawnSync(program, words, { cwd: '/' }).status === 0;
}
