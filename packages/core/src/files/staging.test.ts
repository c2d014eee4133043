import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimStaging, type StagingClaim } from './staging.js';
import { RESERVED_STAGING_NAMES } from './staging-folder.js';
import { type HostView, thisHost } from './staging-owner.js';
import { sweepStaging } from './staging-sweep.js';

let base = '';
let staging = '';
const claims: StagingClaim[] = [];

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-staging-')));
  staging = join(base, 'store', 'staging');
});
afterEach(async () => {
  for (const claim of claims.splice(0)) await claim.release();
  rmSync(base, { recursive: true });
});

async function claimAs(host: HostView = thisHost(), heartbeatMs?: number): Promise<StagingClaim> {
  const claim = await claimStaging(staging, { host, heartbeatMs });
  claims.push(claim);
  return claim;
}

/** This machine, in a process that has ended. */
function endedProcess(): HostView {
  const host = thisHost();
  return { ...host, self: { ...host.self, pid: 2 ** 30, startTime: '1' } };
}

/** Another machine: what it left can be judged by its last sign of life alone. */
function otherMachine(): HostView {
  const host = thisHost();
  return { ...host, self: { ...host.self, host: 'another/0' } };
}

function ageHeartbeat(claim: StagingClaim, hours: number): void {
  const then = Date.now() / 1000 - hours * 3600;
  utimesSync(join(claim.path, 'heartbeat'), then, then);
}

describe('a claim', () => {
  test('is a new folder of its own, says what it had to make, and is gone with all in it when released', async () => {
    const claim = await claimAs();
    expect(claim.folders).toEqual({ made: [join(base, 'store'), staging], stood: base });
    expect(readdirSync(claim.path).sort()).toEqual([...RESERVED_STAGING_NAMES].sort());
    expect(statSync(claim.path).mode & 0o777).toBe(0o700);
    mkdirSync(join(claim.path, 'tree'));
    writeFileSync(join(claim.path, 'tree', 'file'), '');
    await claim.release();
    await claim.release();
    expect(readdirSync(staging)).toEqual([]);
  });

  test('leaves nothing where it cannot be made, not even the folders that were to hold it', async () => {
    const onStep = (step: { readonly kind: string; readonly path: string }): void => {
      if (step.kind === 'mkdir' && step.path.startsWith(join(staging, '/'))) throw new Error('the disk is full');
    };
    await expect(claimStaging(staging, { onStep })).rejects.toThrow('the disk is full');
    expect(readdirSync(base)).toEqual([]);
    mkdirSync(join(base, 'store'));
    await expect(claimStaging(staging, { onStep })).rejects.toThrow('the disk is full');
    expect(readdirSync(base)).toEqual(['store']);
  });

  test('gives signs of life while it is held', async () => {
    const claim = await claimAs(thisHost(), 5);
    ageHeartbeat(claim, 30);
    const agedMs = statSync(join(claim.path, 'heartbeat')).mtimeMs;
    while (statSync(join(claim.path, 'heartbeat')).mtimeMs === agedMs) await sleep(5);
    expect(await sweepStaging(staging, await claimAs(otherMachine()), { host: otherMachine() })).toBe(0);
  });
});

describe('a sweep', () => {
  test('removes what a dead process of this machine left', async () => {
    const dead = await claimAs(endedProcess());
    expect(await sweepStaging(staging, await claimAs())).toBe(1);
    expect(existsSync(dead.path)).toBe(false);
  });

  test('leaves the living alone, and its own claim', async () => {
    const [living, own] = [await claimAs(), await claimAs()];
    expect(await sweepStaging(staging, own)).toBe(0);
    expect(readdirSync(staging).sort()).toEqual([basename(living.path), basename(own.path)].sort());
  });

  test('leaves another machine alone until it gave no sign for more than a day by the clock of the store', async () => {
    const other = await claimAs(otherMachine());
    const own = await claimAs();
    ageHeartbeat(other, 23.9);
    expect(await sweepStaging(staging, own)).toBe(0);
    ageHeartbeat(other, 24.1);
    expect(await sweepStaging(staging, own)).toBe(1);
    expect(existsSync(other.path)).toBe(false);
  });

  test('judges a folder without an owner by its age alone', async () => {
    const own = await claimAs();
    const nobodys = join(staging, 'nobodys');
    mkdirSync(nobodys);
    writeFileSync(join(nobodys, 'owner.json'), '{"pid": "x"');
    expect(await sweepStaging(staging, own)).toBe(0);
    utimesSync(nobodys, 1, 1);
    expect(await sweepStaging(staging, own)).toBe(1);
  });

  test('takes what was not ready yet, and whoever was making it makes it anew', async () => {
    mkdirSync(join(staging, 'unready-0123'), { recursive: true });
    writeFileSync(join(staging, 'unready-0123', 'heartbeat'), '.');
    expect(await sweepStaging(staging, await claimAs())).toBe(1);
    const racing = Array.from({ length: 8 }, async () => {
      const claim = await claimAs();
      await sweepStaging(staging, claim);
      return claim;
    });
    for (const claim of await Promise.all(racing)) {
      expect(readdirSync(claim.path).sort()).toEqual([...RESERVED_STAGING_NAMES].sort());
    }
  });

  test('goes on with what a killed sweep had condemned', async () => {
    const own = await claimAs();
    mkdirSync(join(staging, 'condemned-x'));
    expect(await sweepStaging(staging, own)).toBe(1);
    expect(readdirSync(staging)).toEqual([basename(own.path)]);
  });

  test('leaves what is no folder of a claim', async () => {
    const own = await claimAs();
    writeFileSync(join(staging, 'a-file'), '');
    expect(await sweepStaging(staging, own)).toBe(0);
    expect(existsSync(join(staging, 'a-file'))).toBe(true);
  });
});
