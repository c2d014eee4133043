// The import laws stand in biome.json, one override a folder. A law that refuses nothing is decoration: here each is given
// code that breaks it, and has to refuse it with its own reason. And each is given imports it allows, and has to be silent.
//
// A fixture (`laws/*.txt`) begins with `at: <a path where such a file could be>`. Every other line is one statement after
// `refused: <part of the reason> | ` or `allowed | `.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { repository, runTool } from '../workspace.mjs';

const FOLDER = join(repository, 'scripts/check/laws');
const LINE = /^(?:refused: (.+?)|allowed) \| (.+)$/;

export async function importLaws() {
  const fixtures = readdirSync(FOLDER).sort().map(readFixture);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-laws-')));
  try {
    for (const name of ['biome.json', '.gitignore']) cpSync(join(repository, name), join(scratch, name));
    for (const { at, cases } of fixtures) {
      mkdirSync(dirname(join(scratch, at)), { recursive: true });
      writeFileSync(join(scratch, at), cases.map(({ statement }) => `${statement}\n`).join(''));
    }
    const refusals = await refusalsIn(scratch);
    return fixtures.flatMap((fixture) => faultsOf(fixture, refusals));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readFixture(name) {
  const [first = '', ...rest] = readFileSync(join(FOLDER, name), 'utf8').trim().split('\n');
  const cases = rest.map((line) => {
    const match = LINE.exec(line);
    if (match === null) throw new Error(`${name}: cannot read "${line}"`);
    return { reason: match[1], statement: match[2] };
  });
  return { name, at: first.replace(/^at: /, ''), cases };
}

/** What biome's import rule says, by `path:line`. */
async function refusalsIn(scratch) {
  const words = ['lint', '--only=style/noRestrictedImports', '--reporter=github', '--max-diagnostics=none', '.'];
  const { output } = await runTool('biome', words, { cwd: scratch });
  const refusals = new Map();
  for (const [, path, line, message] of output.matchAll(/noRestrictedImports,file=([^,]+),line=(\d+),[^:]*::(.*)/g)) {
    refusals.set(`${relative(scratch, path).replaceAll('\\', '/')}:${line}`, message);
  }
  return refusals;
}

function faultsOf({ name, at, cases }, refusals) {
  return cases.flatMap(({ reason, statement }, index) => {
    const said = refusals.get(`${at}:${index + 1}`);
    if (reason === undefined) return said === undefined ? [] : [`${name}: ${statement} is refused: ${said}`];
    return said?.includes(reason)
      ? []
      : [`${name}: ${statement} is not refused with "${reason}" but ${said ?? 'allowed'}`];
  });
}
