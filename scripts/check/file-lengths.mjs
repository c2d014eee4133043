// A file holds one idea. One that is longer than 300 lines says why, in a line that begins with `// Long because`. A suite
// is a list of cases on one subject, which may be longer before it has to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../workspace.mjs';
import { repositoryFiles } from './repository-files.mjs';

const MOST_LINES = 300;
const MOST_TEST_LINES = 600;
const CODE = /\.(ts|mts|js|mjs)$/;

export async function fileLengths() {
  const faults = [];
  for (const path of repositoryFiles(['packages', 'apps', 'scripts', 'bench', 'examples'])) {
    if (!CODE.test(path)) continue;
    const text = readFileSync(join(repository, path), 'utf8');
    const lines = text.split('\n').length - 1;
    const most = path.includes('.test.') ? MOST_TEST_LINES : MOST_LINES;
    if (lines > most && !/^(\/\/| \*) Long because/m.test(text)) faults.push(`${path} has ${lines} lines`);
  }
  return faults;
}
