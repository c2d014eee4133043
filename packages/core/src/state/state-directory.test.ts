import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stateDirectory } from './state-directory.js';

const HOME = join('/', 'home', 'ann');
const at = (platform: NodeJS.Platform, environment: Record<string, string>) =>
  stateDirectory({ platform, environment, home: () => HOME });

test('state lies where each system keeps it', () => {
  expect(at('linux', {})).toBe(join(HOME, '.local', 'state', 'holdfast'));
  expect(at('darwin', {})).toBe(join(HOME, 'Library', 'Application Support', 'holdfast'));
  expect(at('win32', { LOCALAPPDATA: 'L' })).toBe(join('L', 'holdfast', 'state'));
  expect(at('win32', {})).toBe(join(HOME, 'AppData', 'Local', 'holdfast', 'state'));
});

test('XDG_STATE_HOME decides wherever it is set, and counts only if it is absolute', () => {
  expect(at('darwin', { XDG_STATE_HOME: '/state' })).toBe(join('/state', 'holdfast'));
  expect(at('linux', { XDG_STATE_HOME: 'state' })).toBe(join(HOME, '.local', 'state', 'holdfast'));
});

test('a user without a home is told to set XDG_STATE_HOME, and needs no home once it is set', () => {
  const homeless = () => {
    throw new Error('uv_os_homedir returned ENOENT');
  };
  for (const home of [homeless, () => '', () => 'relative']) {
    expect(() => stateDirectory({ platform: 'linux', environment: {}, home })).toThrow(
      expect.objectContaining({ code: 'STATE', hint: expect.stringContaining('XDG_STATE_HOME') }),
    );
    const environment = { XDG_STATE_HOME: '/state' };
    expect(stateDirectory({ platform: 'linux', environment, home })).toBe(join('/state', 'holdfast'));
  }
});
