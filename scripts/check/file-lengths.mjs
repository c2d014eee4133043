// A file holds one idea. One that is longer than 300 lines says why, in a line that begins with `// Long because`. A suite
// is a list of cases on one subject, which may be longer before it has to.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../workspace.mjs';

const MOST_LINES = 300;
const MOST_TEST_LINES = 600;
const CODE = /\.(ts|mts|js|mjs)$/;
const LEFT_OUT = new Set(['node_modules', 'dist', 'bundle', 'coverage', '.turbo', '.git']);

export async function fileLengths() {
  const faults = [];
  const folders = ['packages', 'apps', 'scripts', 'bench', 'examples'];
  for (const folder of folders) if (existsSync(join(repository, folder))) visit(folder, faults);
  return faults;
}

function visit(folder, faults) {
  for (const entry of readdirSync(join(repository, folder), { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) visit(path, faults);
    else if (CODE.test(entry.name)) {
      const text = readFileSync(join(repository, path), 'utf8');
      const lines = text.split('\n').length - 1;
      const most = entry.name.includes('.test.') ? MOST_TEST_LINES : MOST_LINES;
      if (lines > most && !/^(\/\/| \*) Long because/m.test(text)) faults.push(`${path} has ${lines} lines`);
    }
  }
}
