import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { Config } from './config.js';
import { CONFIG_NAME } from './read-config-file.js';

/** Files that only the user may read and write. */
const OWN_FILE = 0o600;
const OWN_FOLDER = 0o700;

/** May the commands in this config run? One that the user named by `--config` is trusted; one that was found, if `holdfast trust` took down these very bytes. */
export async function isTrusted(config: Config, stateDirectory: string): Promise<boolean> {
  if (config.isNamed) return true;
  const noted = await readFile(noteOf(config, stateDirectory), 'utf8').catch(() => '');
  return noted === `${config.sha256}  ${config.realPath}\n`;
}

/** @throws CliError `CONFIG_UNTRUSTED` if the commands in this config may not run */
export async function assertTrusted(config: Config, stateDirectory: string): Promise<void> {
  if (await isTrusted(config, stateDirectory)) return;
  throw new CliError({
    code: 'CONFIG_UNTRUSTED',
    message: `${config.path} holds commands (hooks), and you have not said yet that they may run, or it has changed since`,
    hint: `Read ${CONFIG_NAME}, then: holdfast trust.`,
  });
}

/**
 * Takes down that the commands in these bytes, at this path, may run. Any change of the file, and any move, needs it again.
 *
 * @throws HoldfastError `STATE`
 */
export async function trust(config: Config, stateDirectory: string): Promise<void> {
  const note = noteOf(config, stateDirectory);
  const staged = `${note}.${process.pid}`;
  try {
    await mkdir(join(stateDirectory, 'trusted'), { recursive: true, mode: OWN_FOLDER });
    await writeFile(staged, `${config.sha256}  ${config.realPath}\n`, { mode: OWN_FILE });
    await rename(staged, note);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError({ code: 'STATE', message: `the local state cannot be written: ${why}`, cause });
  }
}

function noteOf(config: Config, stateDirectory: string): string {
  return join(stateDirectory, 'trusted', createHash('sha256').update(config.realPath).digest('hex'));
}
