import { describe, expect, it } from 'vitest';
import { nameFault } from './name-fault.js';

const fault = (
  name: string | Buffer,
  platform: NodeJS.Platform,
  windowsNames = platform === 'win32',
): string | undefined => nameFault(Buffer.from(name as string), { platform, windowsNames });

const RESERVED = ['CON', 'con', 'nul.txt', 'COM1', 'LPT9.tar.gz', 'COM¹', 'aux ', 'CONIN$'];
const FORBIDDEN = ['a:b', 'a?', 'a*', 'a|b', 'a<', 'a>', 'a"', 'a\\b', 'a\tb', 'a\x01'];
const CUT = ['x.', 'x ', '...', 'x. .'];
const NOT_UTF8 = Buffer.from([0x66, 0xff]);

describe('a name that a restore is to give', () => {
  it.each([...RESERVED, ...FORBIDDEN, ...CUT])(
    '%j is refused on Windows, and on FAT and SMB from any system',
    (name) => {
      expect(fault(name, 'win32')).toMatch(/^its name /);
      expect(fault(name, 'linux', true)).toMatch(/^its name /);
    },
  );

  it.each([...RESERVED, ...FORBIDDEN, ...CUT])('%j is a name like any other on Linux and macOS', (name) => {
    expect(fault(name, 'linux')).toBeUndefined();
    expect(fault(name, 'darwin')).toBeUndefined();
  });

  it.each(['data.xlsx', '.hidden', 'CONSOLE', 'com10', 'a b', 'ünïcode 😀', 'nul-1'])(
    '%j is fine everywhere',
    (name) => {
      for (const platform of ['linux', 'darwin', 'win32'] as const) expect(fault(name, platform)).toBeUndefined();
    },
  );

  it('that is not UTF-8 is one on Linux only', () => {
    expect(fault(NOT_UTF8, 'linux')).toBeUndefined();
    expect(fault(NOT_UTF8, 'darwin')).toBe('its name is not UTF-8');
    expect(fault(NOT_UTF8, 'win32')).toBe('its name is not UTF-8');
  });

  it('of 255 characters is fine, one more is too long where the system counts characters', () => {
    for (const platform of ['darwin', 'win32'] as const) {
      expect(fault('ä'.repeat(255), platform)).toBeUndefined();
      expect(fault('ä'.repeat(256), platform)).toMatch(/longer/);
    }
  });
});
