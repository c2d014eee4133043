/**
 * What to do about an error that says that too many files are open; `undefined` for any other. It may come from anywhere, also from
 * loading a part of the program, and is none of its faults: nothing need be installed anew, or reported.
 */
export function openFilesHint(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EMFILE') return 'Raise the limit of open files (ulimit -n).';
  return code === 'ENFILE' ? 'The system has too many files open: end other programs, or raise its limit.' : undefined;
}
