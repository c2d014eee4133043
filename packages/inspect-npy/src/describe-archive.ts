import type { ContentFacts } from '@holdfast/core/inspect';
import { arrayWords, counted, factsIn, text } from './describe-array.js';

/** What `show` prints of an archive of arrays: how many there are, then a line for each that the facts have room for. */
export function describeArchive(facts: ContentFacts): string[] {
  const { arrayCount, otherMembers, moreArrays } = facts;
  const others = otherMembers === undefined ? '' : `, ${counted(otherMembers, 'other member', 'other members')}`;
  return [
    `${counted(arrayCount, 'array', 'arrays')}${others}`,
    ...factsIn(facts.arrays).map((array) => `${text(array.name)}: ${arrayWords(array)}`),
    ...(moreArrays === undefined ? [] : [`and ${counted(moreArrays, 'more array', 'more arrays')}`]),
  ];
}
