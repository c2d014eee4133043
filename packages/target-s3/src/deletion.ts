import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { isTargetError, TargetError, type TargetOperation } from '@holdfast/core/target';
import { faultOf } from './errors.js';
import type { RequestContext, S3Session } from './session.js';

/** Most keys of one DeleteObjects. Source: "DeleteObjects", Amazon S3 API reference. */
const BULK_KEYS = 1000;

/** How many single deletes run at once where a store has no bulk delete. */
const SINGLE_DELETES_AT_ONCE = 8;

/** Characters that XML 1.0 cannot carry, so that a bulk delete cannot name the key. Source: XML 1.0, production 2. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * Removes objects; absent ones are no error. All that can be removed is, and the first failure is thrown after that.
 *
 * @throws TargetError with the key that could not be removed
 */
export async function deleteObjects(
  session: S3Session,
  keys: readonly string[],
  signal: AbortSignal | undefined,
  operation: TargetOperation = 'delete',
): Promise<void> {
  const context: RequestContext = { operation, signal };
  const awkward = keys.filter((key) => NOT_IN_XML.test(key));
  const plain = awkward.length === 0 ? keys : keys.filter((key) => !NOT_IN_XML.test(key));
  const failures: TargetError[] = [];
  for (let start = 0; start < plain.length; start += BULK_KEYS) {
    const chunk = plain.slice(start, start + BULK_KEYS);
    const remove = (): Promise<readonly TargetError[]> => deleteChunk(session, chunk, context);
    failures.push(...(start === 0 ? await remove() : await session.persist(context, remove)));
  }
  failures.push(...(await deleteSingly(session, awkward, context)));
  const [first] = failures;
  if (first === undefined) return;
  const { code, reason, url, key, retryable, hint, cause } = first;
  const others = failures.length === 1 ? '' : `, and ${failures.length - 1} more`;
  throw new TargetError({ code, reason: `${reason}${others}`, url, operation, key, retryable, hint, cause });
}

async function deleteChunk(
  session: S3Session,
  keys: readonly string[],
  context: RequestContext,
): Promise<readonly TargetError[]> {
  if (keys.length <= 1) return deleteSingly(session, keys, context);
  const Objects = keys.map((key) => ({ Key: session.nameOf(key) }));
  const command = new DeleteObjectsCommand({ Bucket: session.settings.bucket, Delete: { Objects, Quiet: true } });
  try {
    const answer = await session.ask(context, (client, options) => client.send(command, options));
    const own = session.settings.prefix.length;
    return (answer.Errors ?? [])
      .filter(({ Code }) => Code !== 'NoSuchKey')
      .map(({ Code, Key, Message }) => {
        const error = { name: Code ?? '', message: Message ?? '' };
        return faultOf(error, { url: session.url, operation: context.operation, key: Key?.slice(own) });
      });
  } catch (error) {
    // Some gateways have no bulk delete, or do not like a key in it; if it is something else, a single delete says that too.
    if (isTargetError(error, 'MISCONFIGURED')) return deleteSingly(session, keys, context);
    throw error;
  }
}

async function deleteSingly(
  session: S3Session,
  keys: readonly string[],
  context: RequestContext,
): Promise<readonly TargetError[]> {
  const failures: TargetError[] = [];
  const waiting = keys.values();
  const work = async (): Promise<void> => {
    for (const key of waiting) {
      const place = { Bucket: session.settings.bucket, Key: session.nameOf(key) };
      try {
        await session.ask({ ...context, key }, (client, options) =>
          client.send(new DeleteObjectCommand(place), options),
        );
      } catch (error) {
        if (!isTargetError(error)) throw error;
        if (error.code === 'ABORTED' || error.code === 'CLOSED') throw error;
        if (error.code !== 'NOT_FOUND') failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(SINGLE_DELETES_AT_ONCE, keys.length) }, work));
  return failures;
}
