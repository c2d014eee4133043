import { expect, test } from 'vitest';
import { mountPointsBelow } from './mount-points.js';

const LINES = `22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:25 / /data rw - tmpfs tmpfs rw
31 30 0:26 / /data/with\\040space rw - tmpfs tmpfs rw
32 30 0:27 / /data/with\\040space rw - tmpfs tmpfs rw
33 22 0:28 / /database rw - tmpfs tmpfs rw
`;
const read = (): string => LINES;

test('the mount points at or below some paths are found, each once, in order', () => {
  expect(mountPointsBelow(['/data'], read)).toEqual(['/data', '/data/with space']);
  expect(mountPointsBelow(['/data/other', '/database'], read)).toEqual(['/database']);
  expect(mountPointsBelow(['/'], read)).toEqual(['/', '/data', '/data/with space', '/database']);
});

test('a system that does not tell its mounts says nothing, and not that there are none', () => {
  const fails = (): string => {
    throw new Error('there is no such file');
  };
  expect(mountPointsBelow(['/data'], fails)).toBeUndefined();
});
