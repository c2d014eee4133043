import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BackupTarget, isTargetError, type TargetError } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { adapter, type LocalFsOptions, openLocalFs } from '../src/index.js';
import { afterThisTest, body, freshFolder, keysOf, text, textOf } from './store.js';

const CHILD = fileURLToPath(new URL('one-child.mjs', import.meta.url));
const RECORD = '.holdfast/snapshot.json';
const WITHOUT_CLONES = {
  async clone() {
    throw Object.assign(new Error('no clones'), { code: 'ENOTSUP' });
  },
};

async function opened(path: string, options: LocalFsOptions = { single: true, replace: true }): Promise<BackupTarget> {
  const target = await openLocalFs(path, options);
  afterThisTest(() => target.close());
  return target;
}

async function write(target: BackupTarget, root: string, files: Readonly<Record<string, string>>): Promise<void> {
  const batch = await target.begin({ root });
  for (const [name, value] of Object.entries(files)) await batch.put(`${root}/${name}`, text(value));
  await batch.commit({ key: `${root}/${RECORD}`, body: body(root) });
}

/** A folder that is the snapshot `old`. */
async function standing(files: Readonly<Record<string, string>> = { 'excel/data.xlsx': 'old', 'npy/a.npy': 'a' }) {
  const path = join(freshFolder(), 'backup');
  const target = await opened(path);
  await write(target, 'old', files);
  return { path, target };
}

async function errorOf(work: Promise<unknown>): Promise<TargetError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (isTargetError(error)) return error;
  throw new Error('expected an error of the target', { cause: error });
}

describe('a folder that is one snapshot', () => {
  test('has the files at its top, and what is ours in one hidden folder', async () => {
    const { path } = await standing({ 'excel/data.xlsx': 'x', 'npy/a.npy': 'a', 'data_backup.csv': 'c' });
    expect(readdirSync(path).sort()).toEqual(['.holdfast', 'data_backup.csv', 'excel', 'npy']);
    expect(readdirSync(join(path, '.holdfast')).sort()).toEqual(['root.json', 'snapshot.json']);
    expect(readFileSync(join(path, 'excel/data.xlsx'), 'utf8')).toBe('x');
  });

  test('says itself what it is: it is opened as one without being told, also where it was moved or copied', async () => {
    const { path } = await standing();
    renameSync(path, `${path} of Monday`);
    const target = await opened(`${path} of Monday`, {});
    expect(target.capabilities).toMatchObject({ oneRoot: 'kept', append: false, delete: false });
    expect(await keysOf(target)).toEqual([`old/${RECORD}`, 'old/excel/data.xlsx', 'old/npy/a.npy']);
    const refused = await errorOf(target.begin({ root: 'new' }));
    expect(refused.code).toBe('ALREADY_EXISTS');
  });

  test('shows nothing but its own: foreign files are no objects', async () => {
    const { path, target } = await standing();
    writeFileSync(join(path, 'notes.txt'), 'mine');
    writeFileSync(join(path, '.holdfast', 'other'), '');
    expect(await keysOf(target)).toEqual([`old/${RECORD}`, 'old/excel/data.xlsx', 'old/npy/a.npy']);
    expect(await target.stat('old/notes.txt')).toBeUndefined();
    expect((await errorOf(textOf(target, 'old/notes.txt'))).code).toBe('NOT_FOUND');
    for (const key of ['old/.holdfast/root.json', 'old/.holdfast/swap/x', 'old/.holdfast/staging']) {
      expect((await errorOf(target.stat(key))).code).toBe('INVALID_KEY');
    }
  });

  test.each(['{}', '', '{"root":"old","pieces":["../other"]}', '{"root":"a/b","pieces":[]}'])(
    'with a mark that says nothing (%s) it is no snapshot, and nothing takes its place',
    async (mark) => {
      const { path } = await standing();
      writeFileSync(join(path, '.holdfast/root.json'), mark);
      const target = await opened(path);
      expect(await keysOf(target)).toEqual([]);
      expect((await errorOf(target.begin({ root: 'new' }))).code).toBe('ALREADY_EXISTS');
    },
  );

  test('the options are yes or no, and replacing is for such a folder alone', async () => {
    const location = join(freshFolder(), 'backup');
    const open = (adapterOptions: Record<string, unknown>): Promise<unknown> =>
      adapter.open({ scheme: 'file', location }, { adapterOptions }).then((target) => target.close());
    await open({ single: true, replace: true, force: false });
    await open({ single: false });
    for (const wrong of [{ single: 'yes' }, { replace: true }, { force: true }, { single: true, merge: true }]) {
      expect((await errorOf(open(wrong))).code).toBe('MISCONFIGURED');
    }
    expect(existsSync(location)).toBe(false);
  });
});

describe('a replacement', () => {
  test('shares what is unchanged: the file stays the same one', async () => {
    const { path } = await standing();
    const before = statSync(join(path, 'npy/a.npy'), { bigint: true }).ino;
    const target = await opened(path, { replace: true, means: WITHOUT_CLONES });
    const batch = await target.begin({ root: 'new' });
    await batch.copy('old/npy/a.npy', 'new/npy/a.npy');
    await batch.commit({ key: `new/${RECORD}`, body: body('new') });
    expect(statSync(join(path, 'npy/a.npy'), { bigint: true }).ino).toBe(before);
    expect(await keysOf(target)).toEqual([`new/${RECORD}`, 'new/npy/a.npy']);
  });

  test('every name and byte of the new one is flushed before the one rename that makes it count, and nothing is moved before that is', async () => {
    const { path } = await standing();
    const steps: string[] = [];
    const target = await opened(path, {
      replace: true,
      durableBy: 'fsync',
      onStep: (step) =>
        void steps.push(`${step.kind} ${step.path.replace(path, '').replace(/staging\/[^/]*/, 'staging/*')}`),
    });
    await write(target, 'new', { 'excel/data.xlsx': 'new' });
    const at = (step: string): number => {
      expect(steps).toContain(step);
      return steps.indexOf(step);
    };
    const counts = at('rename /.holdfast/swap');
    for (const name of ['/excel/data.xlsx', '/excel', `/${RECORD}`, '/.holdfast', '']) {
      expect(at(`sync /.holdfast/staging/*/tree/new${name}`), name).toBeLessThan(counts);
    }
    for (const name of ['plan.json', 'mark.json']) {
      expect(at(`sync /.holdfast/staging/*/swap/${name}`)).toBeLessThan(counts);
    }
    expect(at('sync /.holdfast/staging/*/swap')).toBeLessThan(counts);
    const order = [
      'rename /.holdfast/swap',
      'sync /.holdfast',
      'rename /.holdfast/swap/previous-mark.json',
      `rename /.holdfast/swap/previous/${RECORD}`,
      'rename /.holdfast/swap/previous/excel',
      'rename /.holdfast/swap/previous/npy',
      'sync ',
      'rename /excel',
      `rename /${RECORD}`,
      'sync /.holdfast',
      'rename /.holdfast/root.json',
    ];
    const moves = steps.slice(counts);
    let from = 0;
    for (const step of order) {
      const found = moves.indexOf(step, from);
      expect(found, `${step} in ${moves.slice(from).join('\n')}`).toBeGreaterThanOrEqual(from);
      from = found + 1;
    }
  });

  test('of two writers the one that comes second has not seen what it would replace, and is told to begin again', async () => {
    const { path } = await standing();
    const [first, second] = [await opened(path), await opened(path)];
    const late = await second.begin({ root: 'late' });
    await late.copy('old/npy/a.npy', 'late/npy/a.npy');
    await write(first, 'new', { 'npy/a.npy': 'new' });
    const error = await errorOf(late.commit({ key: `late/${RECORD}`, body: body('late') }));
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS', operation: 'commit' });
    expect(error.hint).toContain('again');
    expect(await keysOf(first)).toEqual([`new/${RECORD}`, 'new/npy/a.npy']);
    await write(await opened(path), 'late', { b: 'b' });
    expect(readdirSync(path).sort()).toEqual(['.holdfast', 'b']);
  });

  test('that finds another root or a foreign file in its way after it has begun to count moves nothing of theirs', async () => {
    for (const sneaks of ['a root', 'a file']) {
      const { path } = await standing();
      const sneak = (): void => {
        if (sneaks === 'a file') writeFileSync(join(path, 'csv'), 'mine');
        else execFileSync(process.execPath, [CHILD, path, 'replace', '0']);
      };
      const target = await opened(path, {
        replace: true,
        onStep: ({ kind, path: at }) => {
          if (kind === 'rename' && at.endsWith('.holdfast/swap')) sneak();
        },
      });
      const work = write(target, 'late', { csv: 'late', 'npy/a.npy': 'late' });
      expect((await errorOf(work)).code).toBe('ALREADY_EXISTS');
      const root = sneaks === 'a file' ? 'old' : 'new';
      expect(await textOf(target, `${root}/${RECORD}`)).toContain(root);
      expect(await keysOf(target, 'late/')).toEqual([]);
      if (sneaks === 'a file') expect(readFileSync(join(path, 'csv'), 'utf8')).toBe('mine');
      expect(existsSync(join(path, '.holdfast/swap'))).toBe(false);
    }
  });

  test('eight writers at once leave one snapshot, whole, and everybody else is told', async () => {
    const { path } = await standing();
    const won: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const name = `writer-${index}`;
        try {
          await write(await opened(path), name, { 'npy/a.npy': name, [`npy/${index}`]: name });
          won.push(name);
        } catch (error) {
          if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
        }
      }),
    );
    const target = await opened(path);
    const [key = ''] = await keysOf(target);
    const name = key.split('/', 1)[0] ?? '';
    expect(won).toContain(name);
    expect(await textOf(target, `${name}/npy/a.npy`)).toBe(name);
    expect(await keysOf(target)).toHaveLength(3);
    expect(readdirSync(join(path, 'npy'))).toHaveLength(2);
  });

  test.each(['excel', 'npy', basename(RECORD), 'root.json'])(
    'that cannot move %s is taken back as a whole: what stood stands, and the next one works',
    async (name) => {
      const { path } = await standing();
      let refusals = 0;
      const target = await opened(path, {
        replace: true,
        means: {
          rename(from, to) {
            // The last one: when most has been moved.
            const isUp = !to.includes('.holdfast/swap/') && !to.includes('staging') && basename(to) === name;
            if (!isUp || refusals > 0) return rename(from, to);
            refusals += 1;
            return Promise.reject(Object.assign(new Error('held'), { code: 'EBUSY' }));
          },
        },
      });
      await expect(write(target, 'new', { 'excel/data.xlsx': 'new', 'npy/b.npy': 'b' })).rejects.toThrow();
      expect(refusals).toBe(1);
      expect(await keysOf(target)).toEqual([`old/${RECORD}`, 'old/excel/data.xlsx', 'old/npy/a.npy']);
      expect(await textOf(target, 'old/excel/data.xlsx')).toBe('old');
      expect(existsSync(join(path, '.holdfast/swap'))).toBe(false);
      await write(target, 'next', { 'npy/b.npy': 'b' });
      expect(readdirSync(path).sort()).toEqual(['.holdfast', 'npy']);
    },
  );

  test('is waited for by whoever opens the folder or reads in it meanwhile', async () => {
    const { path, target } = await standing();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let reached = (): void => undefined;
    const midway = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const writer = await opened(path, {
      replace: true,
      means: {
        async rename(from, to) {
          if (to === join(path, 'excel')) {
            reached();
            await held;
          }
          await rename(from, to);
        },
      },
    });
    const writing = write(writer, 'new', { 'excel/data.xlsx': 'new' });
    await midway;
    let answers = 0;
    const count = <Answer>(work: Promise<Answer>): Promise<Answer> => work.finally(() => (answers += 1));
    const opening = count(opened(path, {}));
    const listing = count(keysOf(target));
    const reading = count(textOf(target, 'new/excel/data.xlsx'));
    const looking = count(target.stat('old/excel/data.xlsx'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answers).toBe(0);
    goOn();
    await writing;
    expect(await listing).toEqual([`new/${RECORD}`, 'new/excel/data.xlsx']);
    expect(await reading).toBe('new');
    expect(await looking).toBeUndefined();
    expect(await keysOf(await opening)).toEqual([`new/${RECORD}`, 'new/excel/data.xlsx']);
  });

  test('leaves a reader that has begun what it began with, and a listing says that it broke off', async () => {
    const { path, target } = await standing({ large: 'x'.repeat(2_000_000), 'npy/a': '1', 'npy/b': '2' });
    const reader = target.get('old/large')[Symbol.asyncIterator]();
    const lister = target.list('')[Symbol.asyncIterator]();
    const first = await reader.next();
    await lister.next();
    await write(await opened(path), 'new', { large: 'short' });
    let bytes = (first.value as Uint8Array).byteLength;
    for (let step = await reader.next(); step.done !== true; step = await reader.next()) bytes += step.value.byteLength;
    expect(bytes).toBe(2_000_000);
    const rest = async (): Promise<void> => {
      for (let step = await lister.next(); step.done !== true; step = await lister.next());
    };
    expect(await errorOf(rest())).toMatchObject({ code: 'UNAVAILABLE', retryable: false });
  });
});

test('while one snapshot takes the place of another one again and again, a reader gets whole ones and nothing else', async () => {
  const { path, target } = await standing({ 'a/x': 'old', 'a/y': 'old', b: 'old' });
  const writer = spawn(process.execPath, [CHILD, path, 'churn', '0'], { stdio: 'ignore' });
  let hasEnded = false;
  writer.once('exit', () => {
    hasEnded = true;
  });
  const seen = new Set<string>();
  while (!hasEnded) {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      const keys = await keysOf(target);
      const root = keys[0]?.split('/', 1)[0] ?? 'nothing';
      seen.add(root);
      expect(keys).toEqual([RECORD, 'a/x', 'a/y', 'b'].map((key) => `${root}/${key}`));
      expect(await textOf(target, `${root}/a/x`)).toBe(root);
      expect(await textOf(target, `${root}/b`)).toBe(root);
    } catch (error) {
      // It has been replaced since: that is said, and nothing else is given.
      if (!isTargetError(error, 'UNAVAILABLE') && !isTargetError(error, 'NOT_FOUND')) throw error;
    }
  }
  expect(writer.exitCode).toBe(0);
  expect(seen.size).toBeGreaterThan(2);
  expect(seen).not.toContain('nothing');
});

describe('foreign files in the folder', () => {
  test('are refused when a batch begins, and when they come before it ends', async () => {
    const { path, target } = await standing();
    const batch = await target.begin({ root: 'new' });
    await batch.put('new/csv', text('new'));
    writeFileSync(join(path, 'csv'), 'mine');
    expect((await errorOf(batch.commit())).code).toBe('ALREADY_EXISTS');
    const error = await errorOf(target.begin({ root: 'new' }));
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS', operation: 'begin' });
    expect(error.message).toContain('"csv"');
    expect(readFileSync(join(path, 'csv'), 'utf8')).toBe('mine');
    expect(await textOf(target, 'old/excel/data.xlsx')).toBe('old');
  });

  test('go with force where they are in the way, and stay where they are not', async () => {
    const path = freshFolder();
    mkdirSync(join(path, 'excel'));
    writeFileSync(join(path, 'excel/data.xlsx'), 'of another program');
    writeFileSync(join(path, 'notes.txt'), 'mine');
    expect((await errorOf((await opened(path)).begin({ root: 'new' }))).code).toBe('ALREADY_EXISTS');
    const forced = await opened(path, { single: true, replace: true, force: true });
    await write(forced, 'new', { 'excel/new.xlsx': 'new' });
    expect(readdirSync(path).sort()).toEqual(['.holdfast', 'excel', 'notes.txt']);
    expect(readdirSync(join(path, 'excel'))).toEqual(['new.xlsx']);
    await forced.removeRoot('new');
    expect(readdirSync(path)).toEqual(['notes.txt']);
  });

  test('not even force makes a snapshot of a folder that holds snapshots', async () => {
    const path = freshFolder();
    const store = await opened(path, {});
    const batch = await store.begin();
    await batch.commit({ key: '.holdfast/target.json', body: body('header') });
    await write(store, 'old', { a: 'a' });
    const forced = await opened(path, { single: true, replace: true, force: true });
    expect((await errorOf(write(forced, 'new', { b: 'b' }))).code).toBe('ALREADY_EXISTS');
    expect(readdirSync(path).sort()).toEqual(['.holdfast', 'old']);
  });
});

test('a replacement that was broken off and whose plan is damaged is told, and where everything lies', async () => {
  const { path } = await standing();
  const swap = join(path, '.holdfast', 'swap');
  mkdirSync(join(swap, 'by-0123456789abcdef'), { recursive: true });
  for (const plan of ['torn', '[]', '{"to":{"root":"a/b","pieces":[]}}', '{"from":{"root":"old","pieces":[".."]}}']) {
    writeFileSync(join(swap, 'plan.json'), plan);
    const error = await errorOf(openLocalFs(path));
    expect(error.code).toBe('CORRUPT');
    expect(error.hint).toContain('.holdfast/swap/previous');
  }
  expect(readFileSync(join(path, 'excel/data.xlsx'), 'utf8')).toBe('old');
});
