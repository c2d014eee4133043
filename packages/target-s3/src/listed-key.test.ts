import { describe, expect, test } from 'vitest';
import { decodeListed, encodeCopySource, plusIsSpaceIn } from './listed-key.js';

describe('names in listings are read as the store has written them', () => {
  test.each([
    ['Amazon, MinIO', true, 'a+b%2Bc%25%2F%C3%A9', 'a b+c%/é'],
    ['Ceph, Garage', false, 'a%20b%2Bc%25%2F%C3%A9', 'a b+c%/é'],
    ['SeaweedFS', false, 'a%20b+c%25%2F%C3%A9', 'a b+c%/é'],
    ['a name that was not escaped', false, '100% of 50%zz', '100% of 50%zz'],
    ['an emoji', true, '%F0%9F%98%80', '😀'],
    ['control characters', true, '%01%0D%0A', '\u0001\r\n'],
  ])('%s', (_, plusIsSpace, encoded, name) => {
    expect(decodeListed(encoded, plusIsSpace)).toBe(name);
  });

  test('what + stands for is seen from the other names of the listing', () => {
    expect(plusIsSpaceIn(['a+b', 'c%2Bd'])).toBe(true);
    expect(plusIsSpaceIn(['a+b', 'c%20d'])).toBe(false);
    expect(plusIsSpaceIn(['a+b', 'c=d'])).toBe(false);
    expect(plusIsSpaceIn(['a+b', '%C3%A9', 'plain'])).toBeUndefined();
  });
});

test('the source of a copy is escaped so that every server reads it alike', () => {
  expect(encodeCopySource('my.bucket', "a b/%2F/+/é/~!'()*/😀?#")).toBe(
    'my.bucket/a%20b/%252F/%2B/%C3%A9/~%21%27%28%29%2A/%F0%9F%98%80%3F%23',
  );
});
