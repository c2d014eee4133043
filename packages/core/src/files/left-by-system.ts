/**
 * What a system puts into a folder by itself when somebody looks at it: the Finder of macOS, the Explorer of Windows. Nobody misses it, and nobody can
 * keep it away.
 */
const NAMES: ReadonlySet<string> = new Set(['.ds_store', 'desktop.ini', 'thumbs.db']);

/** Has the system put the file there by itself? So it says nothing about whose folder it is. */
export function isLeftBySystem(name: string): boolean {
  return NAMES.has(name.toLowerCase());
}
