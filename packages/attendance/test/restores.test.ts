import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { newestRestore, undoRestore } from '@holdfast/core';
import { openLocalFs } from '@holdfast/target-local-fs';
import { describe, expect, test } from 'vitest';
import { createBackup, type Question, removeBackup, restoreBackup, restoreExcel, restoreNpy } from '../src/index.js';
import { files, Program, shownFiles } from './program.js';

/** A program with a backup, whose files then went wrong. */
async function gone(): Promise<Program & { readonly before: Readonly<Record<string, string>> }> {
  const program = new Program();
  await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
  const before = program.all();
  program.goWrong();
  program.events.length = 0;
  return Object.assign(program, { before });
}

/** A backup as the original program made it: without any record. */
function original(): Program {
  const program = new Program();
  cpSync(program.dataDir, join(program.backupDir, 'npy'), { recursive: true });
  mkdirSync(join(program.backupDir, 'excel'));
  cpSync(program.excelFile, join(program.backupDir, 'excel/data.xlsx'));
  writeFileSync(join(program.backupDir, 'data_backup.csv'), 'Name\n');
  return program;
}

describe('row 3: restoreBackup', () => {
  test('row 3: brings workbook and encodings back, with a word for each file; NumPy and openpyxl read what was there', async () => {
    const before = new Program().read();
    const program = await gone();
    const result = await restoreBackup(program.backupDir, program.dataDir, program.excelFile, program.options);
    expect(result).toMatchObject({
      status: 'done',
      restored: { paths: ['npy/archive/Ada_Lovelace_EMP002_0.npy'] },
      replaced: { paths: ['excel/data.xlsx', 'npy/John_Doe_EMP001_0.npy'] },
      alreadyThere: { paths: ['npy/John_Doe_EMP001_1.npy'] },
    });
    expect(program.read()).toEqual(before);
    expect(program.all()).toEqual(program.before);
    expect(program.told().sort()).toEqual([
      'alreadyThere npy/John_Doe_EMP001_1.npy',
      'replaced excel/data.xlsx',
      'replaced npy/John_Doe_EMP001_0.npy',
      'restored npy/archive/Ada_Lovelace_EMP002_0.npy',
    ]);
    expect(program.lastMessage).toBe(result.message);
  });

  test('row 3: says that there is no backup, and writes nothing', async () => {
    const program = new Program();
    const before = program.bytes(program.root);
    const result = await restoreBackup(program.backupDir, program.dataDir, program.excelFile, program.options);
    expect(result).toMatchObject({ status: 'none', restored: { count: 0 } });
    expect(program.bytes(program.root)).toEqual(before);
  });

  test('row 3: reads all of the backup first: of a damaged one it restores nothing, unless it is told to take what is whole', async () => {
    const program = await gone();
    const stored = join(program.backupDir, 'npy/John_Doe_EMP001_0.npy');
    const bytes = readFileSync(stored);
    rmSync(stored);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    writeFileSync(stored, bytes);
    const wrong = program.bytes(program.dataDir);
    const restore = (evenIncomplete: boolean) =>
      restoreBackup(program.backupDir, program.dataDir, program.excelFile, { ...program.options, evenIncomplete });
    const refused = await restore(false);
    expect(refused).toMatchObject({ status: 'damaged', skipped: [{ code: 'DAMAGED' }] });
    expect(program.bytes(program.dataDir)).toEqual(wrong);
    const partly = await restore(true);
    expect(partly).toMatchObject({
      status: 'incomplete',
      skippedCount: 1,
      restored: { count: 1 },
      replaced: { count: 1 },
    });
    expect(readFileSync(join(program.dataDir, 'John_Doe_EMP001_0.npy'), 'utf8')).toBe('torn');
  });

  test.each(['snapshot.json', 'root.json'])(
    'row 3: with a damaged %s the backup is damaged, and not taken for one without a record',
    async (name) => {
      const program = await gone();
      writeFileSync(join(program.backupDir, '.holdfast', name), 'torn');
      const wrong = program.all();
      const restore = (evenIncomplete: boolean) =>
        restoreBackup(program.backupDir, program.dataDir, program.excelFile, { ...program.options, evenIncomplete });
      expect(await restore(false)).toMatchObject({ status: 'damaged', restored: { count: 0 }, replaced: { count: 0 } });
      expect(program.all()).toEqual(wrong);
      expect(await restore(true)).toMatchObject({
        status: 'done',
        notes: [expect.stringContaining('cannot be proven')],
      });
      expect(program.all()).toEqual(program.before);
    },
  );

  test('row 3: what cannot be read of a backup of the original program is named, and the rest comes back', async () => {
    const program = original();
    const before = program.all();
    program.goWrong();
    // A folder where the file was cannot be read as one, whoever asks; nor can a pipe.
    execFileSync('mkfifo', [join(program.backupDir, 'npy/pipe.npy')]);
    const result = await restoreBackup(program.backupDir, program.dataDir, program.excelFile, program.options);
    expect(result.skipped).toMatchObject([{ path: 'npy/pipe.npy' }]);
    expect(result.status).toBe('incomplete');
    expect(program.all()).toEqual(before);
  });

  test('row 3: asks first where it is to ask; after a no nothing has changed', async () => {
    const program = await gone();
    const wrong = program.bytes(program.dataDir);
    const asked: Question[] = [];
    const confirm = (question: Question): boolean => {
      asked.push(question);
      return false;
    };
    const options = { ...program.options, confirm };
    const result = await restoreBackup(program.backupDir, program.dataDir, program.excelFile, options);
    expect(result.status).toBe('declined');
    const places = [program.excelFile, program.dataDir];
    expect(asked).toEqual([{ about: 'restore', backupDir: program.backupDir, places }]);
    expect(program.bytes(program.dataDir)).toEqual(wrong);
  });

  test('row 3: keeps what it replaces, so that an undo brings it back', async () => {
    const program = await gone();
    const wrong = program.bytes(program.dataDir);
    const { undoId } = await restoreBackup(program.backupDir, program.dataDir, program.excelFile, program.options);
    const planned = newestRestore(program.at('state'));
    expect(planned?.id).toBe(undoId);
    if (planned !== undefined) await undoRestore({ stateDirectory: program.at('state'), planned });
    expect(program.bytes(program.dataDir)).toEqual(wrong);
  });

  test('row 3: restores to other places, and to another machine that has never seen the program', async () => {
    const program = await gone();
    const moved = program.at('usb disk');
    cpSync(program.backupDir, moved, { recursive: true });
    const [dataDir, excelFile] = [program.at('new/encodings'), program.at('new/data.xlsx')];
    const result = await restoreBackup(moved, dataDir, excelFile, { stateDirectory: program.at('new/state') });
    expect(result).toMatchObject({ status: 'done', restored: { count: 4 } });
    expect(program.all(dataDir, excelFile)).toEqual(program.before);
  });

  test('row 3: a backup that the original program made restores too', async () => {
    const program = original();
    const before = program.all();
    program.goWrong();
    const result = await restoreBackup(program.backupDir, program.dataDir, program.excelFile, program.options);
    expect(result).toMatchObject({ status: 'done', notes: [expect.stringContaining('cannot be proven')] });
    expect(program.all()).toEqual(before);
    expect(shownFiles(program.backupDir)).toHaveLength(5);
  });

  test('row 3: takes the newest of a folder with snapshots, as the command line makes it', async () => {
    const program = new Program();
    const store = await openLocalFs(program.at('store'));
    const options = { ...program.options, alsoTo: [store] };
    await createBackup(program.dataDir, program.excelFile, program.backupDir, options);
    rmSync(join(program.dataDir, 'archive'), { recursive: true });
    await createBackup(program.dataDir, program.excelFile, program.backupDir, { ...options, evenIncomplete: true });
    await store.close();
    const before = program.all();
    program.goWrong();
    const result = await restoreBackup(program.at('store'), program.dataDir, program.excelFile, program.options);
    expect(result).toMatchObject({ status: 'done', alreadyThere: { count: 1 }, replaced: { count: 2 } });
    expect(program.all()).toEqual(before);
  });

  test('row 3: after an interrupted replacement it puts the folder right first', async () => {
    const program = await gone();
    const { killedReplacement } = await import('./killed-replacement.js');
    killedReplacement(program);
    expect(existsSync(join(program.backupDir, '.holdfast/swap'))).toBe(true);
    const result = await restoreBackup(program.backupDir, program.dataDir, program.excelFile, program.options);
    expect(result.status).toBe('done');
    expect(existsSync(join(program.backupDir, '.holdfast/swap'))).toBe(false);
  });
});

describe('row 7: restoreExcel', () => {
  test('row 7: finds the workbook by the name of the file it is restored to, and says so', async () => {
    const program = await gone();
    const result = await restoreExcel(program.excelFile, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'done', replaced: { paths: ['excel/data.xlsx'] } });
    expect(result.message).toContain('1 file is as in the backup');
    expect(program.all().workbook).toBe(program.before.workbook);
    expect(readFileSync(join(program.dataDir, 'John_Doe_EMP001_0.npy'), 'utf8')).toBe('torn');
  });

  test('row 7: through a link it goes back to where the backup has read it; the link stays', async () => {
    const program = new Program();
    const share = program.at('share', 'data.xlsx');
    mkdirSync(program.at('share'));
    renameSync(program.excelFile, share);
    symlinkSync(join('share', 'data.xlsx'), program.excelFile);
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    const before = readFileSync(share);
    for (const harm of [() => writeFileSync(share, 'torn'), () => rmSync(share)]) {
      harm();
      expect((await restoreExcel(program.excelFile, program.backupDir, program.options)).status).toBe('done');
      expect(lstatSync(program.excelFile).isSymbolicLink()).toBe(true);
      expect(readFileSync(share)).toEqual(before);
    }
  });

  test('row 7: a link to a file of another name that is gone is replaced, and that is said', async () => {
    const program = new Program();
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    rmSync(program.excelFile);
    symlinkSync('current.xlsx', program.excelFile);
    const result = await restoreExcel(program.excelFile, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'done', notes: [expect.stringContaining('is a file now')] });
    expect(lstatSync(program.excelFile).isFile()).toBe(true);
  });

  test('row 7: a workbook of another name is not taken for it', async () => {
    const program = await gone();
    const other = program.at('other.xlsx');
    const result = await restoreExcel(other, program.backupDir, program.options);
    expect(result).toMatchObject({ status: 'none', skipped: [{ path: other }] });
    expect(result.skipped[0]?.message).toContain('called data.xlsx');
    expect(existsSync(other)).toBe(false);
  });

  test('row 7: works with what the original program copied, in its folder or directly', async () => {
    const program = original();
    const whole = readFileSync(program.excelFile);
    for (const backupDir of [program.backupDir, join(program.backupDir, 'excel')]) {
      writeFileSync(program.excelFile, 'broken');
      expect((await restoreExcel(program.excelFile, backupDir, program.options)).status).toBe('done');
      expect(readFileSync(program.excelFile)).toEqual(whole);
    }
  });
});

describe('row 8: restoreNpy', () => {
  test('row 8: restores every .npy file with a word for each, and leaves the workbook and files of others', async () => {
    const program = await gone();
    writeFileSync(join(program.dataDir, 'New_EMP003_0.npy'), 'taken since');
    const broken = readFileSync(program.excelFile);
    const result = await restoreNpy(program.dataDir, program.backupDir, program.options);
    expect(result).toMatchObject({
      status: 'done',
      restored: { count: 1 },
      replaced: { count: 1 },
      alreadyThere: { count: 1 },
    });
    expect(program.told()).toHaveLength(3);
    expect(readFileSync(program.excelFile)).toEqual(broken);
    expect(readFileSync(join(program.dataDir, 'New_EMP003_0.npy'), 'utf8')).toBe('taken since');
    expect(files(program.dataDir)).toHaveLength(4);
  });

  test('row 8: works with what the original program copied, in its folder or directly', async () => {
    const program = original();
    const whole = program.bytes(program.dataDir);
    for (const backupDir of [program.backupDir, join(program.backupDir, 'npy')]) {
      rmSync(program.dataDir, { recursive: true });
      expect((await restoreNpy(program.dataDir, backupDir, program.options)).status).toBe('done');
      expect(program.bytes(program.dataDir)).toEqual(whole);
    }
  });
});

test('row 9: back up, operate, and when that fails restore and go on as if nothing had been; when it does not, remove', async () => {
  const program = new Program();
  const before = program.all();
  const operate = async (operation: () => void): Promise<string> => {
    await createBackup(program.dataDir, program.excelFile, program.backupDir, program.options);
    try {
      operation();
      return (await removeBackup(program.backupDir, program.options)).status;
    } catch {
      return (await restoreBackup(program.backupDir, program.dataDir, program.excelFile, program.options)).status;
    }
  };
  const failing = (): void => {
    program.goWrong();
    throw new Error('the operation failed');
  };
  expect(await operate(failing)).toBe('done');
  expect(program.all()).toEqual(before);
  expect(await operate(() => undefined)).toBe('removed');
  expect(existsSync(program.backupDir)).toBe(false);
});

test('row 10: only the workbook or only the encodings come back, from the same backup', async () => {
  const program = await gone();
  await restoreNpy(program.dataDir, program.backupDir, program.options);
  expect(program.all().workbook).not.toBe(program.before.workbook);
  await restoreExcel(program.excelFile, program.backupDir, program.options);
  expect(program.all()).toEqual(program.before);
});
