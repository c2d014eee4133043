import { appendFileSync, lstatSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SourceFile } from '../../source/index.js';
import { sourceRules } from '../../source/source-rules.js';
import { FileVersions } from '../../state/index.js';
import { type MemoryStore, memoryStore, memoryTarget } from '../../testing/index.js';
import { Report } from '../report.js';
import { draftEntry, type PlannedEntry } from './backup-entries.js';
import { FileStore, type StoredFile } from './backup-file.js';
import { BackupLane } from './backup-lane.js';
import { surveyTarget } from './survey-target.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stores the one file on a new target, and does something to it each time right after it was opened. */
async function storeWhile(
  change: (opening: number) => void,
): Promise<{ result: object; openings: number; stored: string | undefined }> {
  const store: MemoryStore = memoryStore();
  const report = new Report('backup', {});
  const lane = await BackupLane.open(
    await surveyTarget(memoryTarget({ store, publish: 'put' }), new Set(), true, {}),
    'id',
    report,
    {},
  );
  let openings = 0;
  const files = new FileStore(
    [lane],
    report,
    {},
    {
      rehash: false,
      nowMs: Date.now(),
      openFile(location) {
        const file = new SourceFile(location);
        openings += 1;
        change(openings);
        return file;
      },
    },
  );
  const result = await files.store(planned());
  const object = store.objects.get('id/data/file');
  await lane.close(false);
  return { result, openings, stored: object === undefined ? undefined : shortly(object.bytes) };
}

/** What was stored, so short that a failing test can be read. */
function shortly(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  return text.length < 40 ? text : `${text.length} bytes, ${text.slice(-5)}`;
}

function planned(): PlannedEntry {
  const source = {
    name: 'data',
    path: folder,
    realPath: folder,
    type: 'directory',
    entryPath: 'data',
    madeFolder: undefined,
    rules: sourceRules({}),
  } as const;
  const walked = {
    pathBytes: Buffer.from('data/file'),
    location: Buffer.from(path),
    type: 'file',
    stats: lstatSync(path, { bigint: true }),
  } as const;
  return {
    from: { source, id: 'source', versions: new FileVersions(folder, 'source'), timestampStepNs: 0n },
    walked,
    draft: draftEntry(walked),
    version: undefined,
    keys: ['data/file'],
    parents: [undefined],
  };
}

const entryOf = (result: object): StoredFile['entry'] | undefined => (result as Partial<StoredFile>).entry;

describe('a small file', () => {
  it('that changes during one reading is read once more, and is stable then', async () => {
    writeFileSync(path, 'first');
    const { result, openings, stored } = await storeWhile((opening) => {
      if (opening === 1) appendFileSync(path, ' and more');
    });
    expect(openings).toBe(2);
    expect(entryOf(result)).toMatchObject({ stable: true, sizeBytes: 14 });
    expect(stored).toBe('first and more');
  });

  it('that changes during both readings is stored as it was read, and flagged', async () => {
    writeFileSync(path, 'log');
    const { result, openings, stored } = await storeWhile((opening) => appendFileSync(path, ` line ${opening}`));
    expect(openings).toBe(2);
    // Cut at the size it had when it was opened the second time.
    expect(entryOf(result)).toMatchObject({ stable: false, sizeBytes: 10 });
    expect(stored).toBe('log line 1');
  });

  it('that shrinks during both readings is stored as short as it is', async () => {
    writeFileSync(path, 'a long text');
    const { result, stored } = await storeWhile((opening) => truncateSync(path, 8 - 2 * opening));
    expect(entryOf(result)).toMatchObject({ stable: false, sizeBytes: 4 });
    expect(stored).toBe('a lo');
  });

  it('that is replaced by another one while it is read is the other one', async () => {
    writeFileSync(path, 'old');
    const { result, stored } = await storeWhile((opening) => {
      if (opening > 1) return;
      writeFileSync(`${path}.new`, 'new');
      renameSync(`${path}.new`, path);
    });
    expect(entryOf(result)).toMatchObject({ stable: true });
    expect(stored).toBe('new');
  });

  it('that vanishes between the readings is named, and nothing of it is stored', async () => {
    writeFileSync(path, 'short-lived');
    const { result, stored } = await storeWhile(() => rmSync(path));
    expect(result).toMatchObject({ code: 'VANISHED', path: 'data/file' });
    expect(stored).toBeUndefined();
  });
});

describe('a large file', () => {
  const large = 'x'.repeat(1_500_000);

  it('that changes during one reading is read once more, and is stable then', async () => {
    writeFileSync(path, large);
    const { result, stored } = await storeWhile((opening) => {
      if (opening === 1) appendFileSync(path, 'more');
    });
    expect(entryOf(result)).toMatchObject({ stable: true, sizeBytes: large.length + 4 });
    expect(stored).toBe('1500004 bytes, xmore');
  });

  it('that grows during both readings is stored as long as it was when it was opened, and flagged', async () => {
    writeFileSync(path, large);
    const { result, openings, stored } = await storeWhile(() => appendFileSync(path, '+'));
    expect(openings).toBe(2);
    expect(entryOf(result)).toMatchObject({ stable: false, sizeBytes: large.length + 1 });
    expect(stored).toBe('1500001 bytes, xxxx+');
  });

  it('that shrinks below what counts as large while it is read is stored whole', async () => {
    writeFileSync(path, large);
    const { result, stored } = await storeWhile((opening) => {
      if (opening === 1) truncateSync(path, 1000);
    });
    expect(entryOf(result)).toMatchObject({ stable: true, sizeBytes: 1000 });
    expect(stored).toBe('1000 bytes, xxxxx');
  });

  it('that shrinks during both readings is stored as it was read, and flagged', async () => {
    writeFileSync(path, large);
    const { result, stored } = await storeWhile((opening) => truncateSync(path, 1_400_000 - opening));
    expect(entryOf(result)).toMatchObject({ stable: false, sizeBytes: 1_399_998 });
    expect(stored).toBe('1399998 bytes, xxxxx');
  });
});
