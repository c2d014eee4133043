/**
 * Runs one operation over real targets. Its one argument says which, and what happens on the way (`Operation` and `Plan` of
 * ../child.ts, in JSON). If it comes to its end, it says on standard output what came out.
 */
import { planSteps, startClock, step, stepsTaken } from './steps.mjs';
import { watchFileSystem } from './watched-fs.mjs';

const { operation, world, plan } = JSON.parse(process.argv[2] ?? '');
planSteps(plan, world);
await watchFileSystem();

const { backup, findRemovable, guard, mirror, openTarget, prune, remove, restore, undoRemoval } = await import(
  '@holdfast/core'
);
const { checked, intercept, retrying } = await import('@holdfast/core/decorators');

const ADAPTERS = {
  file: async () => (await import('@holdfast/target-local-fs')).adapter,
  zip: async () => (await import('@holdfast/target-zip')).adapter,
  s3: async () => (await import('@holdfast/target-s3')).adapter,
};

/** The calls that are steps, when they begin and when they have ended. */
const WATCHED = new Set(['begin', 'put', 'copy', 'adopt', 'commit', 'delete', 'removeRoot']);

/** A target as the command line has it. */
async function open(address) {
  const target = await openTarget(address, ADAPTERS);
  const watched = intercept(target, {
    async call({ operation: name, key = '' }, run) {
      if (!WATCHED.has(name)) return run();
      step(`before ${name}`, key);
      const answer = await run();
      step(`after ${name}`, key);
      return answer;
    },
  });
  return checked(retrying(watched));
}

const PREPARE = {
  async backup({ sources, stateDirectory, targets }) {
    const opened = await Promise.all(targets.map(open));
    const looksInto = sources.some(({ exports }) => exports !== undefined);
    const inspectors = looksInto ? [(await import('@holdfast/inspect-excel')).excelInspector] : [];
    return () => backup({ sources, stateDirectory, targets: opened, inspectors });
  },
  async restore({ from, into, overwrite = false, which, stateDirectory }) {
    const target = await open(from);
    return () => restore({ target, into, overwrite, which, stateDirectory, delete: into === undefined });
  },
  async guard({ sources, stateDirectory, from, live, fails }) {
    const target = await open(from);
    const { disturb } = await import('./disturb.mjs');
    let problems = [];
    const onOutcome = (outcome) => {
      problems = outcome.rollBack?.problems ?? [];
    };
    return async () => {
      const error = new Error('the action was to fail');
      await guard({ sources, stateDirectory, target, onOutcome }, () => {
        disturb(live);
        if (fails) throw error;
      }).catch((thrown) => {
        if (thrown !== error) throw thrown;
      });
      return { problems };
    };
  },
  async mirror({ from, to }) {
    const ends = { from: await open(from), to: await open(to) };
    return () => mirror(ends);
  },
  async remove({ from, which }) {
    const target = await open(from);
    const snapshots = await findRemovable({ target, which: [which] });
    return async () => ({ problems: [], ...(await remove({ target, snapshots })) });
  },
  async undo({ from }) {
    const target = await open(from);
    return async () => ({ problems: [], ...(await undoRemoval({ target })) });
  },
  async prune({ from }) {
    const target = await open(from);
    return () => prune({ target, now: true });
  },
};

const run = await PREPARE[operation.operation](operation);
await startClock();
const startedMs = performance.now();
const { problems, snapshotId } = await run();
const durationMs = performance.now() - startedMs;
const answer = { durationMs, problems, snapshotId, steps: stepsTaken() };
// Neither the clock nor an idle connection shall keep it.
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
