import { ContentMismatch, isSystemError, NotAFolder, nameFault, type OpenFolder } from '../../destination/index.js';
import type { Problem } from '../../events/index.js';
import { HoldfastError } from '../../holdfast-error.js';
import { reasonOf } from '../../source/index.js';
import { isTargetError } from '../../target/index.js';

/** What the store's answer makes of a file that was to be restored; `undefined` if the error says something else. */
export function contentProblem(path: string, cause: unknown): Problem | undefined {
  const damage = cause instanceof ContentMismatch ? cause.message : undefined;
  const reason = isTargetError(cause, 'CORRUPT') ? cause.reason : damage;
  if (reason !== undefined)
    return { code: 'DAMAGED', path, message: `not restored: the stored file is damaged: ${reason}`, cause };
  if (isTargetError(cause, 'NOT_FOUND'))
    return { code: 'MISSING', path, message: 'not restored: it is missing in the store', cause };
  return undefined;
}

/** What an error of the destination makes of a file or folder; `undefined` if it is none of the destination's. */
export function placeProblem(path: string, cause: unknown): Problem | undefined {
  if (cause instanceof NotAFolder) return { code: 'EXISTS', path, message: `not restored: ${cause.message}`, cause };
  if (!isSystemError(cause)) return undefined;
  return { code: 'UNWRITABLE', path, message: `not restored: ${reasonOf(cause)}`, cause };
}

/** It is there, and mode, time or owner are not as they were. */
export function attributesProblem(path: string, cause: unknown): Problem {
  return { code: 'ATTRIBUTES', path, message: `mode, time or owner could not be set: ${reasonOf(cause)}`, cause };
}

/** Something else has the name. */
export function existsProblem(path: string, message = 'something else stands there, and stays'): Problem {
  return { code: 'EXISTS', path, message };
}

/** Something came to stand there while the file was fetched. */
export function takenProblem(path: string): Problem {
  return existsProblem(path, 'something else was put there meanwhile, and stays');
}

/** It is not what was kept for an undo. */
export function notKeptProblem(path: string): Problem {
  return existsProblem(path, 'it has changed while the restore ran, and stays; run it again');
}

/** The store could not give it. */
export function unreadableProblem(path: string, cause: unknown, reason: string): Problem {
  return { code: 'UNREADABLE', path, message: `not restored: it could not be read from the store: ${reason}`, cause };
}

/** It would be written where the store itself lies. */
export function protectedProblem(path: string): Problem {
  return { code: 'UNSAFE', path, message: 'not restored: the target, or what Holdfast keeps of its own, lies there' };
}

/** An entry at the top of a snapshot that is no part of any source: it has no old place. */
export function sourcelessProblem(path: string): Problem {
  return { code: 'UNSAFE', path, message: 'not restored: it belongs to no source, so it has no place to go back to' };
}

/** A name that this place cannot have. */
export function nameProblem(path: string, fault: string): Problem {
  return {
    code: 'BAD_NAME',
    path,
    message: `not restored: ${fault}; restore it to another file system (--into), or take its bytes with "show"`,
  };
}

/** Two names of the snapshot are one name here. */
export function collisionProblem(path: string): Problem {
  return {
    code: 'COLLISION',
    path,
    message:
      'this place does not tell it from another name of the snapshot; restore it by its path into another folder (--into)',
  };
}

/** Why nothing can have this name in a folder; the name is taken by asking. */
export function placeFault(path: string, name: Buffer, folder: OpenFolder): Problem | undefined {
  const fault = nameFault(name, {
    platform: process.platform,
    windowsNames: folder.place.volume?.fileSystem.windowsNames === true,
  });
  if (fault !== undefined) return nameProblem(path, fault);
  if (!folder.takeName(name)) return collisionProblem(path);
  if (folder.handle === undefined && folder.place.isAbsent !== true)
    return { code: 'UNWRITABLE', path, message: 'its folder could not be made' };
  return undefined;
}

/** A pattern that chooses nothing, while others do. */
export function unusedProblem(pattern: string): Problem {
  return { code: 'NO_MATCH', path: pattern, message: 'nothing in the snapshot matches this pattern' };
}

/** Not one of the patterns chooses anything. */
export function noMatch(id: string, patterns: readonly string[]): HoldfastError {
  return new HoldfastError({
    code: 'NO_MATCH',
    message: `nothing in snapshot ${id} matches ${patterns.map((pattern) => `"${pattern}"`).join(', ')}`,
    hint: 'Paths begin with the name of the source; a word without "/" is a name at any depth.',
  });
}
