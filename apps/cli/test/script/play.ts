import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { FIXTURES } from '../docs/pages.js';
import { filled, missingLine } from './match.js';
import type { Script, Step } from './parse.js';
import type { RunOptions, RunResult } from './run-holdfast.js';
import { treeLines } from './tree.js';
import type { World } from './world.js';

/** Watches the steps by which a program changes anything. */
const STEPS = new URL('../crash/child/preload.mjs', import.meta.url).href;

/** Runs a command. `fresh`: in a process of its own. */
export type Run = (words: readonly string[], options: RunOptions & { readonly fresh: boolean }) => Promise<RunResult>;

/** Plays a script in a world, and fails at the first line that is not as it says. */
export async function play(script: Script, world: World, variables: Map<string, string>, run: Run): Promise<void> {
  let unprivileged = false;
  let fresh = false;
  let kill: string | undefined;
  for (const step of script.steps) {
    if (step.kind === 'command') {
      const words = step.words.map((word) => filled(word, variables));
      const environment = { ...world.environment, ...(kill === undefined ? {} : killedAt(kill, world)) };
      const options = { cwd: world.work, environment, unprivileged, fresh: fresh || kill !== undefined };
      await playCommand(step, words, variables, () => run(words.slice(1), options));
      kill = undefined;
    } else if (step.word === 'kill') kill = step.rest[0];
    else if (step.word === 'as') unprivileged = step.rest[0] === 'nobody';
    else if (step.word === 'fresh') fresh = true;
    else if (step.word === 'env') world.environment[step.rest[0] ?? ''] = filled(step.rest[1] ?? '', variables);
    else playWord(step, world, variables);
  }
}

/** Variables by which a program ends itself, as by `kill -9`, at a step (see test/crash). */
function killedAt(step: string, { work }: World): NodeJS.ProcessEnv {
  const root = dirname(work);
  const plan = { plan: { kill: { at: step } }, world: root, notes: join(root, 'steps') };
  return { NODE_OPTIONS: `--import ${STEPS}`, HOLDFAST_TEST_PLAN: JSON.stringify(plan) };
}

type CommandStep = Extract<Step, { kind: 'command' }>;

async function playCommand(
  step: CommandStep,
  [program]: readonly string[],
  variables: Map<string, string>,
  run: () => Promise<RunResult>,
): Promise<void> {
  expect(program, `line ${step.line}`).toBe('holdfast');
  const result = await run();
  const said = `line ${step.line}: ${step.words.join(' ')}\nstatus ${result.status}\n${result.stdout}${result.stderr}`;
  expect(result.status, said).toBe(step.status);
  expect(missingLine(step.stdout, result.stdout, variables), `not on stdout; ${said}`).toBeUndefined();
  expect(missingLine(step.stderr, result.stderr, variables), `not on stderr; ${said}`).toBeUndefined();
  assertPlain(result, said);
}

/** Outside of a terminal nothing may move a cursor, whatever names are printed. */
function assertPlain(result: RunResult, said: string): void {
  const control = /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
  expect(control.test(result.stdout + result.stderr), `control characters; ${JSON.stringify(said)}`).toBe(false);
}

function playWord(step: Extract<Step, { kind: 'word' }>, world: World, variables: Map<string, string>): void {
  const rest = step.rest.map((word) => filled(word, variables));
  const at = (index: number): string => join(world.work, rest[index] ?? '');
  const text = rest[1] ?? '';
  const words: Readonly<Record<string, () => void>> = {
    file: () => {
      mkdirSync(dirname(at(0)), { recursive: true });
      writeFileSync(at(0), text);
    },
    fixture: () => {
      mkdirSync(dirname(at(1)), { recursive: true });
      copyFileSync(join(FIXTURES, rest[0] ?? ''), at(1));
    },
    append: () => appendFileSync(at(0), text),
    folder: () => mkdirSync(at(0), { recursive: true }),
    link: () => symlinkSync(text, at(0)),
    owner: () => lchownSync(at(0), Number(text), Number(text)),
    mode: () => chmodSync(at(0), Number.parseInt(text, 8)),
    xattr: () => execFileSync('setfattr', ['-n', text, '-v', rest[2] ?? '', '--', at(0)]),
    acl: () => execFileSync('setfacl', ['-m', text, '--', at(0)]),
    remove: () => rmSync(at(0), { recursive: true, force: true }),
    flip: () => flipBit(at(0)),
    exists: () => expect(existsSync(at(0)), `line ${step.line}: ${rest[0]} exists`).toBe(true),
    missing: () =>
      expect(lstatSync(at(0), { throwIfNoEntry: false }), `line ${step.line}: ${rest[0]} is missing`).toBeUndefined(),
    holds: () => expect(readFileSync(at(0), 'utf8'), `line ${step.line}`).toBe(text),
    alike: () =>
      expect(treeLines(at(0)).map(contentOnly), `line ${step.line}`).toEqual(treeLines(at(1)).map(contentOnly)),
    same: () => expect(treeLines(at(0)), `line ${step.line}`).toEqual(treeLines(at(1))),
  };
  const word = words[step.word];
  if (word === undefined) throw new Error(`line ${step.line}: "${step.word}" is no word of these scripts`);
  word();
}

/** A line of a tree without permissions and time. */
function contentOnly(line: string): string {
  return line.replace(/ (file|folder|link) \d+ \d+/, ' $1');
}

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  // Stored files are read-only, which stops a slip of the hand, and not a disk that rots.
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}
