import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listenForInterruption } from './interruption.js';

class Exit extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

class FakeProcess extends EventEmitter {
  exit(status: number): never {
    throw new Exit(status);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the first signal asks for a clean stop, the second ends the process on the spot', () => {
  const host = new FakeProcess();
  const onFirst = vi.fn();
  const interruption = listenForInterruption(host, onFirst);
  host.emit('SIGINT', 'SIGINT');
  expect(interruption.signal.aborted).toBe(true);
  expect(interruption.exitStatus).toBe(130);
  expect(onFirst).toHaveBeenCalledOnce();
  expect(() => host.emit('SIGINT', 'SIGINT')).toThrow(new Exit(130));
  interruption.end();
});

test('a stop that takes longer than a second is given up', async () => {
  const host = new FakeProcess();
  const interruption = listenForInterruption(host, () => {});
  host.emit('SIGTERM', 'SIGTERM');
  const overdue = expect(interruption.overdue).rejects.toThrow('stopped by SIGTERM');
  await vi.advanceTimersByTimeAsync(1000);
  await overdue;
  expect(interruption.exitStatus).toBe(143);
  interruption.end();
});

test('when the command has ended, signals do what they always do', () => {
  const host = new FakeProcess();
  listenForInterruption(host, () => {}).end();
  expect(host.listenerCount('SIGINT') + host.listenerCount('SIGTERM')).toBe(0);
});

test('a stop that is asked for is as clean as one by a signal, and a signal after it ends the process on the spot', () => {
  const host = new FakeProcess();
  const onFirst = vi.fn();
  const interruption = listenForInterruption(host, onFirst);
  interruption.stop(1, 'a full disk');
  expect(interruption.signal.reason).toEqual(new Error('stopped by a full disk'));
  expect(interruption.exitStatus).toBe(1);
  expect(onFirst).not.toHaveBeenCalled();
  expect(() => host.emit('SIGINT', 'SIGINT')).toThrow(new Exit(130));
  interruption.end();
});
