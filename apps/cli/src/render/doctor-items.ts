import { displayName, type TargetCapabilities } from '@holdfast/core';
import type { DoctorFacts, TopicResult } from '../doctor/doctor-run.js';
import type { Colours } from './colours.js';
import type { ListedItem } from './output.js';
import { countText, durationText, numberText, sizeText } from './quantities.js';

/** What a capability lets one do, in the order in which it is told. */
const ABILITIES: readonly (readonly [keyof TargetCapabilities, string])[] = [
  ['rangeRead', 'read parts of objects'],
  ['append', 'add to what is there'],
  ['delete', 'delete'],
  ['putIfAbsent', 'create only if absent'],
  ['copy', 'copy within itself'],
  ['copyShares', 'share the space of copies'],
  ['attributes', 'keep modes, times and links'],
  ['retention', 'lock objects'],
];

/** Difference of clocks, in milliseconds, below which nothing is said of it. */
const CLOCK_SLACK_MS = 1_000;

/** What is known of a target before its laws are tried. */
export function factsItem(url: string, facts: DoctorFacts, where: string, colours: Colours): ListedItem {
  const { capabilities, durableBy, clockOffsetMs } = facts;
  const can = (is: boolean): string =>
    ABILITIES.filter(([name]) => capabilities[name] === is)
      .map(([, words]) => words)
      .join(', ') || 'nothing';
  const rows = [
    ['durability', `${capabilities.durability}, by ${durableBy.join(', many small files by ')}`],
    ['can', can(true)],
    ['cannot', can(false)],
    ['names', namesText(capabilities)],
    [
      'objects',
      capabilities.maxObjectBytes === Number.POSITIVE_INFINITY
        ? 'of any size'
        : `up to ${sizeText(capabilities.maxObjectBytes)}`,
    ],
    ['clock', clockText(clockOffsetMs)],
  ];
  return {
    text: [
      `${colours.bold(displayName(url))}`,
      `  tried in ${where}`,
      ...rows.map(([name = '', words = '']) => `  ${name.padEnd(10)}  ${words}`),
    ].join('\n'),
    json: {
      type: 'capabilities',
      url,
      durableBy,
      ...(clockOffsetMs === undefined ? {} : { clockOffsetMs: Math.round(clockOffsetMs) }),
      capabilities: Object.fromEntries(
        // JSON knows no infinity.
        Object.entries(capabilities).map(([name, value]) => [name, value === Number.POSITIVE_INFINITY ? null : value]),
      ),
    },
  };
}

function namesText(capabilities: TargetCapabilities): string {
  const { maxKeyBytes, maxSegmentBytes, caseSensitiveKeys, windowsNames, forbiddenCharacters } = capabilities;
  return [
    `up to ${numberText(maxKeyBytes)} bytes, ${numberText(maxSegmentBytes)} between two slashes`,
    ...(caseSensitiveKeys ? [] : ['upper and lower case are the same']),
    ...(windowsNames ? ['only what Windows takes'] : []),
    ...(forbiddenCharacters === undefined ? [] : [`without ${forbiddenCharacters}`]),
  ].join(', ');
}

function clockText(offsetMs: number | undefined): string {
  if (offsetMs === undefined) return 'unknown';
  if (Math.abs(offsetMs) < CLOCK_SLACK_MS) return 'as here, within a second';
  return `${durationText(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'} this machine's`;
}

/** How the laws of one topic ended. */
export function topicItem(result: TopicResult, colours: Colours): ListedItem {
  const { topic, held, broken, notApplicable, durationMs } = result;
  const tried = held + broken.length;
  const failures = broken.map(({ law, error }) => ({ law, reason: reasonOf(error) }));
  const time = durationText(durationMs);
  const head =
    broken.length === 0
      ? `${colours.green('✓')} ${topic}: ${tried === 0 ? 'does not concern it' : `${countText(tried, 'law')}, ${time}`}`
      : `${colours.red('✗')} ${topic}: ${numberText(broken.length)} of ${countText(tried, 'law')} broken, ${time}`;
  return {
    text: [head, ...failures.map(({ law, reason }) => `    ${law}\n      ${displayName(reason)}`)].join('\n'),
    json: {
      type: 'laws',
      topic,
      held,
      broken: broken.length,
      notApplicable,
      durationMs: Math.round(durationMs),
      failures,
    },
  };
}

/** The first line of an error: what an assertion expected follows it, and is for who mends an adapter. */
function reasonOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.split('\n', 1)[0]?.slice(0, 500) ?? '';
}
