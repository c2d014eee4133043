import { expect, test } from 'vitest';
import { splitArguments } from './split-arguments.js';

test('the first -- ends the options, and later ones are operands', () => {
  expect(splitArguments(['backup', '--', '-x', '--', 'y'])).toEqual({ head: ['backup'], tail: ['-x', '--', 'y'] });
  expect(splitArguments(['list'])).toEqual({ head: ['list'], tail: undefined });
});
