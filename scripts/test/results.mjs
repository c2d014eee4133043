// What vitest's JSON reporter left in each package.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../workspace.mjs';

/** Relative to a package's folder; the folder is ignored by git. */
export const RESULTS_FILE = '.turbo/test-results.json';

/** Yesterday's results must not be taken for today's. */
export function removeResults(packages) {
  for (const { folder } of packages) rmSync(join(repository, folder, RESULTS_FILE), { force: true });
}

/** @returns {{ folder: string, passed: number, failed: number, skipped: string[], faults: string[] }} */
export function readResults({ folder }) {
  let results;
  try {
    results = JSON.parse(readFileSync(join(repository, folder, RESULTS_FILE), 'utf8'));
  } catch {
    return { folder, passed: 0, failed: 1, skipped: [], faults: [`${folder}: the suite left no results`] };
  }
  const cases = results.testResults.flatMap((file) => file.assertionResults);
  const names = (status) =>
    cases.filter((one) => status.includes(one.status)).map((one) => `${folder}: ${one.fullName}`);
  // A file that cannot be loaded has no cases, and would otherwise be no failure.
  const broken = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  );
  const faults = [
    ...names(['failed']),
    ...broken.map((file) => `${folder}: ${file.name.slice(repository.length + 1)}: ${file.message}`),
  ];
  return {
    folder,
    passed: names(['passed']).length,
    failed: faults.length,
    skipped: names(['pending', 'skipped', 'todo', 'disabled']),
    faults,
  };
}
