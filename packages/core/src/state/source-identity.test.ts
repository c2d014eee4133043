import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceIdentity } from './source-identity.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-identity-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the identity of a source', () => {
  it('stays what it was at the first backup', async () => {
    const first = await sourceIdentity(folder, { path: '/srv/data', name: 'data' });
    expect(await sourceIdentity(folder, { path: '/srv/data', name: 'data' })).toBe(first);
  });

  it('is another one for another path, another name, another state folder', async () => {
    const ids = [
      await sourceIdentity(folder, { path: '/srv/data', name: 'data' }),
      await sourceIdentity(folder, { path: '/srv/data2', name: 'data' }),
      await sourceIdentity(folder, { path: '/srv/data', name: 'other' }),
      await sourceIdentity(join(folder, 'elsewhere'), { path: '/srv/data', name: 'data' }),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('is one, when two first backups ask at once', async () => {
    const label = { path: '/srv/data', name: 'data' };
    await Promise.all([sourceIdentity(folder, label), sourceIdentity(folder, label), sourceIdentity(folder, label)]);
    const later = await sourceIdentity(folder, label);
    expect(await sourceIdentity(folder, label)).toBe(later);
  });

  it.each(['', '{', 'null', '{"id":7}', '{"id":""}'])('is minted anew where its file holds %j', async (content) => {
    const label = { path: '/srv/data', name: 'data' };
    const first = await sourceIdentity(folder, label);
    const [file = ''] = readdirSync(join(folder, 'sources'));
    writeFileSync(join(folder, 'sources', file), content);
    const second = await sourceIdentity(folder, label);
    expect(second).not.toBe(first);
    expect(await sourceIdentity(folder, label)).toBe(second);
  });
});
