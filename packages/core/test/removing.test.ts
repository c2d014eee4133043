import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BackupTarget,
  findRemovable,
  type HoldfastEvent,
  isHoldfastError,
  listSnapshots,
  mirror,
  prune,
  remove,
  restore,
  undoRemoval,
  verify,
} from '../src/index.js';
import { encodeTombstone } from '../src/plain/tombstone.js';
import { fails, faultPlan, faultyTarget, memoryTarget, targetFault, waits } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { runs } from './runs.js';
import { all, scratch } from './workspace.js';

const DAY_MS = 86_400_000;
const after = (days: number): { now(): Date } => ({ now: () => new Date(Date.now() + days * DAY_MS) });

/** Of two removals in one millisecond nobody can say which one was the last: each has one of its own here. */
async function removeFrom(target: BackupTarget, ...which: string[]): Promise<void> {
  await remove({ target, snapshots: await findRemovable({ target, which }) });
  for (const now = Date.now(); Date.now() === now; ) await nextTurn();
}

async function idsOf(target: BackupTarget, removed = false): Promise<string[]> {
  return (await all(listSnapshots({ target, removed }))).map(({ id }) => id);
}

describe('a removed snapshot', () => {
  test('is no parent of the next one, and a number that it had is not given again', async () => {
    const lab = new Lab({ a: '1' });
    const first = await lab.backup();
    await removeFrom(lab.target, first.snapshotId);
    const second = await lab.backup();
    expect(second.parent).toBeUndefined();
    await undoRemoval({ target: lab.target });
    expect((await restore({ target: lab.target, into: scratch() })).snapshotId).toBe(second.snapshotId);
  });

  test('is kept for seven days, unless it is to go now; then it is gone, and its place can be used', async () => {
    let storeMs = Date.now();
    const lab = new Lab({ a: '1' }, { now: () => storeMs });
    const { snapshotId: id } = await lab.backup();
    await removeFrom(lab.target, id);
    storeMs += 7.1 * DAY_MS;
    const kept = await prune({ target: lab.target, clock: after(6.9) });
    expect(kept).toMatchObject({ prunedSnapshots: [], keptSnapshots: [{ id }], problemCount: 0 });
    expect(await prune({ target: lab.target, clock: after(7.1), dryRun: true })).toMatchObject({
      prunedSnapshots: [{ id }],
    });
    expect(await idsOf(lab.target, true)).toEqual([id]);
    expect(await prune({ target: lab.target, clock: after(7.1) })).toMatchObject({ prunedSnapshots: [{ id }] });
    expect([...lab.store.objects.keys()].filter((key) => key.startsWith(id))).toEqual([]);
    await lab.backup();
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
  });

  test.each([
    ['the pruner', after(8), undefined],
    ['the remover', undefined, after(-8)],
  ])('is kept for seven days of the store, wherever the clock of %s stands', async (_who, clock, removedBy) => {
    let storeMs = Date.now() - 30 * DAY_MS;
    const lab = new Lab({ a: '1' }, { now: () => storeMs });
    const { snapshotId: id } = await lab.backup({ clock: after(-20) });
    const snapshots = await findRemovable({ target: lab.target, which: [id] });
    await remove({ target: lab.target, snapshots, clock: removedBy });
    storeMs += 6.9 * DAY_MS;
    expect(await prune({ target: lab.target, clock })).toMatchObject({ prunedSnapshots: [], keptSnapshots: [{ id }] });
    storeMs += 0.2 * DAY_MS;
    expect(await prune({ target: lab.target, clock })).toMatchObject({ prunedSnapshots: [{ id }] });
    expect(lab.store.objects.has('.holdfast/clock')).toBe(false);
  });

  test('is kept where the store cannot be asked for its time, and that is said; --now does not ask', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    await removeFrom(lab.target, id);
    const target = faultyTarget(lab.target, faultPlan().on('commit', fails(targetFault('NO_SPACE')), { key: /clock/ }));
    const notes: unknown[] = [];
    const onEvent = (event: HoldfastEvent): void => void (event.type === 'note' && notes.push(event.note.code));
    expect(await prune({ target, clock: after(8), onEvent })).toMatchObject({ keptSnapshots: [{ id }] });
    expect(notes).toEqual(['STORE_TIME_UNKNOWN']);
    expect(await prune({ target, now: true })).toMatchObject({ prunedSnapshots: [{ id }] });
  });

  test('that a clock of last year removed is kept as long: it was not removed before it was made', async () => {
    let storeMs = Date.now();
    const lab = new Lab({ a: '1' }, { now: () => storeMs });
    const { snapshotId: id } = await lab.backup();
    const snapshots = await findRemovable({ target: lab.target, which: [id] });
    await remove({ target: lab.target, snapshots, clock: after(-365) });
    storeMs += 7.1 * DAY_MS;
    expect(await prune({ target: lab.target })).toMatchObject({ prunedSnapshots: [], keptSnapshots: [{ id }] });
    expect(await prune({ target: lab.target, clock: after(7.1) })).toMatchObject({ prunedSnapshots: [{ id }] });
  });

  test('whose tombstone is damaged is there, is named, and is never pruned', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    await removeFrom(lab.target, id);
    for (const bytes of [new Uint8Array(0), new Uint8Array(300), Buffer.from('nonsense')]) {
      const key = `.holdfast/trash/${id}`;
      lab.store.objects.set(key, { bytes, attributes: {}, listedFromMs: 0 });
      const summary = await prune({ target: lab.target, now: true, clock: after(400) });
      expect(summary).toMatchObject({ prunedSnapshots: [], problems: [{ code: 'DAMAGED', path: key }] });
      expect((await all(listSnapshots({ target: lab.target }))).map(({ status }) => status)).toEqual(['unclear', 'ok']);
      expect((await restore({ target: lab.target, into: scratch() })).problems).toEqual([]);
    }
    await removeFrom(lab.target, id);
    expect(await idsOf(lab.target)).toEqual([]);
  });

  test('is all that a prune deletes: a tombstone of any other name, or of a place that holds nothing of ours, is named and deletes nothing', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    const foreign = '20260102T030405678Z-0a1b2c3d';
    for (const name of ['photos', foreign]) {
      const photo = { bytes: Buffer.from('a photo'), attributes: {}, listedFromMs: 0 };
      lab.store.objects.set(`${name}/a.jpg`, photo);
      // A copy of a snapshot that somebody has called so: its name alone keeps it.
      if (name === 'photos') lab.store.objects.set('photos/.holdfast/manifest.jsonl', photo);
      const bytes = encodeTombstone(name, '0123456789abcdef', {
        at: '2026-01-01T00:00:00Z',
        host: '',
        user: '',
        program: '',
      });
      lab.store.objects.set(`.holdfast/trash/${name}`, { ...photo, bytes: Buffer.from(bytes) });
    }
    for (const dryRun of [true, false]) {
      expect(await prune({ target: lab.target, now: true, dryRun })).toMatchObject({
        prunedSnapshots: [],
        problems: [
          { code: 'DAMAGED', path: `.holdfast/trash/${foreign}` },
          { code: 'DAMAGED', path: '.holdfast/trash/photos' },
        ],
      });
    }
    expect(lab.store.objects.has('photos/a.jpg')).toBe(true);
    expect(lab.store.objects.has(`${foreign}/a.jpg`)).toBe(true);
    expect(await idsOf(lab.target)).toEqual([id]);
  });

  test('which is not seen where there is no header keeps its tombstone: the place may be of another kind', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    await lab.backup();
    await removeFrom(lab.target, id);
    for (const key of [...lab.store.objects.keys()])
      if (key.startsWith(id) || key === '.holdfast/target.json') lab.store.objects.delete(key);
    const key = `.holdfast/trash/${id}`;
    expect(await prune({ target: lab.target, now: true })).toMatchObject({
      prunedSnapshots: [],
      problems: [{ code: 'DAMAGED', path: key }],
    });
    expect(lab.store.objects.has(key)).toBe(true);
    expect(lab.store.objects.has(`.holdfast/pruned/${id}`)).toBe(false);
  });

  test('which was pruned at the other side is not mirrored there, also by the next mirror, but with `again`', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    const to = memoryTarget({ url: 'memory:to' });
    await mirror({ from: lab.target, to });
    await removeFrom(to, id);
    await prune({ target: to, now: true });
    for (let round = 0; round < 2; round += 1) {
      expect(await mirror({ from: lab.target, to })).toMatchObject({
        copiedSnapshots: 0,
        removedSnapshots: 1,
        equal: true,
      });
    }
    expect(await mirror({ from: lab.target, to, again: true })).toMatchObject({ copiedSnapshots: 1, equal: true });
    expect(await idsOf(to)).toEqual([id]);
    await removeFrom(to, id);
    await undoRemoval({ target: to });
    expect((await verify({ target: to, data: true })).problems).toEqual([]);
  });
});

describe('an undo', () => {
  test('of an id brings back that one, however many were removed since; again is redo', async () => {
    const lab = new Lab({ a: '1' });
    const ids = [(await lab.backup()).snapshotId, (await lab.backup()).snapshotId];
    const [first = '', second = ''] = ids;
    await removeFrom(lab.target, first);
    await removeFrom(lab.target, second);
    await undoRemoval({ target: lab.target });
    expect(await idsOf(lab.target)).toEqual([second]);
    expect(await undoRemoval({ target: lab.target, which: first })).toMatchObject({ snapshots: [first] });
    expect(await idsOf(lab.target)).toEqual(ids);
    expect(await undoRemoval({ target: lab.target })).toMatchObject({ action: 'removeAgain', snapshots: [first] });
    expect(await idsOf(lab.target)).toEqual([second]);
    await expect(undoRemoval({ target: lab.target, which: second })).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
  });

  test('takes back what was removed last by the store, wherever the clocks of those who removed it stood', async () => {
    let storeMs = Date.now();
    const lab = new Lab({ a: '1' }, { now: () => storeMs });
    const [first, second] = [(await lab.backup()).snapshotId, (await lab.backup()).snapshotId];
    for (const [id, clock] of [
      [first, after(3)],
      [second, after(-3)],
    ] as const) {
      const snapshots = await findRemovable({ target: lab.target, which: [id] });
      await remove({ target: lab.target, snapshots, clock });
      storeMs += 60_000;
    }
    expect(await undoRemoval({ target: lab.target })).toMatchObject({ snapshots: [second] });
  });

  test('removes nothing again once a backup, a mirror or a prune has changed the target', async () => {
    const lab = new Lab({ a: '1' });
    const [older, newer] = [await lab.backup(), await lab.backup()];
    const changes = {
      backup: () => lab.backup(),
      prune: async () => {
        await removeFrom(lab.target, older.snapshotId);
        await removeFrom(lab.target, newer.snapshotId);
        await undoRemoval({ target: lab.target, which: newer.snapshotId });
        await prune({ target: lab.target, now: true });
      },
    };
    for (const change of Object.values(changes)) {
      await removeFrom(lab.target, newer.snapshotId);
      await undoRemoval({ target: lab.target });
      await change();
      await expect(undoRemoval({ target: lab.target })).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
      expect(await idsOf(lab.target)).toContain(newer.snapshotId);
    }
  });

  test('needs no room: where the redo cannot be written down that is a note, and nothing is half done', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    await removeFrom(lab.target, id);
    const target = faultyTarget(
      lab.target,
      faultPlan().on('commit', fails(targetFault('NO_SPACE')), { key: /undone/ }),
    );
    const notes: unknown[] = [];
    const onEvent = (event: HoldfastEvent): void => void (event.type === 'note' && notes.push(event.note.code));
    expect(await undoRemoval({ target, onEvent })).toMatchObject({ action: 'bringBack', snapshots: [id] });
    expect(notes).toEqual(['NO_REDO']);
    expect(await idsOf(lab.target)).toEqual([id]);
    await expect(undoRemoval({ target })).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
  });

  test('that is stopped midway goes on: its note counts only when all of it is done', async () => {
    const lab = new Lab({ a: '1' });
    const ids = [(await lab.backup()).snapshotId, (await lab.backup()).snapshotId];
    await removeFrom(lab.target, ...ids);
    const stop = new AbortController();
    const onEvent = (event: HoldfastEvent): void => void (event.type === 'broughtBack' && stop.abort());
    await expect(undoRemoval({ target: lab.target, signal: stop.signal, onEvent })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect((await idsOf(lab.target)).length).toBe(1);
    expect((await undoRemoval({ target: lab.target })).action).toBe('bringBack');
    expect(await idsOf(lab.target)).toEqual(ids);
  });
});

describe('an undo and a prune at the same time', () => {
  /** Lets the other one run in the midst of a call of this one. */
  const inTheMidst = (
    target: BackupTarget,
    operation: 'removeRoot' | 'delete' | 'get',
    key: RegExp,
    other: () => Promise<unknown>,
  ) =>
    faultyTarget(
      target,
      faultPlan().on(
        operation,
        waits(async () => void (await other())),
        { key },
      ),
    );

  test('a prune that has announced a snapshot is not undone, and completes', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    await removeFrom(lab.target, id);
    let outcome: unknown;
    const target = inTheMidst(lab.target, 'removeRoot', /./, async () => {
      const seen = faultPlan();
      outcome = await undoRemoval({ target: faultyTarget(lab.target, seen) }).catch((error: unknown) => error);
      // Not for a moment is what is half deleted without its tombstone.
      expect(seen.count('delete')).toBe(0);
    });
    const pruned = await prune({ target, now: true });
    expect(isHoldfastError(outcome, 'NOTHING_TO_UNDO')).toBe(true);
    expect(pruned.prunedSnapshots).toMatchObject([{ id }]);
    expect(await idsOf(lab.target)).toEqual([]);
  });

  test('an undo before the announcement wins: the prune finds no tombstone, and leaves the snapshot', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    await removeFrom(lab.target, id);
    const target = faultyTarget(
      lab.target,
      faultPlan().on(
        'commit',
        waits(async () => void (await undoRemoval({ target: lab.target }))),
        { key: /pruned/ },
      ),
    );
    expect((await prune({ target, now: true })).prunedSnapshots).toEqual([]);
    expect(await idsOf(lab.target)).toEqual([id]);
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
    // And it can be removed and brought back as before.
    await removeFrom(lab.target, id);
    await undoRemoval({ target: lab.target });
    expect(await idsOf(lab.target)).toEqual([id]);
  });

  test('an undo that a whole prune overtakes says that it is too late', async () => {
    const lab = new Lab({ a: '1' });
    const { snapshotId: id } = await lab.backup();
    await removeFrom(lab.target, id);
    const target = inTheMidst(lab.target, 'delete', /trash/, () => prune({ target: lab.target, now: true }));
    await expect(undoRemoval({ target })).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
    expect(await idsOf(lab.target)).toEqual([]);
    expect((await prune({ target: lab.target })).problems).toEqual([]);
  });

  test('two prunes at once delete each snapshot, and disturb nothing else', async () => {
    const lab = new Lab({ a: '1' });
    const removed = [await lab.backup(), await lab.backup()].map(({ snapshotId }) => snapshotId);
    const kept = await lab.backup();
    await removeFrom(lab.target, ...removed);
    const target = inTheMidst(lab.target, 'removeRoot', new RegExp(removed[0] ?? ''), () =>
      prune({ target: lab.target, now: true }),
    );
    expect((await prune({ target, now: true })).problems).toEqual([]);
    expect(await idsOf(lab.target)).toEqual([kept.snapshotId]);
    expect(await idsOf(lab.target, true)).toEqual([]);
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
  });
});

/** What is there, what was removed by which command, and what the last undo would redo. */
interface Model {
  present: string[];
  removals: string[][];
  redo: string[] | undefined;
}

const COMMANDS = fc.array(
  fc.oneof(
    fc.constant({ do: 'backup' } as const),
    fc.record({ do: fc.constant('remove' as const), which: fc.array(fc.nat(9), { minLength: 1, maxLength: 2 }) }),
    fc.constant({ do: 'undo' } as const),
    fc.constant({ do: 'prune' } as const),
  ),
  { minLength: 1, maxLength: 14 },
);

test.each(['commit', 'put'] as const)(
  'whatever is backed up, removed, undone and pruned in any order, what is listed is what should be, and whole (objects visible at the %s)',
  { timeout: 120_000 },
  async (publish) => {
    await fc.assert(
      fc.asyncProperty(COMMANDS, async (commands) => {
        const lab = new Lab({ same: 'the same in all', changing: '0' }, { publish });
        const first = await lab.backup();
        const model: Model = { present: [first.snapshotId], removals: [], redo: undefined };
        let minutes = 0;
        for (const command of commands) {
          minutes += 1;
          const clock = { now: () => new Date(Date.now() + minutes * 60_000) };
          await play(lab, model, command, clock);
          expect(await idsOf(lab.target)).toEqual([...model.present].sort());
          expect(await idsOf(lab.target, true)).toEqual(model.removals.flat().sort());
        }
        if (model.present.length > 0) expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
      }),
      { numRuns: runs(15) },
    );
  },
);

type Command = (typeof COMMANDS extends fc.Arbitrary<infer List> ? List : never) extends readonly (infer One)[]
  ? One
  : never;

async function play(lab: Lab, model: Model, command: Command, clock: { now(): Date }): Promise<void> {
  const { target } = lab;
  if (command.do === 'backup') {
    writeFileSync(join(lab.source, 'changing'), String(Math.random()));
    model.present.push((await lab.backup()).snapshotId);
    model.redo = undefined;
  } else if (command.do === 'remove') {
    const chosen = new Set(command.which.map((index) => model.present[index]).filter((id) => id !== undefined));
    if (chosen.size === 0) return;
    await remove({ target, clock, snapshots: await findRemovable({ target, which: [...chosen] }) });
    model.present = model.present.filter((id) => !chosen.has(id));
    model.removals.push([...chosen]);
    model.redo = undefined;
  } else if (command.do === 'undo') {
    const outcome: unknown = await undoRemoval({ target, clock }).catch((error: unknown) => error);
    const back = model.redo === undefined ? model.removals.pop() : undefined;
    if (model.redo !== undefined) {
      const again = model.redo;
      model.present = model.present.filter((id) => !again.includes(id));
      model.removals.push(again);
      model.redo = undefined;
    } else if (back === undefined) expect(isHoldfastError(outcome, 'NOTHING_TO_UNDO')).toBe(true);
    else {
      model.present.push(...back);
      model.redo = back;
    }
  } else {
    expect((await prune({ target, clock, now: true })).problems).toEqual([]);
    if (model.removals.length > 0) model.redo = undefined;
    model.removals = [];
  }
}
