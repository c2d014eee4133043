#!/usr/bin/env node
// Shows what Holdfast does, on real files, in the order in which one would try it: npx pnpm@10.34.9 demo
// With --keep the folder stays, to look around in. Ends with another status than 0 if anything was not as it was said.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBucket } from './demo/bucket.mjs';
import { play } from './demo/play.mjs';
import { makeProject } from './demo/project.mjs';
import { openStage } from './demo/stage.mjs';
import { buildAll, repository } from './workspace.mjs';

const print = (text) => process.stdout.write(`${text}\n`);

print('Building (a minute on a fresh clone) …');
if (!(await buildAll())) process.exit(1);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
const keepsFolder = process.argv.includes('--keep');
process.on('exit', () => {
  if (!keepsFolder) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

makeProject(folder);
const s3Log = [];
const bucket = await findBucket({ repository, log: (line) => s3Log.push(line) });
const environment = { ...process.env, ...bucket?.environment, XDG_STATE_HOME: join(folder, '.state') };
print(`Everything happens in ${folder}${keepsFolder ? '.' : ', which is removed at the end (--keep keeps it).'}`);
try {
  await play({ stage: openStage({ repository, folder, environment }), folder, bucket: bucket?.address });
  if (bucket === undefined) print(`\nThere was no S3 store to show: ${s3Log.at(-1) ?? 'no server'}.`);
  print('\nThat was all of it, and every line with a ✓ was checked. In your own folder, the same words work.');
} catch (error) {
  print(`\nThe demo FAILED: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await bucket?.remove();
}
