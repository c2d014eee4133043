#!/usr/bin/env node
// Runs the examples as their readers would: outside of the workspace, with the packages installed from packed tarballs.
//     npx pnpm@10.34.9 examples [--keep]
// One install serves all. The MinIO example runs against the S3 server that the tests use, by the same variables.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playAttendance } from './examples/attendance.mjs';
import { installExamples } from './examples/install.mjs';
import { playMinio } from './examples/minio.mjs';
import { playNightly } from './examples/nightly.mjs';
import { playProgram } from './examples/program.mjs';
import { buildAll } from './workspace.mjs';

const EXAMPLES = { program: playProgram, nightly: playNightly, minio: playMinio, 'attendance-python': playAttendance };

if (!(await buildAll())) process.exit(1);
// A name with a space: whoever forgets quotes hears of it here.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast examples ')));
const keepsFolder = process.argv.includes('--keep');
process.on('exit', () => {
  if (!keepsFolder) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

let failures = 0;
try {
  const installed = await installExamples(folder, Object.keys(EXAMPLES));
  process.stdout.write(`installed ${installed.versions.join(', ')}${keepsFolder ? ` in ${folder}` : ''}\n`);
  for (const [name, play] of Object.entries(EXAMPLES)) {
    const checks = [];
    try {
      const lacking = await play(installed, (holds, sentence) => {
        if (!holds) throw new Error(`this is not true: ${sentence}`);
        checks.push(sentence);
      });
      process.stdout.write(
        `${lacking === undefined ? 'ok   ' : 'NOT RUN'} ${name}${lacking === undefined ? '' : `: ${lacking}`}\n`,
      );
      for (const sentence of checks) process.stdout.write(`       ${sentence}\n`);
      // On the machine that decides nothing is left out in silence.
      if (lacking !== undefined && process.env.CI === 'true') failures++;
    } catch (error) {
      failures++;
      process.stdout.write(`FAIL  ${name}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
} catch (error) {
  failures++;
  process.stdout.write(`FAIL  ${error instanceof Error ? error.message : error}\n`);
}
process.stdout.write(failures === 0 ? 'All examples work.\n' : `${failures} of the examples failed.\n`);
process.exitCode = failures === 0 ? 0 : 1;
