// Adds to released.txt what has come since the last release. Part of `npx pnpm@10.34.9 version-packages`.
import { readFileSync, writeFileSync } from 'node:fs';
import { membersOfSchema } from './members.mjs';

const file = new URL('released.txt', import.meta.url);
const promised = readFileSync(file, 'utf8').split('\n');
const all = new Set([...promised, ...membersOfSchema()].filter((line) => line !== ''));
writeFileSync(file, `${[...all].sort().join('\n')}\n`);
