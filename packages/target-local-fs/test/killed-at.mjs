// What the children have in common that end themselves, as `kill -9` does, before a step.

/** The steps so far, and who is told of each: the process ends before the n-th one (0: at none). */
export function killedAt(killAt) {
  const steps = [];
  const onStep = ({ kind }) => {
    steps.push(kind);
    if (steps.length === killAt) process.kill(process.pid, 'SIGKILL');
  };
  return { steps, onStep };
}

export const source = (value) => ({
  sizeBytes: value.length,
  async *open() {
    if (value.length > 0) yield Buffer.from(value);
  },
});
