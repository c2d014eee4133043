import { ContentError } from '../content-error.js';
import { unescapeXml } from './entities.js';

/** What is told of an XML part, in its order. Names are without a prefix. */
export interface XmlHandler {
  /** `attributes` is what stands in the tag behind the name: see {@link attributeOf}. An empty element is opened and closed. */
  open(name: string, attributes: string): void;
  close(name: string): void;
  /** Unescaped. One text may come in several pieces. */
  text?(text: string): void;
}

/** Takes an XML part piece by piece. */
export interface XmlScanner {
  /** @throws ContentError `INVALID` */
  feed(piece: string): void;
  /** @throws ContentError `TRUNCATED`: elements are still open. */
  end(): void;
}

/** A tag, a comment or a processing instruction is read as a whole. */
const MAX_TAG_CHARACTERS = 1024 * 1024;
const MAX_DEPTH = 200;
/** An entity is at most `&#x10FFFF;`. */
const MAX_ENTITY_CHARACTERS = 12;

/**
 * A scanner for the XML of workbooks: it knows elements, attributes, text, CDATA, and refuses declarations of types, so that there are no
 * entities to expand. It holds one tag, never the part (decision 0023: why no library).
 */
export function xmlScanner(handler: XmlHandler): XmlScanner {
  const open: string[] = [];
  let rest = '';

  function feed(piece: string): void {
    const text = rest === '' ? piece : rest + piece;
    const { length } = text;
    let at = 0;
    while (at < length) {
      const tag = text.indexOf('<', at);
      if (tag !== at) {
        const end = tag === -1 ? wholeText(text, at) : tag;
        if (end > at) tell(text.slice(at, end));
        if (tag === -1) {
          at = end;
          break;
        }
        at = tag;
      }
      const next = readTag(text, at);
      if (next === -1) break;
      at = next;
    }
    if (length - at > MAX_TAG_CHARACTERS) throw noXml('a tag is too long');
    // Joined with nothing, so that the piece it was cut from can go.
    rest = at === length ? '' : text.slice(at);
  }

  function tell(text: string): void {
    if (open.length === 0) {
      if (/[^\s\uFEFF]/.test(text)) throw noXml('text stands outside of its elements');
      return;
    }
    handler.text?.(unescapeXml(newLines(text)));
  }

  /** Where the tag that begins at `at` ends, or -1: not all of it is here. */
  function readTag(text: string, at: number): number {
    const first = text.charCodeAt(at + 1);
    if (Number.isNaN(first)) return -1;
    if (first === 0x2f) return closeTag(text, at);
    if (first === 0x21) return declaration(text, at);
    if (first === 0x3f) return after(text, '?>', at + 2);
    return openTag(text, at);
  }

  function closeTag(text: string, at: number): number {
    const end = text.indexOf('>', at + 2);
    if (end === -1) return -1;
    const name = text.slice(at + 2, end).trimEnd();
    if (open.pop() !== name) throw noXml('elements do not end in the order they began');
    handler.close(localName(name));
    return end + 1;
  }

  function openTag(text: string, at: number): number {
    const end = endOfTag(text, at + 1);
    if (end === -1) return -1;
    const isEmpty = text.charCodeAt(end - 1) === 0x2f;
    const bodyEnd = isEmpty ? end - 1 : end;
    let nameEnd = at + 1;
    while (nameEnd < bodyEnd && !isSpace(text.charCodeAt(nameEnd))) nameEnd += 1;
    if (nameEnd === at + 1) throw noXml('a tag has no name');
    const name = text.slice(at + 1, nameEnd);
    const local = localName(name);
    handler.open(local, nameEnd === bodyEnd ? '' : text.slice(nameEnd, bodyEnd));
    if (isEmpty) handler.close(local);
    else if (open.push(name) > MAX_DEPTH) throw noXml('its elements are nested too deeply');
    return end + 1;
  }

  function declaration(text: string, at: number): number {
    if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
    if (text.startsWith('<![CDATA[', at)) {
      const end = text.indexOf(']]>', at + 9);
      if (end === -1) return -1;
      if (open.length > 0) handler.text?.(newLines(text.slice(at + 9, end)));
      return end + 3;
    }
    if (text.length - at < 9) return -1;
    throw noXml('it declares types or entities, which no workbook does');
  }

  return {
    feed,
    end() {
      if (rest.trim() !== '' || open.length > 0) throw new ContentError('TRUNCATED', 'a part of it ends too early');
    },
  };
}

function after(text: string, what: string, from: number): number {
  const end = text.indexOf(what, from);
  return end === -1 ? -1 : end + what.length;
}

/** Where the tag ends: a `>` in the value of an attribute does not end it. */
function endOfTag(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x3e) return at;
    if (code === 0x22 || code === 0x27) {
      at = text.indexOf(code === 0x22 ? '"' : "'", at + 1);
      if (at === -1) return -1;
    } else if (code === 0x3c) throw noXml('a tag begins within a tag');
  }
  return -1;
}

/** An end of line is one LF, however it is written (XML 1.0, 2.11). */
function newLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** How much of the text that ends with the piece can be told now: an entity or an end of line may be cut. */
function wholeText(text: string, from: number): number {
  if (text.endsWith('\r')) return text.length - 1;
  const entity = text.lastIndexOf('&');
  if (entity < from || text.length - entity > MAX_ENTITY_CHARACTERS) return text.length;
  return text.includes(';', entity) ? text.length : entity;
}

function localName(name: string): string {
  // Most are as short as `c` and `v`.
  if (name.length < 3) return name;
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function noXml(why: string): ContentError {
  return new ContentError('INVALID', `a part of it is no XML that is read here: ${why}`);
}
