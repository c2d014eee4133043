import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROGRAM } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

let world: World;
beforeEach(() => {
  world = makeWorld();
  mkdirSync(join(world.work, 'data'));
  writeFileSync(join(world.work, 'data', 'a.txt'), 'hello');
});
afterEach(() => {
  world.remove();
});

/** Runs `holdfast` in a shell; `/dev/full` is a disk without room. */
function shell(words: string) {
  return spawnSync('sh', ['-c', `"$0" "$1" ${words}`, process.execPath, PROGRAM], {
    cwd: world.work,
    env: world.environment,
    encoding: 'utf8',
  });
}

describe.runIf(existsSync('/dev/full'))('an output that cannot be written', () => {
  test('ends what only reads with 1 and one error', () => {
    shell('backup ./data --to ./backups');
    for (const command of ['list', 'show', 'verify', 'list --json', 'show --json', 'verify --json']) {
      const { status, stderr } = shell(`${command} --from ./backups >/dev/full`);
      expect(stderr, command).toBe(
        'holdfast: stdout cannot be written: no space left on device (OUTPUT)\n' +
          '  hint: Nothing was changed. Send the output to a place that has room.\n',
      );
      expect(status, command).toBe(1);
    }
  });

  test('does not undo a backup that is complete, and that is said', () => {
    const { status, stderr } = shell('backup ./data --to ./backups >/dev/full');
    expect(stderr).toMatch(
      /^holdfast: stdout cannot be written: .* \(OUTPUT\)\n {2}hint: The snapshot is complete in /,
    );
    expect(stderr).not.toContain('not in the other targets');
    expect(status).toBe(1);
    expect(shell('verify --data --from ./backups').status).toBe(0);
  });

  test('does not undo an archive that is complete, and that is said; of one replaced it is not said that it is untouched', () => {
    const { status, stderr } = shell('backup ./data --to x.zip >/dev/full');
    expect(stderr).toContain('hint: The snapshot is complete in ');
    expect(shell('export latest e.zip --from x.zip >/dev/full').stderr).toContain(
      'hint: The archive is written and complete: e.zip.',
    );
    expect(shell('backup ./data --to x.zip --replace >/dev/full').stderr).not.toContain('untouched');
    expect(shell('verify --data --from e.zip').status).toBe(0);
    expect(status).toBe(1);
  });

  test('stops a backup that tells as it goes, and leaves nothing half', () => {
    const { status, stderr } = shell('backup ./data --to ./backups --json >/dev/full');
    expect(stderr).toMatch(/^holdfast: stdout cannot be written: .* \(OUTPUT\)\n {2}hint: .*\n$/);
    expect(status).toBe(1);
    const complete = stderr.includes('The snapshot is complete');
    const visible = existsSync(join(world.work, 'backups'))
      ? readdirSync(join(world.work, 'backups')).filter((name) => /^\d{8}T/.test(name))
      : [];
    expect(visible).toHaveLength(complete ? 1 : 0);
  });

  test('is nothing to a command that has nothing to write there', () => {
    expect(shell('backup ./data --to ./backups 2>/dev/full').status).toBe(0);
    expect(shell('list --from ./backups --json 2>/dev/full').status).toBe(0);
  });

  test('is no crash either when nobody can be told', () => {
    expect(shell('list --from ./nowhere >/dev/full 2>&1').status).toBe(1);
    expect(shell('backup ./data --to ./backups >/dev/full 2>&1').status).toBe(1);
  });
});
