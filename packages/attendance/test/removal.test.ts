import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLocalFs } from '@holdfast/target-local-fs';
import { afterAll, describe, expect, test } from 'vitest';
import { createBackup, removeBackup, restoreBackup } from '../src/index.js';
import { files, Program, shownFiles, TREE } from './program.js';

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

  test('row 2: removes a backup that the original program made only with force', async () => {
    const program = new Program();
    cpSync(program.dataDir, join(program.backupDir, 'npy'), { recursive: true });
    cpSync(program.excelFile, join(program.backupDir, 'excel/data.xlsx'));
    writeFileSync(join(program.backupDir, 'data_backup.csv'), 'Name\n');
    const kept = await removeBackup(program.backupDir);
    expect(kept).toMatchObject({ status: 'notABackup', message: expect.stringContaining('"force"') });
    expect(files(program.backupDir)).toHaveLength(5);
    expect((await removeBackup(program.backupDir, { force: true })).status).toBe('removed');
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
