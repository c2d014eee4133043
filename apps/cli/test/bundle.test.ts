import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROGRAM } from './script/run-holdfast.js';

/** A time from which others are counted, in seconds. */
const BUILT = 1_700_000_000;

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-bundle-')));
  put('apps/cli/package.json', '{ "type": "module" }');
  put('apps/cli/bin/holdfast.js', '');
  cpSync(PROGRAM, join(root, 'apps/cli/bin/holdfast.js'));
  put('apps/cli/bundle/index.js', `export const main = () => console.log('bundle');`);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text: string, secondsAfterBuild = 0): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
  utimesSync(join(root, path), BUILT + secondsAfterBuild, BUILT + secondsAfterBuild);
}

/** What the repository has besides: the compiler's output, of two packages. */
function makeRepository(): void {
  put('apps/cli/tsconfig.json', '{ "references": [{ "path": "../../packages/core" }] }');
  put('apps/cli/dist/index.js', `export const main = () => console.log('compiled');`);
  put('apps/cli/dist/.tsbuildinfo', '', -5);
  put('packages/core/dist/.tsbuildinfo', '', -9);
}

function started(): string {
  return spawnSync(process.execPath, [join(root, 'apps/cli/bin/holdfast.js')], { encoding: 'utf8' }).stdout.trim();
}

test('the published package runs its bundle', () => {
  expect(started()).toBe('bundle');
});

test('the repository runs the bundle of the last build', () => {
  makeRepository();
  expect(started()).toBe('bundle');
});

test('what was compiled since then, in any package, is what runs', () => {
  makeRepository();
  put('packages/core/dist/.tsbuildinfo', '', 60);
  expect(started()).toBe('compiled');
  put('packages/core/dist/.tsbuildinfo', '', -9);
  put('apps/cli/dist/.tsbuildinfo', '', 60);
  expect(started()).toBe('compiled');
});

test('without a bundle what was compiled runs', () => {
  makeRepository();
  rmSync(join(root, 'apps/cli/bundle'), { recursive: true });
  expect(started()).toBe('compiled');
});
