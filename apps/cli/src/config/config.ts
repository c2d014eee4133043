import type { FilterSpec } from '@holdfast/core';
import type { GuardMembers, HookMembers } from './config-file.js';

/** A config, read and checked, with addresses and paths that can be used from the working folder. */
export interface Config {
  /** As it is called in messages. */
  readonly path: string;
  /** Absolute, with links resolved. */
  readonly realPath: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
  /** It was named by the user (`--config`), and not found in the working folder. */
  readonly isNamed: boolean;
  readonly sources: readonly ConfiguredSource[];
  readonly targets: ReadonlyMap<string, ConfiguredTarget>;
  /** What is read without `--from`; `undefined` where no target is configured. */
  readonly defaultTarget: string | undefined;
  readonly mirrors: readonly { readonly from: string; readonly to: string }[];
  readonly exports: readonly ConfiguredExport[];
  readonly hooks: HookMembers;
  readonly guard: GuardMembers;
}

/** An archive that is written after a backup. */
export interface ConfiguredExport {
  /** Its path; `{id}` stands for the id of the snapshot. */
  readonly to: string;
  /** The target that is read, by its name; without it the first that has the snapshot. */
  readonly from: string | undefined;
  readonly patterns: readonly string[];
  readonly replace: boolean;
}

/** A source of a config. */
export interface ConfiguredSource {
  readonly name: string;
  readonly path: string;
  readonly filter: FilterSpec;
  /** What its files are exported as; empty where they are only to be looked into, absent where they are not. */
  readonly exports?: readonly string[];
}

/** A target of a config, or one that was given by its address. */
export interface ConfiguredTarget {
  /** Its name in the config; absent where it was given by its address. */
  readonly name?: string;
  readonly address: string;
  readonly format?: string | undefined;
  /** Options of the adapter. */
  readonly options: Readonly<Record<string, unknown>>;
}
