import { unescapeXml } from './entities.js';

/**
 * The value of one attribute, or `undefined`. Quick, for tags that come by the million: `name` is compared with its prefix, and what is
 * written in an unusual way is parsed as a whole.
 */
export function attributeOf(attributes: string, name: string): string | undefined {
  const plain = ` ${name}="`;
  const at = attributes.indexOf(plain);
  if (at !== -1 && !attributes.includes("'")) {
    const begin = at + plain.length;
    return unescapeXml(attributes.slice(begin, attributes.indexOf('"', begin)));
  }
  return /['\t\n\r]| =/.test(attributes) ? attributesOf(attributes).get(name.slice(name.indexOf(':') + 1)) : undefined;
}

/** All attributes of a tag by their names, without prefixes. */
export function attributesOf(attributes: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  // By hand: on a tag that was made for it, an expression would go over the same characters again and again.
  while (at < attributes.length) {
    const equals = attributes.indexOf('=', at);
    if (equals === -1) break;
    const written = attributes.slice(at, equals).trim();
    const quote = firstQuote(attributes, equals + 1);
    const end = quote === -1 ? -1 : attributes.indexOf(attributes.charAt(quote), quote + 1);
    if (end === -1) break;
    found.set(written.slice(written.indexOf(':') + 1), unescapeXml(attributes.slice(quote + 1, end)));
    at = end + 1;
  }
  return found;
}

function firstQuote(attributes: string, from: number): number {
  for (let at = from; at < attributes.length; at += 1) {
    const character = attributes.charAt(at);
    if (character === '"' || character === "'") return at;
    if (character.trim() !== '') return -1;
  }
  return -1;
}

/** A boolean of the schema: `1`, `true`, `on` are true. */
export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true' || value === 'on';
}
