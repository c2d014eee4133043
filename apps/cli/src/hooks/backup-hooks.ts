import { dirname } from 'node:path';
import { CliError } from '../cli-error.js';
import type { Config } from '../config/config.js';
import { assertTrusted } from '../config/trust.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import type { CommandEnd, Session } from '../session.js';
import { type HookEvent, runHook } from './run-hook.js';

/** What the hooks of a backup are told, in variables of their environment. */
export interface HookFacts {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly name: string | undefined;
}

/**
 * Runs a backup between the hooks of its config: `before` first, whose failure means that nothing is backed up; then exactly one
 * of `after`, when a snapshot was made, and `failed`, when none was (also when it was stopped). Without hooks, just the backup.
 *
 * @param config `undefined` where the config has no part in this backup
 * @throws CliError `CONFIG_UNTRUSTED`, before anything was done; `HOOK_FAILED` of `before`; whatever the backup throws
 */
export async function withHooks(
  session: Session,
  config: Config | undefined,
  facts: HookFacts,
  stateDirectory: () => string,
  backup: () => Promise<CommandResult>,
): Promise<CommandResult> {
  if (config === undefined || Object.values(config.hooks).every((hook) => hook === undefined)) return backup();
  await assertTrusted(config, stateDirectory());
  const run = hookRunner(session, config, facts);
  session.whenFailed(async (end) => {
    const failure = await run('failed', { HOLDFAST_EXIT_STATUS: String(end.exitStatus), ...errorVariables(end) });
    if (failure !== undefined) session.output.remark(`holdfast: the hook "failed" ${failure} (HOOK_FAILED)`);
  });
  const refusal = await run('before', {}, session.signal);
  session.signal.throwIfAborted();
  if (refusal !== undefined) throw hookFailed(refusal);
  const result = await backup();
  // From here on there is a snapshot, whatever happens.
  session.whenFailed(undefined);
  const id = result.members.snapshotId;
  const variables = {
    HOLDFAST_EXIT_STATUS: String(result.exitStatus),
    ...(typeof id === 'string' ? { HOLDFAST_SNAPSHOT_ID: id } : {}),
  };
  const failure = await run('after', variables, session.signal);
  session.signal.throwIfAborted();
  if (failure === undefined) return result;
  return {
    ...result,
    exitStatus: result.exitStatus === EXIT.done ? EXIT.partial : result.exitStatus,
    lines: [...result.lines, session.output.colours.yellow(`The snapshot is kept, but the hook "after" ${failure}.`)],
    members: { ...result.members, hookFailed: 'after' },
  };
}

/** Runs the hook of an event, if there is one; the promise holds how it failed, if it did. */
type HookRunner = (event: HookEvent, variables: NodeJS.ProcessEnv, signal?: AbortSignal) => Promise<string | undefined>;

function hookRunner(session: Session, config: Config, facts: HookFacts): HookRunner {
  return async (event, variables, signal) => {
    const command = config.hooks[event];
    if (command === undefined) return undefined;
    const startedMs = performance.now();
    const { exitStatus, failure } = await runHook(command, {
      folder: dirname(config.realPath),
      environment: {
        ...session.environment,
        HOLDFAST_EVENT: event,
        HOLDFAST_CONFIG: config.realPath,
        HOLDFAST_SOURCES: facts.sources.join('\n'),
        HOLDFAST_TARGETS: facts.targets.join('\n'),
        ...(facts.name === undefined ? {} : { HOLDFAST_NAME: facts.name }),
        ...variables,
      },
      signal,
    });
    const durationMs = Math.round(performance.now() - startedMs);
    await session.output.item({ json: { type: 'hook', event, exitStatus, failure, durationMs } });
    return failure;
  };
}

function errorVariables({ code, message }: CommandEnd): NodeJS.ProcessEnv {
  return { HOLDFAST_ERROR: code, HOLDFAST_ERROR_MESSAGE: message };
}

function hookFailed(failure: string): CliError {
  return new CliError({
    code: 'HOOK_FAILED',
    message: `the hook "before" ${failure}, so nothing was backed up`,
    hint: 'What it said stands above.',
    exitStatus: EXIT.failed,
  });
}
