import { parseRuleFile } from './filter-rules.js';
import { IGNORE_FILE_NAME } from './folder-rules.js';
import { readRuleFile } from './rule-file.js';
import { FolderFilter } from './source-filter.js';
import type { ResolvedSource } from './sources.js';

/** Something that is not in a source any more, as it was. */
export interface GoneEntry {
  /** As in a manifest: it begins with the name of the source. */
  readonly pathBytes: Buffer;
  readonly isFolder: boolean;
  /** Of a file. */
  readonly sizeBytes: number | undefined;
}

/** Filters of folders that are remembered: what is gone comes folder by folder. */
const MAX_FOLDERS = 1000;

/**
 * Would the rules of a source leave out what is not there any more? Asked are those it was given, and each `.holdfastignore` that stands
 * in a folder above it now.
 */
export function leftOutNow(source: ResolvedSource): (entry: GoneEntry) => boolean {
  const top = withRules(FolderFilter.top(source.rules, { dev: 0n }), Buffer.from(source.realPath));
  const known = new Map<string, FolderFilter | 'leftOut'>();
  const filterOf = (names: readonly Buffer[]): FolderFilter | 'leftOut' => {
    const name = names.at(-1);
    if (name === undefined) return top;
    const key = names.map((one) => one.toString('latin1')).join('/');
    const before = known.get(key);
    if (before !== undefined) return before;
    const above = filterOf(names.slice(0, -1));
    const filter = above === 'leftOut' ? above : entered(above, name, [Buffer.from(source.realPath), ...names]);
    if (known.size >= MAX_FOLDERS) known.clear();
    known.set(key, filter);
    return filter;
  };
  return ({ pathBytes, isFolder, sizeBytes }) => {
    const names = namesOf(pathBytes).slice(1);
    const name = names.at(-1);
    if (name === undefined || source.type !== 'directory') return false;
    const filter = filterOf(names.slice(0, -1));
    if (filter === 'leftOut' || typeof filter.judgeName(name, isFolder) === 'object') return true;
    return sizeBytes !== undefined && filter.judgeSize(BigInt(sizeBytes)) !== undefined;
  };
}

function entered(above: FolderFilter, name: Buffer, place: readonly Buffer[]): FolderFilter | 'leftOut' {
  const verdict = above.judgeName(name, true);
  if (typeof verdict === 'object') return 'leftOut';
  return withRules(above.enter(name, verdict), Buffer.concat(place.flatMap((one) => [one, SLASH]).slice(0, -1)));
}

const SLASH = Buffer.from('/');

/** Rules that cannot be read leave nothing out. */
function withRules(filter: FolderFilter, folder: Buffer): FolderFilter {
  const location = Buffer.concat([folder, SLASH, Buffer.from(IGNORE_FILE_NAME)]);
  const read = readRuleFile(location);
  return 'bytes' in read ? filter.withIgnoreFile(parseRuleFile(read.bytes, IGNORE_FILE_NAME).rules) : filter;
}

function namesOf(path: Buffer): Buffer[] {
  const names: Buffer[] = [];
  let start = 0;
  for (let end = path.indexOf(0x2f); end !== -1; end = path.indexOf(0x2f, start)) {
    names.push(path.subarray(start, end));
    start = end + 1;
  }
  return [...names, path.subarray(start)];
}
