import { displayName, type HoldfastEvent, type LeftOutReason } from '@holdfast/core';
import { numberText } from './quantities.js';

type LeftOut = Omit<Extract<HoldfastEvent, { type: 'leftOut' }>, 'type' | 'operation'>;

const REASONS: Readonly<Record<Exclude<LeftOutReason, 'excluded'>, string>> = {
  notIncluded: 'no include fits',
  cache: 'what is in it is a cache (CACHEDIR.TAG)',
  otherFileSystem: 'it is on another file system',
  tooLarge: 'it is too large',
  tooSmall: 'it is too small',
  transient: 'an application has a file open: its mark is no content of its own',
};

/** Why something is left out, with the rule and where it stands: `excluded by "*.tmp" (data/.holdfastignore:3)`. */
export function leftOutText({ path, isFolder, reason, rule = '', file, line }: LeftOut): string {
  const place = file === undefined ? 'exclude' : `${file}:${line}`;
  const why = reason === 'excluded' ? `excluded by "${rule}" (${place})` : REASONS[reason];
  return displayName(`${path}${isFolder ? '/' : ''}  ${why}`);
}

const COUNTED: Readonly<Record<LeftOutReason, string>> = {
  excluded: 'excluded',
  notIncluded: 'not included',
  cache: 'in caches',
  otherFileSystem: 'on another file system',
  tooLarge: 'too large',
  tooSmall: 'too small',
  transient: 'marks of open files',
};

/** `5 left out by rules: 4 excluded, 1 too large`; nothing where nothing was. */
export function leftOutCounts(leftOut: Readonly<Partial<Record<LeftOutReason, number>>>): string | undefined {
  const reasons = Object.keys(COUNTED) as LeftOutReason[];
  const counted = reasons.flatMap((reason) => {
    const count = leftOut[reason] ?? 0;
    return count === 0 ? [] : [{ count, text: `${numberText(count)} ${COUNTED[reason]}` }];
  });
  if (counted.length === 0) return undefined;
  const all = counted.reduce((sum, { count }) => sum + count, 0);
  return `${numberText(all)} left out by rules: ${counted.map(({ text }) => text).join(', ')}`;
}
