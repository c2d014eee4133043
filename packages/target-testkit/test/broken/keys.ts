import { wrapTarget } from '@holdfast/core/decorators';
import { all, type BrokenTarget, withBatch } from './broken.js';

/** Stores and finds every key under another one. */
function withKeys(map: (key: string) => string): BrokenTarget['break'] {
  return (target) =>
    wrapTarget(
      withBatch(target, (batch) => ({
        put: (key, source, options) => batch.put(map(key), source, options),
      })),
      {
        stat: (key, options) => target.stat(map(key), options),
        get: (key, options) => target.get(map(key), options),
      },
    );
}

/** Faults in what a key is. */
export const brokenKeys: readonly BrokenTarget[] = [
  {
    fault: 'normalises keys to NFC',
    red: 'keys that differ only in case or in Unicode normalisation are different objects',
    break: withKeys((key) => key.normalize('NFC')),
  },
  {
    fault: 'folds the case of keys',
    red: 'keys that differ only in case or in Unicode normalisation are different objects',
    break: withKeys((key) => key.toLowerCase()),
  },
  {
    fault: 'lists another spelling than the one that was put',
    red: 'where case does not count, another spelling finds the same object or none, and the listing keeps the spelling of the put',
    options: { capabilities: { caseSensitiveKeys: false } },
    break: withKeys((key) => key.replace('name', 'Name')),
  },
  {
    fault: 'decodes percent signs in keys',
    red: 'odd names are stored, listed, asked for and read literally [new root]',
    break: withKeys((key) => key.replaceAll('%2F', '-').replaceAll('%41', 'A')),
  },
  {
    fault: 'takes a plus for a space',
    red: 'odd names are stored, listed, asked for and read literally [added]',
    break: withKeys((key) => key.replaceAll('+', ' ')),
  },
  {
    fault: 'trims keys',
    red: 'odd names are stored, listed, asked for and read literally [new root]',
    break: withKeys((key) => key.trim()),
  },
  {
    fault: 'takes a star in a key for any name when it deletes',
    red: 'odd names are deleted literally: nothing else goes',
    break: (target) =>
      wrapTarget(target, {
        async delete(keys, options) {
          const stars = keys.filter((key) => key.includes('*')).map((key) => key.slice(0, key.indexOf('*')));
          const more = (await all(target.list(''))).filter((line) =>
            stars.some((star) => line.key.startsWith(star.slice(0, 2))),
          );
          await target.delete([...keys, ...more.map((line) => line.key)], options);
        },
      }),
  },
  {
    fault: 'resolves dots in a key as a path',
    red: 'a malformed key is INVALID_KEY in every call, and touches nothing',
    break: withKeys((key) => key.replaceAll('/./', '/')),
  },
  {
    fault: 'cuts names that are too long',
    red: 'the longest key is stored and found again [new root]',
    break: withKeys((key) => key.slice(0, 200)),
  },
  {
    fault: 'counts characters where it should count bytes',
    red: 'the longest segment is stored and found again, in ASCII and in the widest characters [new root]',
    break: withKeys((key) => key.replaceAll('😀😀', '😀')),
  },
  {
    fault: 'declares a longest key and takes longer ones',
    red: 'a key one byte longer than maxKeyBytes is INVALID_KEY before its source is opened',
    options: { capabilities: { maxKeyBytes: 300 } },
    break: withKeys((key) => key.slice(0, 300)),
  },
  {
    fault: 'declares a longest segment and takes longer ones',
    red: 'a segment one byte longer than maxSegmentBytes is INVALID_KEY before its source is opened',
    options: { capabilities: { maxSegmentBytes: 100 } },
    break: withKeys((key) => key.slice(0, 90)),
  },
  {
    fault: 'declares Windows names and takes others',
    red: 'where keys must be Windows names, others are INVALID_KEY before their source is opened',
    options: { capabilities: { windowsNames: true } },
    break: withKeys((key) => key.replaceAll(/[<>:"|?*\\. ]/g, '_')),
  },
  {
    fault: 'declares a forbidden character and takes it',
    red: 'a key with a character that is declared forbidden is INVALID_KEY before its source is opened',
    options: { capabilities: { forbiddenCharacters: '\\' } },
    break: withKeys((key) => key.replaceAll('\\', '/')),
  },
];
