import { isTargetError } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { adapter, openS3 } from './index.js';
import { readOptions } from './options.js';
import { type Environment, settingsOf } from './settings.js';

const MIB = 1024 * 1024;

function settings(location: string, options = {}, environment: Environment = {}): ReturnType<typeof settingsOf> {
  return settingsOf(location, readOptions(options, 's3:'), environment);
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isTargetError(error, 'MISCONFIGURED')) return `${error.message} ${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('it was taken');
}

describe('addresses', () => {
  test.each([
    ['bucket', 'bucket', '', 's3://bucket'],
    ['bucket/', 'bucket', '', 's3://bucket'],
    ['bucket/a', 'bucket', 'a/', 's3://bucket/a'],
    ['my.old_Bucket-1/a b/%2F+é/', 'my.old_Bucket-1', 'a b/%2F+é/', 's3://my.old_Bucket-1/a b/%2F+é'],
  ])('%s is taken literally', (location, bucket, prefix, url) => {
    expect(settings(location)).toMatchObject({ bucket, prefix, url });
  });

  test.each([
    '',
    '/',
    'b',
    '-bucket',
    'user:password@bucket',
    'bucket?x',
    'bucket/a//b',
    'bucket/../b',
    `bucket/${'x'.repeat(600)}`,
  ])('%s is refused', (location) => {
    expect(refusal(() => settings(location))).not.toContain('password');
  });
});

describe('endpoint, region and path style', () => {
  test("without any setting it is Amazon, by host names, and the region is the profile's", () => {
    expect(settings('bucket')).toMatchObject({ endpoint: undefined, pathStyle: false, region: undefined });
  });

  test("an endpoint that is not Amazon's means path style, and us-east-1 where no region is given", () => {
    const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9000/' };
    expect(settings('bucket', {}, environment)).toMatchObject({
      endpoint: 'http://127.0.0.1:9000',
      pathStyle: true,
      region: 'us-east-1',
    });
  });

  test.each([
    'https://s3.eu-west-1.amazonaws.com',
    'https://s3.cn-north-1.amazonaws.com.cn',
    'https://s3.eu-west-1.api.aws',
  ])("%s is Amazon's", (endpoint) =>
    expect(settings('bucket', { endpoint })).toMatchObject({ pathStyle: false, region: undefined }),
  );

  test("a host that only looks like Amazon's is not", () => {
    expect(settings('bucket', { endpoint: 'https://notamazonaws.com' }).pathStyle).toBe(true);
  });

  test('options go before variables, the variable of the service before the general one, and empty ones are none', () => {
    const environment = {
      AWS_ENDPOINT_URL: 'http://a',
      AWS_ENDPOINT_URL_S3: 'http://b',
      AWS_REGION: '',
      AWS_DEFAULT_REGION: 'eu-1',
    };
    expect(settings('bucket', {}, environment)).toMatchObject({ endpoint: 'http://b', region: 'eu-1' });
    const options = { endpoint: 'http://c', region: 'eu-2', pathStyle: false };
    expect(settings('bucket', options, environment)).toMatchObject({
      endpoint: 'http://c',
      region: 'eu-2',
      pathStyle: false,
    });
  });

  test.each(['localhost:9000', 'ftp://host', 'not an address', 'http://host/?x=1', 'http://host/#x'])(
    '%s is refused as an endpoint',
    (endpoint) => {
      refusal(() => settings('bucket', { endpoint }));
    },
  );

  test('a user and a password in the endpoint are refused, and not repeated', () => {
    const said = refusal(() => settings('bucket', { endpoint: 'https://someone:hunter2@store.example' }));
    expect(said).toMatch(/user or a password/);
    expect(said).not.toMatch(/hunter2|someone/);
  });

  test("Backblaze's region stands in its endpoint, and need not be given", () => {
    const endpoint = 'https://s3.eu-central-003.backblazeb2.com';
    expect(settings('bucket', { endpoint }).region).toBe('eu-central-003');
    expect(settings('bucket', { endpoint }, { AWS_REGION: 'eu-9' }).region).toBe('eu-9');
  });

  test('Backblaze is known not to create only if absent, and R2 to take keys for equal that Unicode does', () => {
    expect(settings('bucket', { endpoint: 'https://s3.eu-central-003.backblazeb2.com' }).createIfAbsent).toBe(false);
    expect(settings('bucket', { endpoint: 'https://abc.eu.r2.cloudflarestorage.com' })).toMatchObject({
      createIfAbsent: true,
      caseSensitiveKeys: false,
    });
    expect(settings('bucket', { endpoint: 'https://store.example' })).toMatchObject({
      createIfAbsent: true,
      caseSensitiveKeys: true,
    });
  });
});

describe('options', () => {
  test('a name that is no option is refused and the real ones are named', () => {
    expect(refusal(() => readOptions({ endpiont: 'http://x' }, 's3:'))).toMatch(/"endpiont".*endpoint, pathStyle/);
    refusal(() => readOptions({ toString: 'x' }, 's3:'));
  });

  test.each([
    { region: 7 },
    { endpoint: '' },
    { pathStyle: 'yes' },
    { partBytes: 0 },
    { partBytes: 1.5 },
    { etags: 'sha1' },
  ])('%o is refused', (options) => {
    refusal(() => readOptions(options, 's3:'));
  });

  test('a part is at least 5 MiB and at most 5 GiB, as S3 has it', () => {
    refusal(() => settings('bucket', { partBytes: 5 * MIB - 1 }));
    refusal(() => settings('bucket', { partBytes: 5 * 1024 * MIB + 1 }));
    expect(settings('bucket', { partBytes: 5 * MIB }).partBytes).toBe(5 * MIB);
  });
});

describe('opening', () => {
  test('the adapter handles s3 addresses, and its longest key leaves room for the prefix', async () => {
    expect(adapter.schemes).toEqual(['s3']);
    const target = await adapter.open({ scheme: 's3', location: 'bucket/é' }, { environment: { AWS_REGION: 'eu-1' } });
    expect(target.url).toBe('s3://bucket/é');
    expect(target.capabilities.maxKeyBytes).toBe(1024 - 3);
    expect(target.localPaths).toEqual([]);
    await target.close();
  });

  test('the SDK warns of nothing, and leaves no variable behind', async () => {
    const name = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
    const before = process.env[name];
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', onWarning);
    try {
      delete process.env[name];
      await (await openS3('bucket', { environment: { AWS_REGION: 'eu-1' } })).close();
      await new Promise((resolve) => setImmediate(resolve));
      expect(process.env[name]).toBeUndefined();
      expect(warnings.filter((warning) => /node/i.test(warning))).toEqual([]);
    } finally {
      process.off('warning', onWarning);
      if (before !== undefined) process.env[name] = before;
    }
  });
});
