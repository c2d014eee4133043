import { CliError } from '../cli-error.js';

/** @throws CliError `USAGE` for a name that could never be meant where an id is wanted. */
export function refuseName(name: string | undefined): void {
  if (name !== 'latest') return;
  throw new CliError({
    code: 'USAGE',
    message: 'a snapshot cannot be named "latest": that word means the newest one',
    hint: 'Give it another name; "latest" finds it as well for as long as it is the newest.',
  });
}
