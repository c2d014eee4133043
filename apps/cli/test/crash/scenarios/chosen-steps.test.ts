import { expect, test } from 'vitest';
import { onePerState } from './chosen-steps.js';

const STEPS = [
  'after put a',
  'before delete b',
  'unlink b',
  'fsync .',
  'before commit c',
  'create c',
  'after x',
  'write c',
];

test('of chosen steps between which no file is changed the last is taken', () => {
  expect(onePerState(STEPS, ['after put a', 'before delete b', 'unlink b'])).toEqual(['unlink b']);
  expect(onePerState(STEPS, ['before delete b', 'before commit c'])).toEqual(['before delete b', 'before commit c']);
  expect(onePerState(STEPS, ['before commit c', 'create c'])).toEqual(['create c']);
});

test('a write leaves a part of it, which no step before it does: both are taken', () => {
  expect(onePerState(STEPS, ['after x', 'write c'])).toEqual(['after x', 'write c']);
});

test('of steps that change something each is taken, and so is the last of all', () => {
  const changing = ['unlink b', 'create c', 'write c'];
  expect(onePerState(STEPS, changing)).toEqual(changing);
  expect(onePerState(['write a', 'after commit'], ['after commit'])).toEqual(['after commit']);
});
