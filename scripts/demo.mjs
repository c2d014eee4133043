#!/usr/bin/env node
// Shows what Holdfast does, on real files, in the order in which one would try it: npx pnpm@10.34.9 demo
// With --keep the folder stays, to look around in. Ends with another status than 0 if anything was not as it was said.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBucket } from './demo/bucket.mjs';
import { damageProject, makeProject, workOneDay } from './demo/project.mjs';
import { openStage } from './demo/stage.mjs';
import { differences, readSources } from './demo/tree.mjs';
import { buildAll, repository } from './workspace.mjs';

const NAMES = ['data', 'attendance.xlsx'];
const SOURCES = ['./data', 'attendance.xlsx'];

// Quietly: what a newcomer wants to see comes after it.
if (!(await buildAll())) process.exit(1);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
const keepsFolder = process.argv.includes('--keep');
process.on('exit', () => {
  if (!keepsFolder) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
const s3Log = [];
const bucket = await findBucket({ repository, log: (line) => s3Log.push(line) });
const environment = { ...process.env, ...bucket?.environment, XDG_STATE_HOME: join(folder, '.state') };
const stage = openStage({ repository, folder, environment });
try {
  await play();
  process.stdout.write(
    '\nThat was all of it, and every line with a ✓ was checked. In your own folder, the same words work.\n',
  );
} catch (error) {
  process.stdout.write(`\nThe demo FAILED: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  await bucket?.remove();
  if (keepsFolder) process.stdout.write(`Everything is still in ${folder}\n`);
}

async function play() {
  makeProject(folder);
  const firstDay = readSources(folder, NAMES);
  const targets = ['./backups', 'zip:archives', ...(bucket === undefined ? [] : [bucket.address])];
  const to = targets.flatMap((target) => ['--to', target]);

  stage.explain(
    'A small project',
    'An attendance system keeps its state in files: NumPy arrays, and an Excel workbook of three sheets.',
    'Some names are odd on purpose: spaces, quotes, emoji, a leading dash, one that is not UTF-8 at all.',
  );
  stage.say(...readdirSync(join(folder, 'data')).map((name) => `  data/${name}`), '  attendance.xlsx');

  stage.explain(
    'Back it up',
    'One snapshot, read once, kept in several places: a folder, a folder of zip archives, and an S3 store.',
    ...(bucket === undefined ? [`(No S3 here, so it is left out: ${s3Log.at(-1) ?? 'no server'}.)`] : []),
  );
  await stage.holdfast(['backup', ...SOURCES, ...to, '--format', 'plain', '--name', 'first day']);

  stage.explain(
    'A day of work goes by, and another backup',
    'A new person, one better array, a longer workbook. Only what changed is read and stored.',
  );
  workOneDay(folder);
  const secondDay = readSources(folder, NAMES);
  await stage.holdfast(['backup', ...SOURCES, ...to, '--format', 'plain', '--tag', 'daily']);
  const [, summary] = await lastSnapshot('./backups');
  stage.check(summary.snapshots === 2, 'the folder holds two snapshots');

  stage.explain(
    'Look at what is there',
    'Oldest first. "show" opens one of them; ids can be cut short, and "latest" is the newest.',
  );
  for (const target of targets) await stage.holdfast(['list', '--from', target]);
  await stage.holdfast(['show', 'latest', 'data/archive 2025', '--from', './backups']);

  stage.explain('Disaster', 'An import fails half-way and leaves this behind:');
  stage.say(...damageProject(folder).map((line) => `  ${line}`));

  stage.explain(
    'Get it back',
    'The newest state, from the folder. Into a new folder: nothing that is there now is touched.',
  );
  await stage.holdfast(['restore', '--from', './backups', '--into', './restored']);
  sameTree('restored', secondDay, 'every file, folder, link, mode and time is as it was before the disaster');
  stage.explain('The same from the zip, and an older day too', 'The first day, by its name, out of its archive.');
  await stage.holdfast(['restore', 'first day', '--from', 'zip:archives', '--into', './first-day']);
  sameTree('first-day', firstDay, 'the first day is back exactly as it was');
  if (bucket !== undefined) {
    await stage.holdfast(['restore', '--from', bucket.address, '--into', './from-s3']);
    sameTree('from-s3', secondDay, 'what comes back from S3 is the same, to the microsecond');
  }

  stage.explain('Is it all still whole?', 'With --data every byte is read again and compared with its checksum.');
  for (const target of targets) await stage.holdfast(['verify', '--data', '--from', target]);

  stage.explain(
    'A second copy, elsewhere',
    'A mirror copies the snapshots that the other side does not have. Run it as often as you like.',
  );
  await stage.holdfast(['mirror', './backups', './usb-disk']);
  const again = await stage.holdfast(['mirror', './backups', './usb-disk']);
  stage.check(/nothing to copy/.test(again), 'the second run copied nothing');

  stage.explain(
    'What if the store itself is damaged?',
    'One bit of one stored array turns over, as disks do after some years.',
  );
  turnOneBit('usb-disk');
  await stage.holdfast(['verify', '--data', '--from', './usb-disk'], 4);
  stage.check(true, 'the damage was found and named, and the exit status 4 says so to scripts');

  stage.explain(
    'Without Holdfast',
    'Snapshots are ordinary files. The archive of the first day opens with any tool that knows zip files;',
    'a folder is copied with cp. Each snapshot has its own .holdfast/RESTORE.txt that explains how, and checksums:',
  );
  withoutHoldfast();
}

async function lastSnapshot(target) {
  const lines = await stage.ask(['list', '--from', target]);
  return [lines.at(-2), lines.at(-1)];
}

function sameTree(name, expected, sentence) {
  const found = readSources(join(folder, name), NAMES);
  const faults = NAMES.flatMap((source) => differences(expected.get(source), found.get(source)));
  if (faults.length > 0) throw new Error(`${name} is not what was saved: ${faults.slice(0, 5).join('; ')}`);
  stage.check(true, sentence);
}

function turnOneBit(target) {
  const [snapshot] = readdirSync(join(folder, target))
    .filter((name) => !name.startsWith('.'))
    .sort();
  const path = join(folder, target, snapshot, 'data', 'name with spaces & 100%.npy');
  const bytes = readFileSync(path);
  bytes[500] ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

function withoutHoldfast() {
  const [snapshot] = readdirSync(join(folder, 'backups'))
    .filter((name) => !name.startsWith('.'))
    .sort();
  stage.say('', `$ cd backups/${snapshot} && sha256sum -c .holdfast/SHA256SUMS | tail -n 3`);
  const command = 'sha256sum -c .holdfast/SHA256SUMS';
  const { status, stdout, error } = spawnSync('sh', ['-c', command], {
    cwd: join(folder, 'backups', snapshot),
    encoding: 'latin1',
  });
  if (error !== undefined || status === 127) return stage.say('(sha256sum is not installed here)');
  process.stdout.write(`${stdout.trim().split('\n').slice(-3).join('\n')}\n`);
  stage.check(status === 0, 'sha256sum, which knows nothing of Holdfast, finds every file whole');
}
