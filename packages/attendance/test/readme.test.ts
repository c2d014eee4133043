import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Program } from './program.js';

test('the example of the README prints what stands there, and leaves what was there', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, code = '', output = ''] = /^```ts\n([\s\S]*?)^```\n\nprints\n\n```text\n([\s\S]*?)^```/m.exec(readme) ?? [];
  const program = new Program();
  const before = program.all();
  const main = new URL('../dist/index.js', import.meta.url).href;
  writeFileSync(program.at('safely.mjs'), code.replace("'@holdfast/attendance'", JSON.stringify(main)));
  const environment = { ...process.env, XDG_STATE_HOME: program.at('state') };
  const printed = execFileSync(process.execPath, ['safely.mjs'], {
    cwd: program.root,
    env: environment,
    encoding: 'utf8',
  });
  // Sheets are stored side by side, so which of them is told first is not said.
  const lines = (text: string): string[] => text.split('\n').sort();
  expect(lines(printed)).toEqual(lines(output));
  expect(program.all()).toEqual(before);
});
