// examples/program: it compiles against the published types, saves, breaks its files, and brings them back.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export async function playProgram({ folder, run }, check) {
  const cwd = join(folder, 'program');
  const types = await run(join(folder, 'node_modules', '.bin', 'tsc'), ['-p', '.'], { cwd });
  check(types.status === 0, `it compiles with the published types${types.status === 0 ? '' : `\n${types.output}`}`);

  mkdirSync(join(cwd, 'data'));
  writeFileSync(join(cwd, 'data', 'a.txt'), 'first');
  writeFileSync(join(cwd, 'data', 'b.txt'), 'second');
  const words = ['dist/main.js', 'data', 'backups', 'restored'];
  const { status, output } = await run(process.execPath, words, { cwd });
  check(status === 0, `it ends with 0${status === 0 ? '' : `\n${output}`}`);
  check(/^ {2}stored data\/a\.txt$/m.test(output), 'it hears of each file');
  check(/^saved \S+: 2 files, 2 of them read$/m.test(output), 'it saves two files');
  check(/^restored 2 files into .+, 0 problems$/m.test(output), 'it brings both back');
  check(readFileSync(join(cwd, 'data', 'a.txt'), 'utf8') === 'broken', 'the operation broke the files');
  check(readFileSync(join(cwd, 'restored', 'data', 'a.txt'), 'utf8') === 'first', 'the restored ones are the old ones');

  const again = await run(process.execPath, ['dist/main.js', 'nowhere', 'backups', 'restored'], { cwd });
  check(again.status === 1 && again.output.includes('(SOURCE_MISSING)'), 'an error is told with its code');
}
