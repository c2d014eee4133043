/** One step of a script: a word and what follows it, or a command with what is expected of it. */
export type Step =
  | { readonly kind: 'word'; readonly line: number; readonly word: string; readonly rest: readonly string[] }
  | {
      readonly kind: 'command';
      readonly line: number;
      readonly words: readonly string[];
      readonly stdout: readonly string[];
      readonly stderr: readonly string[];
      /** `null`: it was killed. */
      readonly status: number | null;
    };

/** A script: the sentence it holds, what it needs, and its steps. */
export interface Script {
  readonly law: string;
  readonly needs: readonly string[];
  readonly steps: readonly Step[];
}

/** Reads a script; the words are explained in scripts.test.ts. */
export function parseScript(text: string): Script {
  const lines = text.split('\n');
  const steps: Step[] = [];
  const needs: string[] = [];
  let command:
    | { -readonly [Member in keyof Extract<Step, { kind: 'command' }>]: Extract<Step, { kind: 'command' }>[Member] }
    | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const mark = line.slice(0, 2);
    if (mark === '$ ') {
      command = { kind: 'command', line: index + 1, words: wordsOf(line.slice(2)), stdout: [], stderr: [], status: 0 };
      steps.push(command);
    } else if (mark === '| ' || mark === '! ' || mark === '= ') {
      if (command === undefined) throw new Error(`line ${index + 1}: no command before it`);
      const rest = line.slice(2);
      if (mark === '| ') command.stdout = [...command.stdout, rest];
      else if (mark === '! ') command.stderr = [...command.stderr, rest];
      else command.status = rest === 'killed' ? null : Number(rest);
    } else if (mark === '> ') {
      const word = steps.pop();
      if (word?.kind !== 'word') throw new Error(`line ${index + 1}: no word before it`);
      const [path = '', content = ''] = word.rest;
      steps.push({ ...word, rest: [path, `${content}${line.slice(2)}\n`] });
    } else {
      const [word = '', ...rest] = wordsOf(line);
      if (word === 'needs') needs.push(...rest);
      else steps.push({ kind: 'word', line: index + 1, word, rest });
    }
  }
  return { law: lines[0]?.replace(/^# /, '') ?? '', needs, steps };
}

/** Splits like a shell does: words between blanks; in quotes blanks stay; in double quotes `\n`, `\x1b` and `\u{…}` are characters. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)) {
    words.push(
      match[0].replace(/"([^"]*)"|'([^']*)'/g, (_all, double: string | undefined, single: string | undefined) =>
        double === undefined ? (single ?? '') : unescaped(double),
      ),
    );
  }
  return words;
}

function unescaped(text: string): string {
  return text.replace(
    /\\(?:n|t|\\|x([0-9a-f]{2})|u\{([0-9a-f]+)\})/g,
    (all, byte: string | undefined, code: string | undefined) => {
      if (all === '\\n') return '\n';
      if (all === '\\t') return '\t';
      if (all === '\\\\') return '\\';
      return String.fromCodePoint(Number.parseInt(byte ?? code ?? '0', 16));
    },
  );
}
