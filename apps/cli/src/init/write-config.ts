import { open } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { CONFIG_NAME } from '../config/read-config-file.js';
import { EXIT } from '../exit-status.js';

/** Others may read it, and nobody else write it: a config that others can write is not used. */
const CONFIG_MODE = 0o644;

/** @throws CliError `CONFIG_EXISTS` if there is a config in the working folder, or anything else of its name */
export async function assertNoConfig(): Promise<void> {
  const found = await open(CONFIG_NAME, 'r').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? undefined : 'unreadable',
  );
  if (typeof found === 'object') await found.close();
  if (found !== undefined) throw configExists();
}

/**
 * Writes the config of the working folder.
 *
 * @throws CliError `CONFIG_EXISTS`, `CONFIG_REFUSED`
 */
export async function writeNewConfig(content: string): Promise<void> {
  // Whoever has made one meanwhile keeps it.
  const file = await open(CONFIG_NAME, 'wx', CONFIG_MODE).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw configExists();
    throw new CliError({
      code: 'CONFIG_REFUSED',
      message: `${CONFIG_NAME} cannot be written: ${error.message}`,
      exitStatus: EXIT.failed,
    });
  });
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

function configExists(): CliError {
  return new CliError({
    code: 'CONFIG_EXISTS',
    message: `there is a ${CONFIG_NAME} in this folder`,
    hint: 'It is never written over: change it, or remove it first.',
  });
}
