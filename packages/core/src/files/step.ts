/** What is about to be done to the medium. */
export type FileStepKind =
  | 'mkdir'
  | 'write'
  | 'clone'
  | 'symlink'
  | 'attributes'
  | 'sync'
  | 'syncfs'
  | 'rename'
  | 'link'
  | 'remove';

/** One step that changes the medium or makes a change durable. */
export interface FileStep {
  readonly kind: FileStepKind;
  /** What the step makes, changes or flushes; of a rename or link the new name. */
  readonly path: string;
}

/**
 * Is told of each step *before* it is done. A test asserts the order of durable steps with it, or ends the process at the
 * n-th one. What it throws comes out of the call that was about to take the step.
 */
export type StepObserver = (step: FileStep) => void;

export interface StepOptions {
  readonly onStep?: StepObserver | undefined;
}
