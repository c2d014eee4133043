import { displayName } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { factsOf, lawsOf, placeOf } from '../doctor/doctor-run.js';
import { EXIT } from '../exit-status.js';
import { factsItem, topicItem } from '../render/doctor-items.js';
import type { CommandResult } from '../render/output.js';
import { countText, durationText } from '../render/quantities.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost } from './operands.js';

/** Options of `holdfast doctor`. */
export interface DoctorFlags extends CommonFlags {
  readonly full?: true;
}

/** `holdfast doctor [TARGET]`: tries the laws of a target on a part of it that is gone afterwards. */
export async function run(session: Session, operands: readonly string[], flags: DoctorFlags): Promise<CommandResult> {
  assertAtMost('doctor', operands, 1);
  const word = operands[0] ?? (await session.config())?.defaultTarget;
  if (word === undefined) {
    const hint = 'Say which: holdfast doctor ./backups, or holdfast doctor s3://bucket/prefix.';
    throw new CliError({ code: 'USAGE', message: 'doctor needs a target', hint });
  }
  const { output, signal } = session;
  const startedMs = performance.now();
  const target = await session.open(word);
  const place = await placeOf(target, await session.targetNamed(word), session.environment);
  const where = displayName(place.where);
  let left = `What was written lies in ${where}; remove it.`;
  session.whenStopped(() => left);
  session.whenFailed(async () => {
    output.remark(`Clearing up ${where}.`);
    await place.clear().then(
      () => {
        left = 'Nothing was left behind.';
      },
      (error: unknown) => output.remark(`${where} could not be removed: ${displayName(String(error))}`),
    );
  });

  signal.throwIfAborted();
  const facts = await factsOf(place, signal);
  await output.item(factsItem(target.url, facts, where, output.colours));
  const counts = { held: 0, broken: 0, notApplicable: 0 };
  for await (const result of lawsOf(place, flags.full === true, signal)) {
    counts.held += result.held;
    counts.broken += result.broken.length;
    counts.notApplicable += result.notApplicable;
    await output.item(topicItem(result, output.colours));
  }
  const remarks = await place.remarks();
  await place.clear();
  session.whenFailed(undefined);
  const durationMs = performance.now() - startedMs;
  const verdict =
    counts.broken === 0
      ? output.colours.green(`All ${countText(counts.held, 'law')} held`)
      : output.colours.red(`${countText(counts.broken, 'law')} of ${counts.held + counts.broken} broken`);
  return {
    exitStatus: counts.broken === 0 ? EXIT.done : EXIT.notWhole,
    lines: [
      ...remarks.map((remark) => `note: ${displayName(remark)}`),
      `${verdict} in ${durationText(durationMs)}. Nothing was left behind.`,
    ],
    members: { url: target.url, ...counts, remarks, durationMs: Math.round(durationMs) },
  };
}
