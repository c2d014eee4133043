import type { ContentChange, ContentFacts } from '@holdfast/core/inspect';
import { MAX_ELEMENT_BYTES } from '../array/element-blocks.js';
import type { OpenArray } from '../array/open-array.js';
import type { Budget } from '../budget.js';
import { type Leaf, leavesOf } from '../header/element-type.js';
import { placeText } from '../place.js';
import { shownName } from '../shown-name.js';
import { leafChunks, valuesAtOnce } from '../values/leaf-chunks.js';
import { shownValue } from '../values/value-text.js';
import { describeDifference } from './describe-difference.js';
import { Differences } from './differences.js';
import { FirstChanges } from './first-changes.js';
import { headDifference } from './head-difference.js';
import { type CommonPart, commonPart, pairedBlocks } from './paired-blocks.js';
import { type ValueComparer, valueComparer } from './value-comparer.js';

/** How two arrays differ. */
export interface ArrayDifference {
  readonly isEqual: boolean;
  readonly lines: readonly string[];
  readonly facts: ContentFacts;
  readonly changes: readonly ContentChange[];
  readonly omittedChanges: number;
}

/** A name that both have, with values that can be compared. */
interface LeafPair {
  readonly before: Leaf;
  readonly after: Leaf;
  readonly compare: ValueComparer;
  readonly differences: Differences;
  /** How many of its values differ. */
  different: number;
}

/**
 * Compares two arrays by what stands at the same places. Order of bytes and of memory make no difference.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function compareArrays(
  before: OpenArray,
  after: OpenArray,
  budget: Budget,
  maxChanges: number,
): Promise<ArrayDifference> {
  const head = headDifference(before.header, after.header);
  const changes = new FirstChanges(maxChanges);
  for (const change of head.changes) changes.offer(-1, () => change);
  const common = commonPart(before.header, after.header);
  const pairs = common === undefined ? [] : leafPairs(before, after);
  const compared = common !== undefined && pairs.length > 0;
  if (compared) await compareValues(before, after, common, pairs, { budget, changes });
  const different = pairs.reduce((sum, pair) => sum + pair.different, 0);
  const isEqual = !head.isDifferent && different === 0 && (compared || before.header.element.itemBytes === 0);
  const facts: ContentFacts = {
    ...head.facts,
    ...(compared ? valueFacts(common, pairs, different) : {}),
  };
  const lines = describeDifference({ before: before.header, after: after.header, facts, isEqual, compared });
  return { isEqual, lines, facts, changes: changes.changes, omittedChanges: changes.count - changes.changes.length };
}

/** What both have under one name, with as many values in each element. */
function leafPairs({ header: before }: OpenArray, { header: after }: OpenArray): LeafPair[] {
  if (before.element.itemBytes > MAX_ELEMENT_BYTES || after.element.itemBytes > MAX_ELEMENT_BYTES) return [];
  const others = new Map(leavesOf(after.element).map((leaf) => [leaf.name, leaf]));
  const pairs: LeafPair[] = [];
  for (const leaf of leavesOf(before.element)) {
    const other = others.get(leaf.name);
    if (other === undefined || String(other.shape) !== String(leaf.shape)) continue;
    if (leaf.count === 0 || leaf.scalar.itemBytes === 0 || other.scalar.itemBytes === 0) continue;
    const differences = new Differences();
    const compare = valueComparer(leaf.scalar, other.scalar, differences);
    if (compare !== undefined) pairs.push({ before: leaf, after: other, compare, differences, different: 0 });
  }
  return pairs;
}

async function compareValues(
  before: OpenArray,
  after: OpenArray,
  common: CommonPart,
  pairs: readonly LeafPair[],
  { budget, changes }: { readonly budget: Budget; readonly changes: FirstChanges },
): Promise<void> {
  for await (const block of pairedBlocks(before, after, common, budget)) {
    for (const [position, pair] of pairs.entries()) {
      const { count, scalar } = pair.before;
      const other = pair.after.scalar;
      const atOnce = valuesAtOnce(Math.max(scalar.itemBytes, other.itemBytes));
      const chunks = leafChunks(block.before, before.header.element.itemBytes, pair.before, atOnce);
      const others = leafChunks(block.after, after.header.element.itemBytes, pair.after, atOnce);
      for (const chunk of chunks) {
        await budget.pause();
        const next = others.next();
        if (next.done === true) break;
        const { bytes: oneBytes, element, inner } = chunk;
        const otherBytes = next.value.bytes;
        pair.compare(oneBytes, otherBytes, (index) => {
          pair.different += 1;
          const at = element + Math.floor((inner + index) / count);
          changes.offer(block.keyOf(at) * pairs.length + position, () => ({
            place: placeText(block.indexOf(at), pair.before, (inner + index) % count),
            change: 'changed',
            before: shownValue(valueAt(oneBytes, index, scalar.itemBytes), scalar),
            after: shownValue(valueAt(otherBytes, index, other.itemBytes), other),
          }));
        });
      }
    }
  }
}

function valueAt(bytes: Uint8Array, index: number, itemBytes: number): Uint8Array {
  return bytes.subarray(index * itemBytes, (index + 1) * itemBytes);
}

/** So many fields stand in the facts; the others are in the sums. */
const MAX_FIELD_FACTS = 10;

function valueFacts(common: CommonPart, pairs: readonly LeafPair[], different: number): ContentFacts {
  const comparedValues = pairs.reduce((sum, pair) => sum + pair.before.count * common.elements, 0);
  const [only] = pairs;
  const isScalar = pairs.length === 1 && only?.before.name === '';
  const fields = pairs
    .filter((pair) => pair.different > 0)
    .slice(0, MAX_FIELD_FACTS)
    .map((pair) => ({
      name: shownName(pair.before.name),
      differentValues: pair.different,
      ...pair.differences.facts(),
    }));
  return {
    comparedValues,
    differentValues: different,
    ...(isScalar ? only.differences.facts() : fields.length > 0 ? { fields } : {}),
  };
}
