import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { compareEtag, compositeEtag } from './etag.js';

const MD5 = '0cc175b9c0f1b6a831c399e269772661';
const OTHER = '92eb5ffee6ae2fec3ad71c777531578f';

describe('an ETag proves what it can, and no more', () => {
  test.each([
    ['the MD5 of what was sent', { ETag: `"${MD5}"` }, 'equal'],
    ['without quotes, in capitals', { ETag: MD5.toUpperCase() }, 'equal'],
    ['another MD5', { ETag: `"${OTHER}"` }, 'different'],
    [
      'another one of an object encrypted with a key of KMS',
      { ETag: `"${OTHER}"`, ServerSideEncryption: 'aws:kms' },
      'silent',
    ],
    [
      'another one of an object encrypted with our key',
      { ETag: `"${OTHER}"`, SSECustomerAlgorithm: 'AES256' },
      'silent',
    ],
    ['the right one of an encrypted object', { ETag: `"${MD5}"`, ServerSideEncryption: 'AES256' }, 'equal'],
    ['that of parts', { ETag: `"${OTHER}-2"` }, 'silent'],
    ['a weak one', { ETag: `W/"${OTHER}"` }, 'silent'],
    ['none', {}, 'silent'],
    ['an empty one', { ETag: '""' }, 'silent'],
    ['some other text', { ETag: '"0x8D4BCC2E4835CD0"' }, 'silent'],
  ] as const)('%s', (_, answer, verdict) => {
    expect(compareEtag(answer, MD5, 'md5')).toBe(verdict);
  });

  test('where ETags are no MD5s a difference says nothing', () => {
    expect(compareEtag({ ETag: `"${OTHER}"` }, MD5, 'opaque')).toBe('silent');
  });

  test('the ETag of parts is the MD5 of their MD5s, and how many they are', () => {
    const both = createHash('md5')
      .update(Buffer.from(MD5 + OTHER, 'hex'))
      .digest('hex');
    expect(compositeEtag([MD5, OTHER])).toBe(`${both}-2`);
  });
});
