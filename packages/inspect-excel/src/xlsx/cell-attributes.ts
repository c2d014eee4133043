import { attributeOf } from '../xml/attributes.js';

/** What is read of the attributes of a cell. */
export interface CellAttributes {
  /** Its place: `B7`. */
  r: string | undefined;
  /** Its style. */
  s: string | undefined;
  /** Its type. */
  t: string | undefined;
}

const SPACE = 0x20;
const EQUALS = 0x3d;
const QUOTE = 0x22;

/** In one go over ` r="B7" s="1" t="s"`, since there is one for each cell; whatever is written in another way is read as any attributes are. */
export function cellAttributes(attributes: string): CellAttributes {
  const found: CellAttributes = { r: undefined, s: undefined, t: undefined };
  for (let at = 0; at < attributes.length; ) {
    const isPlain =
      attributes.charCodeAt(at) === SPACE &&
      attributes.charCodeAt(at + 2) === EQUALS &&
      attributes.charCodeAt(at + 3) === QUOTE;
    const end = isPlain ? attributes.indexOf('"', at + 4) : -1;
    if (end === -1) return inAnyCase(attributes);
    const value = attributes.slice(at + 4, end);
    const name = attributes.charAt(at + 1);
    if (name === 'r') found.r = value;
    else if (name === 's') found.s = value;
    else if (name === 't') found.t = value;
    at = end + 1;
  }
  return found;
}

function inAnyCase(attributes: string): CellAttributes {
  return { r: attributeOf(attributes, 'r'), s: attributeOf(attributes, 's'), t: attributeOf(attributes, 't') };
}
