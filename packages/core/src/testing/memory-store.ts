import { createHash } from 'node:crypto';
import type { ObjectAttributes, ObjectInfo, ObjectType, StoreDigest } from '../target/index.js';

/** One object as the in-memory store holds it. Tests may replace it in the map, to damage what is stored. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly attributes: ObjectAttributes;
  /** Set on the original and on every copy that shares its bytes. */
  readonly sharedId?: string;
  /** Before this moment (of the target's clock) no listing shows it; `get` and `stat` do. */
  readonly listedFromMs: number;
}

/** What several in-memory targets can be opened on: the medium itself, open to inspection and to damage. */
export interface MemoryStore {
  readonly objects: Map<string, StoredObject>;
  /** Objects that batches have staged and not published. Whatever is left here when no batch lives is residue. */
  readonly staged: Set<object>;
}

/** A new, empty store for {@link memoryTarget}. */
export function memoryStore(): MemoryStore {
  return { objects: new Map(), staged: new Set() };
}

/** The type of a stored object. */
export function typeOf(object: StoredObject): ObjectType {
  return object.attributes.type ?? 'file';
}

/** The line a listing has for an object. */
export function infoOf(key: string, object: StoredObject): ObjectInfo {
  const info = { key, type: typeOf(object), sizeBytes: object.bytes.byteLength };
  return object.sharedId === undefined ? info : { ...info, sharedId: object.sharedId };
}

/** Does anything lie below `key`? A folder is listed only while nothing does. */
export function hasBelow(store: MemoryStore, key: string): boolean {
  const prefix = `${key}/`;
  for (const other of store.objects.keys()) if (other.startsWith(prefix)) return true;
  return false;
}

/** Lines of a listing, in order: UTF-8 bytes of the key. One pass over the map, then one sort. */
export function listStore(store: MemoryStore, prefix: string, oneLevel: boolean, nowMs: number): ObjectInfo[] {
  const lines = new Map<string, ObjectInfo>();
  const withChildren = new Set<string>();
  for (const [key, object] of store.objects) {
    if (!key.startsWith(prefix) || object.listedFromMs > nowMs) continue;
    for (let slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1)) {
      if (withChildren.has(key.slice(0, slash))) break;
      withChildren.add(key.slice(0, slash));
    }
    const slash = oneLevel ? key.indexOf('/', prefix.length) : -1;
    const line: ObjectInfo =
      slash < 0 ? infoOf(key, object) : { key: key.slice(0, slash + 1), type: 'prefix', sizeBytes: 0 };
    lines.set(line.key, line);
  }
  return [...lines.values()]
    .filter((line) => line.type !== 'directory' || !withChildren.has(line.key))
    .map((line) => ({ line, order: Buffer.from(line.key, 'utf8') }))
    .sort((left, right) => Buffer.compare(left.order, right.order))
    .map(({ line }) => line);
}

/** Removes an object and, as a folder target does, every folder above it that has become empty. */
export function removeFromStore(store: MemoryStore, key: string): void {
  const object = store.objects.get(key);
  if (object === undefined || (typeOf(object) === 'directory' && hasBelow(store, key))) return;
  store.objects.delete(key);
  for (let slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1)) {
    const folder = key.slice(0, slash);
    if (store.objects.has(folder) && !hasBelow(store, folder)) store.objects.delete(folder);
  }
}

/**
 * The key under which the store has what is asked for. Where keys are not case sensitive, that may be another spelling of it.
 */
export function spellingIn(objects: ReadonlyMap<string, unknown>, key: string, caseSensitive: boolean): string {
  if (caseSensitive || objects.has(key)) return key;
  const folded = fold(key);
  for (const other of objects.keys()) if (fold(other) === folded) return other;
  return key;
}

function fold(key: string): string {
  return key.normalize('NFC').toLowerCase();
}

/** Is there anything under this root? */
export function rootIsTaken(store: MemoryStore, root: string): boolean {
  return store.objects.has(root) || hasBelow(store, root);
}

/** The root that stands where only one can; `undefined` if none does. */
export function standingRoot(store: MemoryStore): string | undefined {
  for (const key of store.objects.keys()) return key.split('/', 1)[0];
  return undefined;
}

/** The digest that a store makes of what it holds. */
export function digestOf(bytes: Uint8Array): StoreDigest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
