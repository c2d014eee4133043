#!/usr/bin/env node
// Every test of every package: npx pnpm@10.34.9 test [--long]
//
// Compiles, finds or starts an S3 server, runs the suites, and ends with one line: `N passed, M failed`. Without an S3
// server the S3 suites cannot run; the last lines say so, and under CI=true that alone is a failure.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf, findOrStartServer } from './s3-server/server.mjs';
import { RESULTS_FILE, readResults, removeResults, resultsOfPackage, slowestFiles } from './test/results.mjs';
import { buildAll, runTool, workspacePackages } from './workspace.mjs';

const isCi = process.env.CI === 'true';
/** Of so many files it is said how long they took: it is they that `test` is slow by. */
const SLOWEST = 10;
const print = (line) => process.stdout.write(`${line}\n`);
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
const s3Report = join(scratch, 's3-cases');
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
process.exitCode = (await testAll()) ? 0 : 1;

async function testAll() {
  if (!(await buildAll())) return false;
  const packages = workspacePackages().filter(({ manifest }) => manifest.scripts?.test !== undefined);
  removeResults();
  const server = await findOrStartServer({ install: isCi, log: print });
  // Ctrl-C reaches the suites as well; the server is stopped when they have ended.
  process.on('SIGINT', () => {});
  let status;
  try {
    status = await runSuites(server);
  } finally {
    await server?.stop();
  }
  return report(packages, status);
}

async function runSuites(server) {
  const environment = {
    ...process.env,
    ...(server === undefined ? {} : environmentOf(server)),
    AWS_REGION: process.env.AWS_REGION ?? 'us-east-1',
    HOLDFAST_TEST_S3_REPORT: s3Report,
    ...(process.argv.includes('--long') ? { HOLDFAST_TEST_LONG: '1' } : {}),
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
  };
  // A line for each file as it is done, and none for each slow case.
  const looks = ['--reporter=default', '--slowTestThreshold=3600000'];
  const results = ['--reporter=json', `--outputFile.json=${RESULTS_FILE}`];
  const { status } = await runTool('vitest', ['run', ...looks, ...results], { environment, show: true });
  return status;
}

/** Prints the last lines. @returns did everything pass that had to run? */
function report(packages, status) {
  const files = readResults();
  const results = packages.map((entry) => resultsOfPackage(files, entry));
  const sum = (name) => results.reduce((total, result) => total + result[name], 0);
  const skipped = results.flatMap((result) => result.skipped);
  const s3Cases = countS3Cases();
  print('\nwhat took longest:');
  for (const line of slowestFiles(files, SLOWEST)) print(line);
  print('');
  for (const { folder, passed, failed, faults } of results) {
    print(`${folder.padEnd(28)} ${String(passed).padStart(5)} passed  ${String(failed).padStart(3)} failed`);
    for (const fault of faults) print(`  FAILED  ${fault}`);
  }
  if (skipped.length > 0) print(`skipped: ${skipped.length}`);
  for (const name of skipped.slice(0, 20)) print(`  skipped  ${name}`);
  if (skipped.length > 20) print(`  and ${skipped.length - 20} more`);
  print(s3Cases > 0 ? `${s3Cases} S3 cases ran` : 'S3 suites did NOT run');
  print(`${sum('passed')} passed, ${sum('failed')} failed`);
  return status === 0 && sum('failed') === 0 && !(isCi && s3Cases === 0);
}

/** Each suite that talks to the server adds a line for each case it has run. */
function countS3Cases() {
  try {
    return readFileSync(s3Report, 'utf8')
      .split('\n')
      .filter((line) => line !== '').length;
  } catch {
    return 0;
  }
}
