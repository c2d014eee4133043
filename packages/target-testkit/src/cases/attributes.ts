import assert from 'node:assert/strict';
import { emptySource, type ObjectAttributes } from '@holdfast/core/target';
import { type CaseConditions, type Topic, topic } from '../case.js';
import { watched } from '../sources.js';
import {
  assertFails,
  assertNoResidue,
  assertNothingLeft,
  bytesOf,
  drain,
  keysOf,
  listOf,
  RECORD_KEY,
  record,
  text,
  textOf,
  textSource,
} from '../steps.js';

const keepsAttributes = ({ capabilities }: CaseConditions): boolean => capabilities.attributes;
const linkTo = (path: string): ObjectAttributes => ({ type: 'symlink', linkTarget: text(path) });
const FOLDER: ObjectAttributes = { type: 'directory', mode: 0o755, mtimeNs: 1_600_000_000_000_000_000n };

export const attributes: Topic = topic('attributes: decoration that nothing depends on');

attributes.forEachKind(
  'links and empty folders are listed by their type, with size 0',
  async (context, kind) => {
    const { target, open } = context;
    const batch = await target.begin(kind.begin);
    await batch.put('r/file', textSource('content'), {
      attributes: { mode: 0o640, mtimeNs: 1_234_567_890_123_456_789n },
    });
    await batch.put('r/link', emptySource, { attributes: linkTo('file') });
    await batch.put('r/dangling', emptySource, { attributes: linkTo('no/such/file') });
    await batch.put('r/empty folder', emptySource, { attributes: FOLDER });
    await batch.commit(record());
    const other = await open();
    const lines = await listOf(other);
    assert.deepEqual(
      lines.map((line) => `${line.type} ${line.key} ${line.key === RECORD_KEY ? '' : line.sizeBytes}`),
      [
        'symlink r/dangling 0',
        'directory r/empty folder 0',
        'file r/file 7',
        'symlink r/link 0',
        `file ${RECORD_KEY} `,
      ],
    );
    for (const line of lines) assert.deepEqual(await other.stat(line.key), line);
    assert.equal(await textOf(other, 'r/file'), 'content');
    await assertNoResidue(context);
  },
  keepsAttributes,
);

attributes.forEachKind(
  'a folder is listed only while nothing lies below it',
  async ({ target }, kind) => {
    const batch = await target.begin(kind.begin);
    await batch.put('r/full', emptySource, { attributes: FOLDER });
    await batch.put('r/full/a', textSource('a'));
    await batch.put('r/full/inner', emptySource, { attributes: FOLDER });
    await batch.commit(record('r/z'));
    assert.deepEqual(
      (await listOf(target)).map((line) => `${line.type} ${line.key}`),
      ['file r/full/a', 'directory r/full/inner', 'file r/z'],
    );
    assert.deepEqual(await keysOf(target, 'r/', { oneLevel: true }), ['r/full/', 'r/z']);
    assert.equal(await target.stat('r/full'), undefined);
  },
  keepsAttributes,
);

attributes.when(
  keepsAttributes,
  'links and folders have no bytes: get is NOT_FOUND and follows nothing',
  async ({ target }) => {
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/folder/file', textSource('not through a link'));
    await batch.put('r/to file', emptySource, { attributes: linkTo('folder/file') });
    await batch.put('r/to folder', emptySource, { attributes: linkTo('folder') });
    await batch.put('r/out', emptySource, { attributes: linkTo('../../../../../../../../etc/passwd') });
    await batch.put('r/empty', emptySource, { attributes: FOLDER });
    await batch.commit(record());
    for (const key of ['r/to file', 'r/to folder', 'r/out', 'r/empty', 'r/to folder/file', 'r/to file/x']) {
      await assertFails(target, 'NOT_FOUND', () => drain(target.get(key)), { operation: 'get', key });
    }
    assert.equal(await target.stat('r/to folder/file'), undefined);
    assert.deepEqual(await keysOf(target, 'r/to folder/'), []);
    assert.equal(await textOf(target, 'r/folder/file'), 'not through a link');
  },
);

attributes.when(
  (conditions) => keepsAttributes(conditions) && conditions.capabilities.delete,
  'links and empty folders are deleted like any object, and what a link points to stays',
  async (context) => {
    const { target } = context;
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/file', textSource('stays'));
    await batch.put('r/folder/file', textSource('stays too'));
    await batch.put('r/link', emptySource, { attributes: linkTo('file') });
    await batch.put('r/folder link', emptySource, { attributes: linkTo('folder') });
    await batch.put('r/empty', emptySource, { attributes: FOLDER });
    await batch.commit(record());
    await target.delete(['r/link', 'r/folder link', 'r/empty']);
    assert.deepEqual(await keysOf(target), ['r/file', 'r/folder/file', RECORD_KEY]);
    await target.delete(['r/file', 'r/folder/file', RECORD_KEY]);
    await assertNothingLeft(context);
  },
);

attributes.when(
  (conditions) => keepsAttributes(conditions) && conditions.capabilities.delete,
  'deleting through a link deletes nothing',
  async ({ target }) => {
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/folder/file', textSource('stays'));
    await batch.put('r/link', emptySource, { attributes: linkTo('folder') });
    await batch.commit(record());
    await target.delete(['r/link/file']);
    assert.deepEqual(await keysOf(target), ['r/folder/file', 'r/link', RECORD_KEY]);
  },
);

attributes.when(
  keepsAttributes,
  'a mode without write or read rights hinders nobody: neither reader nor the next batch',
  async ({ target, open }) => {
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/secret', textSource('readable all the same'), { attributes: { mode: 0o000 } });
    await batch.put('r/folder', emptySource, { attributes: { type: 'directory', mode: 0o500 } });
    await batch.put('r/folder/a', textSource('a'));
    await batch.commit(record());
    const other = await open();
    assert.equal(await textOf(other, 'r/secret'), 'readable all the same');
    assert.equal(await textOf(other, 'r/folder/a'), 'a');
  },
);

attributes.when(
  (conditions) => !keepsAttributes(conditions),
  'where no attributes are kept, a link or a folder is UNSUPPORTED before its source is opened, and leaves nothing',
  async (context) => {
    const { target } = context;
    const batch = await target.begin({ root: 'r' });
    for (const refused of [linkTo('file'), FOLDER]) {
      const source = watched(emptySource);
      await assertFails(target, 'UNSUPPORTED', () => batch.put('r/a', source, { attributes: refused }), {
        operation: 'put',
        key: 'r/a',
      });
      assert.equal(source.opened(), 0);
    }
    await batch.abort();
    await assertNothingLeft(context);
  },
);

attributes.when(
  (conditions) => !keepsAttributes(conditions),
  'where no attributes are kept, mode and time of a file are ignored',
  async ({ target }) => {
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', textSource('a'), { attributes: { type: 'file', mode: 0o000, mtimeNs: 1n } });
    await batch.commit(record());
    assert.deepEqual(await bytesOf(target, 'r/a'), Buffer.from('a'));
  },
);

attributes.always('attributes that say no more than "a file" are taken by every target', async ({ target }) => {
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', textSource('a'), { attributes: { type: 'file' } });
  await batch.put('r/b', textSource('b'), { attributes: {} });
  await batch.put('r/c', textSource('c'), {});
  await batch.commit(record());
  assert.equal((await keysOf(target)).length, 4);
});
