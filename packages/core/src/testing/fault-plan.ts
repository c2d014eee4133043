import type { TargetCall } from '../decorators/index.js';
import type { Fault } from './faults.js';

/** Which calls a fault is for. All that is given must fit. */
export interface FaultMatch {
  /** Only calls of this key (prefix of a list, root of a begin, record of a commit), or of keys that fit the pattern. */
  readonly key?: string | RegExp | undefined;
  /** The first of the fitting calls that meets it, counted from now: 1 by default, the next one. */
  readonly nth?: number | undefined;
  /** How many fitting calls in a row meet it; 1 by default. */
  readonly times?: number | undefined;
}

/** One call that reached the faulty target. */
export interface LoggedCall {
  readonly operation: TargetCall['operation'];
  readonly key: string | undefined;
  /** How it ended; `undefined` while it runs. An iteration that was left early has `left`. */
  outcome: 'answered' | 'failed' | 'left' | undefined;
}

interface Rule {
  readonly operation: TargetCall['operation'] | 'any';
  readonly key: string | RegExp | undefined;
  readonly fault: Fault;
  readonly first: number;
  readonly last: number;
  seen: number;
}

/** A queue of faults, and the log of all calls: what an engine test writes down before, and reads afterwards. */
export interface FaultPlan {
  /** Adds a fault for the next call of this operation, or for the one that `match` says. */
  on(operation: TargetCall['operation'] | 'any', fault: Fault, match?: FaultMatch): FaultPlan;
  /** Forgets every fault that has not been met. */
  heal(): void;
  readonly log: readonly LoggedCall[];
  /** How many calls there were: of this operation, or in all. */
  count(operation?: TargetCall['operation']): number;
  /** For the target: writes the call down, and says what goes wrong in it. */
  meet(call: TargetCall): { readonly entry: LoggedCall; readonly fault: Fault | undefined };
}

/** A plan without faults: a log. */
export function faultPlan(): FaultPlan {
  let rules: Rule[] = [];
  const log: LoggedCall[] = [];
  const plan: FaultPlan = {
    log,
    on(operation, fault, { key, nth = 1, times = 1 } = {}) {
      rules.push({ operation, key, fault, first: nth, last: nth + times - 1, seen: 0 });
      return plan;
    },
    heal() {
      rules = [];
    },
    count: (operation) => log.filter((entry) => operation === undefined || entry.operation === operation).length,
    meet(call) {
      const entry: LoggedCall = { operation: call.operation, key: call.key, outcome: undefined };
      log.push(entry);
      let fault: Fault | undefined;
      for (const rule of rules) {
        if (!fits(rule, call)) continue;
        rule.seen += 1;
        if (rule.seen >= rule.first && rule.seen <= rule.last) fault ??= rule.fault;
      }
      rules = rules.filter((rule) => rule.seen < rule.last);
      return { entry, fault };
    },
  };
  return plan;
}

function fits(rule: Rule, call: TargetCall): boolean {
  if (rule.operation !== 'any' && rule.operation !== call.operation) return false;
  if (rule.key === undefined) return true;
  return typeof rule.key === 'string' ? rule.key === call.key : rule.key.test(call.key ?? '');
}
