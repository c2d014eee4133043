// examples/nightly: a good night, a night with something left out, and a weekly reading that finds damage.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export async function playNightly({ folder, run, environment }, check) {
  if (process.platform === 'win32') return 'it is a shell script';
  const cwd = join(folder, 'nightly');
  mkdirSync(join(cwd, 'data'));
  writeFileSync(join(cwd, 'data', 'a.txt'), 'hello');
  const settings = { BACKUPS: 'backups', MIRROR: 'copies', LOG: 'nightly.log', FULL: '0', NOTIFY: 'cat >report' };
  const night = async (...sources) => {
    rmSync(join(cwd, 'report'), { force: true });
    const { status, output } = await run('./nightly.sh', sources, {
      cwd,
      environment: { ...environment, ...settings },
    });
    const report = existsSync(join(cwd, 'report')) ? readFileSync(join(cwd, 'report'), 'utf8') : undefined;
    return { status, output, report };
  };

  const good = await night('data');
  check(good.status === 0 && good.report === undefined, 'a good night ends with 0 and reports nothing');
  check(readFileSync(join(cwd, 'nightly.log'), 'utf8').includes('== mirror'), 'its log says what was done');

  const partial = await night('data', 'nowhere');
  check(partial.status === 3 && partial.report?.includes('SOURCE_MISSING'), 'a missing source is 3, and reported');

  flipBit(join(cwd, 'copies', newestOf(join(cwd, 'copies')), 'data', 'a.txt'));
  const unseen = await night('data');
  check(unseen.status === 0, 'a bit that flips in the copy is not looked for on most nights');
  const today = String(new Date().getDay() || 7);
  const words = { cwd, environment: { ...environment, ...settings, FULL: today, NOTIFY: '' } };
  const damaged = await run('./nightly.sh', ['data'], words);
  check(damaged.status === 4 && damaged.output.includes('DAMAGED'), 'in the weekly reading it is 4, and reported');

  const doctor = await run('holdfast', ['doctor', 'backups'], { cwd });
  check(
    doctor.status === 0 && /^All \d+ laws held/m.test(doctor.output),
    'doctor finds the target sound, as it was installed',
  );

  const unset = await run('./nightly.sh', ['data'], { cwd });
  check(unset.status !== 0 && unset.output.includes('BACKUPS is not set'), 'without a target it does nothing');
}

function newestOf(target) {
  const ids = readdirSync(target).filter((name) => !name.startsWith('.'));
  return ids.sort().at(-1) ?? '';
}

function flipBit(path) {
  const bytes = readFileSync(path);
  bytes[0] ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}
