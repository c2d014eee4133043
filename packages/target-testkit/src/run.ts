import type { BackupTarget } from '@holdfast/core/target';
import type { CaseConditions, CaseContext, ConformanceCase } from './case.js';
import { DEFAULT_SIZES, type KitSizes, type TargetHarness } from './harness.js';

/** How one case ended. */
export interface CaseResult {
  readonly case: ConformanceCase;
  /** `skipped`: the target's capabilities say that the case is not about it; its opposite is another case. */
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it failed. */
  readonly error?: unknown;
}

/** What the capabilities of a target and its place decide on. Opens a place for it, and takes it away again. */
export async function conditionsOf(harness: TargetHarness): Promise<CaseConditions> {
  const place = await harness.create();
  try {
    const target = await place.open();
    const { capabilities } = target;
    await target.close();
    return { capabilities, hasChild: place.child !== undefined };
  } finally {
    await place.remove();
  }
}

/** Is the case about targets of this kind? */
export function applies(conformanceCase: ConformanceCase, conditions: CaseConditions): boolean {
  return conformanceCase.when?.(conditions) ?? true;
}

/** How long a case that is given up has to notice that its handles are closed, before its place is taken away. */
const GIVE_UP_MS = 2_000;

/**
 * Runs one case in a place of its own, which is closed and removed afterwards.
 *
 * @param signal gives the case up: its handles are closed and its place is removed all the same
 * @throws what the case throws; an error that says so if it takes longer than `caseTimeoutMs`; the signal's reason.
 */
export async function runCase(
  conformanceCase: ConformanceCase,
  harness: TargetHarness,
  sizes: Partial<KitSizes> = {},
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const allSizes: KitSizes = { ...DEFAULT_SIZES, ...sizes };
  const place = await harness.create();
  const handles: BackupTarget[] = [];
  const open = async (): Promise<BackupTarget> => {
    signal?.throwIfAborted();
    const handle = await place.open();
    handles.push(handle);
    return handle;
  };
  let work: Promise<void> = Promise.resolve();
  try {
    const target = await open();
    const context: CaseContext = { place, target, capabilities: target.capabilities, sizes: allSizes, open };
    work = conformanceCase.run(context);
    await withinTime(work, allSizes.caseTimeoutMs, signal);
  } finally {
    await Promise.allSettled(handles.map((handle) => handle.close()));
    await settled(work, GIVE_UP_MS);
    await place.remove();
  }
}

/**
 * Runs the cases one after the other, and gives each result as it comes: what `holdfast doctor` shows of a user's own store.
 *
 * @param signal ends the run; the case under way is given up, and its place removed
 * @throws the signal's reason; what the harness throws when it makes or removes a place
 */
export async function* runCases(
  cases: readonly ConformanceCase[],
  harness: TargetHarness,
  sizes: Partial<KitSizes> = {},
  signal?: AbortSignal,
): AsyncGenerator<CaseResult> {
  const conditions = await conditionsOf(harness);
  for (const conformanceCase of cases) {
    if (!applies(conformanceCase, conditions)) {
      yield { case: conformanceCase, status: 'skipped' };
      continue;
    }
    try {
      await runCase(conformanceCase, harness, sizes, signal);
    } catch (error) {
      signal?.throwIfAborted();
      yield { case: conformanceCase, status: 'failed', error };
      continue;
    }
    yield { case: conformanceCase, status: 'passed' };
  }
}

async function withinTime(work: Promise<void>, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the case did not end within ${timeoutMs} ms`)), timeoutMs);
    onAbort = () => reject(signal?.reason);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
}

/** Waits until a work has ended, however it ends, but not longer than that. */
async function settled(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}
