import { styleText } from 'node:util';

/** The few styles the program uses. Without colour each gives its text back. */
export interface Colours {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

type Style = keyof Colours;

/**
 * Shall this stream get colour? `NO_COLOR` (https://no-color.org) says no, `FORCE_COLOR` says yes (`0` and `false`: no),
 * else only a terminal that is not `dumb` gets it.
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const force = environment.FORCE_COLOR;
  if (environment.NO_COLOR || force === '0' || force === 'false') return false;
  if (force) return true;
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/** The styles, with colour or without. */
export function colours(enabled: boolean): Colours {
  const paint =
    (style: Style) =>
    (text: string): string =>
      // The decision is made above, once: newer versions of Node would look at stdout and decide again.
      enabled ? styleText(style, text, { validateStream: false }) : text;
  return { bold: paint('bold'), dim: paint('dim'), red: paint('red'), yellow: paint('yellow'), green: paint('green') };
}
