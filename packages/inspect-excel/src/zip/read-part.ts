import { type XmlHandler, xmlScanner } from '../xml/scanner.js';
import { textPieces } from '../xml/text-pieces.js';
import type { Archive } from './archive.js';

/**
 * Reads an XML part of an archive to its end.
 *
 * @throws ContentError
 */
export async function readPart(archive: Archive, name: string, handler: XmlHandler): Promise<void> {
  for await (const _ of scanPart(archive, name, handler));
}

/**
 * The same, piece by piece: gives a turn to the caller behind each of them, which is when what the handler has gathered can be given on.
 *
 * @throws ContentError
 */
export async function* scanPart(
  archive: Archive,
  name: string,
  handler: XmlHandler,
): AsyncGenerator<void, void, undefined> {
  const scanner = xmlScanner(handler);
  for await (const piece of textPieces(archive.content(name))) {
    scanner.feed(piece);
    yield;
  }
  scanner.end();
}
