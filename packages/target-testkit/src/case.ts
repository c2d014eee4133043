import type { BackupTarget, TargetCapabilities } from '@holdfast/core/target';
import type { KitSizes, TargetPlace } from './harness.js';

/** What a case gets: a fresh, empty place, one handle on it, and ways to more. */
export interface CaseContext {
  readonly place: TargetPlace;
  readonly target: BackupTarget;
  readonly capabilities: TargetCapabilities;
  readonly sizes: KitSizes;
  /** One more handle on the place. The runner closes it. */
  open(): Promise<BackupTarget>;
}

/** What decides whether a case applies: there is no other way to leave one out. */
export interface CaseConditions {
  readonly capabilities: TargetCapabilities;
  /** Can another process open the place? */
  readonly hasChild: boolean;
}

/** One law, tried. It rejects when the law is broken. */
export interface ConformanceCase {
  /** A line of the table of contents. */
  readonly topic: string;
  /** The law as a sentence; unique in the kit. */
  readonly name: string;
  /** Where this is left out the case applies to every target. */
  readonly when?: ((conditions: CaseConditions) => boolean) | undefined;
  run(context: CaseContext): Promise<void>;
}

/** Can several roots stand side by side? */
export function sideBySide({ capabilities }: CaseConditions): boolean {
  return capabilities.oneRoot === undefined;
}

/** Can a batch with another root begin where one stands, whether beside it or to take its place? */
export function takesAnother({ capabilities }: CaseConditions): boolean {
  return capabilities.oneRoot !== 'kept';
}

type RunCase = (context: CaseContext) => Promise<void>;
type When = (conditions: CaseConditions) => boolean;

/** Gathers the cases of one topic. */
export interface Topic {
  readonly cases: readonly ConformanceCase[];
  /** A law for every target. */
  always(name: string, run: RunCase): void;
  /** A law for targets of some capabilities. */
  when(condition: When, name: string, run: RunCase): void;
  /** A law for both kinds of batch, tried with each: media often keep them in two different ways. */
  forEachKind(name: string, run: (context: CaseContext, kind: BatchKind) => Promise<void>, condition?: When): void;
}

/** A batch that fills a new root, or one that adds objects to what is there. All keys of the kit begin with `r/`. */
export interface BatchKind {
  readonly label: string;
  readonly when: When;
  readonly begin: { readonly root?: string };
}

const KINDS: readonly BatchKind[] = [
  { label: 'new root', when: () => true, begin: { root: 'r' } },
  { label: 'added', when: ({ capabilities }) => capabilities.append, begin: {} },
];

/** Starts the list of cases of a topic. */
export function topic(title: string): Topic {
  const cases: ConformanceCase[] = [];
  return {
    cases,
    always: (name, run) => void cases.push({ topic: title, name, run }),
    when: (when, name, run) => void cases.push({ topic: title, name, when, run }),
    forEachKind(name, run, condition = () => true) {
      for (const kind of KINDS) {
        cases.push({
          topic: title,
          name: `${name} [${kind.label}]`,
          when: (conditions) => kind.when(conditions) && condition(conditions),
          run: (context) => run(context, kind),
        });
      }
    },
  };
}
