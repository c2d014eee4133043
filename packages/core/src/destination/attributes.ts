import {
  type BigIntStats,
  chmodSync,
  chownSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  utimesSync,
} from 'node:fs';
import { type FileSystem, sameTime, secondsOf } from '../files/index.js';
import type { Entry } from '../snapshot/index.js';

/** setuid and setgid: they lend rights, so they come back only when they are asked for. */
const LENDING_BITS = 0o6000;

const OWNER_WRITES = 0o200;

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

/**
 * Are mode, time and owner of what stands there as the entry says, as far as this file system keeps them and these rules give
 * them back? A symlink has no mode of its own.
 */
export function hasAttributes(
  stats: BigIntStats,
  entry: Entry,
  rules: AttributeRules,
  fileSystem: Pick<FileSystem, 'posixAttributes' | 'timestampStepNs'>,
): boolean {
  const { uid, gid } = entry;
  const setsOwner = rules.owner && fileSystem.posixAttributes && uid !== undefined && gid !== undefined;
  if (setsOwner && (stats.uid !== BigInt(uid) || stats.gid !== BigInt(gid))) return false;
  const setsMode = entry.type !== 'symlink' && fileSystem.posixAttributes;
  if (setsMode && !hasMode(stats, entry) && modeBits(stats) !== modeOf(entry, rules)) return false;
  const recordedNs = BigInt(entry.mtimeNs);
  // FAT and its like keep no attributes and coarse times: there a time may be as much off as the file system's step.
  if (fileSystem.posixAttributes) return sameTime(stats.mtimeNs, recordedNs);
  const apartNs = stats.mtimeNs - recordedNs;
  return (apartNs < 0n ? -apartNs : apartNs) <= fileSystem.timestampStepNs;
}

/**
 * The rules for something that stands already: bits that lend rights are not taken from what has just the mode it had when it
 * was stored, for nothing is lent anew.
 */
export function rulesFor(standing: BigIntStats, entry: Entry, rules: AttributeRules): AttributeRules {
  return hasMode(standing, entry) ? { ...rules, privileged: true } : rules;
}

function hasMode(stats: BigIntStats, entry: Entry): boolean {
  return modeBits(stats) === Number.parseInt(entry.mode, 8);
}

function modeBits(stats: BigIntStats): number {
  return Number(stats.mode & 0o7777n);
}

/**
 * Sets owner, mode and time of an open file, the time last. Each is tried whatever became of the others: a file whose owner
 * cannot be set is still a file that is back. Gives the first error, if there was one.
 */
export function applyToDescriptor(descriptor: number, entry: Entry, rules: AttributeRules): unknown {
  const seconds = secondsOf(BigInt(entry.mtimeNs));
  return tryEach([
    ownerStep(entry, rules, (uid, gid) => fchownSync(descriptor, uid, gid)),
    () => fchmodSync(descriptor, modeOf(entry, rules)),
    () => futimesSync(descriptor, seconds, seconds),
  ]);
}

/** Lets the owner write to what stood there: only who may write may set extended attributes. The mode it should have comes later. */
export function openToWriting(descriptor: number, standing: BigIntStats): void {
  tryEach([() => fchmodSync(descriptor, Number(standing.mode & 0o7777n) | OWNER_WRITES)]);
}

/** Sets the owner alone: before attributes that a change of owner takes away. Gives the error, if there was one. */
export function applyOwner(descriptor: number, entry: Entry, rules: AttributeRules): unknown {
  return tryEach([ownerStep(entry, rules, (uid, gid) => fchownSync(descriptor, uid, gid))]);
}

/** The same for a folder, by an address that cannot be a symlink. */
export function applyToFolder(address: string | Buffer, entry: Entry, rules: AttributeRules): unknown {
  const seconds = secondsOf(BigInt(entry.mtimeNs));
  return tryEach([
    ownerStep(entry, rules, (uid, gid) => chownSync(address, uid, gid)),
    () => chmodSync(address, modeOf(entry, rules)),
    () => utimesSync(address, seconds, seconds),
  ]);
}

/** Owner and time of a symlink itself; its mode means nothing. */
export function applyToLink(address: Buffer, entry: Entry, rules: AttributeRules): unknown {
  const seconds = secondsOf(BigInt(entry.mtimeNs));
  return tryEach([
    ownerStep(entry, rules, (uid, gid) => lchownSync(address, uid, gid)),
    () => lutimesSync(address, seconds, seconds),
  ]);
}

function ownerStep(entry: Entry, rules: AttributeRules, set: (uid: number, gid: number) => void): () => void {
  const { uid, gid } = entry;
  return () => {
    if (rules.owner && uid !== undefined && gid !== undefined) set(uid, gid);
  };
}

function tryEach(steps: readonly (() => void)[]): unknown {
  let first: unknown;
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      first ??= error;
    }
  }
  return first;
}

function modeOf(entry: Entry, rules: AttributeRules): number {
  const mode = Number.parseInt(entry.mode, 8);
  return rules.privileged ? mode : mode & ~LENDING_BITS;
}
