import { describe, expect, it } from 'vitest';
import { retrying, type TargetCall } from '../src/decorators/index.js';
import { type HoldfastEvent, isHoldfastError, type TargetErrorCode } from '../src/index.js';
import {
  breaksAfter,
  type Fault,
  type FaultError,
  fails,
  faultPlan,
  faultyTarget,
  losesAnswer,
  targetFault,
} from '../src/testing/index.js';
import { isTyped, type Outcome, type Publish, TRIALS, type Trial } from './fault-trials.js';

/** The calls the operation makes when nothing goes wrong. */
async function callsOf(trial: Trial): Promise<readonly TargetCall['operation'][]> {
  trial.reset();
  const plan = faultPlan();
  expect((await trial.run(faultyTarget(trial.healthy(), plan))).problemCount).toBe(0);
  return plan.log.map(({ operation }) => operation);
}

/** Faults of single calls; each tells whether it was met. */
const FAULTS: Readonly<Record<string, (error: FaultError) => Fault>> = {
  fails: (error) => fails(error),
  'loses its answer': (error) => losesAnswer(error),
  breaks: (error) => breaksAfter(1, error),
};

/** An error that counts how often it was met. */
function countedFault(code: TargetErrorCode): { readonly error: FaultError; met: number } {
  const make = targetFault(code) as (call: TargetCall) => Error;
  const counted = {
    met: 0,
    error: (call: TargetCall): Error => {
      counted.met += 1;
      return make(call);
    },
  };
  return counted;
}

/** `fails` at every call, and the other faults in turn. */
function* trialsOf(
  calls: readonly TargetCall['operation'][],
): Generator<{ nth: number; kind: string; code: TargetErrorCode }> {
  const kinds = Object.keys(FAULTS).filter((kind) => kind !== 'fails');
  for (let nth = 1; nth <= calls.length; nth += 1) {
    yield { nth, kind: 'fails', code: nth % 3 === 0 ? 'ACCESS_DENIED' : 'UNAVAILABLE' };
    yield { nth, kind: kinds[nth % kinds.length] ?? 'fails', code: 'UNAVAILABLE' };
  }
}

/** The laws of an operation over a target in which something goes wrong, at every call and at every event. */
export function describeFaults(name: keyof typeof TRIALS): void {
  describe(`${name}, when one call of the target`, () => lawsOf(name));
}

function lawsOf(name: keyof typeof TRIALS): void {
  const begin = (publish: Publish): Promise<Trial> => TRIALS[name](publish);

  it.each<Publish>(['commit', 'put'])(
    'fails or loses its answer, whichever it is: says so in a typed error or by name, leaves nothing half, and completes when run again (objects visible at the %s)',
    async (publish) => {
      const trial = await begin(publish);
      const calls = await callsOf(trial);
      expect(calls.length).toBeGreaterThan(5);
      for (const { nth, kind, code } of trialsOf(calls)) {
        // Each medium takes half of the trials.
        if ((nth % 2 === 0) !== (publish === 'put')) continue;
        trial.reset();
        const fault = countedFault(code);
        const plan = faultPlan().on('any', FAULTS[kind]?.(fault.error) ?? {}, { nth });
        const outcome = await trial.run(faultyTarget(trial.healthy(), plan)).catch((error: unknown) => {
          expect(isTyped(error)).toBe(true);
          return undefined;
        });
        const told =
          outcome === undefined ||
          outcome.problemCount > 0 ||
          outcome.targets?.some(({ error }) => error !== undefined);
        const what = `${kind} at call ${nth}, ${calls[nth - 1]}`;
        if (fault.met > 0) expect({ what, told }).toEqual({ what, told: true });
        // Of a batch whose beginning was not answered nobody knows.
        if (calls[nth - 1] !== 'begin') expect({ what, residue: trial.residue() }).toEqual({ what, residue: 0 });
        await trial.check();
      }
    },
  );

  it.each<Publish>(['commit', 'put'])(
    'and every one after it fails, whichever it is: a store that went away holds nothing that looks like a snapshot and is none (objects visible at the %s)',
    async (publish) => {
      const trial = await begin(publish);
      const calls = await callsOf(trial);
      for (let nth = 1; nth <= calls.length; nth += 1) {
        trial.reset();
        const plan = faultPlan().on('any', fails(), { nth, times: 10_000 });
        const outcome: unknown = await trial
          .run(faultyTarget(trial.healthy(), plan))
          .catch((reason: unknown) => reason);
        if (outcome instanceof Error) expect(isTyped(outcome)).toBe(true);
        else expect((outcome as Outcome).problemCount).toBeGreaterThan(0);
        await trial.check();
      }
    },
  );

  it('fails or loses its answer and is worth repeating, whichever it is: it is repeated, and nobody notices', async () => {
    const trial = await begin('commit');
    const calls = await callsOf(trial);
    for (const { nth, kind } of trialsOf(calls)) {
      trial.reset();
      const fault = countedFault('UNAVAILABLE');
      const plan = faultPlan().on('any', FAULTS[kind]?.(fault.error) ?? {}, { nth });
      const target = retrying(faultyTarget(trial.healthy(), plan), { sleep: async () => undefined });
      const what = `${kind} at call ${nth}, ${calls[nth - 1]}`;
      const { problemCount } = await trial.run(target);
      expect({ what, problemCount }).toEqual({ what, problemCount: 0 });
    }
    await trial.check();
  });

  it('is met by a signal at any event: it ends as aborted or is done, leaves nothing half, and completes when run again', async () => {
    const trial = await begin('commit');
    const events: HoldfastEvent[] = [];
    trial.reset();
    await trial.run(trial.healthy(), { onEvent: (event) => void events.push(event) });
    expect(events.length).toBeGreaterThan(4);
    for (let nth = 1; nth <= events.length; nth += events.length > 40 ? 2 : 1) {
      trial.reset();
      const controller = new AbortController();
      let seen = 0;
      const onEvent = (): void => {
        seen += 1;
        if (seen === nth) controller.abort(new Error('Ctrl-C'));
      };
      const outcome: unknown = await trial
        .run(trial.healthy(), { onEvent, signal: controller.signal })
        .catch((reason: unknown) => reason);
      if (outcome instanceof Error) expect(isHoldfastError(outcome, 'ABORTED')).toBe(true);
      // What is not nearly done does end.
      else expect(nth).toBeGreaterThan(events.length / 2);
      expect(trial.residue()).toBe(0);
      await trial.check();
    }
  });

  it('is asked after the signal has fired: nothing is begun', async () => {
    const trial = await begin('commit');
    const plan = faultPlan();
    const running = trial.run(faultyTarget(trial.healthy(), plan), { signal: AbortSignal.abort() });
    const error: unknown = await running.catch((reason: unknown) => reason);
    expect(isHoldfastError(error, 'ABORTED')).toBe(true);
    expect(plan.log).toEqual([]);
  });
}
