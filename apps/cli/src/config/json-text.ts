import jsonc, { type Node, type ParseError } from 'jsonc-parser';
import type { ConfigFault, TextPosition } from './config-fault.js';

/** Where a value stands: names of members and indexes of elements, from the top. */
export type ValuePath = readonly (string | number)[];

/** A JSON text, read. */
export interface JsonText {
  readonly value: unknown;
  /** Where the value stands; with `name`, where its name does. Of a path that is not there, its nearest ancestor's place. */
  positionOf(path: ValuePath, part?: 'name' | 'value'): TextPosition;
}

/** Names that mean something else to a JavaScript object than to the person who wrote them. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads plain JSON (RFC 8259: no comments, no trailing commas) and keeps where everything stands. A name that is given twice
 * in one object is a fault: one of the two would be without effect.
 *
 * @param text without a byte order mark
 */
export function readJsonText(text: string): JsonText | ConfigFault {
  const errors: ParseError[] = [];
  const options = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };
  let root: Node | undefined;
  try {
    root = jsonc.parseTree(text, errors, options);
  } catch (error) {
    // The parser goes down one call a level.
    if (!(error instanceof RangeError)) throw error;
    return { position: { line: 1, column: 1 }, message: 'it is nested too deeply' };
  }
  const [error] = errors;
  if (error !== undefined) return syntaxFault(text, error);
  if (root === undefined) return { position: positionAt(text, 0), message: 'it is empty', hint: 'Write {} at least.' };
  const wrongName = nameFault(text, root);
  if (wrongName !== undefined) return wrongName;
  const top = root;
  return {
    value: jsonc.getNodeValue(top) as unknown,
    positionOf(path, part = 'value') {
      for (let length = path.length; length >= 0; length--) {
        const node = jsonc.findNodeAtLocation(top, path.slice(0, length));
        if (node === undefined) continue;
        const name = part === 'name' && node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
        return positionAt(text, (name ?? node).offset);
      }
      return positionAt(text, top.offset);
    },
  };
}

function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON value',
  InvalidNumberFormat: 'this is no JSON number',
  PropertyNameExpected: 'a name in double quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a colon is expected here',
  CommaExpected: 'a comma is expected here',
  CloseBraceExpected: 'a closing } is expected here',
  CloseBracketExpected: 'a closing ] is expected here',
  EndOfFileExpected: 'nothing more is expected after the end',
  InvalidCommentToken: 'this is a comment, and JSON has none',
  UnexpectedEndOfComment: 'this is a comment, and JSON has none',
  UnexpectedEndOfString: 'the closing quote is missing',
  UnexpectedEndOfNumber: 'this number is cut short',
  InvalidUnicode: 'after \\u four hexadecimal digits are expected',
  InvalidEscapeCharacter: 'this escape is none of JSON; write \\\\ for a backslash',
  InvalidCharacter: 'this character must be escaped in JSON',
};

function syntaxFault(text: string, error: ParseError): ConfigFault {
  const word = jsonc.printParseErrorCode(error.error);
  const comma = trailingComma(text, error.offset);
  if (comma !== undefined) {
    const message = 'there is a comma after the last one, and JSON takes none there';
    return { position: positionAt(text, comma), message, hint: 'Take the comma away.' };
  }
  return { position: positionAt(text, error.offset), message: WORDS[word] ?? 'this is no JSON' };
}

/** Where the comma stands, if the parser stumbled over a closing bracket behind one. */
function trailingComma(text: string, offset: number): number | undefined {
  const match = /,\s*$/.exec(text.slice(0, offset));
  return match !== null && /^[}\]]/.test(text.slice(offset)) ? match.index : undefined;
}

/** The first name that is given twice, or that cannot be one. */
function nameFault(text: string, node: Node): ConfigFault | undefined {
  const names = new Map<string, Node>();
  for (const child of node.children ?? []) {
    const [name] = child.type === 'property' ? (child.children ?? []) : [];
    if (name !== undefined) {
      const word = String(name.value);
      const position = positionAt(text, name.offset);
      if (RESERVED.has(word)) return { position, message: `"${word}" cannot be a name` };
      const first = names.get(word);
      if (first !== undefined) {
        const { line } = positionAt(text, first.offset);
        return { position, message: `"${word}" is given twice`, hint: `The first one is in line ${line}.` };
      }
      names.set(word, name);
    }
    const below = nameFault(text, child);
    if (below !== undefined) return below;
  }
  return undefined;
}
