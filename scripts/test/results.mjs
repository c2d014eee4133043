// What vitest's JSON reporter left.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../workspace.mjs';

/** Relative to the repository; the folder is ignored by git. */
export const RESULTS_FILE = '.turbo/test-results.json';
const PATH = join(repository, RESULTS_FILE);

/** Yesterday's results must not be taken for today's. */
export function removeResults() {
  rmSync(PATH, { force: true });
}

/** @returns {{ name: string, durationMs: number, status: string, message: string, assertionResults: object[] }[]} of each file, by its name relative to the repository (with `/`) */
export function readResults() {
  let results;
  try {
    results = JSON.parse(readFileSync(PATH, 'utf8'));
  } catch {
    return [];
  }
  return results.testResults.map((file) => ({
    ...file,
    name: file.name.slice(repository.length + 1).replaceAll('\\', '/'),
    durationMs: file.endTime - file.startTime,
  }));
}

/** @returns {{ folder: string, passed: number, failed: number, skipped: string[], faults: string[] }} what the files of a package came to */
export function resultsOfPackage(files, { folder }) {
  const own = files.filter(({ name }) => name.startsWith(`${folder}/`));
  if (own.length === 0) {
    return { folder, passed: 0, failed: 1, skipped: [], faults: [`${folder}: the suite left no results`] };
  }
  const cases = own.flatMap((file) => file.assertionResults);
  const names = (status) =>
    cases.filter((one) => status.includes(one.status)).map((one) => `${folder}: ${one.fullName}`);
  // A file that cannot be loaded has no cases, and would otherwise be no failure.
  const broken = own.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  );
  const faults = [...names(['failed']), ...broken.map(({ name, message }) => `${folder}: ${name}: ${message}`)];
  return {
    folder,
    passed: names(['passed']).length,
    failed: faults.length,
    skipped: names(['pending', 'skipped', 'todo', 'disabled']),
    faults,
  };
}

/** @returns {string[]} a line for each of the files that took longest, the longest first */
export function slowestFiles(files, count) {
  const sorted = [...files].sort((one, other) => other.durationMs - one.durationMs);
  return sorted
    .slice(0, count)
    .map(({ name, durationMs }) => `${(durationMs / 1000).toFixed(1).padStart(6)} s  ${name}`);
}
