import { lstatSync } from 'node:fs';
import { renameWithRetry, syncFolders } from '@holdfast/core/files';
import type { CommitRecord } from '@holdfast/core/target';
import { syncNames } from './durable-names.js';
import type { LayoutContext } from './layout.js';
import { fault, pathOf, syncOptions } from './place.js';
import { fileAt } from './read.js';
import { hasBytes } from './same-bytes.js';

/**
 * Makes a staged tree visible, which is whole and flushed, and its names durable.
 *
 * When it rejects nothing of the tree is visible, as far as it could be taken back.
 */
export type PublishTree = (tree: string, record: CommitRecord | undefined) => Promise<void>;

/** Publishes a tree under the name of its root, by one rename. */
export function asRoot({ place, claim }: LayoutContext, root: string): PublishTree {
  const options = { onStep: place.onStep, rename: place.means.rename };
  const final = pathOf(place, root);

  /** A rename would replace an empty folder without a word. */
  function refuseIfTaken(record: CommitRecord | undefined): void {
    if (lstatSync(final, { throwIfNoEntry: false }) !== undefined) {
      throw fault(place, 'ALREADY_EXISTS', 'the root is taken', 'commit', record?.key ?? root);
    }
  }

  async function renameToRoot(tree: string, record: CommitRecord | undefined): Promise<void> {
    try {
      await renameWithRetry(tree, final, options);
    } catch (error) {
      // A network file system may repeat a rename whose answer was lost, and then does not find what it has moved.
      const moved = lstatSync(tree, { throwIfNoEntry: false }) === undefined;
      const ours = moved && record !== undefined && hasBytes(fileAt(place, record.key), record.body);
      if (!ours) throw error;
    }
  }

  /** What is hidden again is removed next: that it is hidden must not be the later news. */
  async function takeBack(tree: string): Promise<void> {
    await renameWithRetry(final, tree, options);
    await syncFolders([place.root], syncOptions(place));
  }

  return async (tree, record) => {
    refuseIfTaken(record);
    await renameToRoot(tree, record);
    try {
      await syncNames(place, claim, []);
    } catch (error) {
      await takeBack(tree).catch(() => undefined);
      throw error;
    }
  };
}
