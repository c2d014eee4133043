import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TargetHarness } from '../src/index.js';

const PAGE = fileURLToPath(new URL('../../../docs/writing-a-target.md', import.meta.url));
const NODE_MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

/** Stands in for the kit when the page's own test file is run, and keeps what that registers. */
const CAPTURE = `
export const captured = [];
export const describeTarget = (name, harness) => captured.push({ name, harness });
`;

/** The target and the harness of docs/writing-a-target.md, as the page has them. */
export interface Example {
  readonly name: string;
  readonly harness: TargetHarness;
  remove(): Promise<void>;
}

/**
 * Takes the code out of the page, writes it where Node finds its imports, and runs it.
 *
 * @param change what is to be another than the page says: the first is replaced by the second.
 */
export async function runExample(change?: readonly [from: string, to: string]): Promise<Example> {
  const page = await readFile(PAGE, 'utf8');
  const blocks = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  let [target = '', proof = ''] = blocks;
  if (blocks.length !== 2) throw new Error('docs/writing-a-target.md has two blocks of code');
  if (change !== undefined) {
    const [from, to] = change;
    if (target.split(from).length !== 2) throw new Error(`"${from}" is not once in docs/writing-a-target.md`);
    target = target.replace(from, to);
  }
  proof = proof.replace("'@holdfast/target-testkit/vitest'", "'./capture.mjs'");

  const folder = await mkdtemp(join(tmpdir(), 'holdfast-example-'));
  await symlink(NODE_MODULES, join(folder, 'node_modules'), 'junction');
  await writeFile(join(folder, 'numbered.mjs'), target);
  await writeFile(join(folder, 'capture.mjs'), CAPTURE);
  await writeFile(join(folder, 'proof.mjs'), proof);
  const load = (name: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(join(folder, name)).href);
  await load('proof.mjs');
  const { captured } = (await load('capture.mjs')) as { captured: Pick<Example, 'name' | 'harness'>[] };
  const [only] = captured;
  if (only === undefined) throw new Error('docs/writing-a-target.md registers a target with the kit');
  return { ...only, remove: () => rm(folder, { recursive: true, force: true }) };
}
