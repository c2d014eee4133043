import {
  chmodSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  dismissGuard,
  type GuardedRun,
  type GuardOptions,
  type GuardOutcome,
  guard,
  isHoldfastError,
  leftGuards,
  listSnapshots,
  rollBackGuard,
} from '../src/index.js';
import { claimGuard, type GuardRecord } from '../src/state/index.js';
import { expectAsItWas, fullTree } from './full-tree.js';
import { Lab } from './lab.js';
import { all, plant, scratch } from './workspace.js';

const OLD = new Date('2026-01-02T03:04:05.678Z');
const WRONG = new Error('it went wrong');
const fail = (): never => {
  throw WRONG;
};
const codeOf = (error: unknown): string => (isHoldfastError(error) ? error.code : String(error));

/** A guarded run of the lab's source, and how it ended. */
async function run<Result>(
  lab: Lab,
  action: (run: GuardedRun) => Promise<Result> | Result,
  options: Partial<GuardOptions> = {},
): Promise<{ readonly result?: Result; readonly error?: unknown; readonly outcome: GuardOutcome | undefined }> {
  let outcome: GuardOutcome | undefined;
  const sources = [{ path: lab.source, name: 'data' }];
  const onOutcome = (ended: GuardOutcome): void => {
    outcome = ended;
  };
  const common = { sources, target: lab.target, stateDirectory: lab.state, onOutcome, ...options };
  try {
    return { result: await guard(common, action), outcome };
  } catch (error) {
    return { error, outcome };
  }
}

const snapshotsOf = async (lab: Lab): Promise<number> => (await all(listSnapshots({ target: lab.target }))).length;

/** Nothing is left of it: no snapshot, no note, no list. */
async function expectNothingLeft(lab: Lab): Promise<void> {
  expect(await snapshotsOf(lab)).toBe(0);
  expect(readdirSync(join(lab.state, 'guards'))).toEqual([]);
}

describe('row 9: a guarded action', () => {
  it('gives back what it returns, and leaves nothing behind', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const { result, outcome } = await run(lab, () => 42);
    expect([result, outcome]).toMatchObject([42, { how: 'succeeded', isSnapshotKept: false }]);
    await expectNothingLeft(lab);
  });

  it('is taken back when it fails, and its error is thrown', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b', 'sub/c.tmp': 'c', empty: null, link: '-> a.txt' });
    const before = fullTree(lab.source);
    const { error, outcome } = await run(lab, () => {
      writeFileSync(lab.path('a.txt'), 'spoilt');
      rmSync(lab.path('sub'), { recursive: true });
      rmSync(lab.path('link'));
      symlinkSync('elsewhere', lab.path('link'));
      plant(lab.source, { 'new/deep/x.tmp': 'x', 'empty/y.tmp': 'y' });
      throw WRONG;
    });
    expect(error).toBe(WRONG);
    expect(outcome).toMatchObject({
      how: 'rolledBack',
      isSnapshotKept: false,
      rollBack: { problems: [], uncovered: [] },
    });
    expectAsItWas(lab.source, before);
    await expectNothingLeft(lab);
  });

  it('keeps its snapshot where that is wanted, however it ends', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    expect((await run(lab, () => 1, { keep: true })).outcome).toMatchObject({ isSnapshotKept: true });
    expect((await run(lab, fail, { keep: true })).outcome).toMatchObject({ how: 'rolledBack', isSnapshotKept: true });
    expect(await snapshotsOf(lab)).toBe(2);
    expect(leftGuards(lab.state)).toEqual([]);
  });

  it('is decided about by a function, which sees what it has changed', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.txt': 'b' });
    const seen: string[] = [];
    const { outcome } = await run(
      lab,
      () => {
        writeFileSync(lab.path('a.txt'), 'spoilt');
        fail();
      },
      {
        async onFailure({ error, changes }) {
          expect(error).toBe(WRONG);
          const compared = await changes();
          for await (const { kind, path } of compared.changes()) seen.push(`${kind} ${path}`);
          await compared.close();
          return 'keep' as const;
        },
      },
    );
    expect(outcome).toMatchObject({ how: 'kept', error: WRONG });
    expect(seen).toEqual(['changed data/a.txt']);
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('spoilt');
  });

  it('stays as it is for now where whoever is to decide cannot', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const { error, outcome } = await run(lab, fail, {
      onFailure: () => {
        throw new Error('nobody is there');
      },
    });
    expect([String(error), outcome?.how]).toEqual(['Error: nobody is there', 'kept']);
    expect(leftGuards(lab.state)).toMatchObject([{ state: 'kept' }]);
  });

  it('fails when its time is up, and is waited for all the same', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const before = fullTree(lab.source);
    const { error } = await run(
      lab,
      async ({ signal }) => {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        await sleep(20);
        writeFileSync(lab.path('late'), 'late');
      },
      { timeoutMs: 30 },
    );
    expect(codeOf(error)).toBe('TIMED_OUT');
    expectAsItWas(lab.source, before);
  });

  it("hears the caller's signal, and is taken back all the same", async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const before = fullTree(lab.source);
    const controller = new AbortController();
    const { error, outcome } = await run(
      lab,
      async ({ signal }) => {
        writeFileSync(lab.path('a.txt'), 'spoilt');
        controller.abort(WRONG);
        signal.throwIfAborted();
      },
      { signal: controller.signal },
    );
    expect([error, outcome?.how]).toEqual([WRONG, 'rolledBack']);
    expectAsItWas(lab.source, before);
  });
});

describe('row 9: what is taken back', () => {
  it('is also an edit of the same size with its time put back', async () => {
    const lab = new Lab({ 'a.txt': 'abc' });
    await run(lab, () => {
      writeFileSync(lab.path('a.txt'), 'xyz');
      utimesSync(lab.path('a.txt'), OLD, OLD);
      fail();
    });
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('abc');
  });

  it('is never what stood there and no rule took: that stays, with the times of its folders, and is named where it changed', async () => {
    const lab = new Lab({
      '.holdfastignore': '*.tmp\nleft/\n',
      'a.txt': 'a',
      'b.tmp': 'b',
      'c.tmp': 'c',
      'left/x': 'x',
      'left/deep/y': 'y',
      'cache/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55\n',
      'cache/z': 'z',
    });
    const before = fullTree(lab.source);
    const { outcome } = await run(lab, () => {
      plant(lab.source, { 'new.tmp': 'n', 'left/deep/new': 'n', 'cache/new': 'n', 'more/left/n': 'n' });
      writeFileSync(lab.path('b.tmp'), 'B');
      rmSync(lab.path('c.tmp'));
      fail();
    });
    expect(outcome).toMatchObject({
      how: 'rolledBack',
      rollBack: {
        uncovered: [
          { path: 'data/b.tmp', change: 'changed' },
          { path: 'data/c.tmp', change: 'gone' },
        ],
      },
    });
    writeFileSync(lab.path('b.tmp'), 'b');
    utimesSync(lab.path('b.tmp'), OLD, OLD);
    writeFileSync(lab.path('c.tmp'), 'c');
    utimesSync(lab.path('c.tmp'), OLD, OLD);
    const top = before.get('.')?.mtimeNs ?? 0n;
    utimesSync(lab.source, Number(top) / 1e9, Number(top) / 1e9);
    expectAsItWas(lab.source, before);
  });

  it('gets its name back where no rule took it and it was moved: its bytes are nowhere else', async () => {
    const lab = new Lab({
      '.holdfastignore': '*.tmp\nleft/\n',
      'a.tmp': 'only here',
      'left/x': 'and here',
      'sub/b': 'b',
    });
    const before = fullTree(lab.source);
    const { outcome } = await run(lab, () => {
      renameSync(lab.path('a.tmp'), lab.path('sub/moved'));
      renameSync(lab.path('left'), lab.path('sub/elsewhere'));
      fail();
    });
    expect(outcome).toMatchObject({ rollBack: { uncovered: [] } });
    expectAsItWas(lab.source, before);
  });

  it('gets its name back whatever has that name now: another one of its kind, a new file or folder, or a file in place of its folder', async () => {
    const lab = new Lab({
      '.holdfastignore': '*.tmp\n',
      'a.tmp': 'only a',
      'b.tmp': 'only b',
      'c.tmp': 'only c',
      'in.tmp/x': 'only x',
      'sub/d.tmp': 'only d',
      'sub/e': 'e',
    });
    const before = fullTree(lab.source);
    const { outcome } = await run(lab, () => {
      renameSync(lab.path('a.tmp'), lab.path('t'));
      renameSync(lab.path('b.tmp'), lab.path('a.tmp'));
      renameSync(lab.path('t'), lab.path('b.tmp'));
      renameSync(lab.path('c.tmp'), lab.path('in.tmp/c'));
      plant(lab.source, { 'c.tmp/new': 'n' });
      renameSync(lab.path('in.tmp'), lab.path('moved'));
      plant(lab.source, { 'in.tmp': 'a file now' });
      renameSync(lab.path('sub'), lab.path('other'));
      plant(lab.source, { sub: 'a file now' });
      fail();
    });
    expect(outcome).toMatchObject({ how: 'rolledBack', rollBack: { uncovered: [] } });
    expectAsItWas(lab.source, before);
  });

  it.skipIf(process.platform === 'win32')('is given through no link that the action has put on the way', async () => {
    const lab = new Lab({ '.holdfastignore': '*.tmp\n', 'sub/a.tmp': 'only here', 'sub/b': 'b' });
    const outside = scratch();
    await run(lab, () => {
      renameSync(lab.path('sub/a.tmp'), lab.path('moved'));
      renameSync(lab.path('sub'), lab.path('other'));
      symlinkSync(outside, lab.path('sub'));
      fail();
    });
    expect(readdirSync(outside)).toEqual([]);
    expect(readFileSync(lab.path('sub/b'), 'utf8')).toBe('b');
    expect(statSync(lab.path('sub')).isDirectory()).toBe(true);
  });

  it('is a whole source that is gone, or that has become something else', async () => {
    for (const replacement of ['nothing', 'file', 'link']) {
      const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b' });
      const before = fullTree(lab.source);
      const { outcome } = await run(lab, () => {
        rmSync(lab.source, { recursive: true });
        if (replacement === 'file') writeFileSync(lab.source, 'in its place');
        if (replacement === 'link') symlinkSync('/nowhere', lab.source);
        fail();
      });
      expect(outcome?.how, replacement).toBe('rolledBack');
      expectAsItWas(lab.source, before);
    }
  });

  it('is a lone file, with or without a name, also where a folder took its place', async () => {
    for (const name of [undefined, 'excel']) {
      const lab = new Lab({ 'book.xlsx': 'book', 'other.txt': 'other' });
      const before = fullTree(lab.source);
      const sources = [{ path: lab.path('book.xlsx'), ...(name === undefined ? {} : { name }) }];
      const { outcome } = await run(
        lab,
        () => {
          rmSync(lab.path('book.xlsx'));
          plant(lab.source, { 'book.xlsx/in/it': 'x' });
          fail();
        },
        { sources },
      );
      expect(outcome).toMatchObject({ how: 'rolledBack' });
      const top = before.get('.')?.mtimeNs ?? 0n;
      utimesSync(lab.source, Number(top) / 1e9, Number(top) / 1e9);
      expectAsItWas(lab.source, before);
    }
  });

  it('is which names are one file', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'c.txt': 'a' });
    linkSync(lab.path('a.txt'), lab.path('b.txt'));
    const before = fullTree(lab.source);
    await run(lab, () => {
      rmSync(lab.path('b.txt'));
      rmSync(lab.path('c.txt'));
      writeFileSync(lab.path('b.txt'), 'a');
      linkSync(lab.path('a.txt'), lab.path('c.txt'));
      fail();
    });
    expectAsItWas(lab.source, before);
  });

  it('leaves the state of the runs alone where that lies in the source', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const stateDirectory = lab.path('own/state');
    const { outcome } = await run(
      lab,
      () => {
        writeFileSync(lab.path('a.txt'), 'spoilt');
        fail();
      },
      { stateDirectory },
    );
    expect(outcome).toMatchObject({ how: 'rolledBack', rollBack: { problems: [] } });
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('a');
    expect(existsSync(stateDirectory)).toBe(true);
  });

  it('is said not to be taken back where something cannot come, and then nothing is deleted; done again when it can, it is', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.txt': 'b' });
    const before = fullTree(lab.source);
    const { error, outcome } = await run(lab, ({ snapshotId }) => {
      writeFileSync(lab.path('a.txt'), 'spoilt');
      writeFileSync(lab.path('new.txt'), 'new');
      lab.store.objects.set(`kept`, { ...must(lab.store.objects.get(`${snapshotId}/data/a.txt`)) });
      lab.store.objects.delete(`${snapshotId}/data/a.txt`);
      fail();
    });
    expect(isHoldfastError(error, 'NOT_ROLLED_BACK') && error.cause).toBe(WRONG);
    expect(outcome).toMatchObject({
      how: 'notRolledBack',
      problems: [{ code: 'MISSING', path: 'data/a.txt' }, {}, {}],
    });
    expect(existsSync(lab.path('new.txt'))).toBe(true);
    const [left] = leftGuards(lab.state);
    expect(left?.state).toBe('notRolledBack');
    const id = left?.id ?? '';
    lab.store.objects.set(`${id}/data/a.txt`, must(lab.store.objects.get('kept')));
    lab.store.objects.delete('kept');
    const done = await rollBackGuard({ id, target: lab.target, stateDirectory: lab.state });
    expect(done).toMatchObject({ isRolledBack: true, problems: [] });
    expectAsItWas(lab.source, before);
    await expectNothingLeft(lab);
  });

  it('is nothing where the list of what stood there is damaged: without it nobody knows what was created', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const { error } = await run(lab, ({ snapshotId }) => {
      const list = join(lab.state, 'guards', `${snapshotId}.noted.jsonl`);
      truncateSync(list, statSync(list).size - 3);
      writeFileSync(lab.path('new.txt'), 'new');
      fail();
    });
    expect(codeOf(error)).toBe('NOT_ROLLED_BACK');
    expect(readFileSync(lab.path('new.txt'), 'utf8')).toBe('new');
  });
});

describe('row 9: a guarded action does not begin', () => {
  const never = (): never => {
    throw new Error('it was begun');
  };

  it('where a source is missing, or its snapshot is not as things are, and nothing is left', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.txt': 'b' });
    const missing = await run(lab, never, { sources: [{ path: lab.path('none') }] });
    expect(codeOf(missing.error)).toBe('NOT_GUARDED');
    const changing = await run(lab, never, {
      onEvent: (event) => {
        if (event.type === 'committed') writeFileSync(lab.path('a.txt'), 'A');
      },
    });
    expect(codeOf(changing.error)).toBe('NOT_GUARDED');
    expect(String(changing.error)).toContain('data/a.txt: it has changed');
    await expectNothingLeft(lab);
  });

  it.skipIf(process.getuid?.() === 0)('where something cannot be read', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    chmodSync(lab.path('a.txt'), 0);
    const { error } = await run(lab, never);
    expect(codeOf(error)).toBe('NOT_GUARDED');
  });

  it('where another one is at work on the same files, or on a part of them', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b' });
    const inner = { sources: [{ path: lab.path('sub') }] };
    const { result } = await run(lab, async () => {
      const same = await run(lab, never);
      const part = await run(lab, never, inner);
      return [codeOf(same.error), codeOf(part.error)];
    });
    expect(result).toEqual(['NOT_GUARDED', 'NOT_GUARDED']);
    expect((await run(lab, () => run(lab, never), inner)).result?.error).toMatchObject({ code: 'NOT_GUARDED' });
    expect((await run(lab, () => 'again')).result).toBe('again');
  });

  it('beside others: of many that begin at once just one does', async () => {
    const state = scratch();
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) => claimGuard(state, recordOf(`run-${index}`, '/some/files'))),
    );
    expect(claims.filter((claim) => 'ticket' in claim).length).toBe(1);
    expect('ticket' in (await claimGuard(state, recordOf('other', '/other/files')))).toBe(true);
  });

  it('where one was interrupted: that is rolled back, or dismissed, first', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const before = fullTree(lab.source);
    await interrupt(lab);
    const refused = await run(lab, never);
    expect(codeOf(refused.error)).toBe('NOT_GUARDED');
    const [left] = leftGuards(lab.state);
    expect(left).toMatchObject({ state: 'interrupted' });
    await rollBackGuard({ id: left?.id ?? '', target: lab.target, stateDirectory: lab.state });
    expectAsItWas(lab.source, before);
    expect((await run(lab, () => 'begun')).result).toBe('begun');

    await interrupt(lab);
    await dismissGuard({ id: leftGuards(lab.state)[0]?.id ?? '', target: lab.target, stateDirectory: lab.state });
    expect(readFileSync(lab.path('a.txt'), 'utf8')).toBe('spoilt');
    expect((await run(lab, () => 'begun')).result).toBe('begun');
    await expectNothingLeft(lab);
  });

  it('but clears what was left of one that never began, or had ended', async () => {
    for (const phase of ['preparing', 'over']) {
      const lab = new Lab({ 'a.txt': 'a' });
      await interrupt(lab, phase);
      expect(leftGuards(lab.state)).toEqual([]);
      expect((await run(lab, () => 'begun')).result).toBe('begun');
      await expectNothingLeft(lab);
    }
  });
});

/** A run that was killed in this phase, as far as its notes tell. */
async function interrupt(lab: Lab, phase = 'running'): Promise<void> {
  await run(
    lab,
    () => {
      writeFileSync(lab.path('a.txt'), 'spoilt');
      writeFileSync(lab.path('new.txt'), 'new');
      fail();
    },
    { onFailure: 'keep' },
  );
  const [left] = leftGuards(lab.state);
  const file = join(lab.state, 'guards', `${left?.id}.json`);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), phase }));
}

function recordOf(id: string, realPath: string): GuardRecord {
  const source = { name: 'data', path: realPath, realPath, type: 'directory' as const, entryPath: 'data' };
  return { id, target: 'memory:', sources: [source], phase: 'preparing', keep: false, startedAt: '' };
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('it is there');
  return value;
}
