import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../apps/cli/bin/holdfast.js', import.meta.url));
const isInstalled = (program) => () => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const run = (...words) => ['node', BIN, ...words];
const shell = (script, ...words) => ['sh', '-c', script, 'sh', ...words];

/** Each step is one command; `first` and `again` save, `restore` brings everything back, `check` reads everything. */
export const holdfast = {
  name: 'holdfast folder',
  isThere: () => true,
  environment: {},
  steps: ({ source, place }) => ({
    first: run('backup', source, '--to', `${place}/store`, '--quiet'),
    again: run('backup', source, '--to', `${place}/store`, '--quiet'),
    restore: run('restore', '--from', `${place}/store`, '--into', `${place}/out`, '--quiet'),
    check: run('verify', '--data', '--from', `${place}/store`, '--quiet'),
    list: run('list', '--from', `${place}/store`),
    zip: run('backup', source, '--to', `${place}/one.zip`, '--quiet'),
  }),
};

export const peers = [
  {
    name: 'cp',
    isThere: () => true,
    environment: {},
    steps: ({ source, place }) => ({
      first: shell('cp -a "$1" "$2/store" && sync -f "$2"', source, place),
      again: shell('cp -a "$1" "$2/store2" && sync -f "$2"', source, place),
      restore: shell('cp -a "$1/store" "$1/out" && sync -f "$1"', place),
    }),
  },
  {
    name: 'rsync --link-dest',
    isThere: isInstalled('rsync'),
    environment: {},
    steps: ({ source, place }) => ({
      first: ['rsync', '-a', `${source}/`, `${place}/1/`],
      again: ['rsync', '-a', `--link-dest=${place}/1`, `${source}/`, `${place}/2/`],
      restore: ['rsync', '-a', `${place}/2/`, `${place}/out/`],
    }),
  },
  {
    name: 'zip -r',
    isThere: isInstalled('zip'),
    environment: {},
    steps: ({ source, place }) => ({
      zip: shell('cd "$1/.." && zip -qr "$2/one.zip" source', source, place),
      restore: ['unzip', '-qq', `${place}/one.zip`, '-d', `${place}/out`],
      check: ['unzip', '-tqq', `${place}/one.zip`],
    }),
  },
  {
    name: 'restic',
    isThere: isInstalled('restic'),
    environment: { RESTIC_PASSWORD: 'bench' },
    steps: ({ source, place }) => ({
      init: ['restic', '-q', '-r', `${place}/store`, 'init'],
      first: ['restic', '-q', '-r', `${place}/store`, 'backup', source],
      again: ['restic', '-q', '-r', `${place}/store`, 'backup', source],
      restore: ['restic', '-q', '-r', `${place}/store`, 'restore', 'latest', '--target', `${place}/out`],
      check: ['restic', '-q', '-r', `${place}/store`, 'check', '--read-data'],
      list: ['restic', '-q', '-r', `${place}/store`, 'snapshots'],
    }),
  },
];
