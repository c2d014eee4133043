#!/usr/bin/env node
// Everything that can be said about the code without running it: npx pnpm@10.34.9 check
// One line a check; what a check finds stands below its line. Names as arguments run only those checks.
import { fileLengths } from './check/file-lengths.mjs';
import { importLaws } from './check/import-laws.mjs';
import { publishable } from './check/publishable.mjs';
import { structure } from './check/structure.mjs';
import { testTypes, tool } from './check/tools.mjs';
import { buildAll } from './workspace.mjs';

/** Each gives its complaints; none means that it holds. */
const CHECKS = {
  lint: { what: 'biome: format, lint, import laws', run: () => tool('biome', ['check', '--error-on-warnings', '.']) },
  laws: { what: 'each import law refuses what it must', run: importLaws },
  structure: { what: 'every package has what a package has', run: structure },
  lengths: { what: 'no file over 300 lines without a reason', run: fileLengths },
  types: { what: 'the types of the tests', run: testTypes },
  unused: { what: 'knip: nothing unused, nothing undeclared', run: () => tool('knip', ['--no-progress']) },
  publish: { what: 'publint, attw, contents: each tarball can be published', run: publishable },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(CHECKS, name));
if (unknown.length > 0) {
  process.stderr.write(`no such check: ${unknown.join(', ')}; there are ${Object.keys(CHECKS).join(', ')}\n`);
  process.exit(2);
}

let failures = 0;
if (!(await buildAll())) process.exit(1);
for (const [name, { what, run }] of Object.entries(CHECKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const complaints = await run();
  process.stdout.write(`${complaints.length === 0 ? 'ok   ' : 'FAIL '} ${name.padEnd(10)} ${what}\n`);
  for (const complaint of complaints) process.stdout.write(`${complaint.replace(/^/gm, '       ')}\n`);
  if (complaints.length > 0) failures++;
}
process.stdout.write(failures === 0 ? 'All checks hold.\n' : `${failures} of the checks failed.\n`);
process.exitCode = failures === 0 ? 0 : 1;
