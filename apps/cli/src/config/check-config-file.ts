import * as v from 'valibot';
import type { ConfigFault } from './config-fault.js';
import type { ConfigFile } from './config-file.js';
import { configFileSchema } from './config-file-schema.js';
import type { JsonText, ValuePath } from './json-text.js';
import { nearestWord } from './nearest-word.js';

/** What a config says, or everything that is wrong with it, in the order of the text. */
export function checkConfigFile(text: JsonText): ConfigFile | readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  const add = (path: ValuePath, words: string, part: 'name' | 'value' = 'value'): void => {
    const [what = '', hint] = words.split('\n');
    faults.push({ position: text.positionOf(path, part), message: `${pathText(path)} ${what}`, hint });
  };
  for (const path of MEMBER_OBJECTS) {
    if (Array.isArray(valueAt(text.value, path))) add(path, 'must be an object in braces, not a list');
  }
  const checked = v.safeParse(configFileSchema, text.value);
  for (const issue of checked.issues ?? []) {
    for (const { path, message, ofName } of leaves(issue)) add(path, message, ofName ? 'name' : 'value');
  }
  if (checked.success && faults.length === 0) addReferenceFaults(checked.output, add);
  if (checked.success && faults.length === 0) return checked.output;
  return faults.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
}

/** A list would pass for an object without members. */
const MEMBER_OBJECTS: readonly ValuePath[] = [[], ['sources'], ['targets'], ['hooks'], ['guard']];

/** Has a fault to add: path, words, and whether it is about the name. */
type AddFault = (path: ValuePath, words: string, part?: 'name' | 'value') => void;

/** What no schema can say: names that must be among the targets, settings that fit one kind of target. */
function addReferenceFaults(file: ConfigFile, add: AddFault): void {
  const { targets = {} } = file;
  const names = Object.keys(targets);
  if (file.defaultTarget !== undefined && !names.includes(file.defaultTarget)) {
    const near = nearestWord(file.defaultTarget, names);
    const hint = `${near === undefined ? '' : `Did you mean "${near}"? `}Targets are ${names.join(', ') || 'missing'}.`;
    add(['defaultTarget'], `"${file.defaultTarget}" is none of the targets\n${hint}`);
  }
  for (const [name, target] of Object.entries(targets)) {
    if (typeof target === 'string' || /^s3:/i.test(target.url)) continue;
    for (const setting of ['region', 'endpoint', 'pathStyle', 'profile', 'createIfAbsent'] as const) {
      if (target[setting] === undefined) continue;
      add(['targets', name, setting], 'is a setting of s3: targets, and this is none', 'name');
    }
  }
  for (const [index, { from, to, replace }] of (file.exports ?? []).entries()) {
    if (from !== undefined && !names.includes(from)) {
      add(
        ['exports', index, 'from'],
        `"${from}" is none of the targets\nTargets are ${names.join(', ') || 'missing'}.`,
      );
    }
    if (replace !== true && !to.includes('{id}')) {
      const hint = 'Write "handover-{id}.zip", or "replace": true beside it.';
      add(['exports', index, 'to'], `names the same archive for every snapshot\n${hint}`);
    }
  }
  for (const [index, { from, to }] of (file.mirrors ?? []).entries()) {
    if (from === to) add(['mirrors', index, 'to'], 'is the same target as "from"');
  }
}

/** One fault of a validation. */
interface Leaf {
  readonly path: ValuePath;
  readonly message: string;
  readonly ofName: boolean;
}

/** An issue as faults: of a choice, those of the alternative that was surely meant (it is of the right kind, and wrong inside). */
function leaves(issue: v.BaseIssue<unknown>, above: ValuePath = []): Leaf[] {
  const path = [...above, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  const inside = (issue.issues ?? []).filter((one) => (one.path?.length ?? 0) > 0 || one.kind === 'validation');
  if (inside.length > 0) return inside.flatMap((one) => leaves(one, path));
  const last = issue.path?.at(-1);
  const isMissing = issue.type === 'strict_object' && issue.received === 'undefined';
  return [{ path, message: issue.message, ofName: last?.origin === 'key' && !isMissing }];
}

/** A path as people write it: `sources.data.path`, `mirrors[0].from`. */
function pathText(path: ValuePath): string {
  if (path.length === 0) return 'the config';
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`));
  return parts.join('').replace(/^\./, '');
}

function valueAt(value: unknown, path: ValuePath): unknown {
  let current = value;
  for (const part of path) current = (current as Readonly<Record<string, unknown>> | null | undefined)?.[String(part)];
  return current;
}
