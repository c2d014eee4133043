/** doctor on a bucket: what is there stays, and nothing else is there afterwards. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRAM, runHoldfast } from './script/run-holdfast.js';
import { makeBucket, type TestBucket } from './script/test-bucket.js';
import { makeWorld, type World } from './script/world.js';

const { HOLDFAST_TEST_S3_ENDPOINT: ENDPOINT, HOLDFAST_TEST_LONG: LONG, HOLDFAST_TEST_S3_REPORT: REPORT } = process.env;

let bucket: TestBucket;
let world: World;
beforeAll(async () => {
  if (ENDPOINT === undefined) return;
  bucket = await makeBucket(ENDPOINT);
  world = makeWorld();
  writeFileSync(join(world.work, 'a.txt'), 'hello');
});
afterAll(async () => {
  await bucket?.remove();
  world?.remove();
});

/** Makes a snapshot in the bucket, and gives the address of a target beside and below which nothing may change. */
async function withSnapshot(): Promise<string> {
  const address = `s3://${bucket.name}/my backups`;
  const { status, stderr } = await runHoldfast(['backup', 'a.txt', '--to', address, '--format', 'plain'], {
    cwd: world.work,
    environment: world.environment,
  });
  expect(status, stderr).toBe(0);
  return address;
}

/** Runs doctor, and stops it after so many topics. */
async function doctor(address: string, topics: number): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, [PROGRAM, 'doctor', address], { cwd: world.work, env: world.environment });
  let output = '';
  let isStopped = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (isStopped || output.split('✓').length <= topics) return;
    isStopped = true;
    child.kill('SIGINT');
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}

function report(name: string): void {
  if (REPORT !== undefined) appendFileSync(REPORT, `cli ${name}\n`);
}

test.skipIf(ENDPOINT === undefined)(
  'stopped by a signal, it leaves the bucket as it was',
  { timeout: 120_000 },
  async () => {
    const address = await withSnapshot();
    const before = await bucket.everything();
    const { status, output } = await doctor(address, 1);
    expect(status, output).toBe(130);
    expect(output).toContain('Nothing was left behind.');
    expect(await bucket.everything()).toEqual(before);
    report('doctor stopped');
  },
);

test.skipIf(ENDPOINT === undefined || LONG !== '1')(
  'at its end all laws held, and the bucket is as it was [only with test:long]',
  { timeout: 600_000 },
  async () => {
    const address = await withSnapshot();
    const before = await bucket.everything();
    const { status, output } = await doctor(address, Number.POSITIVE_INFINITY);
    expect(status, output).toBe(0);
    expect(output).toMatch(/lifecycle rule/);
    expect(await bucket.everything()).toEqual(before);
    report('doctor');
  },
);
