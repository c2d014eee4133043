import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { retrying } from '../../decorators/index.js';
import type { Reading, SourceFile } from '../../source/index.js';
import { sourceRules } from '../../source/source-rules.js';
import { FileVersions } from '../../state/index.js';
import { type BackupTarget, isTargetError } from '../../target/index.js';
import { faultPlan, faultyTarget, losesAnswer, memoryTarget } from '../../testing/index.js';
import { Report } from '../report.js';
import { draftEntry, type PlannedEntry } from './backup-entries.js';
import { FileStore } from './backup-file.js';
import { BackupLane } from './backup-lane.js';
import { surveyTarget } from './survey-target.js';

const SIZE_BYTES = 1_500_000;
const stats = Object.assign(Object.create(lstatSync(import.meta.filename, { bigint: true })), {
  size: BigInt(SIZE_BYTES),
  nlink: 1n,
});

/** A large file that gives other bytes each time it is read, and seems not to have changed: a write within one step of the clock. */
function fickleFile(): { file: SourceFile; readings: () => number } {
  let readings = 0;
  const file = {
    stats,
    sizeBytes: SIZE_BYTES,
    async *pieces(_strict: boolean, done: (reading: Reading) => void) {
      readings += 1;
      const bytes = Buffer.alloc(SIZE_BYTES, readings);
      for (let offset = 0; offset < SIZE_BYTES; offset += 500_000) yield bytes.subarray(offset, offset + 500_000);
      done({ sizeBytes: SIZE_BYTES, sha256: createHash('sha256').update(bytes).digest('hex'), stable: true, stats });
    },
    close() {},
  };
  return { file: file as unknown as SourceFile, readings: () => readings };
}

const walked = { pathBytes: Buffer.from('data/file'), location: Buffer.from('/file'), type: 'file', stats } as const;
const planned: PlannedEntry = {
  from: {
    source: {
      name: 'data',
      path: '/',
      realPath: '/',
      type: 'directory',
      entryPath: 'data',
      madeFolder: undefined,
      rules: sourceRules({}),
    },
    id: 'source',
    versions: new FileVersions('/', 'source'),
    timestampStepNs: 0n,
  },
  walked,
  draft: draftEntry(walked),
  version: undefined,
  keys: ['data/file', 'data/file'],
  parents: [undefined, undefined],
};

async function storeOn(targets: readonly BackupTarget[], file: SourceFile): Promise<BackupLane[]> {
  const report = new Report('backup', {});
  const lanes: BackupLane[] = [];
  for (const target of targets)
    lanes.push(await BackupLane.open(await surveyTarget(target, new Set(), true, {}), 'id', report, {}));
  const files = new FileStore(lanes, report, {}, { rehash: false, nowMs: 0, openFile: () => file });
  await files.store(planned);
  return lanes;
}

describe('a target that repeats its put of a large file', () => {
  it('and reads other bytes than went to the others is left without a snapshot: a manifest names one content', async () => {
    for (const position of [0, 1]) {
      const { file, readings } = fickleFile();
      const plan = faultPlan().on('put', losesAnswer(), { key: /data\/file$/ });
      const repeating = retrying(faultyTarget(memoryTarget(), plan), { sleep: async () => undefined });
      const targets = position === 0 ? [repeating, memoryTarget()] : [memoryTarget(), repeating];
      const lanes = await storeOn(targets, file);
      expect(readings()).toBe(2);
      expect(lanes.filter(({ alive }) => alive)).toHaveLength(1);
      expect(isTargetError(lanes.find(({ alive }) => !alive)?.error, 'SIZE_MISMATCH')).toBe(true);
    }
  });

  it('shares in the one reading where nothing has to be repeated', async () => {
    const { file, readings } = fickleFile();
    const lanes = await storeOn([memoryTarget(), memoryTarget()], file);
    expect(readings()).toBe(1);
    expect(lanes.every(({ alive }) => alive)).toBe(true);
  });
});
