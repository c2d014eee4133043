// Times holdfast beside its peers, as whole processes, in one run: `npx pnpm@10.34.9 bench [--files N] [--repeats N] [--work DIR]`.
// Peers that are not installed are left out and named. Read the minima: other jobs on the machine only ever add time.
// The work folder should be on a journaled file system: ext4 without a journal slows creates after large deletes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { plantSource } from './data.mjs';
import { describeMachine, formatTable } from './report.mjs';
import { timeCommand } from './time-command.mjs';
import { holdfast, peers } from './tools.mjs';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    repeats: { type: 'string', default: '3' },
    work: { type: 'string', default: tmpdir() },
  },
});
const repeats = Number(values.repeats);
const work = mkdtempSync(join(resolve(values.work), 'holdfast-bench-'));
const source = join(work, 'source');

try {
  plantSource(source, Number(values.files));
  const tools = [holdfast, ...peers].filter((tool) => {
    if (tool.isThere()) return true;
    console.error(`${tool.name} is not installed: left out`);
    return false;
  });
  const rows = new Map(tools.map((tool) => [tool.name, {}]));
  for (let repeat = 1; repeat <= repeats; repeat += 1) {
    for (const tool of tools) {
      const place = join(work, tool.name.replaceAll(/\W/g, '_'));
      mkdirSync(place);
      for (const [step, command] of Object.entries(tool.steps({ source, place }))) {
        execFileSync('sync', ['-f', work]);
        const seen = timeCommand(command, {
          ...process.env,
          XDG_STATE_HOME: join(place, 'state'),
          ...tool.environment,
        });
        const row = rows.get(tool.name);
        const best = row[step];
        row[step] = best === undefined || seen.wallSeconds < best.wallSeconds ? seen : best;
      }
      rmSync(place, { recursive: true, force: true });
    }
  }
  console.log(describeMachine({ files: Number(values.files), repeats, fileSystem: statfsSync(work).type }));
  console.log(formatTable(rows, 'cp'));
} finally {
  rmSync(work, { recursive: true, force: true });
}
