/**
 * `holdfast.config.json` as it is written. The shape is held by {@link configFileSchema}; what each member means is said there, and
 * in `docs/config.md`.
 */
export interface ConfigFile {
  readonly $schema?: string | undefined;
  readonly sources?: Readonly<Record<string, string | SourceMembers>> | undefined;
  readonly targets?: Readonly<Record<string, string | TargetMembers>> | undefined;
  readonly defaultTarget?: string | undefined;
  readonly mirrors?: readonly MirrorMembers[] | undefined;
  readonly exports?: readonly ExportMembers[] | undefined;
  readonly hooks?: HookMembers | undefined;
  readonly guard?: GuardMembers | undefined;
}

/** A source with more to say than its path. */
export interface SourceMembers {
  readonly path: string;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly excludeFiles?: readonly string[] | undefined;
  readonly excludeLargerThan?: string | undefined;
  readonly excludeSmallerThan?: string | undefined;
  readonly includeCaches?: boolean | undefined;
  readonly oneFileSystem?: boolean | undefined;
  readonly exports?: readonly string[] | undefined;
}

/** A target with more to say than its address. Never a secret: those come from the environment and from the AWS SDK's files. */
export interface TargetMembers extends S3Members {
  readonly url: string;
  readonly format?: 'plain' | undefined;
}

/** Settings of an `s3:` target. */
export interface S3Members {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly pathStyle?: boolean | undefined;
  readonly profile?: string | undefined;
  readonly createIfAbsent?: boolean | undefined;
}

/** Copies what one target has to another. */
export interface MirrorMembers {
  readonly from: string;
  readonly to: string;
}

/** One archive that is written after a backup. */
export interface ExportMembers {
  readonly to: string;
  readonly from?: string | undefined;
  readonly patterns?: readonly string[] | undefined;
  readonly replace?: boolean | undefined;
}

/** What `holdfast guard` does where no option says it. */
export interface GuardMembers {
  readonly to?: string | undefined;
  readonly onFailure?: 'ask' | 'restore' | 'keep' | undefined;
  readonly keep?: boolean | undefined;
  readonly timeout?: string | undefined;
}

/** Commands around a backup. */
export interface HookMembers {
  readonly before?: HookCommand | undefined;
  readonly after?: HookCommand | undefined;
  readonly failed?: HookCommand | undefined;
}

/** A line for the shell, or a program and its arguments; as an object also with a time limit. */
export type HookCommand =
  | string
  | readonly string[]
  | { readonly command: string | readonly string[]; readonly timeoutSeconds?: number | undefined };
