import {
  chmodSync,
  chownSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  utimesSync,
} from 'node:fs';
import { secondsOf } from '../files/index.js';
import type { Entry } from '../snapshot/index.js';

/** setuid and setgid: they lend rights, so they come back only when they are asked for. */
const LENDING_BITS = 0o6000;

/** How attributes are given back. */
export interface AttributeRules {
  /** Give setuid and setgid bits back too. */
  readonly privileged: boolean;
  /** Give owner and group back: only root can. */
  readonly owner: boolean;
}

/** The rules of this process: owners are restored by root, as `tar` and `rsync -a` do. */
export function attributeRules(privileged: boolean): AttributeRules {
  return { privileged, owner: process.getuid?.() === 0 };
}

/** Sets owner, mode and time of an open file, the time last. */
export function applyToDescriptor(descriptor: number, entry: Entry, rules: AttributeRules): void {
  if (rules.owner && entry.uid !== undefined && entry.gid !== undefined) fchownSync(descriptor, entry.uid, entry.gid);
  fchmodSync(descriptor, modeOf(entry, rules));
  const seconds = secondsOf(BigInt(entry.mtimeNs));
  futimesSync(descriptor, seconds, seconds);
}

/** The same for a folder, by an address that cannot be a symlink. */
export function applyToFolder(address: string | Buffer, entry: Entry, rules: AttributeRules): void {
  if (rules.owner && entry.uid !== undefined && entry.gid !== undefined) chownSync(address, entry.uid, entry.gid);
  chmodSync(address, modeOf(entry, rules));
  const seconds = secondsOf(BigInt(entry.mtimeNs));
  utimesSync(address, seconds, seconds);
}

/** Owner and time of a symlink itself; its mode means nothing. */
export function applyToLink(address: Buffer, entry: Entry, rules: AttributeRules): void {
  if (rules.owner && entry.uid !== undefined && entry.gid !== undefined) lchownSync(address, entry.uid, entry.gid);
  const seconds = secondsOf(BigInt(entry.mtimeNs));
  lutimesSync(address, seconds, seconds);
}

function modeOf(entry: Entry, rules: AttributeRules): number {
  const mode = Number.parseInt(entry.mode, 8);
  return rules.privileged ? mode : mode & ~LENDING_BITS;
}
