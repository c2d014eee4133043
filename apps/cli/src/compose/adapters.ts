import type { AdapterTable } from '@holdfast/core';

/** The adapters this program has, each loaded when an address needs it: the S3 SDK alone takes longer than `holdfast list` on a folder. */
export const adapters: AdapterTable = {
  file: async () => (await import('@holdfast/target-local-fs')).adapter,
  zip: async () => (await import('@holdfast/target-zip')).adapter,
  s3: async () => (await import('@holdfast/target-s3')).adapter,
};
