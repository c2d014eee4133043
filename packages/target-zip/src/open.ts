import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, fileSystemOf } from '@holdfast/core/files';
import {
  type BackupTarget,
  type OpenOptions,
  type TargetAdapter,
  type TargetAddress,
  TargetError,
} from '@holdfast/core/target';
import { zipCapabilities } from './capabilities.js';
import { asTargetError } from './errors.js';
import { meansOf, type ZipOptions } from './options.js';
import type { Place, ZipForm } from './place.js';
import { archiveCache } from './reader/archive-cache.js';
import { zipTarget } from './target.js';

/**
 * Opens a folder of archives (`FOLDER`, one `<root>.zip` for each root), or one archive (`….zip`, one root, whatever the
 * archive is called). Writes nothing; what is missing is made by the first batch.
 *
 * @param path absolute or relative. A closing slash says that it is a folder, also where its name ends in `.zip`.
 * @throws TargetError `MISCONFIGURED` if something else stands there; `ACCESS_DENIED`, …
 */
export async function openZip(path: string, options: ZipOptions = {}): Promise<BackupTarget> {
  const form: ZipForm = /\.zip$/i.test(path) ? 'archive' : 'folder';
  if (path === '' || path.includes('\0')) {
    throw misconfigured('zip:', 'the address names no place', 'Name a folder, or one archive (….zip).');
  }
  const wanted = resolve(path);
  const url = `zip://${wanted}`;
  const means = meansOf(options.means);
  const replace = options.replace ?? false;
  try {
    if (replace && form === 'folder') {
      throw misconfigured(
        url,
        'only one named archive can be replaced',
        'Name an archive (….zip), or leave replacing out.',
      );
    }
    const real = await realPathOf(wanted);
    await assertForm(real, form, url);
    const fileSystem = means.fileSystem ?? (await fileSystemOf(form === 'folder' ? real : dirname(real)));
    const place: Place = {
      url,
      form,
      path: real,
      replace,
      fileSystem,
      capabilities: zipCapabilities(fileSystem, form),
      onStep: options.onStep,
      means,
      cache: archiveCache(),
      batches: new Set(),
      closed: false,
    };
    return zipTarget(place);
  } catch (error) {
    throw asTargetError(error, { url, operation: 'open' });
  }
}

/** @throws TargetError `MISCONFIGURED` if what stands at the path is not of that form. */
async function assertForm(path: string, form: ZipForm, url: string): Promise<void> {
  const stats = await stat(path).catch(absent);
  if (stats === undefined) return;
  if (form === 'folder' && !stats.isDirectory()) {
    throw misconfigured(url, 'a file stands there', 'One archive ends in .zip; anything else is a folder of archives.');
  }
  if (form === 'archive' && stats.isDirectory()) {
    const hint = `For a folder of archives of that name write zip:${path}/ with its slash.`;
    throw misconfigured(url, 'a folder stands there', hint);
  }
  if (form === 'archive' && !stats.isFile()) {
    throw misconfigured(url, 'neither a file nor a folder stands there', 'Name another place.');
  }
}

/** The path without links; of a path that does not exist yet, as far as it does. So an archive is replaced, not a link to it. */
async function realPathOf(path: string): Promise<string> {
  const real = await realpath(path).catch(absent);
  if (real !== undefined) return real;
  const target = await readlink(path).catch(() => undefined);
  if (target !== undefined) return realPathOf(resolve(dirname(path), target));
  return dirname(path) === path ? path : join(await realPathOf(dirname(path)), basename(path));
}

function absent(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
}

function misconfigured(url: string, reason: string, hint: string): TargetError {
  return new TargetError({ code: 'MISCONFIGURED', reason, url, operation: 'open', hint });
}

/** The factory for `zip:` addresses and for paths that end in `.zip`. Its one option is `replace`, a boolean. */
export const adapter: TargetAdapter = {
  schemes: ['zip'],
  async open(address: TargetAddress, options: OpenOptions): Promise<BackupTarget> {
    return openZip(address.location, optionsFrom(address, options.adapterOptions ?? {}));
  },
};

function optionsFrom(address: TargetAddress, given: Readonly<Record<string, unknown>>): ZipOptions {
  const url = `zip:${address.location}`;
  for (const name of Object.keys(given)) {
    if (name !== 'replace') throw misconfigured(url, `there is no option "${name}"`, 'The one option is "replace".');
  }
  const { replace = false } = given;
  if (typeof replace !== 'boolean')
    throw misconfigured(url, 'the option "replace" is true or false', 'Set it to true or false.');
  return { replace };
}
