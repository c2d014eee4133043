import { createInterface } from 'node:readline/promises';
import { type BackupTarget, openTarget } from '@holdfast/core';
import { adapters } from './compose/adapters.js';
import { decorated } from './compose/decorated.js';
import type { Config, ConfiguredTarget } from './config/config.js';
import type { ExitStatus } from './exit-status.js';
import type { Interruption } from './interruption.js';
import type { Output } from './render/output.js';

/** What a command has to work with. */
export interface Session {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** The command behind `--`, of one that runs it; `undefined` of any other. */
  readonly guarded: readonly string[] | undefined;
  /** Hands every signal on from now on, in place of stopping, until what this gives is called. */
  divertSignals(to: (name: NodeJS.Signals, stopAtOnce: () => never) => void): () => void;
  /** The variables of the command. */
  readonly environment: NodeJS.ProcessEnv;
  /** The config that was named, or the one of the working folder; `undefined` where there is none. Read at the first call. */
  config(): Promise<Config | undefined>;
  /** What the user means by a word: a target of the config by its name, else the address itself. */
  targetNamed(word: string): Promise<ConfiguredTarget>;
  /** Opens a target as the user named it, by address or by name; it is closed when the command ends. */
  open(address: string, adapterOptions?: Readonly<Record<string, unknown>>): Promise<BackupTarget>;
  /** Where to ask; `undefined` where there is no terminal. */
  readonly terminal: { readonly input: NodeJS.ReadStream; readonly output: NodeJS.WriteStream } | undefined;
  /** Asks yes or no. `undefined` where there is no terminal to ask on: nothing is ever asked in a script. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Says what is kept if the command is stopped now. The last word given counts. */
  whenStopped(kept: () => string): void;
  /** What is to be done if the command fails or is stopped, before that is told; it may take its time. The last one given counts. */
  whenFailed(work: ((end: CommandEnd) => Promise<void>) | undefined): void;
}

/** How a command ended that failed or was stopped. */
export interface CommandEnd {
  readonly exitStatus: ExitStatus;
  readonly code: string;
  readonly message: string;
}

/** A session and what its owner does with it. */
export interface OwnedSession {
  readonly session: Session;
  kept(): string;
  /** Does what was given to {@link Session.whenFailed}, once. */
  failed(end: CommandEnd): Promise<void>;
  close(): Promise<void>;
}

/** A word that may be the name of a configured target. Anything else is an address, and no config is read for it. */
const TARGET_NAME = /^(?!.*\.zip$)[a-z][a-z0-9._-]*$/i;

/** Builds the session of one command. */
export function openSession(
  host: NodeJS.Process,
  output: Output,
  interruption: Interruption,
  {
    configPath,
    guarded,
  }: { readonly configPath: string | undefined; readonly guarded?: readonly string[] | undefined },
): OwnedSession {
  const opened: BackupTarget[] = [];
  let kept = (): string => 'Nothing was changed.';
  let onFailure: ((end: CommandEnd) => Promise<void>) | undefined;
  let config: Promise<Config | undefined> | undefined;
  const session: Session = {
    output,
    signal: interruption.signal,
    guarded,
    divertSignals: (to) => interruption.divert(to),
    environment: host.env,
    config() {
      config ??= import('./config/load-config.js').then(({ loadConfig }) => loadConfig(configPath));
      return config;
    },
    async targetNamed(word) {
      const found = TARGET_NAME.test(word) ? (await session.config())?.targets.get(word) : undefined;
      return found ?? { address: word, options: {} };
    },
    async open(word, given) {
      const { address, options: configured } = await session.targetNamed(word);
      const adapterOptions =
        given === undefined && Object.keys(configured).length === 0 ? undefined : { ...configured, ...given };
      const options = { environment: host.env, adapterOptions, signal: interruption.signal };
      const target = decorated(await openTarget(address, adapters, options));
      opened.push(target);
      return target;
    },
    terminal: host.stdin.isTTY && host.stderr.isTTY ? { input: host.stdin, output: host.stderr } : undefined,
    async confirm(question) {
      if (session.terminal === undefined) return undefined;
      return ask(host, question, interruption.signal);
    },
    whenStopped(words) {
      kept = words;
    },
    whenFailed(work) {
      onFailure = work;
    },
  };
  return {
    session,
    kept: () => kept(),
    async failed(end) {
      const work = onFailure;
      onFailure = undefined;
      await work?.(end);
    },
    async close() {
      await Promise.allSettled(opened.map((target) => target.close()));
    },
  };
}

async function ask(host: NodeJS.Process, question: string, signal: AbortSignal): Promise<boolean> {
  const line = createInterface({ input: host.stdin, output: host.stderr });
  // While it reads a line, readline takes Ctrl-C for itself; the process shall hear it.
  line.on('SIGINT', () => host.kill(host.pid, 'SIGINT'));
  // The end of input (Ctrl-D) is no answer, and no answer means no.
  const ended = new Promise<string>((resolve) => line.on('close', () => resolve('')));
  try {
    const answer = await Promise.race([line.question(`${question} [y/N] `, { signal }), ended]);
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    line.close();
  }
}
