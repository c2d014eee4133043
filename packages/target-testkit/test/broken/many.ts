import { type Outcome, oneByOne, type SmallObject, TargetError } from '@holdfast/core/target';
import { type BrokenTarget, turn, withBatch } from './broken.js';

const together = 'hundreds of small objects of one shared memory, put in one call, come back byte by byte [new root]';
const refused = 'an object that is refused touches none of the others, and the outcomes keep their order [added]';
const never = 'a call with many objects never rejects: a signal or the end of the batch is the outcome of each';
const copies =
  'hundreds of copies made in one call hold the bytes; one without a source is NOT_FOUND, and the others stand [new root]';

/** Replaces what a call with many objects makes of them. */
function withObjects(map: (objects: readonly SmallObject[]) => readonly SmallObject[]): BrokenTarget['break'] {
  return (target) =>
    withBatch(target, (batch) => ({ putAll: (objects, options) => batch.putAll(map(objects), options) }));
}

const done: Outcome<{ confirmed: boolean }> = { status: 'fulfilled', value: { confirmed: false } };

export const brokenMany: readonly BrokenTarget[] = [
  {
    fault: 'says that all are put, and leaves out the last of many',
    red: together,
    break: (target) =>
      withBatch(target, (batch) => ({
        putAll: async (objects, options) => {
          const outcomes = await batch.putAll(objects.slice(0, 299), options);
          return [...outcomes, ...objects.slice(299).map(() => done)];
        },
      })),
  },
  {
    fault: 'takes the beginning of a memory for the bytes of each object in it',
    red: together,
    break: withObjects((objects) =>
      objects.map((object) => ({
        ...object,
        bytes: new Uint8Array(object.bytes.buffer, 0, object.bytes.byteLength),
      })),
    ),
  },
  {
    fault: 'gives all objects of one call the bytes of the first',
    red: 'hundreds of small objects of one own memory, put in one call, come back byte by byte [added]',
    break: withObjects((objects) => objects.map((object) => ({ ...object, bytes: objects[0]?.bytes ?? object.bytes }))),
  },
  {
    fault: 'stops at the first object that fails',
    red: refused,
    break: (target) =>
      withBatch(target, (batch) => ({
        async putAll(objects, options) {
          const outcomes: Outcome<{ confirmed: boolean }>[] = [];
          for (const object of objects) {
            const [outcome] = await batch.putAll([object], options);
            if (outcome !== undefined) outcomes.push(outcome);
            if (outcome?.status === 'rejected') break;
          }
          return outcomes;
        },
      })),
  },
  {
    fault: 'answers for failures first',
    red: refused,
    break: (target) =>
      withBatch(target, (batch) => ({
        putAll: async (objects, options) =>
          [...(await batch.putAll(objects, options))].sort((left, right) => right.status.localeCompare(left.status)),
      })),
  },
  {
    fault: 'rejects a call with many objects when one of them fails',
    red: never,
    break: (target) =>
      withBatch(target, (batch) => ({
        putAll: async (objects, options) => {
          const outcomes = await batch.putAll(objects, options);
          for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
          return outcomes;
        },
      })),
  },
  {
    fault: 'forgets on abort what came in one call',
    red: 'an abort takes what one call has put [new root]',
    options: { publish: 'put' },
    break: (target, store) =>
      withBatch(target, (batch) => ({
        async abort() {
          const standing = new Map([...store.objects].filter(([key]) => key.startsWith('r/')));
          await batch.abort();
          for (const [key, object] of standing) store.objects.set(key, object);
        },
      })),
  },
  {
    fault: 'takes the objects of the later call for those of both',
    red: 'calls with many objects and with one go side by side [new root]',
    break: (target) => {
      let latest: readonly SmallObject[] = [];
      return withBatch(target, (batch) => ({
        async putAll(objects, options) {
          latest = objects;
          await turn();
          return batch.putAll(latest, options);
        },
      }));
    },
  },
  {
    fault: 'refuses copies that would be equal in every way',
    red: 'copies with the attributes that were put share, and with others are made right or refused',
    options: { capabilities: { copyShares: true } },
    break: (target) =>
      withBatch(target, (batch) => ({
        copyAll: async (requests) => {
          await batch.copyAll(requests.slice(1));
          return requests.map(() => ({
            status: 'rejected',
            reason: new TargetError({ code: 'COPY_REFUSED', reason: 'no', url: target.url, operation: 'copy' }),
          }));
        },
      })),
  },
  {
    fault: 'makes many copies of the first source',
    red: copies,
    break: (target) =>
      withBatch(target, (batch) => ({
        copyAll: (requests, options) =>
          batch.copyAll(
            requests.map((request, index) =>
              index < 2 ? request : { ...request, fromKey: requests[1]?.fromKey ?? request.fromKey },
            ),
            options,
          ),
      })),
  },
  {
    fault: 'says that a copy without a source is made',
    red: copies,
    break: (target) =>
      withBatch(target, (batch) => ({
        copyAll: async (requests, options) =>
          (await batch.copyAll(requests, options)).map(() => ({ status: 'fulfilled', value: undefined })),
      })),
  },
  {
    fault: 'copies nothing in one call, without a word, where it cannot copy',
    red: 'where nothing can be copied, each copy asked for in one call is UNSUPPORTED',
    options: { capabilities: { copy: false } },
    break: (target) =>
      withBatch(target, (batch) => ({
        ...oneByOne({ put: batch.put, copy: async () => undefined }, 1),
      })),
  },
];
