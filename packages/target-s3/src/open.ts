import type { BackupTarget, OpenOptions, TargetAdapter } from '@holdfast/core/target';
import { clientsOf } from './client.js';
import { readOptions } from './options.js';
import { S3Session } from './session.js';
import { settingsOf } from './settings.js';
import { s3Target } from './target.js';

/**
 * Opens a bucket, or a prefix of one, as a target. Nothing is asked of the store yet, so a wrong bucket or key shows at the first call.
 *
 * @param location `bucket` or `bucket/prefix`. The bucket must exist; it is never made.
 * @param options `adapterOptions` are {@link S3Options}; `environment` is where the usual AWS variables are looked up.
 * @throws TargetError `MISCONFIGURED` for an address or option that cannot be used
 */
export async function openS3(location: string, options: OpenOptions = {}): Promise<BackupTarget> {
  const environment = options.environment ?? process.env;
  const own = readOptions(options.adapterOptions ?? {}, 's3:');
  const settings = settingsOf(location, own, environment);
  return s3Target(new S3Session(settings, clientsOf(settings, own, environment)));
}

/** The factory that programs put in their table of adapters: `s3:` addresses. */
export const adapter: TargetAdapter = Object.freeze({
  schemes: Object.freeze(['s3']),
  open: (address, options) => openS3(address.location, options),
} satisfies TargetAdapter);
