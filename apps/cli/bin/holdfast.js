#!/usr/bin/env node
import { readFileSync, statSync } from 'node:fs';

/** From its cache, turbo brings back the files of one build within moments, in no order that means anything. */
const ONE_BUILD_MS = 2000;

const { main } = await import(isBundleOld() ? '../dist/index.js' : '../bundle/index.js');
await main(process);

/**
 * In the repository, the bundle is as old as the last build. Where a package was compiled alone since then, what the compiler
 * wrote runs instead. The published package has no such files, and the bundle only.
 */
function isBundleOld() {
  const config = new URL('../tsconfig.json', import.meta.url);
  const timeMs = (url) => statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (timeMs(config) === 0) return false;
  const bundleMs = timeMs(new URL('../bundle/index.js', import.meta.url));
  const { references } = JSON.parse(readFileSync(config, 'utf8'));
  const packages = ['.', ...references.map(({ path }) => path)];
  return packages.some(
    (path) => timeMs(new URL(`../${path}/dist/.tsbuildinfo`, import.meta.url)) > bundleMs + ONE_BUILD_MS,
  );
}
