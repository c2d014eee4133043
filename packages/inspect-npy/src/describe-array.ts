import type { ContentFacts, FactValue } from '@holdfast/core/inspect';
import { shownName } from './shown-name.js';

/** What `show` prints of an array: `float64, 128 values, -0.21 to 0.33`. Facts may come from a manifest, so nothing in them is taken for granted. */
export function describeArray(facts: ContentFacts): string[] {
  const more = facts.moreFields;
  const words = arrayWords(facts);
  return [
    ...(words === '' ? [] : [words]),
    ...factsIn(facts.fields).map(
      (field) => `${text(field.name)}: ${[fieldType(field), ...valueWords(field)].join(', ')}`,
    ),
    ...(typeof more === 'number' && more > 0 ? [`and ${counted(more, 'more field', 'more fields')}`] : []),
  ];
}

/** One array in one line. */
export function arrayWords(facts: ContentFacts): string {
  return [typeWords(facts), sizeWords(facts), ...valueWords(facts)].filter((words) => words !== '').join(', ');
}

/** A list of sets of facts. */
export function factsIn(value: FactValue | undefined): ContentFacts[] {
  return Array.isArray(value) ? value.filter(isFacts) : [];
}

/** Is this a set of facts? */
function isFacts(value: FactValue | undefined): value is ContentFacts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A fact as words. */
export function text(value: FactValue | undefined): string {
  return typeof value === 'string' ? shownName(value) : typeof value === 'number' ? String(value) : '';
}

/** `128 values`, `1 value`. */
export function counted(count: FactValue | undefined, one: string, more: string): string {
  return count === undefined ? '' : `${text(count)} ${count === 1 ? one : more}`;
}

function typeWords(facts: ContentFacts): string {
  const isBig = facts.byteOrder === 'big';
  return `${text(facts.dtype)}${isBig ? ' (big-endian)' : ''}`;
}

function fieldType(field: ContentFacts): string {
  const shape = shapeWords(field.shape);
  return shape === '' ? text(field.dtype) : `${text(field.dtype)} ${shape}`;
}

function sizeWords(facts: ContentFacts): string {
  const { shape } = facts;
  if (!Array.isArray(shape)) return '';
  if (shape.length === 0) return 'a single value';
  const order = facts.order === 'F' && shape.length > 1 ? ' in Fortran order' : '';
  return shape.length === 1 ? counted(shape[0], 'value', 'values') : `${shapeWords(shape)} values${order}`;
}

/** `3 x 17`. */
export function shapeWords(shape: FactValue | undefined): string {
  return Array.isArray(shape) ? shape.map(text).join(' x ') : '';
}

function valueWords(facts: ContentFacts): string[] {
  const words: string[] = [];
  const add = (name: string, one: string, more = one): void => {
    const count = facts[name];
    if (count !== undefined && count !== 0) words.push(counted(count, one, more));
  };
  words.push(...rangeWords(facts));
  for (const part of ['real', 'imaginary']) {
    const range = facts[part];
    if (isFacts(range)) words.push(...valueWords(range).map((word) => `${part} ${word}`));
  }
  if (facts.true !== undefined) words.push(`${text(facts.true)} true`, `${text(facts.false)} false`);
  if (facts.longest !== undefined) words.push(`at most ${counted(facts.longest, 'character', 'characters')}`);
  add('empty', 'empty');
  add('nan', 'NaN');
  add('infinite', 'infinite');
  add('notATime', 'NaT');
  if (facts.valuesLookedAt !== undefined) words.push(`from ${text(facts.valuesLookedAt)} of them, evenly spread`);
  return words;
}

function rangeWords({ min, max, values }: ContentFacts): string[] {
  if (min === undefined || max === undefined) return [];
  if (min !== max) return [`${rounded(min)} to ${rounded(max)}`];
  return [values === 1 ? rounded(min) : `all ${rounded(min)}`];
}

/** Fractions to six digits: the facts have them all. Whole numbers and times as they are. */
export function rounded(value: FactValue): string {
  const words = text(value);
  return /^-?\d*\.\d+(?:e[-+]\d+)?$/.test(words) ? String(Number(Number(words).toPrecision(6))) : words;
}
