import type { Argument, Command, Option } from 'commander';

/** What may be offered in a place of a command line beside fixed words. */
export type PathKind = 'none' | 'files' | 'folders';

/** One word on offer. */
export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

/** What a shell offers: words, and the paths it knows itself. */
export interface Candidates {
  readonly words: readonly Candidate[];
  readonly paths: PathKind;
}

/** Where the words come from that are not declared. Each gives nothing rather than to fail or to keep somebody waiting. */
export interface CandidateSources {
  /** Names of the config's targets. */
  targets(): Promise<readonly Candidate[]>;
  /** Names of the config's sources. */
  sources(): Promise<readonly Candidate[]>;
  /** Ids and names of the snapshots in the target that the line names, or in the default one. */
  snapshots(from: string | undefined): Promise<readonly Candidate[]>;
}

const NONE: Candidates = { words: [], paths: 'none' };

/** What the values of options are, or all there are; those that are not named here are the user's own words. */
const OPTION_VALUES: Readonly<Record<string, ValueKind | readonly string[]>> = {
  '--from': 'target',
  '--to': 'target',
  '--against': 'target',
  '--into': 'folder',
  '--data': 'folder',
  '--workbook': 'file',
  '--target': 'target',
  '--source': 'source',
  '--config': 'file',
  '--exclude-file': 'file',
  '--only': 'sourceName',
  '--as': 'file',
  '--format': ['plain'],
  '--export': ['csv'],
  '--template': ['attendance'],
};

/** What operands are, by the name that is declared. */
const OPERANDS: Readonly<Record<string, ValueKind | readonly string[]>> = {
  source: 'source',
  id: 'snapshot',
  a: 'snapshot',
  b: 'snapshot',
  from: 'target',
  to: 'target',
  target: 'target',
  file: 'file',
  workbook: 'file',
  out: 'file',
  shell: ['bash', 'zsh', 'fish'],
};

type ValueKind = 'target' | 'folder' | 'file' | 'source' | 'sourceName' | 'snapshot';

/**
 * What fits behind these words. Pure but for the sources it is given.
 *
 * @param before the words behind `holdfast` and before the one under the cursor
 * @param current that word, as far as it is typed
 */
export async function candidatesFor(
  program: Command,
  before: readonly string[],
  current: string,
  sources: CandidateSources,
): Promise<Candidates> {
  const [name, ...rest] = before.filter((word, index) => index > 0 || !word.startsWith('-'));
  const command = program.commands.find((one) => one.name() === name);
  if (name === undefined) {
    return current.startsWith('-')
      ? { words: longOptions(program), paths: 'none' }
      : { words: commandsOf(program), paths: 'none' };
  }
  if (name === 'help') return rest.length === 0 ? { words: commandsOf(program), paths: 'none' } : NONE;
  if (command === undefined) return NONE;
  const line = readLine(command, rest);
  const inWord = /^(--[a-z-]+)=/.exec(current)?.[1];
  const option = line.open ?? (line.isEnded ? undefined : optionOf(command, inWord));
  if (option !== undefined) return valuesOf(OPTION_VALUES[option.long ?? ''], line, sources);
  if (current.startsWith('-') && !line.isEnded) return { words: longOptions(command, line.used), paths: 'none' };
  return valuesOf(operandKind(command, line.operands), line, sources);
}

/** A command line, as far as it stands before the cursor. */
interface Line {
  readonly operands: number;
  /** An option that waits for its value. */
  readonly open: Option | undefined;
  readonly used: ReadonlySet<string>;
  /** `--` was there: nothing is an option any more. */
  readonly isEnded: boolean;
  readonly from: string | undefined;
}

function readLine(command: Command, words: readonly string[]): Line {
  const used = new Set<string>();
  let operands = 0;
  let open: Option | undefined;
  let isEnded = false;
  let from: string | undefined;
  for (const word of words) {
    if (open !== undefined) {
      if (open.long === '--from') from = word;
      open = undefined;
    } else if (isEnded || !word.startsWith('-') || word === '-') operands++;
    else if (word === '--') isEnded = true;
    else {
      const [name = '', value] = word.split(/=(.*)/s);
      const option = optionOf(command, name);
      used.add(option?.long ?? name);
      if (option?.long === '--from' && value !== undefined) from = value;
      if (option?.required === true && value === undefined) open = option;
    }
  }
  return { operands, open, used, isEnded, from };
}

function optionOf(command: Command, name: string | undefined): Option | undefined {
  return command.options.find(({ long, short }) => name !== undefined && (long === name || short === name));
}

function operandKind(command: Command, index: number): ValueKind | readonly string[] | undefined {
  const declared: readonly Argument[] = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[index] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? undefined : OPERANDS[argument.name()];
}

async function valuesOf(
  kind: ValueKind | readonly string[] | undefined,
  line: Line,
  sources: CandidateSources,
): Promise<Candidates> {
  if (typeof kind === 'object') return { words: kind.map((value) => ({ value })), paths: 'none' };
  switch (kind) {
    case 'target':
      return { words: await sources.targets(), paths: 'files' };
    case 'source':
      return { words: await sources.sources(), paths: 'files' };
    case 'sourceName':
      return { words: await sources.sources(), paths: 'none' };
    case 'snapshot':
      return { words: await sources.snapshots(line.from), paths: 'none' };
    case 'folder':
      return { words: [], paths: 'folders' };
    case 'file':
      return { words: [], paths: 'files' };
    default:
      return NONE;
  }
}

function commandsOf(program: Command): Candidate[] {
  const commands = program.commands.map((command) => ({ value: command.name(), description: command.summary() }));
  return [...commands, { value: 'help', description: 'print the help of a command' }];
}

/** Long options; flags that stand there already are not offered again. */
function longOptions(command: Command, used: ReadonlySet<string> = new Set()): Candidate[] {
  const own = command.options
    .filter(({ long, required, hidden }) => long !== undefined && !hidden && (required || !used.has(long)))
    .map(({ long, description }) => ({ value: long ?? '', description }));
  return [...own, { value: '--help', description: 'print this help' }];
}
