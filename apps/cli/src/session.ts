import { createInterface } from 'node:readline/promises';
import { type BackupTarget, openTarget } from '@holdfast/core';
import { adapters } from './compose/adapters.js';
import { decorated } from './compose/decorated.js';
import type { Interruption } from './interruption.js';
import type { Output } from './render/output.js';

/** What a command has to work with. */
export interface Session {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Opens a target as the user named it; it is closed when the command ends. */
  open(address: string, adapterOptions?: Readonly<Record<string, unknown>>): Promise<BackupTarget>;
  /** Asks yes or no. `undefined` where there is no terminal to ask on: nothing is ever asked in a script. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Says what is kept if the command is stopped now. The last word given counts. */
  whenStopped(kept: () => string): void;
}

/** A session and what its owner does with it. */
export interface OwnedSession {
  readonly session: Session;
  kept(): string;
  close(): Promise<void>;
}

/** Builds the session of one command. */
export function openSession(host: NodeJS.Process, output: Output, interruption: Interruption): OwnedSession {
  const opened: BackupTarget[] = [];
  let kept = (): string => 'Nothing was changed.';
  const session: Session = {
    output,
    signal: interruption.signal,
    async open(address, adapterOptions) {
      const options = { environment: host.env, adapterOptions, signal: interruption.signal };
      const target = decorated(await openTarget(address, adapters, options));
      opened.push(target);
      return target;
    },
    async confirm(question) {
      if (!host.stdin.isTTY || !host.stderr.isTTY) return undefined;
      return ask(host, question, interruption.signal);
    },
    whenStopped(words) {
      kept = words;
    },
  };
  return {
    session,
    kept: () => kept(),
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
