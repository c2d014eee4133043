import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { xattrTools } from '../src/files/index.js';
import { clearUndo, diff, isHoldfastError, newestRestore, undoableRestores } from '../src/index.js';
import { Lab } from './lab.js';
import { canMount, mountedTmpfs } from './mounts.js';
import { copyOf, expectJustTheSame, undo } from './undo-lab.js';
import { all, plant, scratch } from './workspace.js';

const MIB = 1024 * 1024;
const codeOf = (error: unknown): string => (isHoldfastError(error) ? error.code : String(error));

/** A hundred days go by. */
async function clearAll(lab: Lab): Promise<void> {
  await clearUndo({ stateDirectory: lab.state, clock: { now: () => new Date(Date.now() + 100 * 86_400_000) } });
}

const mayMount = canMount('an undo on other file systems');

describe.runIf(mayMount)('on another file system than the state', () => {
  it('what is replaced is kept at the top of the destination, where no backup, diff or deletion goes', async () => {
    const lab = new Lab();
    mountedTmpfs(8 * MIB, lab.source);
    plant(lab.source, { 'a.txt': 'old', 'sub/b': 'b' });
    await lab.backup();
    writeFileSync(lab.path('a.txt'), 'new');
    writeFileSync(lab.path('extra'), 'extra');
    const old = copyOf(lab.source);
    const { mtimeMs } = statSync(lab.source);
    // Of a state that is lost.
    plant(lab.source, { '.holdfast-undo/20200101T000000000Z-00000000/1/x': 'x' });
    utimesSync(lab.source, mtimeMs / 1000, mtimeMs / 1000);
    const { problems, undoId = '' } = await lab.restoreInPlace({ delete: true });
    expect(problems).toEqual([]);
    expect(readdirSync(lab.source).sort()).toEqual(['.holdfast-undo', 'a.txt', 'sub']);
    expect(readdirSync(lab.path('.holdfast-undo'))).toEqual([undoId]);
    expect(statSync(lab.path(`.holdfast-undo/${undoId}`)).mode & 0o777).toBe(0o700);

    const notes: string[] = [];
    await lab.backup({ onEvent: (event) => event.type === 'note' && notes.push(event.note.code) });
    expect(notes).toEqual(['STAGING_LEFT_OUT']);
    const live = await diff({ target: lab.target, after: { stateDirectory: lab.state } });
    expect([live.summary.equal, await all(live.changes())]).toEqual([true, []]);
    await live.close();
    expect(await lab.restoreInPlace({ delete: true })).toMatchObject({ deleted: 0, adjusted: 0, restoredFiles: 0 });

    await undo(lab.state);
    expect(readdirSync(lab.source).sort()).toEqual(['.holdfast-undo', 'a.txt', 'extra', 'sub']);
    expect(statSync(lab.source).mtimeMs).toBeCloseTo(mtimeMs, 0);
    await clearAll(lab);
    expectJustTheSame(lab.source, old);
  });

  it('a link that has the name of that folder is not followed: nothing is changed, and nothing deleted elsewhere', async () => {
    const lab = new Lab();
    mountedTmpfs(8 * MIB, lab.source);
    plant(lab.source, { 'a.txt': 'old' });
    await lab.backup();
    const elsewhere = scratch();
    plant(elsewhere, { '20200101T000000000Z-00000000/1/x': 'a snapshot, say' });
    symlinkSync(elsewhere, lab.path('.holdfast-undo'));
    writeFileSync(lab.path('a.txt'), 'new');
    const refused = await lab.restoreInPlace().catch((error: unknown) => error);
    expect(codeOf(refused)).toBe('NOT_KEPT');
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('new');
    expect(readdirSync(elsewhere)).toEqual(['20200101T000000000Z-00000000']);

    rmSync(lab.path('.holdfast-undo'));
    const { undoId = '' } = await lab.restoreInPlace();
    rmSync(lab.path('.holdfast-undo'), { recursive: true });
    plant(elsewhere, { [`${undoId}/1/x`]: 'no business of ours' });
    symlinkSync(elsewhere, lab.path('.holdfast-undo'));
    await clearAll(lab);
    expect(existsSync(join(elsewhere, undoId, '1/x'))).toBe(true);
  });

  it('a source that was gone goes again, and what it held is kept beside it', async () => {
    const lab = new Lab();
    const top = mountedTmpfs(8 * MIB);
    plant(join(top, 'data'), { a: 'a' });
    await lab.backup({ sources: [{ path: join(top, 'data'), name: 'data' }] });
    rmSync(join(top, 'data'), { recursive: true });
    await lab.restoreInPlace();
    expect(await undo(lab.state)).toMatchObject({ problems: [] });
    expect(readdirSync(top)).toEqual(['.holdfast-undo']);
    expect(await undo(lab.state)).toMatchObject({ problems: [] });
    expect(readFileSync(join(top, 'data/a'), 'utf8')).toBe('a');
  });

  it('a mount in a source keeps what is its own', async () => {
    const lab = new Lab({ 'a.txt': 'old' });
    mountedTmpfs(8 * MIB, lab.path('mounted'));
    plant(lab.source, { 'mounted/b.txt': 'old b', 'mounted/gone/c': 'c' });
    await lab.backup();
    writeFileSync(lab.path('a.txt'), 'new');
    writeFileSync(lab.path('mounted/b.txt'), 'new b');
    rmSync(lab.path('mounted/gone'), { recursive: true });
    const old = copyOf(lab.source);
    expect(await lab.restoreInPlace()).toMatchObject({ replacedFiles: 2, problems: [] });
    expect(await undo(lab.state)).toMatchObject({ problems: [] });
    await clearAll(lab);
    expectJustTheSame(lab.source, old);
  });
});

describe.runIf(mayMount)('on a disk without room', () => {
  it('for the copy of what must be copied, nothing is changed, and nothing is left', async () => {
    const lab = new Lab();
    mountedTmpfs(4 * MIB, lab.source);
    writeFileSync(lab.path('big'), Buffer.alloc(1024, 1));
    await lab.backup();
    writeFileSync(lab.path('big'), Buffer.alloc(3 * MIB, 2));
    mkdirSync(lab.path('.outside'));
    const other = join(lab.path('.outside'), 'big');
    linkSync(lab.path('big'), other);
    const old = copyOf(lab.source);
    const failed = await lab.restoreInPlace({ exclude: ['.outside'] }).catch((error: unknown) => error);
    expect(codeOf(failed)).toBe('NO_ROOM');
    expectJustTheSame(lab.source, old);
    expect(readdirSync(join(lab.state, 'undo'))).toEqual([]);
    expect(await lab.restoreInPlace({ exclude: ['.outside'], undo: false })).toMatchObject({ replacedFiles: 1 });
  });

  it('for the state, an undo changes nothing, says so, and is done when there is room', async () => {
    const lab = new Lab({ 'a.txt': 'old' });
    mkdirSync(lab.state, { recursive: true });
    mountedTmpfs(MIB, lab.state);
    await lab.backup();
    writeFileSync(lab.path('a.txt'), 'new');
    await lab.restoreInPlace();
    const filler = join(lab.state, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(2 * MIB))).toThrow('ENOSPC');
    expect(codeOf(await undo(lab.state).catch((error: unknown) => error))).toBe('STATE');
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('old');
    rmSync(filler);
    expect(await undo(lab.state)).toMatchObject({ isWhole: true, problems: [] });
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('new');
  });

  it('for what comes beside what is kept, nothing is changed', async () => {
    const lab = new Lab();
    mountedTmpfs(4 * MIB, lab.source);
    writeFileSync(lab.path('big'), Buffer.alloc(3 * MIB, 1));
    await lab.backup();
    writeFileSync(lab.path('big'), Buffer.alloc(3 * MIB, 2));
    const old = copyOf(lab.source);
    expect(codeOf(await lab.restoreInPlace().catch((error: unknown) => error))).toBe('NO_ROOM');
    expectJustTheSame(lab.source, old);
    expect(undoableRestores(lab.state)).toEqual([]);
  });
});

it('a user without rights gets closed files and folders back as they were', () => {
  const folder = scratch();
  if (process.getuid?.() === 0) chownSync(folder, 65534, 65534);
  const script = join(import.meta.dirname, 'undo-without-rights.mjs');
  const child = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  expect(child.stderr).toBe('');
  const { old, restored, problems, undone, redone } = JSON.parse(child.stdout) as Record<string, unknown>;
  expect(problems).toEqual([]);
  expect(undone).toEqual({ problems: [], is: old });
  expect(redone).toEqual({ problems: [], is: restored });
});

const { canRead, canSet } = xattrTools();

it.runIf(canRead && canSet)(
  'extended attributes and ACLs come back as they were, and those that were not there go',
  async () => {
    const lab = new Lab({ 'kept.txt': 'same', 'replaced.txt': 'old', 'folder/x': 'x' });
    const set = (name: string, value: string, path: string): void =>
      void execFileSync('setfattr', ['-n', name, '-v', value, lab.path(path)]);
    const shown = (): string =>
      execFileSync('getfattr', ['-R', '-d', '-m', '-', 'kept.txt', 'replaced.txt', 'folder'], {
        cwd: lab.source,
        encoding: 'utf8',
      });
    for (const path of ['kept.txt', 'replaced.txt', 'folder']) set('user.then', 'then', path);
    await lab.backup();
    for (const path of ['kept.txt', 'replaced.txt', 'folder']) {
      execFileSync('setfattr', ['-x', 'user.then', lab.path(path)]);
      set('user.now', 'now', path);
    }
    writeFileSync(lab.path('replaced.txt'), 'new');
    const old = shown();
    await lab.restoreInPlace();
    const restored = shown();
    expect(restored).toContain('user.then');
    expect(await undo(lab.state)).toMatchObject({ problems: [] });
    expect(shown()).toBe(old);
    expect(await undo(lab.state)).toMatchObject({ problems: [] });
    expect(shown()).toBe(restored);
    expect(newestRestore(lab.state)?.kind).toBe('redo');
    expect(existsSync(lab.path('.holdfast-undo'))).toBe(false);
  },
);
