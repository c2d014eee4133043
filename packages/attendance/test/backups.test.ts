import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core';
import { openLocalFs } from '@holdfast/target-local-fs';
import { describe, expect, test } from 'vitest';
import { backupExcel, backupNpy, createBackup, removeBackup, restoreBackup } from '../src/index.js';
import { files, Program, shownFiles, TREE } from './program.js';

const GUARDED = `Name,Id,Date,Hours\r\nJohn Doe,0017,2026-11-26,7.5\r\n'=HYPERLINK,0018,2026-11-27,-5\r\n`;

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return isHoldfastError(error) ? error.code : String(error);
}

describe('row 1: createBackup', () => {
  test('row 1: makes the folder and its parents, with exactly the tree of the original and one hidden folder', async () => {
    const program = new Program();
    const result = await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'done', skippedCount: 0, suspect: [], alsoTo: [] });
    expect(shownFiles(program.backupDir)).toEqual(TREE);
    expect(readdirSync(program.backupDir).sort()).toEqual([
      '.holdfast',
      'data_backup.Late comers.csv',
      'data_backup.csv',
      'excel',
      'npy',
    ]);
    expect(result.copied).toMatchObject({ count: 4, paths: TREE.slice(2) });
    expect(result.exports).toMatchObject({ count: 2, paths: TREE.slice(0, 2) });
    expect(program.told().sort()).toEqual([
      ...TREE.slice(2).map((path) => `copied ${path}`),
      ...TREE.slice(0, 2).map((path) => `exported ${path}`),
    ]);
    expect(program.lastMessage).toBe(result.message);
  });

  test('row 1: what is in the backup is read by NumPy and openpyxl as what it was', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const inBackup = program.read(join(program.backupDir, 'npy'), join(program.backupDir, 'excel/data.xlsx'));
    expect(inBackup).toEqual(program.read());
    expect(readFileSync(join(program.backupDir, 'excel/data.xlsx'))).toEqual(readFileSync(program.excelFile));
  });

  test('row 1: says nothing without a reporter', async () => {
    const program = new Program();
    const main = new URL('../dist/index.js', import.meta.url).href;
    const call = JSON.stringify([program.dataDir, program.excelFile, program.backupDir]);
    const code = `import { createBackup } from ${JSON.stringify(main)}; await createBackup(...${call}, { stateDirectory: ${JSON.stringify(program.at('state'))} });`;
    const node = ['--input-type=module', '-e', code];
    expect(execFileSync(process.execPath, node, { encoding: 'utf8', stdio: 'pipe' })).toBe('');
    expect(shownFiles(program.backupDir)).toEqual(TREE);
  });

  test('row 1: a second one takes the place of the first as a whole, and shares what is unchanged', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const inodeOf = (path: string): bigint => statSync(join(program.backupDir, path), { bigint: true }).ino;
    const shares = statSync(join(program.backupDir, 'excel/data.xlsx')).nlink === 1;
    const before = inodeOf('npy/John_Doe_EMP001_1.npy');
    rmSync(join(program.dataDir, 'John_Doe_EMP001_0.npy'));
    writeFileSync(
      join(program.dataDir, 'New_EMP003_0.npy'),
      readFileSync(join(program.dataDir, 'John_Doe_EMP001_1.npy')),
    );
    const result = await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    expect(result.status).toBe('done');
    expect(shownFiles(program.backupDir).filter((path) => path.startsWith('npy/'))).toEqual([
      'npy/John_Doe_EMP001_1.npy',
      'npy/New_EMP003_0.npy',
      'npy/archive/Ada_Lovelace_EMP002_0.npy',
    ]);
    expect(shares && inodeOf('npy/John_Doe_EMP001_1.npy') === before).toBe(true);
    expect(readdirSync(join(program.backupDir, '.holdfast')).sort()).toEqual([
      'RESTORE.txt',
      'SHA256SUMS',
      'manifest.jsonl',
      'root.json',
      'snapshot.json',
    ]);
  });

  test('row 1: foreign files in the folder, at its top or among the files of a backup, are refused without force', async () => {
    const program = new Program();
    mkdirSync(program.backupDir, { recursive: true });
    writeFileSync(join(program.backupDir, 'notes.txt'), 'mine');
    const backup = (force = false) =>
      createBackup(program.dataDir, program.excelFile, program.backupDir, { ...program.options, force });
    expect(await codeOf(backup())).toBe('TARGET_NOT_EMPTY');
    expect(files(program.backupDir)).toEqual(['notes.txt']);
    expect((await backup(true)).status).toBe('done');
    expect(shownFiles(program.backupDir)).toEqual([...TREE, 'notes.txt'].sort());
    rmSync(join(program.backupDir, 'notes.txt'));
    writeFileSync(join(program.backupDir, 'npy/mine.npy'), 'mine');
    expect(await codeOf(backup())).toBe('TARGET_NOT_EMPTY');
    expect(readFileSync(join(program.backupDir, 'npy/mine.npy'), 'utf8')).toBe('mine');
    expect((await backup(true)).status).toBe('done');
    expect(shownFiles(program.backupDir)).toEqual(TREE);
  });

  test("row 1: what the Finder or the Explorer leaves where somebody has looked is in nobody's way", async () => {
    const program = new Program();
    const backup = () => createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    await backup();
    for (const name of ['.DS_Store', 'Thumbs.db', 'npy/.DS_Store', 'excel/desktop.ini'])
      writeFileSync(join(program.backupDir, name), 'icons');
    expect((await backup()).status).toBe('done');
    expect(shownFiles(program.backupDir)).toEqual(['.DS_Store', 'Thumbs.db', ...TREE].sort());
    expect((await removeBackup(program.backupDir)).status).toBe('removed');
    expect((await backup()).status).toBe('done');
  });

  test('row 1: over a damaged backup a new one comes with force, and without it one is told what to do', async () => {
    const program = new Program();
    const backup = (force = false) =>
      createBackup(program.dataDir, program.excelFile, program.backupDir, { ...program.options, force });
    for (const name of ['snapshot.json', 'manifest.jsonl']) {
      expect((await backup()).status).toBe('done');
      writeFileSync(join(program.backupDir, '.holdfast', name), 'torn');
      await expect(backup()).rejects.toMatchObject({
        code: 'SNAPSHOT_DAMAGED',
        hint: expect.stringContaining('"force"'),
      });
      expect((await backup(true)).status).toBe('done');
      expect(shownFiles(program.backupDir)).toEqual(TREE);
    }
  });

  test('row 1: a folder where the workbook is to be named, or a file for the folder, is an error before anything is made', async () => {
    const program = new Program();
    const { dataDir, excelFile, backupDir, options } = program;
    expect(await codeOf(createBackup(excelFile, dataDir, backupDir, options))).toBe('SOURCE_MISSING');
    expect(await codeOf(createBackup('', excelFile, backupDir, options))).toBe('SOURCE_MISSING');
    expect(await codeOf(backupExcel('', backupDir, options))).toBe('SOURCE_MISSING');
    expect(existsSync(backupDir)).toBe(false);
  });

  test('row 1: gives the same snapshot to further places, and says what became of each', async () => {
    const program = new Program();
    const other = await openLocalFs(program.at('other disk'));
    writeFileSync(program.at('a file'), '');
    const broken = await openLocalFs(program.at('broken'));
    writeFileSync(program.at('broken'), '');
    try {
      const options = { ...program.options, alsoTo: [other, broken] };
      const result = await createBackup(program.dataDir, program.excelFile, program.backupDir, options);
      expect(result.status).toBe('incomplete');
      expect(result.skipped).toMatchObject([
        { path: broken.url, message: expect.stringContaining('not there as well') },
      ]);
      expect(result.alsoTo.map(({ committed }) => committed)).toEqual([true, false]);
      const copy = program.at('other disk', result.snapshotId ?? '');
      expect(shownFiles(copy)).toEqual(TREE);
      expect(result.alsoTo[1]?.error).toBeInstanceOf(Error);
    } finally {
      await other.close();
      await broken.close();
    }
  });

  test('row 1: a folder without any encodings is no fault, unless the backup has some', async () => {
    const program = new Program();
    const empty = program.at('empty');
    mkdirSync(empty);
    const first = await createBackup(empty, program.excelFile, program.backupDir, program.options);
    expect(first).toMatchObject({ status: 'done', notes: [expect.stringContaining('no .npy file')] });
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const third = await createBackup(empty, program.excelFile, program.backupDir, program.options);
    expect(third).toMatchObject({ status: 'notReplaced', skipped: [{ code: 'SOURCE_EMPTY' }] });
    expect(shownFiles(program.backupDir)).toEqual(TREE);
  });

  test('row 1: of calls for one folder at once each comes to its end, and the folder holds one whole backup', async () => {
    const program = new Program();
    const results = await Promise.all(
      Array.from({ length: 3 }, () =>
        createBackup(program.dataDir, program.excelFile, program.backupDir, program.options),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect(shownFiles(program.backupDir)).toEqual(TREE);
  });
});

describe('row 4: backupExcel', () => {
  test('row 4: copies the workbook under its own name, and leaves the encodings of the backup as they are', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const npy = program.bytes(join(program.backupDir, 'npy'));
    program.goWrong();
    await restoreBackup(program.backupDir, program.at('elsewhere'), program.excelFile, program.options);
    appendFileSync(join(program.dataDir, 'John_Doe_EMP001_1.npy'), 'changed');
    execFileSync('touch', [program.excelFile]);
    program.events.length = 0;
    const result = await backupExcel(program.excelFile, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'done', copied: { paths: ['excel/data.xlsx'] }, kept: { count: 3 } });
    expect(program.bytes(join(program.backupDir, 'npy'))).toEqual(npy);
    expect(shownFiles(program.backupDir)).toEqual(TREE);
    expect(program.told()).toContain('kept npy/John_Doe_EMP001_1.npy');
  });

  test('row 4: makes a backup of the workbook alone where there is none', async () => {
    const program = new Program();
    expect((await backupExcel(program.excelFile, program.backupDir, program.options)).status).toBe('done');
    expect(shownFiles(program.backupDir)).toEqual(TREE.slice(0, 3));
  });

  test('row 4: a workbook of another name never costs the one in the backup, unless that is said', async () => {
    const program = new Program();
    await backupExcel(program.excelFile, program.backupDir, program.options);
    copyFileSync(program.excelFile, program.at('other.xlsx'));
    const before = program.bytes(program.backupDir);
    const backup = (evenIncomplete: boolean) =>
      backupExcel(program.at('other.xlsx'), program.backupDir, { ...program.options, evenIncomplete });
    expect(await backup(false)).toMatchObject({ status: 'notReplaced', skipped: [{ path: 'excel/data.xlsx' }] });
    expect(program.bytes(program.backupDir)).toEqual(before);
    expect((await backup(true)).status).toBe('done');
    expect(shownFiles(program.backupDir)).toContain('excel/other.xlsx');
  });

  test('row 4: a missing source is a clear message and no crash, and what stands stands', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const before = program.bytes(program.backupDir);
    const missing = program.at('no such.xlsx');
    const result = await backupExcel(missing, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'failed', skipped: [{ code: 'SOURCE_MISSING', path: missing }] });
    expect(result.message).toContain('does not exist');
    expect(program.bytes(program.backupDir)).toEqual(before);
    expect(await backupExcel(missing, program.at('new'), program.options)).toMatchObject({ status: 'failed' });
    expect(existsSync(program.at('new'))).toBe(false);
  });
});

describe('row 5: backupNpy', () => {
  test('row 5: takes every .npy file and nothing else, with names and sub-folders, and leaves the workbook and its CSV', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const excel = program.bytes(join(program.backupDir, 'excel'));
    rmSync(program.excelFile);
    writeFileSync(join(program.dataDir, 'notes.txt'), 'no array');
    mkdirSync(join(program.dataDir, 'new/deep'), { recursive: true });
    writeFileSync(
      join(program.dataDir, 'new/deep/Eve Müller_EMP003_0.npy'),
      readFileSync(join(program.dataDir, 'John_Doe_EMP001_0.npy')),
    );
    const result = await backupNpy(program.dataDir, program.backupDir, program.options);
    expect(result).toMatchObject({
      status: 'done',
      copied: { count: 4 },
      kept: { paths: [...TREE.slice(0, 3)].sort() },
    });
    expect(shownFiles(program.backupDir)).toEqual([...TREE, 'npy/new/deep/Eve Müller_EMP003_0.npy'].sort());
    expect(program.bytes(join(program.backupDir, 'excel'))).toEqual(excel);
    expect(readFileSync(join(program.backupDir, 'data_backup.csv'), 'utf8')).toContain('John Doe,0017');
  });

  test('row 5: a missing folder is a clear message and no crash', async () => {
    const program = new Program();
    const result = await backupNpy(program.at('nowhere'), program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'failed', skipped: [{ code: 'SOURCE_MISSING' }] });
    expect(existsSync(program.backupDir)).toBe(false);
  });
});

describe('row 11: what cannot be had', () => {
  test('row 11: is named, skipped and counted, and the rest is in the backup', async () => {
    const program = new Program();
    const result = await createBackup(program.at('nowhere'), program.excelFile, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'incomplete', skippedCount: 1, skipped: [{ code: 'SOURCE_MISSING' }] });
    expect(result.message).toContain('1 could not be had');
    expect(shownFiles(program.backupDir)).toEqual(TREE.slice(0, 3));
    expect(program.told('skipped')).toEqual([`SOURCE_MISSING ${program.at('nowhere')}`]);
  });

  test('row 11: never costs the whole backup that stands, unless that is said', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const before = program.bytes(program.backupDir);
    rmSync(program.excelFile);
    const backup = (evenIncomplete: boolean) =>
      createBackup(program.dataDir, program.excelFile, program.backupDir, { ...program.options, evenIncomplete });
    const kept = await backup(false);
    expect(kept).toMatchObject({ status: 'notReplaced', skipped: [{ code: 'SOURCE_MISSING' }] });
    expect(kept.snapshotId).toBeUndefined();
    expect(program.bytes(program.backupDir)).toEqual(before);
    expect((await backup(true)).status).toBe('incomplete');
    expect(shownFiles(program.backupDir)).toEqual(TREE.slice(3));
  });

  test('row 11: a workbook and an array that are broken are stored as they are, and named', async () => {
    const program = new Program();
    program.goWrong();
    const result = await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'done', skippedCount: 0 });
    expect(result.notes).toHaveLength(2);
    expect(readFileSync(join(program.backupDir, 'excel/data.xlsx'))).toEqual(readFileSync(program.excelFile));
    expect(readFileSync(join(program.backupDir, 'npy/John_Doe_EMP001_0.npy'), 'utf8')).toBe('torn');
    expect(result.exports.count).toBe(0);
  });

  test('row 11: a workbook that was sound and is broken now is suspect, and does not take the place of the sound one', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const sound = readFileSync(program.excelFile);
    writeFileSync(program.excelFile, sound.subarray(0, 2000));
    const result = await backupExcel(program.excelFile, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'notReplaced', suspect: ['excel/data.xlsx'] });
    expect(readFileSync(join(program.backupDir, 'excel/data.xlsx'))).toEqual(sound);
  });

  test('row 11: a folder that cannot be written is an error, for there is no backup', async () => {
    const program = new Program();
    writeFileSync(program.at('file'), '');
    await expect(
      createBackup(program.dataDir, program.excelFile, program.at('file', 'backup'), program.options),
    ).rejects.toThrow('file');
  });
});

test('row 12: files keep their times and bytes, and the standard tools check and copy them without this program', async () => {
  const program = new Program();
  const { snapshotId } = await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
  expect(snapshotId).toMatch(/^\d{8}T\d{9}Z-[0-9a-f]{8}$/);
  const [live, stored] = [program.excelFile, join(program.backupDir, 'excel/data.xlsx')].map((path) => statSync(path));
  expect(Math.abs((live?.mtimeMs ?? 0) - (stored?.mtimeMs ?? 0))).toBeLessThan(1);
  execFileSync('sha256sum', ['--quiet', '-c', '.holdfast/SHA256SUMS'], { cwd: program.backupDir });
  const copy = program.at('copy');
  execFileSync('cp', ['-r', join(program.backupDir, 'npy'), copy]);
  expect(program.bytes(copy)).toEqual(program.bytes(program.dataDir));
});

test('row 14: every sheet is kept as CSV beside the workbook: ids and dates as they are, nothing that would run', async () => {
  const program = new Program();
  await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
  const csv = (name: string): string => readFileSync(join(program.backupDir, name), 'utf8').replace(/^\uFEFF/, '');
  expect(csv('data_backup.csv').replace(/\r?\n/g, '\r\n')).toBe(GUARDED);
  expect(csv('data_backup.Late comers.csv')).toContain('"Nobody, so far"');
  await createBackup(program.dataDir, program.excelFile, program.backupDir, { ...program.options, csvRaw: true });
  expect(csv('data_backup.csv')).toContain('\n=HYPERLINK,');
});
