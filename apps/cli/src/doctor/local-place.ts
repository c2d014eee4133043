import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openTarget } from '@holdfast/core';
import { type ErrorPlace, operationFault, systemTargetError } from '@holdfast/core/files';
import type { TargetPlace } from '@holdfast/target-testkit';
import { adapters } from '../compose/adapters.js';
import { decorated } from '../compose/decorated.js';
import { clockOffset, type DoctorConditions, type DoctorPlace, PART_PREFIX } from './doctor-place.js';

/** FAT counts in steps of two seconds; nothing in use is coarser. */
const FILE_TIME_STEP_MS = 2_000;

/** How a target on this machine's file systems is laid out. */
interface Medium {
  /** The address of the place in a folder of its own. */
  address(folder: string): string;
  /** What lies in that folder and is no object. */
  residue(folder: string): Promise<readonly string[]>;
}

const FOLDER: Medium = {
  address: (folder) => `file:${join(folder, 'store')}`,
  residue: (folder) => readdir(join(folder, 'store', '.holdfast', 'staging')).catch(() => []),
};

const ARCHIVES: Medium = {
  address: (folder) => `zip:${join(folder, 'archives')}/`,
  async residue(folder) {
    const names = await readdir(folder, { recursive: true });
    return names.filter((name) => !/^archives([/\\][^/\\]+\.zip)?$/.test(name));
  },
};

/**
 * A hidden folder in the target, or, where that does not exist yet, in the nearest folder above it: the same file system. A single
 * archive is tried as a folder of archives beside it.
 *
 * @param path the target's own place, absolute and real
 * @throws TargetError if it cannot be made
 */
export async function localPlace(scheme: string, path: string, conditions: DoctorConditions): Promise<DoctorPlace> {
  const medium = scheme === 'zip' ? ARCHIVES : FOLDER;
  const base = await nearestFolder(path);
  const part = join(base, `${PART_PREFIX}${randomBytes(8).toString('hex')}`);
  const earlier = (await readdir(base).catch(() => [])).filter((name) => name.startsWith(PART_PREFIX));
  await mkdir(part).catch((error: unknown) => {
    const at: ErrorPlace = { url: `${scheme}://${part}`, operation: 'begin' };
    throw systemTargetError(error, at, (errno, operation) => operationFault(errno, operation, 'it has vanished'));
  });
  const { moduleUrl } = await import('./child-adapter.js');
  let places = 0;
  return {
    where: part,
    harness: {
      async create() {
        places += 1;
        const folder = join(part, String(places));
        await mkdir(folder);
        return placeIn(folder, medium, conditions, moduleUrl);
      },
    },
    async clockOffsetMs() {
      const probe = join(part, 'clock');
      const before = Date.now();
      await writeFile(probe, '');
      return clockOffset(before, (await stat(probe)).mtimeMs, Date.now(), FILE_TIME_STEP_MS);
    },
    async remarks() {
      return earlier.map((name) => `A trial that was killed has left ${join(base, name)}: remove it.`);
    },
    async clear() {
      await rm(part, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function placeIn(
  folder: string,
  medium: Medium,
  { environment, options }: DoctorConditions,
  moduleUrl: string,
): TargetPlace {
  const address = medium.address(folder);
  return {
    open: async () => decorated(await openTarget(address, adapters, { environment, adapterOptions: options })),
    residue: () => medium.residue(folder),
    child: { adapterModule: moduleUrl, address, adapterOptions: options },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

/** The path itself, if it is a folder, else the nearest one above it. */
async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true || dirname(path) === path ? path : nearestFolder(dirname(path));
}
