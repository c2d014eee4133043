import { isTargetError } from '@holdfast/core';
import type { ConfigFile, TargetMembers } from '../config/config-file.js';
import type { Session } from '../session.js';

/** A config, and what there is to know of its targets, each as a sentence. */
export interface TriedConfig {
  readonly file: ConfigFile;
  readonly remarks: readonly string[];
}

/**
 * Opens each target, which says whether its address can be used and makes nothing; of a bucket it finds out besides whether the
 * store decides by itself who creates an object first, and takes it down. A store that cannot be reached now is no reason not to write
 * the config.
 *
 * @throws TargetError `MISCONFIGURED` of an address
 */
export async function tryTargets(session: Session, file: ConfigFile): Promise<TriedConfig> {
  const remarks: string[] = [];
  const targets: Record<string, string | TargetMembers> = {};
  for (const [name, target] of Object.entries(file.targets ?? {})) {
    targets[name] = target;
    const url = typeof target === 'string' ? target : target.url;
    const opened = await session.open(`${url}`);
    if (opened.localPaths.length > 0 || typeof target === 'string') continue;
    try {
      const { openS3, probeCreateIfAbsent } = await import('@holdfast/target-s3');
      const location = url.replace(/^s3:(\/\/)?/i, '');
      const probed = await openS3(location, {
        environment: session.environment,
        adapterOptions: { createIfAbsent: true },
        signal: session.signal,
      });
      const createIfAbsent = await probeCreateIfAbsent(probed, { signal: session.signal }).finally(() =>
        probed.close(),
      );
      if (!createIfAbsent) targets[name] = { ...target, createIfAbsent };
    } catch (error) {
      session.signal.throwIfAborted();
      if (!isTargetError(error)) throw error;
      remarks.push(
        `${url} could not be tried: ${error.reason} (${error.code}). When it is there: holdfast doctor ${name}.`,
      );
    }
  }
  return { file: { ...file, targets }, remarks };
}
