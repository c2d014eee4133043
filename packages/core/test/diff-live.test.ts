import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DiffOptions, diff, isHoldfastError } from '../src/index.js';
import { Lab } from './lab.js';
import { all, plant, scratch } from './workspace.js';

/** What differs from the latest snapshot, each as `kind path`, and the summary. */
async function live(lab: Lab, options: Partial<DiffOptions> & { places?: ReadonlyMap<string, string> } = {}) {
  const { places, ...rest } = options;
  const done = await diff({ target: lab.target, after: { stateDirectory: lab.state, places }, ...rest });
  try {
    const changes = await all(done.changes());
    return {
      told: changes.map(({ kind, path, parts }) => [kind, path, ...parts].join(' ')),
      changes,
      summary: done.summary,
    };
  } finally {
    await done.close();
  }
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (isHoldfastError(error) ? error.code : String(error)),
  );

describe('a comparison with the live files', () => {
  it('reads no file that is surely the version that was backed up', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b' });
    await lab.backup();
    const { told, summary } = await live(lab);
    expect(told).toEqual([]);
    expect(summary).toMatchObject({ equal: true, unchanged: 4, readFiles: 0, readBytes: 0 });
  });

  it('sees an edit that kept the size and put the time back', async () => {
    const lab = new Lab({ 'a.txt': 'one' });
    await lab.backup();
    const { atime, mtime } = statSync(lab.path('a.txt'));
    writeFileSync(lab.path('a.txt'), 'two');
    utimesSync(lab.path('a.txt'), atime, mtime);
    const { told, summary } = await live(lab);
    expect(told).toEqual(['changed data/a.txt content']);
    expect(summary).toMatchObject({ readFiles: 1, readBytes: 3, equal: false });
  });

  it('calls a file that was only touched metadata, after reading it', async () => {
    const lab = new Lab({ 'a.txt': 'one' });
    await lab.backup();
    utimesSync(lab.path('a.txt'), 1, 1);
    const { told, summary } = await live(lab);
    expect(told).toEqual(['metadata data/a.txt time']);
    expect(summary.readFiles).toBe(1);
  });

  it('does not read a file whose size differs', async () => {
    const lab = new Lab({ 'a.txt': 'one' });
    await lab.backup();
    writeFileSync(lab.path('a.txt'), 'longer');
    const { changes, summary } = await live(lab);
    expect(changes).toHaveLength(1);
    expect(changes[0]?.after).not.toHaveProperty('sha256');
    expect(summary).toMatchObject({ readFiles: 0, bytesBefore: 3, bytesAfter: 6 });
  });

  it('compares an older snapshot too, by the hash of the version that was read last', async () => {
    const lab = new Lab({ 'a.txt': 'one', 'b.txt': 'b' });
    const { snapshotId: first } = await lab.backup();
    plant(lab.source, { 'a.txt': 'two' });
    await lab.backup();
    const { told, summary } = await live(lab, { before: first });
    expect(told).toEqual(['changed data/a.txt content']);
    expect(summary.readFiles).toBe(0);
  });

  it('finds a file that was moved by its content, reading only what has the size of one that is gone', async () => {
    const lab = new Lab({ 'a.txt': 'moves', 'keep/b.txt': 'b' });
    await lab.backup();
    renameSync(lab.path('a.txt'), lab.path('keep/a2.txt'));
    plant(lab.source, { 'new-of-other-size.txt': 'other size' });
    const { told, summary } = await live(lab);
    expect(told).toEqual(['moved data/keep/a2.txt', 'added data/new-of-other-size.txt']);
    expect(summary).toMatchObject({ moved: 1, added: 1, removed: 0, readFiles: 1, movesSearched: true });
  });

  it('leaves out what a backup leaves out, and does not call it removed', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.log': 'b', 'cache/x': 'x', 'later/y': 'y' });
    await lab.backup();
    plant(lab.source, {
      '.holdfastignore': '*.log\n/later/\n',
      'new.log': 'new',
      'cache/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55\n',
      'cache/new': 'new',
    });
    const { told, summary } = await live(lab);
    expect(told).toEqual(['added data/.holdfastignore', 'added data/cache/CACHEDIR.TAG']);
    expect(summary).toMatchObject({ removed: 0, notCompared: 4, problemCount: 0, equal: false });
  });

  it('goes by the rules that chose what is in the snapshot', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.log': 'b', 'keep/c.txt': 'c', 'large.bin': 'much too large' });
    const filter = { exclude: ['*.log'], excludeLines: ['!none', 'drop/'], excludeLargerThanBytes: 10 };
    await lab.backup({ sources: [{ path: lab.source, name: 'data', filter }] });
    plant(lab.source, { 'new.log': 'x', 'drop/x.txt': 'x', 'new.txt': 'x', 'b.tmp': 'x' });
    expect((await live(lab)).told).toEqual(['added data/b.tmp', 'added data/new.txt']);
    const after = { stateDirectory: lab.state, filter: { exclude: ['*.tmp'] } };
    expect((await live(lab, { after })).told).toEqual(['added data/new.txt']);
  });

  it('sees what went from a folder that only leads to what is included', async () => {
    const lab = new Lab({ 'sub/in.txt': 'in', 'sub/out.log': 'out', 'top.txt': 'top' });
    const filter = { include: ['*.txt'] };
    await lab.backup({ sources: [{ path: lab.source, name: 'data', filter }] });
    expect((await live(lab)).summary).toMatchObject({ equal: true, unchanged: 4 });
    rmSync(lab.path('sub/in.txt'));
    expect((await live(lab)).told).toEqual(['removed data/sub', 'removed data/sub/in.txt']);
  });

  it('takes the words that choose for the live side', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    plant(lab.source, { 'b.tmp': 'b', 'c.txt': 'c' });
    const after = { stateDirectory: lab.state, filter: { exclude: ['*.tmp'] } };
    expect((await live(lab, { after })).told).toEqual(['added data/c.txt']);
  });

  it('names a source that is missing, and does not list its files as removed', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const other = scratch();
    plant(other, { 'x.txt': 'x' });
    await lab.backup({
      sources: [
        { path: lab.source, name: 'data' },
        { path: other, name: 'other' },
      ],
    });
    rmSync(other, { recursive: true });
    const { told, summary } = await live(lab);
    expect(told).toEqual([]);
    expect(summary).toMatchObject({ equal: false, notCompared: 2, unchanged: 2, problemCount: 1 });
    expect(summary.problems[0]?.code).toBe('SOURCE_MISSING');
  });

  it('knows a lone file, named or not, and a file that became a folder', async () => {
    const lab = new Lab({ 'bare.txt': 'bare', 'named.txt': 'named' });
    const sources = [{ path: lab.path('bare.txt') }, { path: lab.path('named.txt'), name: 'excel' }];
    await lab.backup({ sources });
    expect(await live(lab)).toMatchObject({ told: [], summary: { unchanged: 3, equal: true } });
    rmSync(lab.path('bare.txt'));
    plant(lab.source, { 'bare.txt/inside': 'x', 'named.txt': 'other' });
    expect((await live(lab)).told).toEqual([
      'removed bare.txt',
      'added bare.txt',
      'added bare.txt/inside',
      'changed excel/named.txt content',
    ]);
  });

  it('does not take the place in a record for a place of this machine, unless it was backed up from there', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    const elsewhere = scratch();
    const stranger = { stateDirectory: elsewhere };
    expect(await codeOf(live(lab, { after: stranger }))).toBe('SOURCE_ELSEWHERE');
    expect(readdirSync(elsewhere), 'nothing is minted by looking').toEqual([]);
    const places = new Map([['data', lab.source]]);
    const { told, summary } = await live(lab, { after: { ...stranger, places } });
    expect(told).toEqual([]);
    expect(summary).toMatchObject({ equal: true, readFiles: 1 });
    expect(await codeOf(live(lab, { places: new Map([['date', lab.source]]) }))).toBe('SOURCE_NAME');
  });

  it('writes nothing into the local state', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    const before = readdirSync(lab.state, { recursive: true }).sort();
    writeFileSync(lab.path('a.txt'), 'b');
    await live(lab);
    await live(lab, { places: new Map([['data', scratch()]]) });
    expect(readdirSync(lab.state, { recursive: true }).sort()).toEqual(before);
  });

  it('leaves its own state and target out where they lie in the source', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const state = join(lab.source, 'state');
    await lab.backup({ stateDirectory: state });
    expect((await live(lab, { after: { stateDirectory: state } })).told).toEqual([]);
  });

  it('says which patterns match nothing, and refuses when none does', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.txt': 'b' });
    await lab.backup();
    writeFileSync(lab.path('a.txt'), 'aa');
    writeFileSync(lab.path('b.txt'), 'bb');
    const { told, summary } = await live(lab, { patterns: ['a.*', 'nothing'] });
    expect(told).toEqual(['changed data/a.txt content']);
    expect(summary.problems).toMatchObject([{ code: 'NO_MATCH', path: 'nothing' }]);
    expect(await codeOf(live(lab, { patterns: ['nothing'] }))).toBe('NO_MATCH');
  });

  it('takes a time for equal that a restore could set no better', async () => {
    const lab = new Lab();
    writeFileSync(lab.path('a.txt'), 'a');
    await lab.backup();
    const { atime, mtimeMs } = statSync(lab.path('a.txt'));
    utimesSync(lab.path('a.txt'), atime, mtimeMs / 1000);
    const { told, summary } = await live(lab);
    expect(told).toEqual([]);
    expect(summary).toMatchObject({ equal: true, readFiles: 1 });
  });

  it('does not compare a file that changes each time it is read, and names it', async () => {
    const lab = new Lab({ 'large.bin': Buffer.alloc(3_000_000, 'x') });
    await lab.backup();
    utimesSync(lab.path('large.bin'), 1, 1);
    const { told, summary } = await live(lab, {
      onEvent: (event) => {
        if (event.type === 'progress') utimesSync(lab.path('large.bin'), 2, Math.random() * 1000);
      },
    });
    expect(told).toEqual([]);
    expect(summary).toMatchObject({ notCompared: 1, readFiles: 2, equal: false });
    expect(summary.problems).toMatchObject([{ code: 'CHANGED', path: 'data/large.bin' }]);
  });

  it.skipIf(process.platform === 'win32')('passes over pipes and sockets, which no snapshot holds', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.txt': 'b' });
    await lab.backup();
    rmSync(lab.path('b.txt'));
    for (const name of ['b.txt', 'pipe']) execFileSync('mkfifo', [lab.path(name)]);
    const { told, summary } = await live(lab);
    expect(told).toEqual(['removed data/b.txt']);
    expect(summary.problemCount).toBe(0);
  });

  it('is not equal if not everything that was asked for was there to compare', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    expect((await live(lab, { patterns: ['a.txt', 'nothing'] })).summary).toMatchObject({ equal: false, changed: 0 });
    expect((await live(lab, { patterns: ['a.txt'] })).summary.equal).toBe(true);
  });

  it('ends soon when it is stopped', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    expect(await codeOf(live(lab, { signal: AbortSignal.abort() }))).toBe('ABORTED');
  });
});
