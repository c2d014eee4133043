import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileVersion } from './file-versions.js';
import { type LeftJournal, leftJournals, StagingJournal } from './staging-journal.js';

const ID = '20261126T034712338Z-885f5eea';
const LATER = '20261127T034712338Z-00000000';
const URL_OF_TARGET = 'file:///store';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function version(name: string, sizeBytes = 2 ** 20): FileVersion {
  const numbers = { sizeBytes: String(sizeBytes), mtimeNs: '1', ctimeNs: '2', inode: '3', device: '4' };
  return { pathBytes: Buffer.from(name), ...numbers, sha256: 'ab'.repeat(32), readAtMs: 5 };
}

const fileOf = (source: string, id = ID): string => join(folder, 'sources', source, 'staged', `${id}.jsonl`);

/** As if the process that noted it had been killed. */
function kill(source: string, id = ID): void {
  const text = readFileSync(fileOf(source, id), 'utf8');
  writeFileSync(
    fileOf(source, id),
    text.replace(/"pid":\d+/, `"pid":${2 ** 30}`).replace(/"startTime":"\d+"/, '"startTime":"1"'),
  );
}

async function namesIn(journal: LeftJournal | undefined, source: string): Promise<string[]> {
  const names: string[] = [];
  for await (const versions of journal?.read(source) ?? [])
    names.push(...versions.map(({ pathBytes }) => pathBytes.toString()));
  return names;
}

describe('the notes of a running backup', () => {
  it('are there for the next one when it is killed: each file of a source, in order, with the targets it went to', async () => {
    const journal = new StagingJournal(folder, ID, [URL_OF_TARGET]);
    journal.note('one', version('a'));
    journal.note('two', version('b'));
    journal.note('one', version('c'));
    kill('one');
    kill('two');
    const [left, ...more] = leftJournals(folder, ['one', 'two']);
    expect(more).toEqual([]);
    expect(left).toMatchObject({ snapshotId: ID, targets: [URL_OF_TARGET] });
    expect(await namesIn(left, 'one')).toEqual(['a', 'c']);
    expect(await namesIn(left, 'two')).toEqual(['b']);
  });

  it("are nobody else's while it lives", () => {
    new StagingJournal(folder, ID, [URL_OF_TARGET]).note('one', version('a'));
    expect(existsSync(fileOf('one'))).toBe(true);
    expect(leftJournals(folder, ['one'])).toEqual([]);
  });

  it('go when it has come to its end, and nothing is noted any more', () => {
    const journal = new StagingJournal(folder, ID, [URL_OF_TARGET]);
    journal.note('one', version('a'));
    journal.end();
    journal.note('one', version('b'));
    journal.note('two', version('c'));
    expect(readdirSync(folder, { recursive: true })).toEqual(['sources', 'sources/one']);
  });

  it('are written once they speak of a MiB of files, or of some dozens of files', () => {
    const journal = new StagingJournal(folder, ID, [URL_OF_TARGET]);
    journal.note('one', version('a', 0));
    expect(existsSync(fileOf('one'))).toBe(false);
    for (let number = 10; number < 50; number++) journal.note('one', version(`b${number}`, 0));
    expect(readFileSync(fileOf('one'), 'utf8').split('\n').length).toBeGreaterThan(20);
    journal.note('one', version('c', 2 ** 20));
    expect(readFileSync(fileOf('one'), 'utf8').split('\n')).toHaveLength(44);
  });

  it('cost nothing but the taking over where they cannot be written', () => {
    writeFileSync(join(folder, 'sources'), 'a file');
    const journal = new StagingJournal(folder, ID, [URL_OF_TARGET]);
    for (const name of ['a', 'b']) journal.note('one', version(name));
    journal.end();
    expect(leftJournals(folder, ['one'])).toEqual([]);
  });
});

describe('the notes of a killed backup', () => {
  function noted(id: string, ...names: string[]): void {
    const journal = new StagingJournal(folder, id, [URL_OF_TARGET]);
    for (const name of names) journal.note('one', version(name));
    kill('one', id);
  }

  it('end at the first line that is torn, zero or foreign', async () => {
    noted(ID, 'a', 'b', 'c');
    const { length } = readFileSync(fileOf('one'));
    truncateSync(fileOf('one'), length - 4);
    expect(await namesIn(leftJournals(folder, ['one'])[0], 'one')).toEqual(['a', 'b']);
    appendFileSync(fileOf('one'), `${'\0'.repeat(4000)}\n`);
    expect(await namesIn(leftJournals(folder, ['one'])[0], 'one')).toEqual(['a', 'b']);
  });

  it('are none when they are of another format, or no header', async () => {
    noted(ID, 'a');
    const text = readFileSync(fileOf('one'), 'utf8');
    for (const other of ['', '\0'.repeat(300), '{}', text.replace('files",1', 'files",2')]) {
      writeFileSync(fileOf('one'), other);
      const [left] = leftJournals(folder, ['one']);
      expect(left?.targets).toEqual([]);
      expect(await namesIn(left, 'one')).toEqual([]);
    }
  });

  it('come the newest first', () => {
    noted(ID, 'a');
    noted(LATER, 'a');
    writeFileSync(join(folder, 'sources', 'one', 'staged', 'something.jsonl'), '');
    expect(leftJournals(folder, ['one']).map(({ snapshotId }) => snapshotId)).toEqual([LATER, ID]);
  });

  it('are of a run that slept too long, when nothing was noted for a day', () => {
    new StagingJournal(folder, ID, [URL_OF_TARGET]).note('one', version('a'));
    const then = Date.now() / 1000 - 25 * 3600;
    utimesSync(fileOf('one'), then, then);
    expect(leftJournals(folder, ['one'])).toHaveLength(1);
  });

  it('go when they are forgotten', () => {
    noted(ID, 'a');
    leftJournals(folder, ['one'])[0]?.forget();
    expect(readdirSync(join(folder, 'sources', 'one'))).toEqual([]);
  });
});
