import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOBODY } from './run-holdfast.js';

/** An empty place for one test: a folder to work in, and everything of the user's that the program looks at. */
export interface World {
  /** The working folder. */
  readonly work: string;
  readonly environment: NodeJS.ProcessEnv;
  remove(): void;
}

/** Makes one. Users without rights may work in it, too. */
export function makeWorld(): World {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-cli-')));
  chmodSync(root, 0o755);
  const folders = { work: join(root, 'work'), home: join(root, 'home'), state: join(root, 'state') };
  for (const folder of Object.values(folders)) {
    mkdirSync(folder);
    if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
  }
  const { PATH, HOLDFAST_TEST_S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = process.env;
  return {
    work: folders.work,
    environment: {
      PATH,
      HOME: folders.home,
      XDG_STATE_HOME: folders.state,
      LANG: 'C.UTF-8',
      ...(HOLDFAST_TEST_S3_ENDPOINT === undefined
        ? {}
        : {
            AWS_ENDPOINT_URL: HOLDFAST_TEST_S3_ENDPOINT,
            AWS_ACCESS_KEY_ID,
            AWS_SECRET_ACCESS_KEY,
            AWS_REGION: AWS_REGION ?? 'us-east-1',
          }),
    },
    remove() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
