import { expect, test } from 'vitest';
import { type BackupTarget, bytesSource, type ObjectSource, TargetError } from '../target/index.js';
import { fails, faultPlan, faultyTarget, memoryTarget, targetFault } from '../testing/index.js';
import { prefixed } from './index.js';

const ONE = bytesSource(Buffer.from('one'));

async function keys(target: BackupTarget, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const line of target.list(prefix)) found.push(line.key);
  return found;
}

test('objects lie below the prefix, and what lies beside it is not seen', async () => {
  const inner = memoryTarget();
  const beside = await inner.begin();
  await beside.put('team/other', ONE);
  await beside.put('team/me-too/a', ONE);
  await beside.commit();
  const target = prefixed(inner, 'team/me/');
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', ONE);
  await batch.copy('r/a', 'r/b');
  await batch.commit({ key: 'r/record', body: Buffer.from('record') });
  expect(await keys(target)).toEqual(['r/a', 'r/b', 'r/record']);
  expect(await keys(inner)).toEqual(['team/me-too/a', 'team/me/r/a', 'team/me/r/b', 'team/me/r/record', 'team/other']);
  await target.delete(['r/a']);
  expect(await target.stat('r/a')).toBeUndefined();
  expect(await target.stat('r/b')).toMatchObject({ key: 'r/b', sizeBytes: 3 });
});

test('url and capabilities speak of the place below the prefix', () => {
  const inner = memoryTarget({ url: 'memory:place', capabilities: { maxKeyBytes: 100 } });
  const target = prefixed(inner, 'é/b/');
  expect(target.url).toBe('memory:place/é/b');
  expect(target.capabilities).toMatchObject({ maxKeyBytes: 95, putIfAbsent: false, copy: true });
});

test('errors name the key and the url of the place below the prefix', async () => {
  const faults = faultPlan().on('delete', fails(targetFault('ACCESS_DENIED')));
  const target = prefixed(faultyTarget(memoryTarget(), faults), 'p/');
  const stat = target.delete(['r/a']);
  await expect(stat).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    url: 'memory:/p',
    operation: 'delete',
    key: 'r/a',
  });
  await expect(keys(target, 'bad')).rejects.toMatchObject({ code: 'INVALID_KEY', url: 'memory:/p', key: 'bad' });
});

test('an error of a source is the same object, also when the source reads the same inner target', async () => {
  const inner = memoryTarget();
  const fault = new TargetError({ code: 'CORRUPT', reason: 'x', url: inner.url, operation: 'get', key: 'p/r/a' });
  const source: ObjectSource = {
    sizeBytes: 3,
    // biome-ignore lint/correctness/useYield: it fails before its first byte.
    async *open() {
      throw fault;
    },
  };
  const batch = await prefixed(inner, 'p/').begin({ root: 'r' });
  await expect(batch.put('r/a', source)).rejects.toBe(fault);
});

test('a root that is taken below the prefix is ALREADY_EXISTS; the same root beside it is free', async () => {
  const inner = memoryTarget();
  const [left, right] = [prefixed(inner, 'left/'), prefixed(inner, 'right/')];
  const batch = await left.begin({ root: 'r' });
  await batch.commit({ key: 'r/record', body: Buffer.from('1') });
  await expect(left.begin({ root: 'r' })).rejects.toMatchObject({
    code: 'ALREADY_EXISTS',
    url: 'memory:/left',
    key: 'r',
  });
  await (await right.begin({ root: 'r' })).commit({ key: 'r/record', body: Buffer.from('2') });
  expect(await keys(inner)).toEqual(['left/r/record', 'right/r/record']);
});

test('of two that fill one root below the prefix, the second record does not replace the first', async () => {
  const inner = memoryTarget();
  const [first, second] = [prefixed(inner, 'p/'), prefixed(inner, 'p/')];
  const batches = [await first.begin({ root: 'r' }), await second.begin({ root: 'r' })] as const;
  await batches[0].commit({ key: 'r/record', body: Buffer.from('1') });
  const late = batches[1].commit({ key: 'r/record', body: Buffer.from('2') });
  await expect(late).rejects.toMatchObject({ code: 'ALREADY_EXISTS', key: 'r/record' });
});

test('a prefix that is no closed key, or leaves no room, or of a target that nothing can be added to, is refused', () => {
  for (const prefix of ['', 'p', '/p/', 'p//', '../', 'p/../q/']) {
    expect(() => prefixed(memoryTarget(), prefix)).toThrowError(expect.objectContaining({ code: 'INVALID_KEY' }));
  }
  const narrow = memoryTarget({ capabilities: { maxKeyBytes: 5 } });
  expect(() => prefixed(narrow, '12345/')).toThrowError(expect.objectContaining({ code: 'INVALID_KEY' }));
  const closed = memoryTarget({ capabilities: { append: false } });
  expect(() => prefixed(closed, 'p/')).toThrowError(expect.objectContaining({ code: 'UNSUPPORTED' }));
});
