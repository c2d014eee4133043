import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BackupTarget, backup, type HoldfastEvent, mirror, previewBackup } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openS3 } from '../src/index.js';
import { proxy } from './loopback.js';
import { describeS3, placeForEach } from './s3-server.js';

const MIB = 1024 * 1024;
/** Requests of a mirror that are not of one snapshot. */
const OF_THE_TARGET = 5;
const SMALL_FILES = 300;

type Forecast = Extract<HoldfastEvent, { type: 'forecast' }>;

/** How far what was said may be from what the store was asked: one request, or one in fifty. */
function expectAbout(said: number | undefined, asked: number): void {
  expect(Math.abs((said ?? 0) - asked), `said ${said}, asked ${asked}`).toBeLessThanOrEqual(Math.max(1, asked / 50));
}

describeS3('what is said before it starts, on a real store', (server) => {
  const place = placeForEach(server);
  let work: string;
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'holdfast-forecast-'));
    mkdirSync(join(work, 'data'));
  });
  afterEach(() => rmSync(work, { recursive: true }));

  function write(name: string, content: string | Uint8Array): void {
    const path = join(work, 'data', name);
    writeFileSync(path, content);
    // Old enough not to be read again.
    utimesSync(path, 1_600_000_000, 1_600_000_000);
  }

  /** The place through a proxy that counts. */
  async function counted(location = place.location): Promise<{ target: BackupTarget; asked: () => number }> {
    const between = await proxy(server.endpoint);
    const environment = { ...server.environment, AWS_ENDPOINT_URL: between.endpoint };
    const target = await openS3(location, { environment });
    place.keep(target);
    return { target, asked: () => between.asked.length };
  }

  /** Notes what was said, and how much the store had been asked by then. */
  function listener(asked: () => number): {
    said: { event: Forecast; askedBefore: number }[];
    onEvent(event: HoldfastEvent): void;
  } {
    const said: { event: Forecast; askedBefore: number }[] = [];
    return {
      said,
      onEvent(event) {
        if (event.type === 'forecast') said.push({ event, askedBefore: asked() });
      },
    };
  }

  const sources = (): { path: string; name: string }[] => [{ path: join(work, 'data'), name: 'data' }];

  describe('a backup', () => {
    test('says files, bytes and requests before it sends anything, and the store gets that many', async () => {
      for (let index = 0; index < SMALL_FILES; index++) write(`${index}.txt`, `file ${index}`);
      write('large.bin', randomBytes(17 * MIB));
      write('left-out.tmp', 'not taken');
      const { target, asked } = await counted();
      const { said, onEvent } = listener(asked);
      const stateDirectory = join(work, 'state');
      const options = {
        sources: sources().map((source) => ({ ...source, filter: { exclude: ['*.tmp'] } })),
        targets: [target],
        stateDirectory,
      };

      const foreseen = await previewBackup(options);
      const first = await backup({ ...options, onEvent });
      expect(said).toHaveLength(1);
      expect(said[0]?.event).toMatchObject({
        operation: 'backup',
        target: target.url,
        snapshotId: first.snapshotId,
        files: SMALL_FILES + 1,
        bytes: first.counts.bytes,
        storedFiles: SMALL_FILES + 1,
        storedBytes: first.counts.bytes,
        sharedFiles: 0,
        sharedBytes: 0,
      });
      expectAbout(said[0]?.event.requests, asked() - (said[0]?.askedBefore ?? 0));
      const { files, bytes, requests } = said[0]?.event ?? {};
      expect(foreseen.targets[0]?.space).toEqual({ files, bytes, requests });

      write('0.txt', 'another content');
      const second = await backup({ ...options, onEvent });
      const [target0] = second.targets;
      expect(said[1]?.event).toMatchObject({
        files: SMALL_FILES + 1,
        bytes: second.counts.bytes,
        storedFiles: target0?.storedFiles,
        storedBytes: target0?.storedBytes,
        sharedFiles: target0?.sharedFiles,
        sharedBytes: target0?.sharedBytes,
      });
      expect(target0).toMatchObject({ storedFiles: 1, sharedFiles: SMALL_FILES });
      expectAbout(said[1]?.event.requests, asked() - (said[1]?.askedBefore ?? 0));
    });
  });

  describe('a mirror', () => {
    test('says what it is to copy before it copies anything, and the store gets about that many requests', async () => {
      for (let index = 0; index < 40; index++) write(`${index}.txt`, `file ${index}`);
      write('large.bin', randomBytes(17 * MIB));
      const from = await place.open();
      const options = { sources: sources(), targets: [from], stateDirectory: join(work, 'state') };
      const counts = [(await backup(options)).counts, (await backup(options)).counts];
      const { target, asked } = await counted(`${place.location}-copy`);
      const { said, onEvent } = listener(asked);
      await mirror({ from, to: target, onEvent });
      expect(said).toHaveLength(1);
      expect(said[0]?.event).toMatchObject({
        operation: 'mirror',
        snapshots: 2,
        files: 82,
        bytes: counts.reduce((sum, { bytes }) => sum + bytes, 0),
      });
      const made = asked() - (said[0]?.askedBefore ?? 0);
      const most = said[0]?.event.requests ?? 0;
      // What concerns the whole target comes on top: its header, and looks at what is there.

      expect(most, `${made} were made`).toBeGreaterThanOrEqual(made - OF_THE_TARGET);
      expect(most, `${made} were made`).toBeLessThanOrEqual(made + OF_THE_TARGET);
      await mirror({ from, to: target, onEvent });
      expect(said).toHaveLength(1);
    });
  });
});
