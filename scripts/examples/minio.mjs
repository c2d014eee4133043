// examples/minio against the S3 server of the tests (Ceph, or the one that the environment names): the same variables, another store.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBucket } from '../demo/bucket.mjs';
import { repository } from '../workspace.mjs';

export async function playMinio({ folder, run, environment }, check) {
  if (process.platform === 'win32') return 'it is a shell script';
  const log = [];
  const bucket = await findBucket({ repository, log: (line) => log.push(line) });
  if (bucket === undefined) return log.at(-1) ?? 'no S3 server';
  try {
    const cwd = join(folder, 'minio');
    mkdirSync(join(cwd, 'data'));
    writeFileSync(join(cwd, 'data', 'a.txt'), 'hello');
    const BUCKET = new URL(bucket.address).hostname;
    const { status, output } = await run('./run.sh', ['data', 'restored'], {
      cwd,
      environment: { ...environment, ...bucket.environment, BUCKET },
    });
    check(status === 0, `it ends with 0${status === 0 ? '' : `\n${output}`}`);
    check(/^2 snapshots$/m.test(output), 'two snapshots are in the store');
    check(readFileSync(join(cwd, 'restored', 'data', 'a.txt'), 'utf8') === 'hello', 'the file came back');
    const { AWS_SECRET_ACCESS_KEY: _, ...without } = bucket.environment;
    const refused = await run('./run.sh', ['data', 'x'], { cwd, environment: { ...environment, ...without } });
    check(refused.status !== 0 && refused.output.includes('AWS_SECRET_ACCESS_KEY'), 'without credentials it says so');
  } finally {
    await bucket.remove();
  }
}
