// examples/attendance-python: operations of a Python program that go well, fail halfway, are killed, and cannot be started.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../workspace.mjs';

const FIXTURES = join(repository, 'apps/cli/test/fixtures');

export async function playAttendance({ folder, run }, check) {
  const python = ['python3', '/usr/bin/python3', 'python'].find(
    (program) => spawnSync(program, ['-c', 'import numpy, openpyxl']).status === 0,
  );
  if (python === undefined) return 'no Python here has NumPy and openpyxl';
  const cwd = join(folder, 'attendance-python');
  for (const name of ['encoding.npy', 'encoding-cut.npy']) cpSync(join(FIXTURES, name), join(cwd, name));
  const py = (...words) => run(python, words, { cwd });

  await py('attendance.py', 'new');
  const words = ['init', '--template', 'attendance', '--data', 'encodings', '--workbook', 'attendance.xlsx', '--yes'];
  check((await run('holdfast', words, { cwd })).status === 0, 'the template makes its config');

  const good = await py('run.py', 'enroll', 'EMP002', 'Ada Lovelace', 'encoding.npy', 'encoding.npy');
  check(good.status === 0 && good.output.includes('enroll: done'), 'an operation that goes well is done');
  check(existsSync(join(cwd, 'encodings/Ada_Lovelace_EMP002_1.npy')), 'its files are there');
  const list = await run('holdfast', ['list'], { cwd });
  check(list.output.includes('No snapshots'), 'and its snapshot is gone');

  const before = state(cwd);
  const bad = await py('run.py', 'enroll', 'EMP003', 'Eve', 'encoding.npy', 'encoding-cut.npy');
  check(bad.status === 1 && bad.output.includes('(1 given back, 2 deleted)'), 'one that fails halfway says so');
  check(state(cwd) === before, 'and workbook and encodings are, byte for byte, what they were');

  const crash = "import os; os.remove('attendance.xlsx'); os.kill(os.getpid(), 9)";
  const killed = await py(
    '-c',
    `import sys, run; sys.exit(run.guarded([sys.executable, '-c', ${JSON.stringify(crash)}]).status)`,
  );
  check(
    killed.status === 137 && state(cwd) === before,
    'so they are after one that was killed, where no except would run',
  );

  renameSync(join(cwd, 'attendance.xlsx'), join(cwd, 'elsewhere.xlsx'));
  const missing = await py('run.py', 'mark', 'EMP002');
  check(missing.status === 125 && missing.output.includes('NOT_GUARDED'), 'without a whole backup nothing is started');
}

/** Everything the program has, as one word. */
function state(cwd) {
  const hash = createHash('sha256').update(readFileSync(join(cwd, 'attendance.xlsx')));
  const folder = join(cwd, 'encodings');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
