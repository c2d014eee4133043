// Puts the compiled program into a few files, bundle/: they start in half the time of the hundreds they are made from
// (docs/decisions, "The program is bundled"). Part of the build. Libraries of others stay outside, and have to be dependencies of
// this package, in the version of the package whose code imports them.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { rolldown } from 'rolldown';

const WORKSPACE = '@holdfast/';
/** It starts a program of its own beside it, and only `doctor` needs it. */
const KIT = '@holdfast/target-testkit';
const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

const bundle = await rolldown({
  cwd: import.meta.dirname,
  // The second one is imported by processes that doctor starts, so its exports have to stay.
  input: ['dist/index.js', 'dist/doctor/child-adapter.js'],
  platform: 'node',
  external: (id) => isBuiltin(id) || (/^[^./]/.test(id) && (!id.startsWith(WORKSPACE) || id.startsWith(KIT))),
});
rmSync(new URL('bundle', import.meta.url), { recursive: true, force: true });
const { output } = await bundle.write({ dir: 'bundle', format: 'esm', chunkFileNames: '[name]-[hash].js' });
await bundle.close();

const imported = output.flatMap((chunk) => [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]);
const libraries = new Set(imported.filter((id) => !isBuiltin(id) && !/\.js$/.test(id)).map(packageOf));
const wholes = output.filter((chunk) => /packages\/core\/dist\/index\.js$/.test(chunk.facadeModuleId ?? ''));
const faults = [
  ...[...libraries].flatMap(faultOf),
  ...wholes.map(
    () =>
      "import('@holdfast/core') makes one file of the engine, for every command: import a file that imports what it needs",
  ),
];
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exit(1);
}

/** `@scope/name/path` is of the package `@scope/name`. */
function packageOf(id) {
  return /^(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? id;
}

function faultOf(name) {
  const own = read('package.json').dependencies[name];
  const folder = new URL('../../packages/', import.meta.url);
  const others = readdirSync(folder).map((entry) => read(`../../packages/${entry}/package.json`).dependencies?.[name]);
  const wanted = [...new Set(others.filter((version) => version !== undefined))];
  if (own !== undefined && wanted.every((version) => version === own)) return [];
  return [
    `apps/cli/package.json: the bundle imports ${name}, so "dependencies" needs it: ${wanted.join(', ') || 'any version'}`,
  ];
}
