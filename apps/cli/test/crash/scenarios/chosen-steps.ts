/** Chooses among the steps of an undisturbed run those at which a short run kills: what others show as well is left to the long run. */
export type StepChoice = (steps: readonly string[]) => string[];

/** Calls after which there is something new to be seen, or something else. */
const CHANGES = /^(create|write|truncate|rename|link) /;

/** To write a part is a state of its own, which a kill there leaves. */
const TEARS = /^write /;
/** Neither a call of a target on this machine nor a flush changes a file by itself. */
const LEAVES_ALL_AS_IT_IS = /^(before|after|fsync) /;

/**
 * Leaves out what shows nothing new: between two steps that are chosen no file was changed, so a process that is killed at the
 * earlier one leaves what one leaves that is killed at the later. Not for a store, which is changed by the calls themselves.
 */
export function onePerState(steps: readonly string[], chosen: readonly string[]): string[] {
  const isChosen = new Set(chosen);
  const kept: string[] = [];
  /** Nothing was changed since. */
  let last: string | undefined;
  for (const step of steps) {
    if (isChosen.has(step)) {
      if (last !== undefined && TEARS.test(step)) kept.push(last);
      last = step;
    }
    if (last === undefined || LEAVES_ALL_AS_IT_IS.test(step)) continue;
    kept.push(last);
    last = undefined;
  }
  return last === undefined ? kept : [...kept, last];
}

/** Before and after each commit, at everything that is written or named in it, and wherever else something gets its name. */
export const published: StepChoice = (steps) => onePerState(steps, commitsAndNames(steps));

const commitsAndNames: StepChoice = (steps) => {
  let isCommitting = false;
  return steps.filter((step) => {
    if (step.startsWith('before commit ')) isCommitting = true;
    else if (step.startsWith('after commit ')) isCommitting = false;
    else return /^rename /.test(step) || (isCommitting && CHANGES.test(step));
    return true;
  });
};

/** The same, and before each put and copy. */
export const putOrPublished: StepChoice = (steps) => {
  const chosen = new Set(commitsAndNames(steps));
  const all = steps.filter((step) => chosen.has(step) || /^before (put|copy) /.test(step));
  return onePerState(steps, all);
};

/** Of a store that takes its time: the commit, and puts and copies of each kind. */
export const putToStore: StepChoice = (steps) => {
  const chosen = new Set(commitsAndNames(steps));
  const kinds = /^before (copy .*\/private\.txt|put .*\/(large\.npy|manifest\.jsonl))#/;
  return steps.filter((step) => chosen.has(step) || kinds.test(step));
};

/** Wherever something gets a name. */
export const named: StepChoice = (steps) => steps.filter((step) => /^(rename|link) /.test(step));
