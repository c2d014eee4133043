/** For `node --import`: any program takes steps by the plan in HOLDFAST_TEST_PLAN, and notes them in the file that is named there. */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { planSteps, stepsTaken } from './steps.mjs';
import { watchFileSystem } from './watched-fs.mjs';

if (isMainThread) {
  const { plan, world, notes } = JSON.parse(process.env.HOLDFAST_TEST_PLAN ?? '');
  const note = writeFileSync;
  planSteps(plan, world);
  await watchFileSystem();
  process.on('exit', () => note(notes, JSON.stringify(stepsTaken())));
}
