import { askInspector } from '../../content/index.js';
import type { CompareOptions, ContentComparison, ContentInspector } from '../../inspect/index.js';
import { type ContentPlace, holdPlace, inspectorOf, type LookOptions } from './content-place.js';
import { isInspection } from './inspect-content.js';

/** How the contents of two files differ, by the inspector of this kind. */
export type ComparedContents = ContentComparison & { readonly kind: string };

/**
 * Says how the content of a file differs from that of another one: stored and stored, or stored and live. `undefined` where there is no one inspector
 * for both.
 *
 * @throws HoldfastError `ABORTED`; TargetError if the store cannot be reached.
 */
export async function compareContents(
  before: ContentPlace,
  after: ContentPlace,
  options: LookOptions & CompareOptions,
): Promise<ComparedContents | undefined> {
  const inspector = inspectorOf(before, options);
  if (inspector === undefined || inspectorOf(after, options) !== inspector) return undefined;
  return { ...(await compare(before, after, inspector, options)), kind: inspector.kind };
}

async function compare(
  before: ContentPlace,
  after: ContentPlace,
  inspector: ContentInspector,
  options: LookOptions & CompareOptions,
): Promise<ContentComparison> {
  const left = await holdPlace(before, options);
  if (isInspection(left)) return { status: 'notCompared', side: 'before', inspection: left };
  try {
    const right = await holdPlace(after, options);
    if (isInspection(right)) return { status: 'notCompared', side: 'after', inspection: right };
    try {
      const { maxChanges } = options;
      const answer = await askInspector(options, (within) =>
        inspector.compare(left.file, right.file, { ...within, maxChanges }),
      );
      const isAnswer = answer.status === 'compared' || answer.status === 'notCompared';
      return isAnswer ? answer : { status: 'notCompared', side: 'after', inspection: answer };
    } finally {
      await right.close();
    }
  } finally {
    await left.close();
  }
}
