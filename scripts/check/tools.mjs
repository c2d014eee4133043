// Checks that other tools make.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository, runTool, workspacePackages } from '../workspace.mjs';

/** Runs a tool over the whole repository; its output is the complaint if it fails. */
export async function tool(name, words) {
  const { status, output } = await runTool(name, words);
  return status === 0 ? [] : [output.trim() || `${name} ended with status ${status}`];
}

/** vitest strips types without looking at them, so the compiler looks here. */
export async function testTypes() {
  const complaints = [];
  for (const { folder } of workspacePackages()) {
    const cwd = join(repository, folder);
    if (!existsSync(join(cwd, 'tsconfig.test.json'))) continue;
    const { status, output } = await runTool('tsc', ['-p', 'tsconfig.test.json'], { cwd });
    if (status !== 0) complaints.push(`${folder}\n${output.trim()}`);
  }
  return complaints;
}
