// What a thread of the inspector runs. Compiled, it stands in dist/thread/program.js: see call-thread.ts.
import { parentPort } from 'node:worker_threads';
import { compareWorkbooks } from '../compare/compare-workbooks.js';
import { SidedError } from '../compare/sided-error.js';
import { contentErrorOf } from '../content-error.js';
import { inspectWorkbook, type SheetExports } from '../workbook/inspect-workbook.js';
import { valueAt } from '../workbook/value-at.js';
import type { SinkAnswer, SinkMessage, ThreadAnswer, ThreadRequest } from './messages.js';

const port = parentPort;
if (port === null) throw new Error('this runs in a thread only');

// What a library prints of a file that it does not understand is not for whoever runs the program. The console is this thread's own; to
// take its streams away would keep the whole process from ending while the thread rests.
for (const name of ['log', 'info', 'warn', 'error'] as const) console[name] = () => undefined;

/** The requests of a thread come one after another; what comes while one is at work answers it. */
let answered: ((answer: SinkAnswer) => void) | undefined;

port.on('message', (message: ThreadRequest | SinkAnswer) => {
  if ('ask' in message) void answer(message);
  else answered?.(message);
});

async function answer(request: ThreadRequest): Promise<void> {
  port?.postMessage(await answerTo(request));
}

async function answerTo(request: ThreadRequest): Promise<ThreadAnswer> {
  try {
    return await workOn(request);
  } catch (error) {
    const cause = error instanceof SidedError ? error.cause : error;
    const fault = contentErrorOf(cause);
    const side = error instanceof SidedError ? { side: error.side } : {};
    return { say: 'fault', fault: { code: fault.code, message: fault.message }, ...side };
  }
}

async function workOn(request: ThreadRequest): Promise<ThreadAnswer> {
  const { limits } = request;
  if (request.ask === 'compare') {
    const { before, after, maxChanges } = request;
    return { say: 'compared', comparison: await compareWorkbooks(before, after, { limits, maxChanges }) };
  }
  if (request.ask === 'value') return { say: 'value', value: await valueAt(request.file, request.place, limits) };
  const exports = request.exports === undefined ? undefined : { sink, raw: request.exports.raw };
  return { say: 'inspected', inspection: await inspectWorkbook(request.file, limits, exports) };
}

function tell(message: SinkMessage): Promise<boolean> {
  return new Promise((resolve) => {
    answered = ({ goOn }) => resolve(goOn);
    const bytes = message.say === 'write' ? message.bytes : undefined;
    // A buffer of its own can be moved; a part of a shared pool is cloned.
    const isOwn = bytes !== undefined && bytes.byteLength === bytes.buffer.byteLength;
    port?.postMessage(message, isOwn ? [bytes.buffer as ArrayBuffer] : []);
  });
}

const sink: SheetExports['sink'] = {
  wants: (part) => tell({ say: 'wants', part }),
  begin: async (part) => {
    await tell({ say: 'begin', part });
  },
  write: async (bytes) => {
    await tell({ say: 'write', bytes });
  },
};
