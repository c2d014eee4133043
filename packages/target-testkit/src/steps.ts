import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BackupTarget,
  bytesSource,
  type CommitRecord,
  type GetOptions,
  isTargetError,
  type ListOptions,
  type ObjectInfo,
  type ObjectSource,
  type TargetError,
  type TargetErrorCode,
  type TargetOperation,
  type WriteBatch,
} from '@holdfast/core/target';
import type { BatchKind, CaseContext } from './case.js';
import { digestOf } from './sources.js';

/** A timer may fire a little before the clock has gone that far. */
const TIMER_SLACK_MS = 2;

/** The record of most cases; last in no order, so that nothing holds by chance. */
export const RECORD_KEY = 'r/m-record.json';

/** A record with random bytes, as every true record has. */
export function record(key: string = RECORD_KEY): CommitRecord {
  return { key, body: text(`{"nonce":"${Math.random()}-${Date.now()}"}`) };
}

/** A string as bytes of UTF-8. */
export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** A string as a source. */
export function textSource(value: string): ObjectSource {
  return bytesSource(text(value));
}

/** Everything below a prefix, after the time that listings may lag. */
export async function listOf(target: BackupTarget, prefix = '', options?: ListOptions): Promise<ObjectInfo[]> {
  const { listDelayMs } = target.capabilities;
  if (listDelayMs > 0) await sleep(listDelayMs + TIMER_SLACK_MS);
  const lines: ObjectInfo[] = [];
  for await (const line of target.list(prefix, options)) lines.push(line);
  return lines;
}

/** The keys of a listing. */
export async function keysOf(target: BackupTarget, prefix = '', options?: ListOptions): Promise<string[]> {
  return (await listOf(target, prefix, options)).map((line) => line.key);
}

/** All bytes of a small object. */
export async function bytesOf(target: BackupTarget, key: string, options?: GetOptions): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of target.get(key, options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A small object as a string. */
export async function textOf(target: BackupTarget, key: string): Promise<string> {
  return (await bytesOf(target, key)).toString('utf8');
}

/** Reads an iteration to its end and drops what it gives. */
export async function drain(iteration: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of iteration);
}

/** The object holds exactly what the source gives. */
export async function assertHolds(target: BackupTarget, key: string, source: ObjectSource): Promise<void> {
  assert.deepEqual(await digestOf(target.get(key)), await digestOf(source.open()), `what ${key} holds`);
}

/** The medium holds nothing but objects. */
export async function assertNoResidue(context: CaseContext): Promise<void> {
  assert.deepEqual([...(await context.place.residue())], [], 'residue in the place');
}

/** Nothing at all is left: no object, no residue. */
export async function assertNothingLeft(context: CaseContext): Promise<void> {
  assert.deepEqual(await keysOf(context.target), [], 'listed objects');
  assert.deepEqual(await keysOf(await context.open()), [], 'objects listed by another handle');
  await assertNoResidue(context);
}

/** The largest of the kit's ordinary sizes that fits here: large enough that a store which sends parts sends several. */
export function largestBytes({ sizes, capabilities }: CaseContext): number {
  return Math.max(...sizes.objectBytes.filter((sizeBytes) => sizeBytes <= capabilities.maxObjectBytes));
}

/** Objects by key. */
export type Contents = Readonly<Record<string, string | ObjectSource>>;

/** Puts every object, one after the other. */
export async function putAll(batch: WriteBatch, contents: Contents): Promise<void> {
  for (const [key, content] of Object.entries(contents)) {
    await batch.put(key, typeof content === 'string' ? textSource(content) : content);
  }
}

/** A whole batch: begin, put, commit with a record. */
export async function store(
  target: BackupTarget,
  contents: Contents,
  kind: Pick<BatchKind, 'begin'> = { begin: { root: 'r' } },
  commitRecord: CommitRecord = record(),
): Promise<void> {
  const batch = await target.begin(kind.begin);
  await putAll(batch, contents);
  await batch.commit(commitRecord);
}

/** What an error must say of itself, beside its code. */
export interface ExpectedError {
  readonly operation?: TargetOperation;
  readonly key?: string;
}

/** The action fails with a {@link TargetError} of this code that says where and what it was. */
export async function assertFails(
  target: BackupTarget,
  code: TargetErrorCode | readonly TargetErrorCode[],
  action: () => Promise<unknown>,
  expected: ExpectedError = {},
): Promise<TargetError> {
  const codes = typeof code === 'string' ? [code] : code;
  let answer: unknown;
  try {
    answer = await action();
  } catch (error) {
    if (!isTargetError(error)) throw new Error(`expected ${codes.join(' or ')}, got another error`, { cause: error });
    assert.ok(codes.includes(error.code), `expected ${codes.join(' or ')}, got ${error.code}: ${error.message}`);
    assert.equal(error.url, target.url, `url of ${error.message}`);
    if (expected.operation !== undefined) assert.equal(error.operation, expected.operation, error.message);
    if (expected.key !== undefined) assert.equal(error.key, expected.key, error.message);
    return error;
  }
  throw new assert.AssertionError({ message: `expected ${codes.join(' or ')}, but it succeeded`, actual: answer });
}
