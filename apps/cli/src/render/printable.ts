import { displayName } from '@holdfast/core';

/** As {@link displayName}, for text of several lines: line ends stay. */
export function printableText(text: string): string {
  return text.split('\n').map(displayName).join('\n');
}

/** What {@link displayName} escapes and JSON.stringify leaves: C1 controls and DEL, separators, marks that turn the direction of text. */
const UNESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** JSON in which no character can move a terminal's cursor or turn its text: such a one stands as `\uXXXX`, which means the same. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
