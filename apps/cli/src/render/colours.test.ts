import { expect, test } from 'vitest';
import { colours, wantsColour } from './colours.js';

test('colour is for terminals, unless the environment says otherwise', () => {
  const terminal = { isTTY: true };
  const pipe = {};
  expect(wantsColour(terminal, {})).toBe(true);
  expect(wantsColour(pipe, {})).toBe(false);
  expect(wantsColour(terminal, { TERM: 'dumb' })).toBe(false);
  expect(wantsColour(terminal, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColour(terminal, { NO_COLOR: '' })).toBe(true);
  expect(wantsColour(pipe, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColour(terminal, { FORCE_COLOR: '0' })).toBe(false);
  expect(wantsColour(terminal, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
});

test('without colour text stays as it is', () => {
  expect(colours(false).bold('text')).toBe('text');
  expect(colours(true).bold('text')).toBe('\u001b[1mtext\u001b[22m');
});
