import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { type BackupTarget, openTarget } from '@holdfast/core';

const run = promisify(execFile);

/** Opens a target as the command line does. */
export function openPlace(address: string): Promise<BackupTarget> {
  return openTarget(address, {
    file: async () => (await import('@holdfast/target-local-fs')).adapter,
    zip: async () => (await import('@holdfast/target-zip')).adapter,
    s3: async () => (await import('@holdfast/target-s3')).adapter,
  });
}

/** Opens targets for a piece of work, and closes them. */
export async function withPlaces<Result>(
  addresses: readonly string[],
  work: (...targets: BackupTarget[]) => Promise<Result>,
): Promise<Result> {
  const targets = await Promise.all(addresses.map(openPlace));
  try {
    return await work(...targets);
  } finally {
    for (const target of targets) await target.close();
  }
}

/** Copies what is in a folder into another one, which is made: times to the nanosecond, hard links as hard links. */
export async function copyTree(from: string, to: string): Promise<void> {
  mkdirSync(to, { recursive: true });
  await run('cp', ['-a', `${from}/.`, to]);
}
