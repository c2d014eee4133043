import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseXattrDump, xattrTools } from '../src/files/index.js';
import { type BackupOptions, diff, type Entry, isRefused, mirror } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { file, folder, symlink } from './crafted.js';
import { restoreCrafted } from './crafted-restore.js';
import { Lab } from './lab.js';
import { all, expectSameTree, scratch } from './workspace.js';

const { canRead, canSet } = xattrTools();
const OLD = new Date('2026-01-02T03:04:05.678Z');
const PATH = process.env.PATH;

afterEach(() => {
  process.env.PATH = PATH;
});

function setfattr(path: string, name: string, value: string | Uint8Array): void {
  const text = `0s${Buffer.from(value as Uint8Array).toString('base64')}`;
  execFileSync('setfattr', ['-n', name, '-v', text, '--', path]);
}

function setfacl(path: string, ...words: string[]): void {
  execFileSync('setfacl', [...words, '--', path]);
}

/** Every attribute below a folder that is not the system's own, as `getfattr` shows it. */
function shown(root: string): string[] {
  const words = ['-R', '-h', '-d', '-m', '^(user|system|security.cap)', '-e', 'base64', '.'];
  const blocks = execFileSync('getfattr', words, { cwd: root, encoding: 'latin1' }).split('\n\n');
  return blocks
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .sort();
}

/** The same of one path. */
function shownOf(path: string): string {
  return execFileSync('getfattr', ['-d', '-m', '-', '-e', 'base64', path], { encoding: 'latin1' });
}

async function entriesOf(lab: Lab, target = lab.target): Promise<Record<string, Entry>> {
  const items = await lab.entries(undefined, target);
  return Object.fromEntries(items.flatMap((item) => (isRefused(item) ? [] : [[item.entry.path, item.entry]])));
}

const xattrsOf = async (lab: Lab, path: string, target = lab.target): Promise<unknown> =>
  (await entriesOf(lab, target))[`data/${path}`]?.xattrs;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A source with attributes and ACLs of all kinds, on files that only some may write to. */
function plantAttributes(lab: Lab): void {
  mkdirSync(lab.path('folder/closed'), { recursive: true });
  for (const name of ['plain', 'many', 'folder/shared', 'folder/closed/read only', 'odd\nname = \\ "x"'])
    writeFileSync(lab.path(name), name);
  symlinkSync('many', lab.path('link'));
  setfattr(lab.path('many'), 'user.text', 'hello');
  setfattr(lab.path('many'), 'user.empty', '');
  setfattr(lab.path('many'), 'user.ünïcode = \\ \n# file: x', Buffer.from([0, 10, 255]));
  setfattr(lab.path('many'), 'user.large', Buffer.alloc(2000, 7));
  setfattr(lab.path('odd\nname = \\ "x"'), 'user.here', 'too');
  setfattr(lab.path('folder/closed/read only'), 'user.kept', 'yes');
  setfattr(lab.path('folder/closed'), 'user.of a folder', 'yes');
  setfacl(lab.path('folder/shared'), '-m', 'u:1234:rw,g:99:r,m::rw');
  setfacl(lab.path('folder/closed/read only'), '-m', 'u:1234:r');
  setfacl(lab.path('folder'), '-m', 'u:1234:rwx', '-d', '-m', 'u:1234:rw');
  chmodSync(lab.path('folder/closed/read only'), 0o440);
  chmodSync(lab.path('folder/closed'), 0o550);
  for (const name of ['many', 'folder/shared', 'folder/closed', 'folder', '.']) utimesSync(lab.path(name), OLD, OLD);
}

describe.runIf(canRead && canSet)('extended attributes and ACLs', () => {
  it('come back with what they belong to, and modes and times are right all the same', async () => {
    const lab = new Lab();
    plantAttributes(lab);
    expect((await lab.backup()).problems).toEqual([]);
    const { into, problems } = await lab.restore();
    expect(problems).toEqual([]);
    expect(shown(join(into, 'data'))).toEqual(shown(lab.source));
    expect(shown(lab.source).length).toBeGreaterThanOrEqual(6);
    expectSameTree(join(into, 'data'), lab.source);
  });

  it('are not read again of a file that is unchanged, are read when they alone change, and never cost its content', async () => {
    const lab = new Lab({ file: 'content', plain: 'content' });
    setfattr(lab.path('file'), 'user.a', '1');
    await lab.backup();
    setfattr(lab.path('file'), 'user.a', '2');
    const changed = await lab.backup();
    expect(changed.targets[0]).toMatchObject({ storedFiles: 0, sharedFiles: 2 });
    expect(await xattrsOf(lab, 'file')).toEqual({ 'user.a': base64('2') });
    const unchanged = await lab.backup();
    expect(unchanged.readFiles).toBe(0);
    expect(await xattrsOf(lab, 'file')).toEqual({ 'user.a': base64('2') });
    expect(await xattrsOf(lab, 'plain')).toBeUndefined();
    execFileSync('setfattr', ['-x', 'user.a', lab.path('file')]);
    await lab.backup();
    expect(await xattrsOf(lab, 'file')).toBeUndefined();
  });

  it('are those of the file, not those that another target saw last', async () => {
    const lab = new Lab({ file: 'content' });
    const other = memoryTarget();
    const to = (...targets: BackupOptions['targets']): ReturnType<Lab['backup']> => lab.backup({ targets });
    setfattr(lab.path('file'), 'user.a', 'old');
    await to(lab.target);
    setfattr(lab.path('file'), 'user.a', 'new');
    await to(other);
    await to(lab.target);
    expect(await xattrsOf(lab, 'file')).toEqual({ 'user.a': base64('new') });
    await to(lab.target, other);
    expect(await xattrsOf(lab, 'file', other)).toEqual({ 'user.a': base64('new') });
  });

  it('of hundreds of files and folders come with each of them, also with large values', async () => {
    const lab = new Lab();
    const dump: string[] = [];
    for (let folder = 0; folder < 20; folder += 1) {
      mkdirSync(lab.path(`${folder}`));
      dump.push(`# file: ${folder}\nuser.n=0s${Buffer.alloc(1500, folder).toString('base64')}\n\n`);
      for (let file = 0; file < 40; file += 1) {
        writeFileSync(lab.path(`${folder}/${file}`), 'x');
        if (file % 2 === 0) dump.push(`# file: ${folder}/${file}\nuser.n="${folder}/${file}"\n\n`);
      }
    }
    execFileSync('setfattr', ['--restore=-'], { cwd: lab.source, input: dump.join('') });
    await lab.backup();
    const { into, problems } = await lab.restore();
    expect(problems).toEqual([]);
    expect(shown(join(into, 'data'))).toEqual(shown(lab.source));
  });

  it('that stand already are left alone; what lacks some gets them, and is counted; what there is besides stays', async () => {
    const lab = new Lab();
    plantAttributes(lab);
    await lab.backup();
    const { into } = await lab.restore();
    expect(await lab.restore({ into })).toMatchObject({ adjusted: 0, keptFiles: 5, problems: [] });
    const back = join(into, 'data');
    setfattr(join(back, 'many'), 'user.text', 'other');
    setfattr(join(back, 'many'), 'user.more', 'stays');
    execFileSync('setfattr', ['-x', 'user.of a folder', join(back, 'folder/closed')]);
    expect(await lab.restore({ into, dryRun: true })).toMatchObject({ adjusted: 2, problems: [] });
    expect(shown(back).join()).toContain(base64('other'));
    expect(await lab.restore({ into })).toMatchObject({ adjusted: 2, problems: [] });
    execFileSync('setfattr', ['-x', 'user.more', join(back, 'many')]);
    expect(shown(back)).toEqual(shown(lab.source));
    expectSameTree(back, lab.source);
  });

  it('come back in place, where the state says that the file has not changed but for them', async () => {
    const lab = new Lab({ 'sub/file': 'content' });
    setfattr(lab.path('sub/file'), 'user.a', 'first');
    setfattr(lab.source, 'user.top', 'first');
    const { snapshotId } = await lab.backup();
    const wanted = shown(lab.source);
    setfattr(lab.path('sub/file'), 'user.a', 'second');
    setfattr(lab.source, 'user.top', 'second');
    await lab.backup();
    expect((await lab.restoreInPlace({ which: snapshotId })).problems).toEqual([]);
    expect(shown(lab.source)).toEqual(wanted);
  });

  it('are left out where that is asked for', async () => {
    const lab = new Lab({ file: 'content' });
    setfattr(lab.path('file'), 'user.a', '1');
    await lab.backup({ xattrs: false });
    expect(await xattrsOf(lab, 'file')).toBeUndefined();
    await lab.backup();
    expect(await xattrsOf(lab, 'file')).toEqual({ 'user.a': base64('1') });
  });

  it('that a stranger has written into a manifest come back only where they are of the kept ones, and never beside the file', async () => {
    const value = base64('planted');
    const xattrs = {
      'user.good': value,
      'trusted.bad': value,
      'security.selinux': value,
      'system.bad': value,
      'user.no base64': 'not base64!',
      [`user.a\n\n# file: ${join(scratch(), 'x')}\nuser.b`]: value,
      'user.\\012': value,
      [`user.${'x'.repeat(300)}`]: value,
      'user.too large': Buffer.alloc(70_000).toString('base64'),
    };
    const link = symlink('data/link', '/etc/passwd', { xattrs: { 'user.link': value } });
    const { into, problems } = await restoreCrafted([
      folder('data', { xattrs }),
      file('data/a', 'content', { xattrs }),
      link,
    ]);
    expect(problems).toEqual([]);
    const { values: found } = [...parseXattrDump(Buffer.from(shownOf(join(into, 'data/a')), 'latin1'))][0] ?? {};
    const kept = Object.keys(xattrs).filter((name) => /^user\.(good|a\n|\\)/.test(name));
    expect(Object.keys(found ?? {}).sort()).toEqual(kept.sort());
    expect(kept.length).toBe(3);
  });

  it('that lend rights come back only with --privileged, and then behind the owner', async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip('only root can set capabilities');
    const capability = Buffer.from('AQAAAgAgAAAAAAAAAAAAAAAAAAA=', 'base64');
    const lab = new Lab({ program: 'content' });
    chownSync(lab.path('program'), 1234, 1234);
    setfattr(lab.path('program'), 'security.capability', capability);
    await lab.backup();
    expect(shown(join((await lab.restore()).into, 'data'))).toEqual([]);
    const { into, problems } = await lab.restore({ privileged: true });
    expect(problems).toEqual([]);
    expect(shown(join(into, 'data'))).toEqual(shown(lab.source));
    expect(shown(lab.source).join()).toContain('security.capability');
    expect(await lab.restore({ into, privileged: true })).toMatchObject({ adjusted: 0, problems: [] });
  });

  it('that cannot be stored are named: a name that is not UTF-8', async () => {
    const lab = new Lab({ file: 'content' });
    execFileSync('sh', ['-c', 'setfattr -n "user.$(printf "\\377")" -v x file', lab.source], { cwd: lab.source });
    setfattr(lab.path('file'), 'user.a', '1');
    const { problems, counts } = await lab.backup();
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['ATTRIBUTES data/file']);
    expect(counts).toMatchObject({ files: 1, skipped: 0 });
    expect(await xattrsOf(lab, 'file')).toEqual({ 'user.a': base64('1') });
  });

  it('are carried on by a mirror, and told by a comparison of two snapshots, not by one with live files', async () => {
    const lab = new Lab({ file: 'content' });
    setfattr(lab.path('file'), 'user.a', '1');
    const before = await lab.backup();
    const other = memoryTarget({ url: 'memory:other' });
    await mirror({ from: lab.target, to: other });
    expect(await xattrsOf(lab, 'file', other)).toEqual({ 'user.a': base64('1') });
    setfattr(lab.path('file'), 'user.a', '2');
    const { snapshotId } = await lab.backup();
    const difference = await diff({ target: lab.target, before: before.snapshotId, after: snapshotId });
    const changes = await all(difference.changes());
    expect(changes.map(({ kind, path, parts }) => [kind, path, parts])).toEqual([
      ['metadata', 'data/file', ['xattrs']],
    ]);
    await difference.close();
    const live = await diff({ target: lab.target, before: snapshotId, after: { stateDirectory: lab.state } });
    expect(live.summary.equal).toBe(true);
    await live.close();
  });

  it('that the place cannot take are told once, for all', async () => {
    const lab = new Lab();
    plantAttributes(lab);
    await lab.backup();
    process.env.PATH = scratch();
    const { into, problems, failed } = await lab.restore();
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'ATTRIBUTES its extended attributes and ACLs (and of 5 more) could not be given back: setfattr is not installed (package attr)',
    ]);
    expect(failed).toBe(1);
    expectSameTree(join(into, 'data'), lab.source);
  });
});

describe.runIf(canRead && canSet)('attributes that a place refuses', () => {
  it.each([
    { reason: 'Operation not supported', told: 'could not be given back: this file system does not keep them' },
    { reason: 'Permission denied', told: 'could not be set: Permission denied' },
    { reason: '', told: 'could not be set: setfattr failed without a word' },
  ])('are told, and the file is there: $reason', async ({ reason, told }) => {
    const lab = new Lab({ file: 'content' });
    setfattr(lab.path('file'), 'user.a', '1');
    await lab.backup();
    const tools = scratch();
    const complaint = reason === '' ? '' : `echo "setfattr: /proc/self/fd/3: ${reason}" >&2; `;
    writeFileSync(join(tools, 'setfattr'), `#!/bin/sh\ncat >/dev/null; ${complaint}exit 1\n`, { mode: 0o755 });
    process.env.PATH = `${tools}:${PATH}`;
    const { into, problems } = await lab.restore();
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['ATTRIBUTES data/file']);
    expect(problems[0]?.message).toContain(told);
    expectSameTree(join(into, 'data'), lab.source);
  });
});

describe('where the system has no program for attributes', () => {
  it('a backup says once that they are not covered, and is complete', async () => {
    const lab = new Lab({ file: 'content' });
    process.env.PATH = scratch();
    const first = await lab.backup();
    expect(first.problems).toEqual([]);
    expect(first.notes.map(({ code }) => code)).toEqual(['NEW_TARGET', 'XATTRS_NOT_COVERED']);
    expect((await lab.backup()).notes).toEqual([]);
  });
});
