/** The attributes of one path in a dump of `getfattr`. */
export interface DumpedXattrs {
  readonly path: Buffer;
  /** Names and values, these in Base64. */
  readonly values: Record<string, string>;
  /** Names that are not UTF-8 cannot be kept. */
  readonly strangeNames: number;
}

const PATH_LINE = '# file: ';
/** getfattr(1), `--encoding`: how a Base64 value begins. */
const BASE64_MARK = '0s';

/** Reads what `getfattr --dump --encoding=base64` prints: for each path a line with it, a line for each attribute, an empty line. */
export function* parseXattrDump(dump: Buffer): Generator<DumpedXattrs> {
  let current: { path: Buffer; values: Record<string, string>; strangeNames: number } | undefined;
  // Byte for byte: paths and names need not be UTF-8.
  for (const line of dump.toString('latin1').split('\n')) {
    if (line.startsWith(PATH_LINE)) {
      if (current !== undefined) yield current;
      current = { path: unquoted(line.slice(PATH_LINE.length)), values: {}, strangeNames: 0 };
      continue;
    }
    if (current === undefined || line === '') continue;
    const equals = line.indexOf('=');
    const nameBytes = unquoted(equals === -1 ? line : line.slice(0, equals));
    const name = nameBytes.toString('utf8');
    const value = equals === -1 ? '' : line.slice(equals + 1);
    if (!Buffer.from(name).equals(nameBytes)) current.strangeNames += 1;
    else current.values[name] = value.startsWith(BASE64_MARK) ? value.slice(BASE64_MARK.length) : '';
  }
  if (current !== undefined) yield current;
}

/**
 * What `setfattr --restore` reads. The names may be anybody's: each byte that could mean something is written as a number. ACLs come
 * last: they set the mode, too, and may take away the right to write that other attributes need.
 */
export function xattrDump(path: string, values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values);
  const inTurn = [...entries.filter(([name]) => !isAcl(name)), ...entries.filter(([name]) => isAcl(name))];
  const lines = inTurn.map(([name, value]) => `${quoted(name)}=${written(value)}\n`);
  return `${PATH_LINE}${path}\n${lines.join('')}\n`;
}

/** `\ooo` stands for a byte. */
export function unquoted(text: string): Buffer {
  return Buffer.from(
    text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    'latin1',
  );
}

/** setfattr 2.5.1 does not set an empty value in Base64 that is the first one it reads, and says nothing (seen). */
function written(value: string): string {
  return value === '' ? '""' : `${BASE64_MARK}${value}`;
}

function isAcl(name: string): boolean {
  return name.startsWith('system.');
}

function quoted(name: string): string {
  return Buffer.from(name)
    .toString('latin1')
    .replace(/[^A-Za-z0-9._-]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
