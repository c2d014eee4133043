import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HoldfastError } from '../holdfast-error.js';

/** What {@link stateDirectory} looks at. */
export interface StateDirectorySources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Asked only where it is needed: there are users without a home, and asking for it throws. */
  readonly home: () => string;
}

/**
 * Where this user's state lies: source identities and what is known of unchanged files. Losing it costs time, not data.
 *
 * `$XDG_STATE_HOME/holdfast` wherever it is set; else `~/.local/state/holdfast` (XDG Base Directory Specification 0.8;
 * a relative value counts as not set), `~/Library/Application Support/holdfast` on macOS, `%LOCALAPPDATA%\holdfast\state` on Windows.
 *
 * @throws HoldfastError `STATE` if it would lie in the home folder, and this user has none
 */
export function stateDirectory(
  sources: StateDirectorySources = { environment: process.env, platform: process.platform, home: homedir },
): string {
  const { environment, platform } = sources;
  const xdg = environment.XDG_STATE_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'holdfast');
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(homeOf(sources), 'AppData', 'Local'), 'holdfast', 'state');
  }
  const home = homeOf(sources);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'holdfast');
  return join(home, '.local', 'state', 'holdfast');
}

function homeOf({ home }: StateDirectorySources): string {
  let found: string;
  try {
    found = home();
  } catch (error) {
    throw noHome(error);
  }
  // An empty or relative HOME would put the state wherever the command happens to be run.
  if (!isAbsolute(found)) throw noHome(undefined);
  return found;
}

function noHome(cause: unknown): HoldfastError {
  return new HoldfastError({
    code: 'STATE',
    message: 'this user has no home folder, so there is no place for the local state',
    hint: 'Set XDG_STATE_HOME to the absolute path of a folder that can be written.',
    cause,
  });
}
