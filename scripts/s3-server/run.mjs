#!/usr/bin/env node
// Runs a command with an S3 server: node scripts/s3-server/run.mjs COMMAND [ARGUMENT…]
// Without a command it prints the variables to set and keeps the server until Ctrl-C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environmentOf, findOrStartServer } from './server.mjs';

const log = (line) => process.stderr.write(`${line}\n`);
const server = await findOrStartServer({ install: process.env.CI === 'true', log });
if (!server) {
  log('S3 suites did NOT run');
  process.exit(1);
}
const variables = environmentOf(server);
const [command, ...rest] = process.argv.slice(2);
if (command === undefined) {
  for (const [name, value] of Object.entries(variables)) process.stdout.write(`export ${name}=${value}\n`);
  const forEver = setInterval(() => {}, 2 ** 30);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(forEver);
} else {
  process.on('SIGINT', () => {});
  const child = spawn(command, rest, { stdio: 'inherit', env: { ...process.env, ...variables } });
  const [status] = await once(child, 'close');
  process.exitCode = status ?? 1;
}
await server.stop();
