import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';

/** Have two files the same bytes? @throws the error of the system. */
export async function haveSameBytes(left: string, right: string): Promise<boolean> {
  if (statSync(left).size !== statSync(right).size) return false;
  return (await digestOf(left)) === (await digestOf(right));
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
