// A program that protects its own files: it takes a snapshot before a risky operation, and when that fails it brings the
// old files back, beside the broken ones.
//
//     node dist/main.js DATA BACKUPS RESTORED
//
// DATA is the program's folder, BACKUPS where snapshots are kept, RESTORED where the old files go.
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { displayName, type HoldfastEvent, isHoldfastError, isTargetError } from '@holdfast/core';
import { openSafekeeping } from './safekeeping.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [data, backups, restored] = process.argv.slice(2);
if (data === undefined || backups === undefined || restored === undefined) {
  process.stderr.write('usage: main.js DATA BACKUPS RESTORED\n');
  process.exit(2);
}

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

try {
  await protect(data, backups, restored);
} catch (error) {
  // Both kinds have a stable code and say what to do next; anything else is a fault of this program.
  if (!isHoldfastError(error) && !isTargetError(error)) throw error;
  process.stderr.write(`${displayName(error.message)} (${error.code})\n${error.hint ?? ''}\n`);
  process.exitCode = 1;
}

async function protect(folder: string, address: string, into: string): Promise<void> {
  const state = `${address}-state`;
  const safekeeping = await openSafekeeping(address, state, interruption.signal, tell);
  try {
    const saved = await safekeeping.save(folder, 'before the operation');
    print(`saved ${saved.snapshotId}: ${saved.counts.files} files, ${saved.readFiles} of them read`);
    if (saved.problemCount > 0) throw new Error('not everything could be saved: the operation is not begun');
    try {
      await riskyOperation(folder);
    } catch (error) {
      print(`the operation failed: ${error instanceof Error ? error.message : String(error)}`);
      const back = await safekeeping.bringBack(saved.snapshotId, into);
      print(`restored ${back.restoredFiles} files into ${displayName(into)}, ${back.problemCount} problems`);
    }
    print(`snapshots: ${(await safekeeping.ids()).join(' ')}`);
  } finally {
    await safekeeping.close();
  }
}

/** Breaks every file, and then itself. */
async function riskyOperation(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) await writeFile(join(folder, entry.name), 'broken');
  }
  throw new Error('out of luck');
}

/** Every step is told as it happens: draw what you like of it. Names may hold anything; `displayName` makes them harmless. */
function tell(event: HoldfastEvent): void {
  if (event.type === 'file') print(`  ${event.action} ${displayName(event.path)}`);
  if (event.type === 'problem') print(`  ${event.problem.code} ${displayName(event.problem.path)}`);
}
