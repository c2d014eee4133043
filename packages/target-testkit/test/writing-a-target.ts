import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TargetHarness } from '../src/index.js';

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

/** A page of text, its blocks of code, and what is replaced in them. */
interface Page {
  readonly path: string;
  readonly language: 'js' | 'ts';
}

const WRITING: Page = { path: fromHere('../../../docs/writing-a-target.md'), language: 'js' };
const README: Page = { path: fromHere('../README.md'), language: 'ts' };

/**
 * Takes the target and its proof out of docs/writing-a-target.md, and runs them.
 *
 * @param changes what is to be another than the page says, one after another: the first is replaced by the second.
 */
export async function runExample(...changes: readonly (readonly [from: string, to: string])[]): Promise<Example> {
  const [target = '', proof = ''] = await blocksOf(WRITING);
  return runProof(changes.reduce(replaced, target), proof);
}

/** Takes the test file out of the kit's README, and runs it on the target of docs/writing-a-target.md. */
export async function runReadme(): Promise<Example> {
  const [target = ''] = await blocksOf(WRITING);
  const [proof = ''] = await blocksOf(README);
  const ours = replaced(proof, ["'../src/index.js'", "'./numbered.mjs'"]);
  return runProof(
    `${target}\nexport { openNumbered as openFolder };\n`,
    replaced(ours, ['../dist/index.js', './numbered.mjs']),
  );
}

function fromHere(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

async function blocksOf({ path, language }: Page): Promise<string[]> {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...(await readFile(path, 'utf8')).matchAll(fence)].map(([, code = '']) => code);
}

function replaced(code: string, [from, to]: readonly [from: string, to: string]): string {
  if (code.split(from).length !== 2) throw new Error(`"${from}" is not there once`);
  return code.replace(from, () => to);
}

/** Writes both where Node finds their imports, runs the proof, and gives what it registers with the kit. */
async function runProof(target: string, proof: string): Promise<Example> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-example-'));
  await symlink(fromHere('../node_modules'), join(folder, 'node_modules'), 'junction');
  await writeFile(join(folder, 'numbered.mjs'), target);
  await writeFile(join(folder, 'capture.mjs'), CAPTURE);
  await writeFile(join(folder, 'proof.mjs'), replaced(proof, ["'@holdfast/target-testkit/vitest'", "'./capture.mjs'"]));
  const load = (name: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(join(folder, name)).href);
  await load('proof.mjs');
  const { captured } = (await load('capture.mjs')) as { captured: Pick<Example, 'name' | 'harness'>[] };
  const [only] = captured;
  if (only === undefined) throw new Error('the page registers a target with the kit');
  return { ...only, remove: () => rm(folder, { recursive: true, force: true }) };
}
