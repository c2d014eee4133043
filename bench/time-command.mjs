import { spawnSync } from 'node:child_process';

/** Runs a command as a process of its own and gives its wall time; a command that fails ends the bench. */
export function timeCommand([program, ...words], environment) {
  const startedAt = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program, words, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const wallSeconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status ?? error}: ${stderr}`);
  return { wallSeconds };
}
