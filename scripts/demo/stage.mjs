// Shows each step as a user would type it, runs it for real, and checks that it did what it says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { styleText } from 'node:util';

const isColourful = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (style, text) => (isColourful ? styleText(style, text, { validateStream: false }) : text);

/** @param {{ repository: string, folder: string, environment: NodeJS.ProcessEnv }} options */
export function openStage({ repository, folder, environment }) {
  const program = join(repository, 'apps/cli/bin/holdfast.js');
  let step = 0;

  const run = async (words) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      env: { ...environment, ...(isColourful ? { FORCE_COLOR: '1' } : {}) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
      });
    }
    const [status] = await once(child, 'close');
    return { status, output };
  };

  return {
    /** A heading and what it is about. */
    explain(title, ...lines) {
      step++;
      process.stdout.write(`\n${paint('bold', `${step}. ${title}`)}\n`);
      for (const line of lines) process.stdout.write(`${line}\n`);
    },
    /** Lines of another program, or of this one. */
    say(...lines) {
      for (const line of lines) process.stdout.write(`${paint('dim', line)}\n`);
    },
    /** Another program's words, and what it said. */
    type(command, lines) {
      process.stdout.write(`\n${paint('cyan', `$ ${command}`)}\n${lines.join('\n')}\n`);
    },
    /** Runs `holdfast` with these words, shows both, and fails if it ends with another status. Gives the output. */
    async holdfast(words, expectedStatus = 0) {
      process.stdout.write(`\n${paint('cyan', `$ holdfast ${words.map(shellWord).join(' ')}`)}\n`);
      const { status, output } = await run(words);
      process.stdout.write(output);
      if (status !== expectedStatus) throw new Error(`exit status ${status} where ${expectedStatus} was expected`);
      return output;
    },
    /** Runs `holdfast … --json` without showing it, and gives its lines. */
    async ask(words) {
      const { status, output } = await run([...words, '--json', '--quiet']);
      if (status !== 0) throw new Error(`holdfast ${words.join(' ')}: exit status ${status}\n${output}`);
      return output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    },
    /** Says that something holds, or fails. */
    check(holds, sentence) {
      if (!holds) throw new Error(`this is not true: ${sentence}`);
      process.stdout.write(`${paint('green', '✓')} ${sentence}\n`);
    },
  };
}

function shellWord(word) {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
