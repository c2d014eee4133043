import { join } from 'node:path';
import type { Operation } from './child.js';
import type { World } from './scenario.js';

/** The words of the command line for an operation, and the variables it needs beside. */
export function wordsOf(
  operation: Operation,
  world: World,
): { readonly words: string[]; readonly environment: NodeJS.ProcessEnv } {
  const { PATH } = process.env;
  const environment = {
    PATH,
    LANG: 'C.UTF-8',
    HOME: world.root,
    XDG_STATE_HOME: join(world.root, 'state'),
    TMPDIR: world.temporary,
  };
  return { words: commandOf(operation), environment };
}

function commandOf(operation: Operation): string[] {
  switch (operation.operation) {
    case 'backup': {
      const targets = operation.targets.flatMap((target) => ['--to', target]);
      return ['backup', ...operation.sources.map(({ path }) => path), ...targets];
    }
    case 'restore':
      if (!('into' in operation)) return ['restore', operation.which, '--from', operation.from, '--delete', '--yes'];
      return ['restore', '--from', operation.from, '--into', operation.into, ...(operation.overwrite ? ['--yes'] : [])];
    case 'guard':
      return [
        'guard',
        ...operation.sources.map(({ path }) => path),
        '--to',
        operation.from,
        '--',
        operation.fails ? 'false' : 'true',
      ];
    case 'mirror':
      return ['mirror', operation.from, operation.to];
    case 'remove':
      return ['remove', operation.which, '--from', operation.from, '--yes'];
    case 'undo':
      return ['undo', '--from', operation.from];
    case 'prune':
      return ['prune', '--from', operation.from, '--now', '--yes'];
  }
}
