import { expect, test } from 'vitest';
import { colours } from './colours.js';
import { topicItem } from './doctor-items.js';

const RESULT = { topic: 'putting', held: 3, notApplicable: 1, durationMs: 1234 };

test('a topic whose laws held is a line', () => {
  const { text } = topicItem({ ...RESULT, broken: [] }, colours(false));
  expect(text).toBe('✓ putting: 3 laws, 1.2 s');
});

test('a broken law is named with the first line of why, and without control characters', () => {
  const broken = [{ law: 'a law', error: new Error('not \u001b[1mequal\nand a long comparison') }];
  const { text, json } = topicItem({ ...RESULT, broken }, colours(false));
  expect(text).toBe('✗ putting: 1 of 4 laws broken, 1.2 s\n    a law\n      not \\x1b[1mequal');
  expect(json).toMatchObject({ held: 3, broken: 1, failures: [{ law: 'a law' }] });
});

test('a topic about targets of other capabilities says so', () => {
  expect(topicItem({ ...RESULT, held: 0, broken: [] }, colours(false)).text).toBe('✓ putting: does not concern it');
});
