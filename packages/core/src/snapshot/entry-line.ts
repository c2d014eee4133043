import { canonicalJson, type JsonValue } from './canonical-json.js';
import { type Entry, type FileEntry, MAX_OWNER_NUMBER } from './entry.js';

/**
 * An entry as canonical JSON with a newline. The members that every version knows are written one by one, in their order: a backup
 * writes a line for each file, and it takes a fifth of the time of {@link canonicalJson} (measured), which writes entries that
 * a later version has given more members.
 *
 * @param withOwn false leaves out what is the target's own: `key` and `storeDigest`.
 */
export function entryLine(entry: Entry, withOwn: boolean): string {
  const { gid, uid } = entry;
  let members = 4;
  let json = '{';
  if (entry.type === 'file' && entry.content !== undefined) {
    json += `"content":${canonicalJson(entry.content as unknown as JsonValue)},`;
    members += 1;
  }
  if (gid !== undefined) {
    json += `"gid":${gid},`;
    members += 1;
  }
  if (entry.type === 'file') {
    if (entry.hardLink !== undefined) {
      json += `"hardLink":${entry.hardLink},`;
      members += 1;
    }
    if (entry.key !== undefined) {
      if (withOwn) json += `"key":${JSON.stringify(entry.key)},`;
      members += 1;
    }
  } else if (entry.type === 'symlink') {
    json += `"linkTarget":${JSON.stringify(entry.linkTarget)},`;
    members += 1;
    if (entry.linkTargetBytes !== undefined) {
      json += `"linkTargetBytes":"${entry.linkTargetBytes}",`;
      members += 1;
    }
  }
  json += `"mode":"${entry.mode}","mtimeNs":"${entry.mtimeNs}","path":${JSON.stringify(entry.path)}`;
  if (entry.pathBytes !== undefined) {
    json += `,"pathBytes":"${entry.pathBytes}"`;
    members += 1;
  }
  if (entry.type === 'file') {
    json += `,"sha256":"${entry.sha256}","sizeBytes":${entry.sizeBytes},"stable":${entry.stable}`;
    members += 3;
    if (entry.storeDigest !== undefined) {
      if (withOwn) json += `,"storeDigest":${JSON.stringify(entry.storeDigest)}`;
      members += 1;
    }
  }
  json += `,"type":"${entry.type}"`;
  if (uid !== undefined) {
    json += `,"uid":${uid}`;
    members += 1;
  }
  return members === countMembers(entry) ? `${json}}\n` : `${canonicalJson(shown(entry, withOwn))}\n`;
}

function countMembers(entry: Entry): number {
  let members = 0;
  for (const name in entry) if (entry[name as keyof Entry] !== undefined) members += 1;
  return members;
}

function shown(entry: Entry, withOwn: boolean): JsonValue {
  return (withOwn ? entry : { ...entry, key: undefined, storeDigest: undefined }) as unknown as JsonValue;
}

/**
 * The line of a file with an ASCII name that needs no escape, and without any of the rarer members, as {@link entryLine} writes it. Fifteen digits are
 * always a safe integer, ten may be more than an owner's number.
 */
const FILE_LINE =
  /^\{(?:"gid":(0|[1-9]\d{0,9}),)?"mode":"([0-7]{4})","mtimeNs":"(-?\d{1,20})","path":"([ !#-[\]-~]*)","sha256":"([0-9a-f]{64})","sizeBytes":(0|[1-9]\d{0,14}),"stable":(true|false)(?:,"storeDigest":"([a-z0-9]{1,20}:[0-9a-z-]{1,200})")?,"type":"file"(?:,"uid":(0|[1-9]\d{0,9}))?\}$/;

/**
 * The entry of a line that is just like nearly all lines, or `undefined` for any other, which has to be parsed and checked: that
 * takes ten times as long.
 */
export function readFileLine(line: Buffer): FileEntry | undefined {
  const match = FILE_LINE.exec(line.toString('latin1'));
  if (match === null) return undefined;
  const [, gid, mode = '', mtimeNs = '', path = '', sha256 = '', sizeBytes, stable, storeDigest, uid] = match;
  const owner: { uid?: number; gid?: number } = {};
  if (gid !== undefined) owner.gid = Number(gid);
  if (uid !== undefined) owner.uid = Number(uid);
  if ((owner.gid ?? 0) > MAX_OWNER_NUMBER || (owner.uid ?? 0) > MAX_OWNER_NUMBER) return undefined;
  return {
    path,
    mode,
    mtimeNs,
    ...owner,
    type: 'file',
    sizeBytes: Number(sizeBytes),
    sha256,
    stable: stable === 'true',
    ...(storeDigest === undefined ? {} : { storeDigest }),
  };
}
