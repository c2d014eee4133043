import { expect, test } from 'vitest';
import { parseSource } from './sources.js';

const exists =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

test('NAME=PATH gives a name, and the first = ends it', () => {
  expect(parseSource('excel=book.xlsx', exists())).toEqual({ name: 'excel', path: 'book.xlsx' });
  expect(parseSource('a=b=c', exists())).toEqual({ name: 'a', path: 'b=c' });
});

test('a path that exists as written is a path even if it holds =', () => {
  expect(parseSource('a=b', exists('a=b'))).toEqual({ path: 'a=b' });
});

test('a name is one segment: what holds a slash before its = is a path', () => {
  expect(parseSource('dir/a=b', exists())).toEqual({ path: 'dir/a=b' });
  expect(parseSource('dir\\a=b', exists())).toEqual({ path: 'dir\\a=b' });
  expect(parseSource('=b', exists())).toEqual({ path: '=b' });
});

test('a name without a path is refused, unless a file is called so', () => {
  expect(() => parseSource('a=', exists())).toThrow('the source "a=" has a name and no path');
  expect(parseSource('a=', exists('a='))).toEqual({ path: 'a=' });
});
