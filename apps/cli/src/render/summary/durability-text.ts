import type { Durability } from '@holdfast/core';

/** How a commit was made durable (`CommitReceipt.durableBy`), for people. */
const MEANS: Readonly<Record<string, string>> = {
  fsync: 'every file flushed to disk',
  syncfs: 'the file system flushed to disk',
  store: 'confirmed by the store',
  memory: 'in memory only',
};

/** What a power cut may do to a snapshot, in a few words. */
export function durabilityText(durability: Durability, durableBy: string): string {
  const means = MEANS[durableBy] ?? durableBy;
  if (durability === 'full') return means;
  if (durability === 'ordered')
    return `${means}; a power cut in the next seconds may take this snapshot, not older ones`;
  return `${means}; this file system cannot promise that it survives a power cut`;
}
