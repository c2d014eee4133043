const KILLED = 'leaves no record and no half object, and the next batch works and clears up';
const ALIVE = 'const dead = host === hostname() && !isAlive(Number(pid));';

/** The target of docs/writing-a-target.md with one thing changed, and the case that must turn red because of it. */
export interface BrokenProcess {
  /** What it does wrong. */
  readonly fault: string;
  /** The name of the case that must find it. */
  readonly red: string;
  /** What is added to the page first, so that there is something to break. */
  readonly base?: readonly (readonly [from: string, to: string])[];
  /** What the page says, and what stands in its place. */
  readonly change: readonly [from: string, to: string];
}

/** Faults that only another process brings to light, made in the target of docs/writing-a-target.md. */
export const brokenProcesses: readonly BrokenProcess[] = [
  {
    fault: 'sweeps the batches of other living processes',
    red: 'a batch of another living process is not disturbed by batches here, and is seen here once it is committed [new root]',
    change: [ALIVE, 'const dead = Number(pid) !== process.pid;'],
  },
  {
    fault: 'never sweeps',
    red: `a process killed right after begin ${KILLED} [new root]`,
    change: [ALIVE, 'const dead = false;'],
  },
  {
    fault: 'sweeps only what is empty',
    red: `a process killed between put and commit ${KILLED} [added]`,
    change: [
      'if (dead && !dryRun) await rm(join(staging, name), { recursive: true, force: true });',
      'if (dead && !dryRun) await rm(join(staging, name), { recursive: false }).catch(() => {});',
    ],
  },
  {
    fault: 'publishes the folder when the first put begins',
    red: `a process killed in the midst of a put ${KILLED} [added]`,
    change: [
      "const file = await open(path, 'wx');",
      `const file = await open(path, 'wx');
        await mkdir(join(batches, 'early' + number), { recursive: true });
        await writeFile(join(batches, 'early' + number, String(number)), 'half');
        await writeFile(join(batches, 'early' + number, 'index.json'), JSON.stringify([[key, number, 4]]));`,
    ],
  },
  {
    fault: 'clears what it was only to name',
    red: 'what a killed process has left is named by a dry run, and cleared by the next sweep',
    change: ['if (dead && !dryRun)', 'if (dead)'],
  },
  {
    fault: 'answers a commit and publishes a little later',
    red: 'what a process committed before it was killed stays [new root]',
    change: [
      'await rename(work, join(batches, name));',
      'setTimeout(() => rename(work, join(batches, name)).catch(() => {}), 2_000).unref();',
    ],
  },
];
