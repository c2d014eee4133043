import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ChildAnswer, ChildStep } from './child-program.js';
import type { ChildProgram } from './harness.js';

/** Compiled; the path holds from the sources and from what is published. */
const PROGRAM = fileURLToPath(new URL('../dist/child-program.js', import.meta.url));

/** Another process that has the place open, and does one step at a time. */
export interface Child {
  /** Does one step, and resolves when it is done. */
  step(step: ChildStep): Promise<void>;
  /** Ends the process at once, as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts the process and opens the place in it. */
export async function startChild(program: ChildProgram): Promise<Child> {
  const process_ = fork(PROGRAM, { env: { ...process.env, ...program.environment }, execArgv: [] });
  const exited = once(process_, 'exit');
  const child: Child = {
    async step(step) {
      const answered = once(process_, 'message');
      process_.send(step);
      const answer = (await Promise.race([
        answered.then(([message]) => message as ChildAnswer),
        exited.then(() => ({ error: 'the process has ended' })),
      ])) as ChildAnswer;
      if (answer.error !== undefined) throw new Error(`${step.do} in another process: ${answer.error}`);
    },
    async kill() {
      process_.kill('SIGKILL');
      await exited;
    },
  };
  try {
    await child.step({ do: 'open', program });
  } catch (error) {
    await child.kill();
    throw error;
  }
  return child;
}
