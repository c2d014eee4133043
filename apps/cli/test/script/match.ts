const ID = '\\d{8}T\\d{9}Z-[0-9a-f]{8}';

/** Finds the expected lines among the lines of an output, in their order; others may stand between them. Gives what is missing. */
export function missingLine(
  expected: readonly string[],
  output: string,
  variables: Map<string, string>,
): string | undefined {
  const lines = output.split('\n');
  if (expected.length === 1 && expected[0] === '(nothing)') return output === '' ? undefined : 'nothing at all';
  let at = 0;
  for (const line of expected) {
    const pattern = lineRegExp(filled(line, variables));
    while (at < lines.length && !pattern.test(lines[at] ?? '')) at++;
    const match = pattern.exec(lines[at] ?? '');
    if (at >= lines.length || match === null) return line;
    for (const [name, value] of Object.entries(match.groups ?? {})) variables.set(name, value);
    at++;
  }
  return undefined;
}

/** `{name}` is what `<id:name>` has met, `{name:12}` its first twelve characters, `{name:tail}` what follows its `-`. */
export function filled(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\{([a-z]\w*)(?::(\d+|tail))?\}/g, (all, name: string, part: string | undefined) => {
    const value = variables.get(name);
    if (value === undefined) return all;
    if (part === undefined) return value;
    return part === 'tail' ? (value.split('-')[1] ?? '') : value.slice(0, Number(part));
  });
}

function lineRegExp(line: string): RegExp {
  const source = line
    .split(/(…|<id(?::\w+)?>|<time>|<size>|<number>)/)
    .map((part) => {
      if (part === '…') return '.*';
      if (part === '<time>') return '\\d[\\d.]*(?: ms| s| min \\d+ s)';
      if (part === '<size>') return '\\d[\\d.]* (?:B|[KMGTP]iB)';
      if (part === '<number>') return '\\d+';
      const id = /^<id(?::(\w+))?>$/.exec(part);
      if (id !== null) return id[1] === undefined ? ID : `(?<${id[1]}>${ID})`;
      return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`);
}
