import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { TargetError } from '@holdfast/core/target';
import type { RequestContext, S3Session } from './session.js';

/**
 * The store's clock now, in milliseconds since 1970: the `Date` of an answer (RFC 9110, 6.6.1; whole seconds). What lies in the store
 * is dated by it, and a machine's own clock may be years off.
 *
 * @throws TargetError `UNAVAILABLE` from a store that dates no answer.
 */
export async function storeNowMs(session: S3Session, context: RequestContext): Promise<number> {
  const { bucket, prefix } = session.settings;
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 });
  let dateMs = Number.NaN;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      dateMs = Date.parse(dateOf(result.response) ?? '');
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'storeClock' },
  );
  await session.persist(context, () => session.ask(context, (client, options) => client.send(command, options)));
  if (!Number.isNaN(dateMs)) return dateMs;
  const reason = 'the store does not say what time it is, so nothing can be known to be old';
  throw new TargetError({
    code: 'UNAVAILABLE',
    reason,
    url: session.url,
    operation: context.operation,
    retryable: false,
  });
}

function dateOf(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  const date: unknown = typeof headers === 'object' && headers !== null ? Reflect.get(headers, 'date') : undefined;
  return typeof date === 'string' ? date : undefined;
}
