import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type HostView, isAlive, isDead, STALE_AFTER_MS, type StagingOwner, thisHost } from './staging-owner.js';

const OWNER: StagingOwner = { host: 'one/1234', pid: 77, startTime: '500', bootId: 'boot-a', pidNamespace: 'pid:[1]' };
const NOW_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

/** A machine where process 77 runs, started at 500, up for ten hours; but for what is given. */
function hostLike(
  self: Partial<StagingOwner> = {},
  seen: { startTime?: string } | undefined = { startTime: '500' },
): HostView {
  return { self: { ...OWNER, pid: 1, ...self }, upForMs: () => 10 * HOUR_MS, processOf: () => seen };
}

function deadAfter(hours: number, host: HostView, owner: StagingOwner | undefined = OWNER): boolean {
  return isDead(owner, NOW_MS - hours * HOUR_MS, NOW_MS, host);
}

describe('an owner', () => {
  test('that runs on this machine lives, however long ago its last sign was below a day', () => {
    expect(deadAfter(23, hostLike())).toBe(false);
  });

  test('whose process is gone from this machine is dead at once', () => {
    const gone: HostView = { ...hostLike(), processOf: () => undefined };
    expect(deadAfter(0, gone)).toBe(true);
  });

  test('whose number another process has got is dead', () => {
    expect(deadAfter(0, hostLike({}, { startTime: '900' }))).toBe(true);
  });

  test('whose start cannot be compared lives while its number is in use', () => {
    expect(deadAfter(0, hostLike({}, {}))).toBe(false);
    const { startTime: _, ...without } = OWNER;
    expect(deadAfter(0, hostLike(), without)).toBe(false);
  });

  test('of an earlier boot of this machine is dead', () => {
    expect(deadAfter(11, hostLike({ bootId: 'boot-b' }))).toBe(true);
  });

  test('of another boot that gave a sign within this one is another machine of the same name, and lives', () => {
    expect(deadAfter(9, hostLike({ bootId: 'boot-b' }))).toBe(false);
  });

  test('on another machine lives, whatever runs here', () => {
    const elsewhere: HostView = { ...hostLike({ host: 'two/5678' }), processOf: () => undefined };
    expect(deadAfter(23, elsewhere)).toBe(false);
  });

  test('surely lives where its very process is seen, and nowhere else', () => {
    expect(isAlive(OWNER, hostLike())).toBe(true);
    const { startTime: _, ...without } = OWNER;
    expect(isAlive(without, hostLike())).toBe(false);
    expect(isAlive(OWNER, hostLike({}, { startTime: '900' }))).toBe(false);
    expect(isAlive(OWNER, hostLike({ host: 'two/5678' }))).toBe(false);
    expect(isAlive(OWNER, hostLike({ bootId: 'boot-b' }))).toBe(false);
    expect(isAlive(OWNER, hostLike({ pidNamespace: 'pid:[2]' }))).toBe(false);
  });

  test('in another pid namespace lives: its number means nothing here', () => {
    const container: HostView = { ...hostLike({ pidNamespace: 'pid:[2]' }), processOf: () => undefined };
    expect(deadAfter(23, container)).toBe(false);
  });

  test('that is unknown lives', () => {
    const nobody: HostView = { ...hostLike(), processOf: () => undefined };
    expect(isDead(undefined, NOW_MS, NOW_MS, nobody)).toBe(false);
  });

  test('without a sign of life for more than a day is dead, wherever it was', () => {
    for (const host of [hostLike(), hostLike({ host: 'two/5678' }), hostLike({ pidNamespace: 'pid:[2]' })]) {
      expect(isDead(OWNER, NOW_MS - STALE_AFTER_MS, NOW_MS, host)).toBe(false);
      expect(isDead(OWNER, NOW_MS - STALE_AFTER_MS - 1, NOW_MS, host)).toBe(true);
    }
    expect(isDead(undefined, NOW_MS - STALE_AFTER_MS - 1, NOW_MS, hostLike())).toBe(true);
  });
});

describe('this machine', () => {
  const host = thisHost();

  test('knows itself as living', () => {
    expect(host.self.pid).toBe(process.pid);
    expect(isDead(host.self, NOW_MS, NOW_MS, host)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('tells boot, namespace and the start of a process', () => {
    expect(host.self.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(host.self.pidNamespace).toMatch(/^pid:\[\d+\]$/);
    expect(host.self.startTime).toMatch(/^\d+$/);
    // Field 22 by another way: nothing before it can hold a bracket but the name of the process.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    expect(host.self.startTime).toBe(fields[19]);
  });

  test('gives its machine id to nobody', () => {
    expect(host.self.host).toMatch(/^.+\/[0-9a-f]{16}$/);
  });

  test('sees that a killed process is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) throw new Error('no child');
    const startTime = host.processOf(pid)?.startTime;
    const owner: StagingOwner = { ...host.self, pid, ...(startTime === undefined ? {} : { startTime }) };
    expect(isDead(owner, NOW_MS, NOW_MS, host)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isDead(owner, NOW_MS, NOW_MS, host)).toBe(true);
  });
});
