import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLocalFs } from '@holdfast/target-local-fs';
import { afterAll, describe, expect, test } from 'vitest';
import { createBackup, removeBackup, restoreBackup } from '../src/index.js';
import { files, Program, shownFiles, TREE } from './program.js';

/** For root every folder is open. */
async function asAnotherUser<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('row 2: removeBackup', () => {
  test('row 2: removes all of it at once, and says so', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const result = await removeBackup(program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'removed', message: expect.stringContaining('is removed') });
    expect(result.removedFiles).toBeGreaterThan(TREE.length);
    expect(existsSync(program.backupDir)).toBe(false);
    expect(program.lastMessage).toBe(result.message);
  });

  test('row 2: says so too where there was none, or nothing in the folder, and that is no error', async () => {
    const program = new Program();
    expect(await removeBackup(program.backupDir, program.options)).toMatchObject({ status: 'none', removedFiles: 0 });
    expect(program.lastMessage).toContain('There is no backup');
    mkdirSync(program.backupDir, { recursive: true });
    expect((await removeBackup(program.backupDir)).status).toBe('none');
    expect(existsSync(program.backupDir)).toBe(true);
  });

  test('row 2: never removes a folder that is no backup, with force neither', async () => {
    const program = new Program();
    const store = await openLocalFs(program.at('store'));
    const options = { ...program.options, alsoTo: [store] };
    await createBackup(program.dataDir, program.excelFile, program.backupDir, options);
    await store.close();
    cpSync(program.dataDir, program.at('project/npy'), { recursive: true });
    writeFileSync(program.at('project/run.py'), '');
    const before = program.bytes(program.root);
    const { root, dataDir, excelFile } = program;
    for (const path of [root, dataDir, program.at('store'), excelFile, program.at('project')]) {
      expect((await removeBackup(path, { force: true })).status).toBe('notABackup');
    }
    expect(program.bytes(program.root)).toEqual(before);
  });

  test('row 2: leaves what others have put beside the backup', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    writeFileSync(join(program.backupDir, 'notes.txt'), 'mine');
    const result = await removeBackup(program.backupDir);
    expect(result).toMatchObject({ status: 'removed', message: expect.stringContaining('Other files') });
    expect(files(program.backupDir)).toEqual(['notes.txt']);
  });

  test('row 2: what others have put among the files of a backup keeps it, and so does damage that hides what is whose, unless forced', async () => {
    const program = new Program();
    const { dataDir, excelFile, backupDir, options } = program;
    for (const hurt of ['npy/mine.npy', '.holdfast/manifest.jsonl']) {
      await createBackup(dataDir, excelFile, backupDir, options);
      rmSync(join(backupDir, hurt), { force: true });
      writeFileSync(join(backupDir, hurt), 'mine');
      const before = program.bytes(backupDir);
      expect(await removeBackup(backupDir, options)).toMatchObject({ status: 'kept', removedFiles: 0 });
      expect(program.lastMessage).toContain('"force"');
      expect(program.bytes(backupDir)).toEqual(before);
      expect((await removeBackup(backupDir, { force: true })).status).toBe('removed');
      expect(existsSync(backupDir)).toBe(false);
    }
  });

  test('row 2: behind a link the backup goes, the link stays, and nothing is said of other files', async () => {
    const program = new Program();
    mkdirSync(program.at('disk/backup'), { recursive: true });
    symlinkSync('disk/backup', program.at('link'));
    await createBackup(program.dataDir, program.excelFile, program.at('link'), program.options);
    const result = await removeBackup(program.at('link'), program.options);
    expect(result.status).toBe('removed');
    expect(result.message).not.toContain('Other files');
    expect(files(program.at('disk'))).toEqual([]);
    const again = await createBackup(program.dataDir, program.excelFile, program.at('link'), program.options);
    expect(again.status).toBe('done');
  });

  test('row 2: a folder that cannot be looked into is an error, and not said to be none', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    chmodSync(program.at('var'), 0);
    await expect(asAnotherUser(() => removeBackup(program.backupDir))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    chmodSync(program.at('var'), 0o700);
    expect(shownFiles(program.backupDir)).toEqual(TREE);
  });

  test('row 2: removes a backup that the original program made only with force', async () => {
    const program = new Program();
    cpSync(program.dataDir, join(program.backupDir, 'npy'), { recursive: true });
    cpSync(program.excelFile, join(program.backupDir, 'excel/data.xlsx'));
    writeFileSync(join(program.backupDir, 'data_backup.csv'), 'Name\n');
    const kept = await removeBackup(program.backupDir);
    expect(kept).toMatchObject({ status: 'notABackup', message: expect.stringContaining('"force"') });
    expect(files(program.backupDir)).toHaveLength(5);
    writeFileSync(join(program.backupDir, 'npy/model.py'), '');
    expect((await removeBackup(program.backupDir, { force: true })).status).toBe('notABackup');
    rmSync(join(program.backupDir, 'npy/model.py'));
    const removed = await removeBackup(program.backupDir, { force: true });
    expect(removed).toMatchObject({ status: 'removed', removedFiles: 5 });
    expect(removed.removedBytes).toBeGreaterThan(5000);
    expect(existsSync(program.backupDir)).toBe(false);
  });

  test('row 2: asks first where it is to ask', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const asked: unknown[] = [];
    const result = await removeBackup(program.backupDir, {
      confirm(question) {
        asked.push(question);
        return false;
      },
    });
    expect(result.status).toBe('declined');
    expect(asked).toEqual([{ about: 'remove', backupDir: program.backupDir }]);
    expect(shownFiles(program.backupDir)).toEqual(TREE);
  });
});

const CHILD = fileURLToPath(new URL('killing-child.mjs', import.meta.url));
let points = 0;
afterAll(() => console.info(`backups of an attendance program, kill -9: ${points} points tried`));

test('row 13: killed at any moment, there is no backup or a whole one, and the next one leaves nothing over', async () => {
  const program = new Program();
  const run = (killAt: number) =>
    spawnSync(
      process.execPath,
      [CHILD, program.dataDir, program.excelFile, program.backupDir, program.at('state'), String(killAt)],
      { encoding: 'utf8' },
    );
  const events = Number(run(0).stdout);
  expect(events).toBeGreaterThan(5);
  await removeBackup(program.backupDir);
  for (let killAt = 1; killAt <= events; killAt += 2) {
    points += 1;
    expect(run(killAt).signal).toBe('SIGKILL');
    const elsewhere = program.at(`killed-${killAt}`);
    const seen = await restoreBackup(program.backupDir, elsewhere, join(elsewhere, 'data.xlsx'), program.options);
    expect(['none', 'done']).toContain(seen.status);
    if (seen.status === 'done') expect(files(elsewhere)).toHaveLength(4);
    else expect(shownFiles(program.backupDir)).toEqual([]);
    const next = await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    expect(next.status).toBe('done');
    expect(shownFiles(program.backupDir)).toEqual(TREE);
    expect(readdirSync(join(program.backupDir, '.holdfast'))).not.toContain('staging');
    if (killAt % 4 === 1) await removeBackup(program.backupDir);
  }
});

test('row 13: stopped by its signal at any moment, a backup leaves what stood, and nothing over', async () => {
  const program = new Program();
  await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
  const before = program.bytes(program.backupDir);
  writeFileSync(
    join(program.dataDir, 'John_Doe_EMP001_0.npy'),
    readFileSync(join(program.dataDir, 'John_Doe_EMP001_1.npy')),
  );
  for (let stopAt = 0; stopAt < 6; stopAt += 1) {
    const stop = new AbortController();
    let events = 0;
    const reporter = (): void => {
      events += 1;
      if (events === stopAt) stop.abort();
    };
    if (stopAt === 0) stop.abort();
    const options = { ...program.options, reporter, signal: stop.signal };
    const backup = createBackup(program.dataDir, program.excelFile, program.backupDir, options);
    await expect(backup).rejects.toMatchObject({ code: 'ABORTED' });
    expect(program.bytes(program.backupDir)).toEqual(before);
  }
});
