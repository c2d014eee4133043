import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What {@link stateDirectory} looks at. */
export interface StateDirectorySources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/**
 * Where this user's state lies: source identities and what is known of unchanged files. Losing it costs time, not data.
 *
 * `$XDG_STATE_HOME/holdfast` wherever it is set; else `~/.local/state/holdfast` (XDG Base Directory Specification 0.8;
 * a relative value counts as not set), `~/Library/Application Support/holdfast` on macOS, `%LOCALAPPDATA%\holdfast\state` on Windows.
 */
export function stateDirectory(
  sources: StateDirectorySources = { environment: process.env, platform: process.platform, home: homedir() },
): string {
  const { environment, platform, home } = sources;
  const xdg = environment.XDG_STATE_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'holdfast');
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'holdfast', 'state');
  }
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'holdfast');
  return join(home, '.local', 'state', 'holdfast');
}
