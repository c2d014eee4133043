// The scenes of the demo, each with the words that a user would type.
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { damageProject, workOneDay } from './project.mjs';
import { differences, readTree } from './tree.mjs';

const SOURCES = ['./data', 'attendance.xlsx'];
const NAMES = ['data', 'attendance.xlsx'];

/**
 * @param {{ stage: ReturnType<import('./stage.mjs').openStage>, folder: string, bucket?: string }} scene `bucket`: the
 *   address of an S3 target, where there is one
 */
export async function play({ stage, folder, bucket }) {
  const shared = ['./backups', ...(bucket === undefined ? [] : [bucket])];

  stage.explain(
    'A small project',
    'An attendance system keeps its state in files: NumPy arrays, and an Excel workbook of three sheets.',
    'Some names are odd on purpose: spaces, quotes, emoji, a leading dash, one that is not UTF-8 at all.',
  );
  stage.say(...readdirSync(join(folder, 'data')).map((name) => `  data/${name}`), '  attendance.xlsx');
  const firstDay = readSources(folder);
  // A file that is two seconds old at its first backup can later be known as unchanged without being read.
  await sleep(2100);

  stage.explain(
    'Back it up',
    bucket === undefined
      ? 'One snapshot, read once, kept in two places: a folder, and a folder of zip archives.'
      : 'One snapshot, read once, kept in three places: a folder, a folder of zip archives, and an S3 store.',
  );
  const everywhere = [...shared, 'zip:archives'].flatMap((target) => ['--to', target]);
  await stage.holdfast(['backup', ...SOURCES, ...everywhere, '--format', 'plain', '--name', 'first day']);

  stage.explain(
    'A day of work goes by',
    'A new person, one better array, a longer workbook. What did not change is neither read nor stored again;',
    'a zip archive is always complete in itself, so there everything is.',
  );
  workOneDay(folder);
  const secondDay = readSources(folder);
  await stage.holdfast(['backup', ...SOURCES, ...shared.flatMap((target) => ['--to', target]), '--tag', 'daily']);
  await stage.holdfast(['backup', ...SOURCES, '--to', 'zip:archives', '--tag', 'daily']);

  stage.explain('Look at what is there', 'Oldest first. "latest" is the newest, and an id can be cut short.');
  await stage.holdfast(['list', '--from', './backups']);
  await stage.holdfast(['show', 'latest', 'data/archive 2025', '--from', './backups']);
  for (const target of [...shared, 'zip:archives']) {
    const lines = await stage.ask(['list', '--from', target]);
    const names = lines.filter((line) => line.type === 'snapshot').map((line) => line.name);
    stage.check(
      names.length === 2 && names[0] === 'first day',
      `${target} holds two snapshots, "first day" is the older one`,
    );
  }

  stage.explain('Disaster', 'An import fails half-way and leaves this behind:');
  stage.say(...damageProject(folder).map((line) => `  ${line}`));

  stage.explain('Get it back', 'The newest state, into a new folder: nothing that is there now is touched.');
  const isBack = (name, day, sentence) => stage.check(...sameAs(join(folder, name), day, sentence));
  await stage.holdfast(['restore', '--from', './backups', '--into', './restored']);
  isBack('restored', secondDay, 'every file, folder, link, permission and time is as it was before the disaster');
  await stage.holdfast(['restore', 'first day', '--from', 'zip:archives', '--into', './first-day']);
  isBack('first-day', firstDay, 'the first day is back from its archive, exactly as it was');
  if (bucket !== undefined) {
    await stage.holdfast(['restore', '--from', bucket, '--into', './from-s3']);
    isBack('from-s3', secondDay, 'what comes back from S3 is the same, to the microsecond');
  }

  stage.explain('Is it all still whole?', 'With --data every byte is read again and compared with its checksum.');
  for (const target of [...shared, 'zip:archives']) await stage.holdfast(['verify', '--data', '--from', target]);

  stage.explain(
    'A second copy, elsewhere',
    'A mirror copies the snapshots that the other side lacks. Run it as often as you like.',
  );
  await stage.holdfast(['mirror', './backups', './usb-disk']);
  const again = await stage.holdfast(['mirror', './backups', './usb-disk']);
  stage.check(/nothing to copy/.test(again), 'the second run copied nothing');

  stage.explain(
    'What if the store itself is damaged?',
    'One bit of one stored array turns over, as happens to disks after some years.',
  );
  turnOneBit(newestSnapshot(join(folder, 'usb-disk')));
  const verdict = await stage.holdfast(['verify', 'latest', '--data', '--from', './usb-disk'], 4);
  stage.check(/DAMAGED/.test(verdict), 'the damaged file was found and named, and exit status 4 says so to scripts');

  stage.explain(
    'And without Holdfast?',
    'Snapshots are ordinary files: cp, unzip or any S3 client gets them back. Each has its own',
    '.holdfast/RESTORE.txt, which explains how, and checksums for a tool that every Linux has:',
  );
  checkWithoutHoldfast(stage, newestSnapshot(join(folder, 'backups')));
}

function readSources(folder) {
  return NAMES.map((name) => readTree(join(folder, name)));
}

function sameAs(folder, day, sentence) {
  const found = readSources(folder);
  const faults = day.flatMap((tree, index) => differences(tree, found[index]));
  return [faults.length === 0, faults.length === 0 ? sentence : `${sentence}: ${faults.slice(0, 5).join('; ')}`];
}

function newestSnapshot(target) {
  const names = readdirSync(target).filter((name) => !name.startsWith('.'));
  return join(target, names.sort().at(-1));
}

function turnOneBit(snapshot) {
  const path = join(snapshot, 'data', 'Grace_Hopper_EMP006_0.npy');
  const bytes = readFileSync(path);
  bytes[500] ^= 1;
  // Stored files are read-only: that stops a slip of the hand, and not a disk.
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

function checkWithoutHoldfast(stage, snapshot) {
  const { status, stdout, error } = spawnSync('sha256sum', ['-c', '.holdfast/SHA256SUMS'], {
    cwd: snapshot,
    encoding: 'utf8',
  });
  if (error !== undefined) return stage.say('(There is no sha256sum here.)');
  stage.type('cd backups/2…; sha256sum -c .holdfast/SHA256SUMS | tail -n 3', stdout.trim().split('\n').slice(-3));
  stage.check(status === 0, 'sha256sum, which knows nothing of Holdfast, finds every file whole');
}
