import type { ConformanceCase } from '../case.js';
import { batches } from './batches.js';
import { opening } from './opening.js';
import { putting } from './putting.js';

/** Every law of the contract as cases, by topic, in the order in which a target is best built. */
export const conformanceCases: readonly ConformanceCase[] = Object.freeze(
  [opening, putting, batches].flatMap((topic) => topic.cases),
);
