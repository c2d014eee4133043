import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRefused, mirror, type TargetCapabilities, verify } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { bytesPath, dump, expectSameTree, type Planting, plant, scratch } from './workspace.js';

/** A lab on a target of these capabilities; what it holds has been proven to come back under its own names. */
async function storedOn(capabilities: Partial<TargetCapabilities>, files: Planting): Promise<Lab> {
  const lab = new Lab(files, { capabilities });
  expect((await lab.backup()).problems).toEqual([]);
  const restored = await lab.restore();
  expect(restored.problems).toEqual([]);
  expectSameTree(join(restored.into, 'data'), lab.source);
  expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
  return lab;
}

/** The paths of the files that are stored under another name. */
async function aliased(lab: Lab): Promise<string[]> {
  const paths: string[] = [];
  for (const item of await lab.entries()) {
    if (!isRefused(item) && item.entry.type === 'file' && item.entry.key !== undefined) paths.push(item.entry.path);
  }
  return paths;
}

describe('a name that a target cannot carry gets an alias, and comes back as it was', () => {
  it('too long as a segment, or as a whole key with the id before it', async () => {
    const files = { ['s'.repeat(100)]: 'segment', [`${'d/'.repeat(70)}deep`]: 'key', short: 'x' };
    const lab = await storedOn({ maxSegmentBytes: 90, maxKeyBytes: 150 }, files);
    expect(await aliased(lab)).toEqual([`data/${'d/'.repeat(70)}deep`, `data/${'s'.repeat(100)}`]);
  });

  it('reserved on Windows', async () => {
    const reserved = ['CON', 'aux.txt', 'a:b', 'what?', 'dot.', 'space ', 'back\\slash', 'tab\t'];
    const files = Object.fromEntries([...reserved, 'fine.txt', 'console'].map((name) => [name, name]));
    const lab = await storedOn({ windowsNames: true }, { ...files, 'nul/below': 'b', 'fine/below': 'c' });
    expect(new Set(await aliased(lab))).toEqual(new Set([...reserved, 'nul/below'].map((name) => `data/${name}`)));
  });

  it('with a character that the target forbids', async () => {
    const lab = await storedOn({ forbiddenCharacters: '\\' }, { 'a\\b': '1', 'c/d\\e': '2', f: '3' });
    expect(await aliased(lab)).toEqual(['data/a\\b', 'data/c/d\\e']);
  });

  it('equal to another but for case or normalisation: the first keeps it, and all below a folder goes with its folder', async () => {
    const lab = await storedOn(
      { caseSensitiveKeys: false },
      {
        'Readme.txt': '1',
        'README.TXT': '2',
        'readme.txt': '3',
        '\u00e9.txt': 'NFC',
        'e\u0301.txt': 'NFD',
        'Folder/x': '4',
        'Folder/deep/y': '5',
        'folder/x': '6',
        'folder/deep/y': '7',
        'folder/only here': '8',
        'stra\u00dfe': '9',
        STRASSE: '10',
      },
    );
    expect(await aliased(lab)).toEqual([
      'data/Readme.txt',
      'data/folder/deep/y',
      'data/folder/only here',
      'data/folder/x',
      'data/readme.txt',
      'data/stra\u00dfe',
      'data/\u00e9.txt',
    ]);
  });

  it('not UTF-8; RESTORE.txt lists each alias with its name, and its bytes', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    writeFileSync(bytesPath(lab.source, Buffer.from('f\xff.x', 'latin1')), 'bytes');
    mkdirSync(lab.path('w'));
    await lab.backup();
    const [item] = (await lab.entries()).filter((one) => !isRefused(one) && one.entry.pathBytes !== undefined);
    if (item === undefined || isRefused(item) || item.entry.type !== 'file') throw new Error('no alias');
    const { snapshotId } = await lab.restore();
    const text = readFileSync(join(dump(lab.store), snapshotId, '.holdfast/RESTORE.txt'), 'utf8');
    expect(text).toContain(`\n${item.entry.key}\n    data/f\ufffd.x   (bytes in base64: ${item.entry.pathBytes})\n`);
    expect(text).not.toContain('data/a.txt');
  });

  it('and loses it again in a mirror to a target that can carry the name', async () => {
    const lab = await storedOn({ windowsNames: true, caseSensitiveKeys: false }, { CON: '1', 'A/x': '2', 'a/x': '3' });
    const to = memoryTarget({ url: 'memory:to' });
    expect(await mirror({ from: lab.target, to })).toMatchObject({ equal: true, copiedFiles: 3 });
    const items = await lab.entries(undefined, to);
    expect(items.filter((item) => !isRefused(item) && 'key' in item.entry)).toEqual([]);
    expect((await verify({ target: to, data: true })).problems).toEqual([]);
    const back = memoryTarget({ url: 'memory:back', capabilities: { windowsNames: true, caseSensitiveKeys: false } });
    expect(await mirror({ from: to, to: back })).toMatchObject({ equal: true });
    expect((await verify({ target: back, data: true })).problems).toEqual([]);
  });
});

describe('without the program', () => {
  it('`sha256sum -c` passes in the snapshot, whatever the names are, and fails when a file is damaged', async () => {
    const names = [
      'plain.txt',
      'two words',
      'new\nline',
      'back\\slash',
      'return\r',
      "quote'",
      '*star',
      'é',
      ' lead',
      'empty',
    ];
    const lab = new Lab({
      ...Object.fromEntries(names.map((name) => [`deep/${name}`, name === 'empty' ? '' : name])),
      link: '-> nowhere',
      'nothing here': null,
    });
    writeFileSync(bytesPath(lab.source, Buffer.from('f\xff.x', 'latin1')), 'bytes');
    const alone = scratch();
    plant(alone, { '-': 'a file called like standard input' });
    const { snapshotId } = await lab.backup({
      sources: [{ path: lab.source, name: 'data' }, { path: join(alone, '-') }],
    });
    const folder = join(dump(lab.store), snapshotId);
    const check = () =>
      spawnSync('sha256sum', ['-c', '.holdfast/SHA256SUMS'], { cwd: folder, input: '', encoding: 'utf8' });
    const first = check();
    expect(first.stderr).toBe('');
    expect(first.status).toBe(0);
    expect(first.stdout.match(/: OK$/gm)).toHaveLength(names.length + 2);
    writeFileSync(join(folder, 'data/deep/two words'), 'two w0rds');
    expect(check().status).toBe(1);
  });

  it('a snapshot is a tree of ordinary files under their own names', async () => {
    const lab = new Lab({ 'a/b.txt': 'b', 'c.txt': 'c' });
    const { snapshotId } = await lab.backup();
    const folder = join(dump(lab.store), snapshotId);
    expect(readFileSync(join(folder, 'data/a/b.txt'), 'utf8')).toBe('b');
    expect(readFileSync(join(folder, 'data/c.txt'), 'utf8')).toBe('c');
    expect(readFileSync(join(folder, '.holdfast/RESTORE.txt'), 'utf8')).toContain('sha256sum -c .holdfast/SHA256SUMS');
  });
});
