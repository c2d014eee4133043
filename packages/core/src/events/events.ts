/** Stable codes of what can go wrong with one file, or one part of a snapshot, while the operation goes on. */
export type ProblemCode =
  /** A source does not exist. */
  | 'SOURCE_MISSING'
  /** A source folder with nothing in it: stored, but hardly meant. */
  | 'SOURCE_EMPTY'
  /** A file or folder could not be read: permission, I/O error. */
  | 'UNREADABLE'
  /** A file was listed and gone when it was to be read. */
  | 'VANISHED'
  /** A file changed during both readings: stored as read, flagged `stable: false`. */
  | 'CHANGED'
  /** A socket, pipe or device: named and skipped. */
  | 'SPECIAL_FILE'
  /** A `.holdfastignore` could not be read: what its rules would leave out is taken. */
  | 'RULES_UNREADABLE'
  /** A pattern of a `.holdfastignore` that can match nothing. */
  | 'BAD_PATTERN'
  /** The target cannot hold this file (too large for it). */
  | 'NOT_STORABLE'
  /** Stored bytes are not what the manifest says. */
  | 'DAMAGED'
  /** Stored bytes are gone. */
  | 'MISSING'
  /** A content that was sound in the previous snapshot, and is broken now: stored as it is. */
  | 'SUSPECT'
  /** A name or link in a snapshot that would lead out of the destination, or through something that is no folder. */
  | 'UNSAFE'
  /** Two names of a snapshot are one name at the destination. */
  | 'COLLISION'
  /** A name of a snapshot that the destination cannot have: reserved on Windows, not UTF-8. */
  | 'BAD_NAME'
  /** Something else stands at the destination, and stays. */
  | 'EXISTS'
  /** The destination could not be written. */
  | 'UNWRITABLE'
  /** A snapshot does not have something, and may only not have been able to store it: it is not called removed. */
  | 'INCOMPLETE'
  /** A pattern chooses nothing of the snapshot, while others do. */
  | 'NO_MATCH'
  /** A restore that deletes has not deleted something, or anything, to be on the safe side. */
  | 'NOT_DELETED'
  /** Restored, but mode, time, owner or extended attributes could not be set. Stored, but these could not be read. */
  | 'ATTRIBUTES'
  /** A snapshot could not be copied by a mirror. */
  | 'NOT_COPIED'
  /** Something could not be deleted by a prune. */
  | 'NOT_PRUNED'
  /** Two targets hold different snapshots under one id. */
  | 'CONFLICT';

/** One thing that went wrong while the operation went on. */
export interface Problem {
  readonly code: ProblemCode;
  /** The path in the snapshot (or of the source, or the key); control characters are not yet escaped. */
  readonly path: string;
  /** What happened, one sentence without the path. */
  readonly message: string;
  readonly snapshotId?: string;
  readonly cause?: unknown;
}

/** Something to know that is no problem: the target was left out of the source, a file system that syncs in another way. */
export interface Note {
  readonly code:
    | 'TARGET_LEFT_OUT'
    | 'STATE_LEFT_OUT'
    | 'STAGING_LEFT_OUT'
    | 'CLOCK_BACK'
    | 'PATTERN_MISPLACED'
    | 'NEW_TARGET'
    | 'STATE_UNUSABLE'
    | 'LATEST_CHOSEN'
    | 'PARENT_DAMAGED'
    | 'LINKS_PARTED'
    | 'STORE_SPARED'
    | 'NOT_SHARED'
    | 'REMOVED_THERE'
    | 'NO_REDO'
    | 'STORE_TIME_UNKNOWN'
    | 'UNRELATED'
    | 'DIGEST_CHANGED'
    | 'HEADER_DAMAGED'
    | 'BEFORE_INCOMPLETE'
    | 'RULES_NOT_KEPT'
    | 'XATTRS_NOT_COVERED'
    | 'GUARD_LEFT'
    | 'CONTENT_BROKEN'
    | 'CONTENT_NOT_SEEN'
    | 'NOT_EXPORTED'
    | 'INSPECTOR_STOPPED';
  readonly message: string;
}

/** Why rules leave something out. */
export type LeftOutReason =
  /** A pattern of `exclude`, of a file of patterns or of a `.holdfastignore` fits. */
  | 'excluded'
  /** There are patterns of `include`, and none fits. */
  | 'notIncluded'
  /** What is in a folder that a `CACHEDIR.TAG` marks as a cache. */
  | 'cache'
  /** It lies on another file system than the source's top. */
  | 'otherFileSystem'
  | 'tooLarge'
  | 'tooSmall'
  /** A mark that an application makes while it has a file open: an inspector that is asked says so. */
  | 'transient';

export type OperationName =
  | 'backup'
  | 'restore'
  | 'verify'
  | 'mirror'
  | 'prune'
  | 'export'
  | 'find'
  | 'diff'
  | 'undo'
  | 'guard';

/** How far an operation has come. Totals are there once they are known. */
export interface Progress {
  readonly files: number;
  readonly bytes: number;
  readonly totalFiles?: number;
  readonly totalBytes?: number;
}

/**
 * What an operation tells while it runs, in the order in which it happens. The engine counts and tells each step; it draws
 * nothing and throttles nothing: a renderer that wants less often looks at its own clock.
 */
export type HoldfastEvent =
  | {
      readonly type: 'started';
      readonly operation: OperationName;
      readonly snapshotId?: string;
      readonly target: string;
      /** Nothing is written: what follows says what would be done. */
      readonly dryRun?: boolean;
    }
  /**
   * Where every snapshot takes its full space, before anything of it is sent: files and bytes that it will take, and about how many requests. Of a
   * backup also how much of that is sent (`stored`) and how much the store copies by itself (`shared`); of a mirror it counts all
   * snapshots that are to be copied, and `requests` is the most they can take.
   */
  | {
      readonly type: 'forecast';
      readonly operation: OperationName;
      readonly target: string;
      readonly snapshotId?: string;
      readonly snapshots?: number;
      readonly files: number;
      readonly bytes: number;
      readonly requests?: number;
      readonly storedFiles?: number;
      readonly storedBytes?: number;
      readonly sharedFiles?: number;
      readonly sharedBytes?: number;
    }
  /** After each file, and within large files after each piece read. */
  | {
      readonly type: 'progress';
      readonly operation: OperationName;
      readonly progress: Progress;
      readonly path?: string;
    }
  | {
      readonly type: 'file';
      readonly operation: OperationName;
      readonly path: string;
      readonly sizeBytes: number;
      /**
       * `stored`: read and written; `shared`: equal to the previous snapshot's, not stored again;
       * `adopted`: taken over from a backup that was killed, read again there; `exported`: made from a file, or equal to what was made before. Of a restore: `restored`: was not
       * there; `replaced`: something else stood there; `adjusted`: there with the same content, mode, time or owner were set;
       * `kept`: there as it should be; `deleted`: the snapshot does not have it.
       */
      readonly action:
        | 'stored'
        | 'shared'
        /** Taken over from the snapshot before, of a source that was not to be read. */
        | 'carried'
        | 'adopted'
        | 'exported'
        | 'restored'
        | 'replaced'
        | 'adjusted'
        | 'kept'
        | 'deleted'
        | 'verified'
        | 'copied';
      readonly target?: string;
    }
  /** A restore has made, changed or deleted a folder or a link; nothing is told of those that were as they should be. */
  | {
      readonly type: 'item';
      readonly operation: OperationName;
      readonly path: string;
      readonly entryType: 'directory' | 'symlink';
      readonly action: 'restored' | 'replaced' | 'adjusted' | 'deleted';
    }
  | { readonly type: 'problem'; readonly operation: OperationName; readonly problem: Problem }
  /** The rules leave something out; of a folder also all that is in it. */
  | {
      readonly type: 'leftOut';
      readonly operation: OperationName;
      readonly path: string;
      readonly isFolder: boolean;
      readonly reason: LeftOutReason;
      /** The rule as it was written, and the file and line it stands in; without a file it was given as an option. */
      readonly rule?: string;
      readonly file?: string;
      readonly line?: number;
    }
  | { readonly type: 'note'; readonly operation: OperationName; readonly note: Note }
  /** A snapshot is complete, durable and visible in a target. */
  | { readonly type: 'committed'; readonly snapshotId: string; readonly target: string; readonly durableBy: string }
  /** A mirror has met a snapshot that the other side has already. */
  | { readonly type: 'present'; readonly snapshotId: string; readonly target: string }
  /** A guarded run begins: its sources are kept. What is not covered cannot be given back if the run changes it. */
  | {
      readonly type: 'guarded';
      readonly snapshotId: string;
      readonly target: string;
      readonly entries: number;
      readonly notCoveredEntries: number;
      readonly notCoveredBytes: number;
    }
  /** After a roll back: something that the snapshot does not have is not as it was. */
  | {
      readonly type: 'uncovered';
      readonly snapshotId: string;
      readonly path: string;
      readonly change: 'gone' | 'changed';
    }
  /** A removed snapshot is deleted. */
  | { readonly type: 'pruned'; readonly snapshotId: string; readonly target: string }
  /** A prune has met what an interrupted run left, or what may be of a run that goes on. */
  | {
      readonly type: 'residue';
      readonly target: string;
      readonly kind: 'batch' | 'upload' | 'root';
      readonly name: string;
      readonly sizeBytes: number;
      readonly state: 'living' | 'dead' | 'cleared';
    }
  /** A snapshot counts for nobody any more, and can be brought back; or it has been. */
  | { readonly type: 'removed' | 'broughtBack'; readonly snapshotId: string; readonly target: string };

/** Receives events. It must not throw; it is called synchronously. */
export type EventListener = (event: HoldfastEvent) => void;
