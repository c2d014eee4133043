import type { FormatVersions } from '../snapshot/index.js';
import { FORMAT_VERSION } from './layout.js';

/** Features a plain target can have that this program knows. None exist yet beyond version 1. */
const KNOWN_FEATURES: readonly string[] = [];

/** What this program writes. */
export const CURRENT_VERSIONS: FormatVersions = {
  version: FORMAT_VERSION,
  minReader: FORMAT_VERSION,
  minWriter: FORMAT_VERSION,
  features: { incompat: [], rocompat: [] },
};

/** Why this program must not read what carries these versions, or `undefined`. */
export function readRefusal(versions: FormatVersions): string | undefined {
  if (versions.minReader > FORMAT_VERSION) return `it needs a program that reads format ${versions.minReader}`;
  const unknown = versions.features.incompat.filter((feature) => !KNOWN_FEATURES.includes(feature));
  return unknown.length === 0 ? undefined : `it uses features this program does not know: ${unknown.join(', ')}`;
}

/** Why this program must not write to a target that carries these versions, or `undefined`. */
export function writeRefusal(versions: FormatVersions): string | undefined {
  const unreadable = readRefusal(versions);
  if (unreadable !== undefined) return unreadable;
  if (versions.minWriter > FORMAT_VERSION) return `it needs a program that writes format ${versions.minWriter}`;
  const unknown = versions.features.rocompat.filter((feature) => !KNOWN_FEATURES.includes(feature));
  return unknown.length === 0
    ? undefined
    : `it can only be read here: it uses features this program does not know: ${unknown.join(', ')}`;
}
