import {
  type FileFlusher,
  type FileFlusherOptions,
  type FileSystem,
  type FlushWay,
  fileFlusher,
} from '../files/index.js';
import { nameKeyOf, tryFolding } from './name-folding.js';
import { claimRestoreStaging, type RestoreStaging } from './restore-staging.js';
import { findRestored } from './restored-tree.js';

/** How files are made durable; by parameter so that a test can watch it. */
export type FlushMeans = Omit<FileFlusherOptions, 'kind'>;

/**
 * One file system of a destination: files get their names there by a rename, which works within one only, and are made durable
 * there together.
 */
export class Volume {
  /** Real path of the folder that the staging folder lies in. */
  readonly path: string;
  readonly fileSystem: FileSystem;
  /** What names have in common that are one name here; `undefined` where each is itself. */
  readonly nameKey: ((name: string) => string) | undefined;
  readonly #staging: RestoreStaging | undefined;
  readonly #flusher: FileFlusher;
  /** Files and folders that something was written to, or below. */
  readonly #touched = new Map<string, Buffer>();

  private constructor(
    path: string,
    fileSystem: FileSystem,
    staging: RestoreStaging | undefined,
    means: FlushMeans = {},
  ) {
    this.path = path;
    this.fileSystem = fileSystem;
    this.nameKey = nameKeyOf(fileSystem, staging === undefined ? undefined : tryFolding(staging.folder));
    this.#staging = staging;
    this.#flusher = fileFlusher({ ...means, kind: fileSystem.kind });
  }

  /**
   * @param path real path of a folder that stands.
   * @throws NotAFolder; the error of the system: nothing can be written there.
   */
  static async open(path: string, fileSystem: FileSystem, means?: FlushMeans): Promise<Volume> {
    return new Volume(path, fileSystem, await claimRestoreStaging(path), means);
  }

  /** For a restore that only looks: nothing is made or written. */
  static forLooking(path: string, fileSystem: FileSystem): Volume {
    return new Volume(path, fileSystem, undefined);
  }

  /** Where files are written before they get their names. */
  get staging(): RestoreStaging['folder'] {
    if (this.#staging === undefined) throw new Error('nothing is staged where nothing is written');
    return this.#staging.folder;
  }

  get flusher(): FileFlusher {
    return this.#flusher;
  }

  /** Something is written to this path, or below it. */
  touch(path: Buffer): void {
    this.#touched.set(path.toString('latin1'), path);
  }

  /** Resolves when everything given to the flusher is durable. */
  async flush(): Promise<FlushWay> {
    return this.#flusher.finish({ folder: this.path, paths: () => findRestored(this.#touched.values()) });
  }

  /** Takes the staging folder away: nothing more is staged. */
  async unstage(): Promise<void> {
    await this.#staging?.release();
  }

  async close(): Promise<void> {
    await this.#flusher.drop();
    await this.unstage();
  }
}
