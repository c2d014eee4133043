import { type XmlHandler, xmlScanner } from '../xml/scanner.js';
import { textPieces } from '../xml/text-pieces.js';
import type { Archive } from '../zip/archive.js';

/**
 * Reads a part of a workbook to its end.
 *
 * @throws ContentError
 */
export async function readPart(archive: Archive, name: string, handler: XmlHandler): Promise<void> {
  const scanner = xmlScanner(handler);
  for await (const piece of textPieces(archive.content(name))) scanner.feed(piece);
  scanner.end();
}
