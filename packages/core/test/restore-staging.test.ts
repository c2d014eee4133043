import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisHost } from '../src/files/index.js';
import { diff, dismissInterruptedRestores } from '../src/index.js';
import { beginRestore } from '../src/state/index.js';
import { Lab } from './lab.js';
import { all, plant, scratch } from './workspace.js';

const STAGING = '.holdfast-restore';
const CLAIM = '0123456789abcdef';

/** What a restore that was killed leaves in a folder, or one that still runs. */
function plantStaging(folder: string, { living = false } = {}): void {
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const owner = { ...thisHost().self, ...(living ? {} : { pid: ended }) };
  const claim = join(folder, STAGING, CLAIM);
  plant(claim, { 'owner.json': JSON.stringify(owner), heartbeat: '.', '1': 'half a fi' });
  utimesSync(join(claim, 'heartbeat'), new Date(), new Date());
}

const pathsOf = async (lab: Lab): Promise<string[]> =>
  (await lab.entries()).map((item) => ('entry' in item ? item.entry.path : 'refused'));

describe('what a restore has staged in a source', () => {
  it.each([
    ['that was killed', {}],
    ['that still runs', { living: true }],
  ])('by one %s is no part of the source: a backup leaves it out and says so', async (_, state) => {
    const lab = new Lab({ 'a.txt': 'a', 'mounted/b.txt': 'b' });
    plantStaging(lab.source, state);
    plantStaging(lab.path('mounted'), state);
    const summary = await lab.backup();
    expect(summary.notes.filter(({ code }) => code === 'STAGING_LEFT_OUT')).toMatchObject([
      { message: expect.stringContaining(lab.path(STAGING)) },
      { message: expect.stringContaining(lab.path(`mounted/${STAGING}`)) },
    ]);
    expect(summary.problems).toEqual([]);
    expect(await pathsOf(lab)).toEqual(['data', 'data/a.txt', 'data/mounted', 'data/mounted/b.txt']);
  });

  it.each<[string, (staging: string) => void]>([
    ['a folder that holds something else', (staging) => plant(staging, { 'mine.txt': 'mine' })],
    ['a folder that holds something else beside it', (staging) => plant(staging, { 'mine.txt': 'mine' })],
    ['a folder with a claim of nobody', (staging) => plant(staging, { [`${CLAIM}/mine.txt`]: 'mine' })],
    ['a file', (staging) => writeFileSync(staging, 'mine')],
    ['a link', (staging) => symlinkSync('a.txt', staging)],
  ])('is only what it is: %s of that name is stored', async (name, stand) => {
    const lab = new Lab({ 'a.txt': 'a' });
    if (name.endsWith('beside it')) plantStaging(lab.source);
    stand(lab.path(STAGING));
    expect((await lab.backup()).notes.map(({ code }) => code)).toEqual(['NEW_TARGET']);
    expect(await pathsOf(lab)).toContain(`data/${STAGING}`);
  });

  it('is no difference between the snapshot and the live files', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    plantStaging(lab.source);
    const compared = await diff({ target: lab.target, after: { stateDirectory: lab.state } });
    try {
      const paths = (await all(compared.changes())).map(({ path }) => path);
      expect(paths.filter((path) => path.includes(STAGING))).toEqual([]);
    } finally {
      await compared.close();
    }
  });

  it('is not listed for deletion, and a restore that is run again removes it', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    plant(lab.source, { 'extra.txt': 'extra' });
    plantStaging(lab.source);
    const asked: unknown[] = [];
    const summary = await lab.restoreInPlace({
      delete: true,
      confirm: async ({ deletions }) => void asked.push(deletions?.entries),
    });
    expect([asked, summary.deleted, summary.problems]).toEqual([[1], 1, []]);
    expect(readdirSync(lab.source)).toEqual(['a.txt']);
  });

  it('is not removed with the folder that it lies in', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await lab.backup();
    plant(lab.source, { 'extra/x.txt': 'x' });
    plantStaging(lab.path('extra'), { living: true });
    await lab.restoreInPlace({ delete: true });
    expect(readFileSync(lab.path(`extra/${STAGING}/${CLAIM}/1`), 'utf8')).toBe('half a fi');
  });
});

describe('dismissing a restore that was interrupted', () => {
  const journal = {
    snapshotId: '20261123T072308123Z-7f3a9c2b',
    target: 't',
    patterns: [],
    exclude: [],
    deletes: false,
  };

  async function interrupt(lab: Lab, places: readonly string[]): Promise<void> {
    await beginRestore(lab.state, { ...journal, places, startedAt: '2026-11-23T07:23:08.123Z' });
    for (const name of readdirSync(join(lab.state, 'restoring'))) {
      const file = join(lab.state, 'restoring', name);
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), owner: undefined }));
    }
  }

  it('removes what it had staged, in a folder and beside a lone file, also where that is a link', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'lone/file': 'f', 'led/file': 'f', 'links/file': '-> ../led/file' });
    const places = [
      lab.source,
      lab.path('lone/file'),
      lab.path('links/file'),
      lab.path('gone/file'),
      '/nowhere/at/all',
    ];
    mkdirSync(lab.path('gone'));
    const staged = [lab.source, lab.path('lone'), lab.path('led'), lab.path('gone')];
    for (const folder of staged) plantStaging(folder);
    await interrupt(lab, places);
    expect(await dismissInterruptedRestores(lab.state)).toMatchObject([{ places, left: [] }]);
    expect(staged.filter((folder) => existsSync(join(folder, STAGING)))).toEqual([]);
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('a');
  });

  it('leaves alone, and names, what is of a restore that still runs, or no staging of ours', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'led/x': 'x' });
    const elsewhere = scratch();
    plantStaging(lab.source, { living: true });
    plantStaging(elsewhere);
    symlinkSync(join(elsewhere, STAGING), lab.path(`led/${STAGING}`));
    await interrupt(lab, [lab.source, lab.path('led')]);
    const [dismissed] = await dismissInterruptedRestores(lab.state);
    expect(dismissed?.left).toEqual([lab.path(STAGING), lab.path(`led/${STAGING}`)]);
    expect(readdirSync(lab.path(STAGING))).toEqual([CLAIM]);
    expect(lstatSync(lab.path(`led/${STAGING}`)).isSymbolicLink()).toBe(true);
    expect(existsSync(join(elsewhere, STAGING, CLAIM, '1'))).toBe(true);
  });
});
