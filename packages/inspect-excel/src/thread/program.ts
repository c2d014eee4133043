// What a thread of the inspector runs. Compiled, it stands in dist/thread/program.js: see thread.ts.
import { parentPort } from 'node:worker_threads';
import { contentErrorOf } from '../content-error.js';
import { inspectWorkbook, type SheetExports } from '../workbook/inspect-workbook.js';
import type { SinkAnswer, SinkMessage, ThreadAnswer, ThreadRequest } from './messages.js';

const port = parentPort;
if (port === null) throw new Error('this runs in a thread only');

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
    const exports = request.exports === undefined ? undefined : { sink, raw: request.exports.raw };
    return { say: 'done', inspection: await inspectWorkbook(request.file, request.limits, exports) };
  } catch (error) {
    const fault = contentErrorOf(error);
    if (fault !== undefined) return { say: 'fault', fault: { code: fault.code, message: fault.message } };
    return { say: 'error', error };
  }
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
