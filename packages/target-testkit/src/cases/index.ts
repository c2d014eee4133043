import type { ConformanceCase } from '../case.js';
import { aborting } from './aborting.js';
import { adopting } from './adopting.js';
import { attributes } from './attributes.js';
import { batches } from './batches.js';
import { copying } from './copying.js';
import { deleting } from './deleting.js';
import { errors } from './errors.js';
import { flatMemory } from './flat-memory.js';
import { keys } from './keys.js';
import { listing } from './listing.js';
import { many } from './many.js';
import { oneRoot } from './one-root.js';
import { opening } from './opening.js';
import { putting } from './putting.js';
import { racing } from './racing.js';
import { reading } from './reading.js';
import { removing } from './removing.js';
import { signals } from './signals.js';
import { sweeping } from './sweeping.js';
import { together } from './together.js';

/** Every law of the contract as cases, by topic, in the order in which a target is best built. */
export const conformanceCases: readonly ConformanceCase[] = Object.freeze(
  [
    opening,
    putting,
    batches,
    reading,
    listing,
    keys,
    aborting,
    together,
    oneRoot,
    racing,
    copying,
    many,
    attributes,
    deleting,
    removing,
    sweeping,
    adopting,
    signals,
    errors,
    flatMemory,
  ].flatMap((topic) => topic.cases),
);
