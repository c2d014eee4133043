/** Chooses among the steps of an undisturbed run those at which a short run kills: what others show as well is left to the long run. */
export type StepChoice = (steps: readonly string[]) => string[];

/** Calls after which there is something new to be seen, or something else. */
const CHANGES = /^(create|write|truncate|rename|link) /;

/** Before and after each commit, at everything that is written or named in it, and wherever else something gets its name. */
export const published: StepChoice = (steps) => {
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
  const chosen = new Set(published(steps));
  return steps.filter((step) => chosen.has(step) || /^before (put|copy) /.test(step));
};

/** Of a store that takes its time: the commit, and puts and copies of each kind. */
export const putToStore: StepChoice = (steps) => {
  const chosen = new Set(published(steps));
  const kinds = /^before (copy .*\/private\.txt|put .*\/(large\.npy|manifest\.jsonl))#/;
  return steps.filter((step) => chosen.has(step) || kinds.test(step));
};

/** Wherever something gets a name. */
export const named: StepChoice = (steps) => steps.filter((step) => /^(rename|link) /.test(step));
