import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diff } from '../src/index.js';
import { Lab } from './lab.js';

it('what a snapshot may only not have been able to store is neither listed nor counted as removed, and its bytes count on no side', async () => {
  const lab = new Lab();
  const data = lab.path('data');
  const other = lab.path('other');
  for (const folder of [data, other]) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'gone'), 'gone');
    writeFileSync(join(folder, 'kept'), 'kept');
  }
  const sources = [{ path: data }, { path: other }];
  const { snapshotId: before } = await lab.backup({ sources });
  renameSync(other, `${other}-away`);
  rmSync(join(data, 'gone'));
  const { snapshotId: after } = await lab.backup({ sources });
  const compared = await diff({ target: lab.target, before, after });
  try {
    const changes: string[] = [];
    for await (const { kind, path } of compared.changes()) changes.push(`${kind} ${path}`);
    expect(changes).toEqual(['removed data/gone']);
    expect(compared.summary).toMatchObject({ removed: 1, notCompared: 3, bytesBefore: 8, bytesAfter: 4, equal: false });
    expect(compared.summary.problems).toMatchObject([{ code: 'INCOMPLETE', path: 'other', snapshotId: after }]);
  } finally {
    await compared.close();
  }
});
