import { describe, expect, it } from 'vitest';
import type { FileEntry, SnapshotRecord } from '../../snapshot/index.js';
import { FoundPaths } from './found-paths.js';

const record = (id: string, sources: readonly string[], host = 'here'): SnapshotRecord =>
  ({ payload: { id, host, sources: sources.map((source) => ({ id: source })) } }) as unknown as SnapshotRecord;

const entry = (sha256: string, mtimeNs = '1'): FileEntry => ({
  type: 'file',
  path: 'data/a',
  mode: '0644',
  mtimeNs,
  sizeBytes: 1,
  sha256,
  stable: true,
});

const located = (file: FileEntry) => ({ entry: file, pathBytes: Buffer.from(file.path) });

/** Enters snapshots one after another, each with its content of the path or `undefined` where it has none. */
function versions(contents: readonly (FileEntry | undefined)[], newest: string, limit?: number): string[] {
  const found = new FoundPaths(limit);
  for (const [index, content] of contents.entries()) {
    found.enter(record(`s${index}`, ['data']));
    if (content !== undefined) found.add(located(content), 'data');
  }
  return found
    .result(new Map([['data', newest]]))
    .found.flatMap((one) => one.versions)
    .map(
      ({ entry, firstSnapshotId, lastSnapshotId, snapshots, isCurrent }) =>
        `${(entry as FileEntry).sha256} ${firstSnapshotId}-${lastSnapshotId} ${snapshots}${isCurrent ? ' current' : ''}`,
    );
}

describe('versions of a path', () => {
  it('are runs of snapshots that hold the same content, whatever its time', () => {
    expect(versions([entry('x'), entry('x', '2'), entry('y')], 's2')).toEqual(['x s0-s1 2', 'y s2-s2 1 current']);
  });

  it('end where a snapshot of the source does not hold it', () => {
    expect(versions([entry('x'), undefined, entry('x')], 's2')).toEqual(['x s0-s0 1', 'x s2-s2 1 current']);
    expect(versions([entry('x'), undefined], 's1')).toEqual(['x s0-s0 1']);
  });

  it('come back as versions of their own', () => {
    expect(versions([entry('x'), entry('y'), entry('x')], 's2')).toHaveLength(3);
  });

  it('are those of the entry in the last snapshot of the run', () => {
    const found = new FoundPaths();
    found.enter(record('s0', ['data']));
    found.add(located(entry('x', '1')), 'data');
    found.enter(record('s1', ['data']));
    found.add(located(entry('x', '2')), 'data');
    expect(found.result(new Map()).found[0]?.versions[0]?.entry.mtimeNs).toBe('2');
  });

  it('are not held beyond the limit, and what is not held is counted', () => {
    expect(versions([entry('x'), entry('y'), entry('z'), entry('x')], 's3', 2)).toEqual(['x s0-s0 1', 'y s1-s1 1']);
    const found = new FoundPaths(1);
    for (const content of ['x', 'y', 'z']) {
      found.enter(record(content, ['data']));
      found.add(located(entry(content)), 'data');
    }
    expect(found.result(new Map())).toMatchObject({ versions: 1, omitted: 2 });
  });
});

it('paths of two sources that are called alike are two, and snapshots of one do not end a run of the other', () => {
  const found = new FoundPaths();
  for (const [index, source] of ['mine', 'yours', 'mine', 'yours'].entries()) {
    found.enter(record(`s${index}`, [source], source));
    found.add(located(entry(source)), source);
  }
  const told = found
    .result(new Map([['mine', 's2']]))
    .found.map(({ path, host, versions }) => `${path} ${host} ${versions[0]?.snapshots} ${versions[0]?.isCurrent}`);
  expect(told).toEqual(['data/a mine 2 true', 'data/a yours 2 false']);
});
