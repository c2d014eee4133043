import { setMaxListeners } from 'node:events';
import { operationAborted, throwIfAborted } from '../holdfast-error.js';
import {
  DEFAULT_INSPECT_LIMITS,
  faulty,
  type Inspection,
  type InspectLimits,
  type InspectOptions,
} from '../inspect/index.js';
import { displayName } from '../snapshot/index.js';

/** What bounds a question to an inspector. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** `DEFAULT_INSPECT_LIMITS` where they are left out. */
  readonly limits?: InspectLimits | undefined;
}

/** An inspector ends its own work at the limit, and says so better than we can: this is for one that does not. */
const GRACE_MS = 5000;

/**
 * Asks an inspector something, and gets an answer whatever it does: one that throws, or does not come back, is not let stop anything. What it
 * does after its time is up is its own affair; it is told by the signal.
 *
 * @throws HoldfastError `ABORTED` when the caller's signal fires.
 */
export async function askInspector<Answer>(
  { signal: caller, limits = DEFAULT_INSPECT_LIMITS }: AskOptions,
  question: (options: InspectOptions) => Promise<Answer>,
): Promise<Answer | Inspection> {
  throwIfAborted(caller);
  const controller = unused.pop() ?? newController();
  const { signal } = controller;
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const ended = new Promise<Inspection>((resolve, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve(
        faulty('TIMEOUT', `it was not looked into to the end: that takes longer than ${limits.timeoutMs / 1000} s`),
      );
    }, limits.timeoutMs + Math.min(GRACE_MS, limits.timeoutMs));
    stop = () => {
      controller.abort(caller?.reason);
      reject(operationAborted(caller?.reason));
    };
    caller?.addEventListener('abort', stop, { once: true });
  });
  try {
    // Whatever it throws before its first wait counts like what it throws later.
    return await Promise.race([ended, Promise.resolve({ signal, limits }).then(question)]);
  } catch (error) {
    throwIfAborted(caller);
    return faulty('FAILED', `the inspector failed: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) caller?.removeEventListener('abort', stop);
    if (!signal.aborted) unused.push(controller);
  }
}

/**
 * Controllers of questions that were answered in time. To make one takes as long as to look into a small array, and there may be thousands; whoever
 * still listens to the last question's signal has nothing more to do.
 */
const unused: AbortController[] = [];

function newController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** An error's text for a person: it may have been made of what is in the file. */
function messageOf(error: unknown): string {
  return shortText(error instanceof Error ? error.message : String(error));
}

const MAX_MESSAGE = 300;

/** A text that a terminal may show, of bounded length. */
export function shortText(text: string): string {
  const start = text.slice(0, MAX_MESSAGE);
  return displayName(text.length > MAX_MESSAGE ? `${start}…` : start).slice(0, 3 * MAX_MESSAGE);
}
