import { type BackupTarget, bytesSource, parseAddress, type TargetCapabilities } from '@holdfast/core';
import { conformanceCases, DEFAULT_SIZES, type KitSizes, runCases } from '@holdfast/target-testkit';
import type { ConfiguredTarget } from '../config/config.js';
import type { DoctorConditions, DoctorPlace } from './doctor-place.js';

/** What is found out of a target before the laws are tried. */
export interface DoctorFacts {
  readonly capabilities: TargetCapabilities;
  /** How a commit was made durable: of one file, and, where it is another way, of many. */
  readonly durableBy: readonly string[];
  readonly clockOffsetMs: number | undefined;
}

/** How the laws of one topic ended. */
export interface TopicResult {
  readonly topic: string;
  readonly held: number;
  readonly broken: readonly { readonly law: string; readonly error: unknown }[];
  /** Laws about targets of other capabilities. */
  readonly notApplicable: number;
  readonly durationMs: number;
}

const MIB = 1024 * 1024;

/**
 * Less of everything than the adapters' own tests: a store may be far away, or charge for requests. One object is large enough to
 * be sent in parts, and one larger than the memory it may take.
 */
const QUICK_SIZES: KitSizes = {
  manyObjects: 40,
  objectBytes: [0, 1, 100_000, 17 * MIB],
  largeObjectBytes: 64 * MIB,
  memoryGrowthBytes: DEFAULT_SIZES.memoryGrowthBytes,
  caseTimeoutMs: 180_000,
};

/** For who wants to know: as the adapters' own tests. */
const FULL_SIZES: KitSizes = { ...DEFAULT_SIZES, caseTimeoutMs: 600_000 };

/** More small files than one by one are flushed; see `docs/target-contract.md`, law 1. */
const MANY_FILES = 300;

/**
 * Makes the place of a trial of this target.
 *
 * @param target the target itself, opened: what its address or its settings cannot be is said by its own adapter
 * @throws TargetError
 */
export async function placeOf(
  target: BackupTarget,
  { address, options }: ConfiguredTarget,
  environment: NodeJS.ProcessEnv,
): Promise<DoctorPlace> {
  const parsed = parseAddress(address);
  const conditions: DoctorConditions = { environment, options };
  const [path] = target.localPaths;
  if (path !== undefined) return (await import('./local-place.js')).localPlace(parsed.scheme, path, conditions);
  return (await import('./bucket-place.js')).bucketPlace(parsed, conditions);
}

/** Looks at a target, and writes a little. @throws TargetError if it cannot be used at all */
export async function factsOf(place: DoctorPlace, signal: AbortSignal): Promise<DoctorFacts> {
  const fresh = await place.harness.create();
  const target = await fresh.open();
  try {
    const one = await commitFiles(target, 'one', 1, signal);
    const many = one === 'fsync' ? await commitFiles(target, 'many', MANY_FILES, signal) : one;
    return {
      capabilities: target.capabilities,
      durableBy: [...new Set([one, many])],
      clockOffsetMs: await place.clockOffsetMs(),
    };
  } finally {
    await target.close();
    await fresh.remove();
  }
}

async function commitFiles(target: BackupTarget, root: string, count: number, signal: AbortSignal): Promise<string> {
  const batch = await target.begin({ root, signal });
  for (let index = 0; index < count; index++) {
    await batch.put(`${root}/${index}`, bytesSource(Buffer.from(`file ${index}`)), { signal });
  }
  const record = { key: `${root}/record.json`, body: Buffer.from('{}') };
  return (await batch.commit(record, { signal })).durableBy;
}

/** Tries the laws, topic by topic. @throws the signal's reason; what keeps a place from being made or removed */
export async function* lawsOf(place: DoctorPlace, full: boolean, signal: AbortSignal): AsyncGenerator<TopicResult> {
  const topics = new Set(conformanceCases.map(({ topic }) => topic));
  const sizes = full ? FULL_SIZES : QUICK_SIZES;
  for (const topic of topics) {
    const cases = conformanceCases.filter((one) => one.topic === topic);
    const startedMs = performance.now();
    const counts = { held: 0, notApplicable: 0 };
    const broken: { law: string; error: unknown }[] = [];
    for await (const { case: one, status, error } of runCases(cases, place.harness, sizes, signal)) {
      if (status === 'passed') counts.held++;
      else if (status === 'skipped') counts.notApplicable++;
      else broken.push({ law: one.name, error });
    }
    yield { topic, ...counts, broken, durationMs: performance.now() - startedMs };
  }
}
