import { cpus, release, totalmem } from 'node:os';

const STEPS = ['first', 'again', 'restore', 'check', 'list', 'zip'];

/** Where and when: a figure without them says nothing. */
export function describeMachine({ files, repeats, fileSystem }) {
  const [cpu] = cpus();
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB,`,
    `kernel ${release()}, Node ${process.version}, file system type 0x${fileSystem.toString(16)}.`,
    `${files} files of 1.2 kB and one of 1.6 MB; the quietest of ${repeats} runs; whole processes; caches warm.`,
  ].join(' ');
}

/** Seconds, and in brackets the ratio to the reference tool's `first` and so on. */
export function formatTable(rows, reference) {
  const base = rows.get(reference) ?? {};
  const lines = [`| | ${STEPS.join(' | ')} |`, `|---|${STEPS.map(() => '---').join('|')}|`];
  for (const [name, row] of rows) {
    const cells = STEPS.map((step) => {
      const seen = row[step];
      if (seen === undefined) return '-';
      const ratio = base[step] === undefined ? '' : ` (${(seen.wallSeconds / base[step].wallSeconds).toFixed(2)} x)`;
      return `${seen.wallSeconds.toFixed(2)} s${ratio}`;
    });
    lines.push(`| ${name} | ${cells.join(' | ')} |`);
  }
  return `\n${lines.join('\n')}\n\nIn brackets: ratio to ${reference} in the same column. zip: the whole source into one archive.`;
}
