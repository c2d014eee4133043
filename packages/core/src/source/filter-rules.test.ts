import { describe, expect, it } from 'vitest';
import { parseRuleFile } from './filter-rules.js';

const rulesOf = (text: string | Buffer): string[] =>
  parseRuleFile(Buffer.from(text), 'rules').rules.map(({ rule, line }) => `${line}: ${rule}`);

describe('a file of patterns', () => {
  it('has one a line, with the line each stands in', () => {
    expect(rulesOf('a\n\n# no\nb')).toEqual(['1: a', '4: b']);
  });

  it('is read with a byte order mark and CR LF as without', () => {
    expect(rulesOf('\ufeffa\r\n\r\n#b\r\nc\r\n')).toEqual(['1: a', '4: c']);
  });

  it('loses spaces at the end of a line, unless a backslash stands before them; not tabs, and none at the beginning', () => {
    expect(rulesOf('a  \n   \nb\\ \nc\\  \n d\ne\t\n')).toEqual(['1: a', '3: b\\ ', '4: c\\ ', '5:  d', '6: e\t']);
  });

  it('takes a # and a ! behind a backslash as they are', () => {
    const { rules } = parseRuleFile(Buffer.from('\\#a\n\\!b\n!\\!c\n'), 'rules');
    const fitting = rules.map(({ pattern, negated }) => [
      negated,
      ['#a', '!b', '!c'].filter((name) => pattern.matches([name], false)),
    ]);
    expect(fitting).toEqual([
      [false, ['#a']],
      [false, ['!b']],
      [true, ['!c']],
    ]);
  });

  it('names each pattern that can match nothing, and keeps the others', () => {
    const { rules, faults } = parseRuleFile(Buffer.from('a\n[b\n!\nc\n'), 'x/.holdfastignore');
    expect(rules.map(({ rule }) => rule)).toEqual(['a', 'c']);
    expect(faults).toEqual([
      { rule: '[b', file: 'x/.holdfastignore', line: 2, reason: 'a bracket is not closed' },
      { rule: '!', file: 'x/.holdfastignore', line: 3, reason: 'it is empty' },
    ]);
  });

  it('can name a file by bytes that are no UTF-8', () => {
    const { rules } = parseRuleFile(Buffer.from([0x66, 0xff, 0x0a]), 'rules');
    expect(rules[0]?.pattern.matches(['f\udcff'], false)).toBe(true);
  });
});
