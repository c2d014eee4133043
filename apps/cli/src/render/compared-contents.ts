import { type ComparedContents, displayName } from '@holdfast/core';
import type { Colours } from './colours.js';
import { faultText } from './content-text.js';
import { countText } from './quantities.js';

type OneChange = Extract<ComparedContents, { readonly status: 'compared' }>['changes'][number];

/** How two contents differ, a line each: in words first, then place by place. */
export function comparedLines(compared: ComparedContents, colours: Colours): string[] {
  if (compared.status === 'notCompared') {
    const { side, inspection } = compared;
    const fault = inspection.status === 'sound' ? undefined : faultText(inspection, colours);
    return [`not compared by content, for ${side === 'before' ? 'before it was' : 'now it is'} ${fault ?? 'unknown'}`];
  }
  const { isEqual, lines, changes, omittedChanges } = compared;
  const words = lines.length === 0 && isEqual ? ['the same content in other bytes'] : lines.map(displayName);
  const more = omittedChanges === 0 ? [] : [`and ${countText(omittedChanges, 'more difference')}`];
  return [...words, ...changes.map((change) => changeText(change, colours)), ...more];
}

function changeText({ place, change, before, after }: OneChange, colours: Colours): string {
  const where = displayName(place);
  const [left, right] = [before, after].map((text) => (text === undefined ? '' : `  "${displayName(text)}"`));
  if (change === 'added') return colours.green(`+ ${where}${right}`);
  if (change === 'removed') return colours.red(`- ${where}${left}`);
  return `${where}${left || '  nothing'} ->${right || '  nothing'}`.replace('->  ', '-> ');
}

/** The comparison as a member of the line of a change. */
export function comparedJson(compared: ComparedContents): Record<string, unknown> {
  const { kind, status } = compared;
  if (compared.status === 'notCompared') {
    const { side, inspection } = compared;
    return { kind, status, side, ...(inspection.status === 'sound' ? {} : { fault: inspection.fault }) };
  }
  const { isEqual, lines, facts, changes, omittedChanges } = compared;
  return { kind, status, isEqual, words: lines, facts, changes, omittedChanges };
}
