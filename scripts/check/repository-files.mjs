import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../workspace.mjs';

/** What others or a build have put there. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'bundle', 'coverage', '.turbo', '.git']);

/** The paths of all files of ours in these folders of the repository, from its top; a folder that is not there has none. */
export function* repositoryFiles(folders) {
  for (const folder of folders) {
    if (!existsSync(join(repository, folder))) continue;
    for (const entry of readdirSync(join(repository, folder), { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* repositoryFiles([path]);
      else yield path;
    }
  }
}
