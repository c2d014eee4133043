"""Writes the golden vectors of arrays, with NumPy. Each was written once: it never writes over one that is there.

Run it with a Python that has NumPy: python3 docs/vectors/npy/write-vectors.py
"""
import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../../../packages/inspect-npy/test'))
from numpy_facts import DTYPES, facts_of, random_array  # noqa: E402

FILES = os.path.join(HERE, 'files')
EXPECTED = os.path.join(HERE, 'expected.json')
random = np.random.default_rng(20261126)
expected = json.load(open(EXPECTED, encoding='utf8')) if os.path.exists(EXPECTED) else {}


def vector(name, content, verdict, facts=None):
    path = os.path.join(FILES, name)
    if name in expected:
        return
    with open(path, 'wb') as file:
        file.write(content)
    expected[name] = {'verdict': verdict, **({} if facts is None else {'facts': facts})}


def saved(values, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, values, version=version, allow_pickle=True)
    return file.getvalue()


def sound(name, values, version=None):
    content = saved(values, version)
    vector(name, content, 'sound', facts_of(values, '%d.0' % content[6]))


def crafted(header, data=b'', version=1):
    """A file with the header as it is given."""
    text = header.encode('latin1')
    text += b' ' * (63 - (len(text) + 10) % 64) + b'\n'
    length = struct.pack('<H' if version == 1 else '<I', len(text))
    return b'\x93NUMPY' + bytes([version, 0]) + length + text + data


def header(descr="'<f8'", order='False', shape='(2,)'):
    return "{'descr': %s, 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)


# ---- Every kind, in both orders ----

for dtype in DTYPES:
    kind = np.dtype(dtype)
    order = {'<': 'little', '>': 'big'}.get(dtype[0], 'none')
    name = '%s-%s' % (kind.name if kind.kind not in 'USV' else dtype.strip('<>'), order)
    sound('%s.npy' % name.replace('[', '-').replace(']', ''), random_array(random, dtype, (3, 4)))

encoding = random.normal(0, 0.1, 128)
sound('face-encoding-float64.npy', encoding)
sound('face-encoding-float32.npy', encoding.astype('<f4'))
sound('fortran-order.npy', np.asfortranarray(np.arange(12).reshape(3, 4)))
sound('single-value.npy', np.array(2.5))
sound('empty.npy', np.zeros(0))
sound('empty-in-one-dimension.npy', np.zeros((3, 0, 2), '<i4'))
sound('version-2.npy', np.arange(3), (2, 0))
sound('version-3.npy', np.array([(1, 2.5)], dtype=[('größe', '<i4'), ('ℓ', '<f8')]))
sound('texts-of-no-length.npy', np.zeros(3, '<U0'))
sound('only-nan.npy', np.full(4, np.nan))
sound('not-a-time.npy', np.full(2, 'NaT', '<M8[us]'))
sound('extremes-int64.npy', np.array([-(2**63), 2**63 - 1, 2**53 + 1]))
sound('extremes-uint64.npy', np.array([0, 2**64 - 1], '>u8'))
sound('times-before-1970.npy', np.array(['1582-10-15T12:00', '0001-01-01', '-0044-03-15'], '<M8[m]'))
sound('steps-of-25-seconds.npy', np.array([1, -3], '<m8[25s]'))
sound('weeks.npy', np.array(['2026-11-26', '1969-12-31'], '<M8[W]'))
sound('long-double.npy', np.arange(3, dtype=np.longdouble))
sound('five-dimensions.npy', np.asfortranarray(np.arange(32, dtype='>i2').reshape(2, 2, 2, 2, 2)))

record = [('id', '<i4'), ('name', '<U6'), ('position', [('x', '>f4'), ('y', '>f4')]), ('mask', '?', (2, 3))]
values = np.zeros(3, dtype=record)
values['id'] = [3, 1, 2]
values['name'] = ['', 'Zoë', 'Müller']
values['position']['x'] = [0.5, np.nan, -0.5]
values['mask'][1] = True
sound('record.npy', values)
sound('record-aligned.npy', np.ones(2, dtype=np.dtype([('small', 'i1'), ('large', '<f8')], align=True)))
sound('record-with-title.npy', np.ones(2, dtype=[(('A title', 'short'), '<i2')]))
sound('record-without-rows.npy', np.zeros(0, dtype=record))
vector('python-2-header.npy', crafted(header(shape='(2L,)'), bytes(16)), 'sound', facts_of(np.zeros(2)))
vector('header-in-another-order.npy', crafted("{'shape':(2,),'fortran_order':False,'descr':\"<f8\"}", bytes(16)), 'sound', facts_of(np.zeros(2)))

pickled = np.array([{'a': 1}, None], dtype=object)
vector('objects.npy', saved(pickled), 'opaque UNSUPPORTED', facts_of(pickled))
vector('objects-cut.npy', saved(pickled)[:-1], 'broken TRUNCATED', facts_of(pickled))
vector('objects-in-record.npy', saved(np.array([(1, 'x')], dtype=[('n', '<i4'), ('o', 'O')])), 'opaque UNSUPPORTED')
vector('two-arrays.npy', saved(np.arange(3)) + saved(np.arange(2)), 'opaque UNSUPPORTED', facts_of(np.arange(3)))
vector('version-4.npy', b'\x93NUMPY\x04\x00' + saved(np.arange(3))[8:], 'opaque UNSUPPORTED')

# ---- Broken ones ----

whole = saved(encoding)
vector('cut-values.npy', whole[:-7], 'broken TRUNCATED')
vector('cut-after-header.npy', whole[:128], 'broken TRUNCATED')
vector('cut-in-header.npy', whole[:70], 'broken TRUNCATED')
vector('cut-in-magic.npy', whole[:4], 'broken TRUNCATED')
vector('no-bytes.npy', b'', 'broken TRUNCATED')
vector('only-zeros.npy', bytes(len(whole)), 'broken INVALID')
vector('zeros-at-start.npy', bytes(512) + whole[512:], 'broken INVALID')
vector('trailing-bytes.npy', whole + b'\0\0\0', 'broken INVALID', facts_of(encoding))
vector('taken-for-utf8.npy', whole.decode('latin1').encode('utf8'), 'broken INVALID')
vector('taken-for-text.npy', whole.decode('utf8', 'replace').encode('utf8'), 'broken INVALID')
vector('first-byte-flipped.npy', b'\x92' + whole[1:], 'broken INVALID')
vector('type-flipped.npy', whole.replace(b"'<f8'", b"'<g8'", 1), 'broken INVALID')
vector('header-too-long.npy', whole[:8] + b'\xff\xff' + whole[10:], 'broken TRUNCATED')
vector('header-too-short.npy', whole[:8] + b'\x20\0' + whole[10:], 'broken INVALID')
vector('header-of-4-gib.npy', crafted(header(), bytes(16), 2)[:8] + b'\xff\xff\xff\xff' + bytes(64), 'broken TRUNCATED')
vector('negative-shape.npy', crafted(header(shape='(-2,)'), bytes(16)), 'broken INVALID')
vector('fraction-as-shape.npy', crafted(header(shape='(2.0,)'), bytes(16)), 'broken INVALID')
vector('number-as-shape.npy', crafted(header(shape='2'), bytes(16)), 'broken INVALID')
vector('huge-shape.npy', crafted(header(shape='(1000000000000,)'), bytes(16)), 'broken TRUNCATED')
vector('overflowing-shape.npy', crafted(header(shape='(4294967296, 4294967296)'), bytes(16)), 'broken INVALID')
vector('overflowing-to-zero.npy', crafted(header(shape='(2305843009213693952, 8)'), bytes(16)), 'broken INVALID')
vector('too-many-dimensions.npy', crafted(header(shape='(%s)' % ('1,' * 65)), bytes(8)), 'broken INVALID')
vector('element-of-gigabytes.npy', crafted(header("'|S9999999999'"), bytes(16)), 'broken INVALID')
vector('no-shape.npy', crafted("{'descr': '<f8', 'fortran_order': False}", bytes(16)), 'broken INVALID')
vector('one-name-more.npy', crafted(header()[:-1] + "'more': 1}", bytes(16)), 'broken INVALID')
vector('one-name-twice.npy', crafted(header()[:-1] + "'descr': '<f4'}", bytes(16)), 'broken INVALID')
vector('code-in-header.npy', crafted(header("__import__('os').system('true')"), bytes(16)), 'broken INVALID')
vector('brackets.npy', crafted(header('(' * 30000), b''), 'broken INVALID')
vector('brackets-of-lists.npy', crafted(header('[' * 30000), b''), 'broken INVALID')
vector('nested-records.npy', crafted(header("[('a', " * 25 + "'<f8'" + ')]' * 25), bytes(16)), 'broken INVALID')
vector('unfinished-text.npy', crafted("{'descr': '<f8", bytes(16)), 'broken INVALID')
vector('list-as-header.npy', crafted('[1, 2]', bytes(16)), 'broken INVALID')
vector('no-utf8-in-header.npy', crafted(header("[('\xff', '<f8')]"), bytes(16), 3), 'broken INVALID')
vector('no-unicode-in-text.npy', crafted(header("'<U1'"), b'\xff\xff\xff\xff' + bytes(4)), 'broken INVALID')

for name, content in {
    'pickle': b'\x80\x04\x95\x0b\0\0\0\0\0\0\0]q\0(K\x01K\x02e.',
    'text': 'Name;Zeit\nZoë;08:00\n'.encode('utf8'),
    'zip': b'PK\x03\x04' + bytes(40),
    'hdf5': b'\x89HDF\r\n\x1a\n' + bytes(40),
    'png': b'\x89PNG\r\n\x1a\n' + bytes(40),
    'gzip': b'\x1f\x8b\x08' + bytes(40),
    'workbook-97': b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(40),
    'web-page': b'<!DOCTYPE html><title>Sign in</title>',
    'unknown': bytes(range(1, 60)),
}.items():
    vector('really-%s.npy' % name, content, 'broken MISNAMED')

# ---- Archives ----


def archived(arrays, compressed=False):
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def in_archive(name, values):
    return {'name': name, **{key: value for key, value in facts_of(values).items() if key not in ('formatVersion', 'values') and (key, value) != ('order', 'C')}}


def zipped(members, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w', method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


arrays = {'encodings': random.normal(size=(4, 8)), 'names': np.array(['Zoë', 'Max']), 'turned': np.asfortranarray(np.eye(3, dtype='<f4'))}
facts = {'arrayCount': 3, 'arrays': [in_archive(name, values) for name, values in arrays.items()]}
vector('stored.npz', archived(arrays), 'sound', facts)
vector('deflated.npz', archived(arrays, True), 'sound', facts)
vector('empty.npz', archived({}), 'sound', {'arrayCount': 0})
vector('folders.npz', archived({'a/b': np.arange(2), 'ü': np.arange(3)}), 'sound', {'arrayCount': 2})
vector('other-member.npz', zipped([('a.npy', saved(np.arange(2))), ('notes.txt', b'x')]), 'sound', {'arrayCount': 1, 'otherMembers': 1})
vector('objects.npz', archived({'a': np.arange(2), 'o': pickled}), 'opaque UNSUPPORTED', {'arrayCount': 2})

stored, deflated = archived(arrays), archived(arrays, True)
vector('cut.npz', stored[:-30], 'broken TRUNCATED')
vector('cut-to-start.npz', stored[:40], 'broken TRUNCATED')
vector('cut-in-magic.npz', stored[:2], 'broken TRUNCATED')
vector('no-bytes.npz', b'', 'broken TRUNCATED')
vector('only-zeros.npz', bytes(300), 'broken INVALID')
at = stored.index(b'\n', 100) + 20
vector('value-flipped.npz', stored[:at] + bytes([stored[at] ^ 4]) + stored[at + 1:], 'broken INVALID')
at = len(deflated) // 4
vector('deflated-flipped.npz', deflated[:at] + bytes([deflated[at] ^ 4]) + deflated[at + 1:], 'broken INVALID')
one = zipped([('a.npy', saved(np.arange(2))), ('b.npy', saved(np.arange(2)))])
vector('one-name-twice.npz', one.replace(b'b.npy', b'a.npy'), 'broken INVALID')
vector('broken-member.npz', zipped([('a.npy', saved(np.arange(2))[:-1]), ('b.npy', saved(np.arange(3)))]), 'broken TRUNCATED', {'arrayCount': 2})
central = one.index(b'PK\x01\x02')
with tempfile.TemporaryDirectory() as folder:
    for name in ('a.npy', 'b.npy'):
        np.save(os.path.join(folder, name), np.arange(2))
    for name, more in {'encrypted': ['-0'], 'encrypted-deflated': []}.items():
        subprocess.run(['zip', '-q', '-X', '-P', 'secret', *more, 'x.zip', 'a.npy', 'b.npy'], cwd=folder, check=True)
        with open(os.path.join(folder, 'x.zip'), 'rb') as file:
            vector('%s.npz' % name, file.read(), 'opaque ENCRYPTED')
        os.remove(os.path.join(folder, 'x.zip'))
vector('unknown-method.npz', one[:8] + b'\x0e' + one[9:central + 10] + b'\x0e' + one[central + 11:], 'opaque UNSUPPORTED')
second = one.index(b'PK\x01\x02', central + 4)
vector('members-overlap.npz', one[:second + 42] + struct.pack('<I', 0) + one[second + 46:], 'broken BOMB')
vector('directory-cut.npz', one[:second] + b'\0\0\0\0' + one[second + 4:], 'broken INVALID')
vector('reaches-too-far.npz', one[:second + 20] + struct.pack('<II', 9999, 9999) + one[second + 28:], 'broken INVALID')
packed = zipped([('a.npy', saved(np.arange(99)))], zipfile.ZIP_DEFLATED)
central = packed.index(b'PK\x01\x02')
announced = struct.unpack('<I', packed[central + 24:central + 28])[0]
for name, size in {'more-than-announced': announced - 8, 'less-than-announced': announced + 8}.items():
    vector('%s.npz' % name, packed[:central + 24] + struct.pack('<I', size) + packed[central + 28:], 'broken INVALID')
vector('other-zip.npz', zipped([('[Content_Types].xml', b'<Types/>')]), 'broken MISNAMED')
vector('really-array.npz', saved(np.arange(3)), 'broken MISNAMED')
vector('really-text.npz', b'a,b\n1,2\n', 'broken MISNAMED')

with open(EXPECTED, 'w', encoding='utf8') as file:
    json.dump(expected, file, ensure_ascii=False, indent=1, sort_keys=True)
    file.write('\n')
names = ['expected.json'] + ['files/%s' % name for name in sorted(os.listdir(FILES))]
with open(os.path.join(HERE, 'SHA256SUMS'), 'w', encoding='utf8') as file:
    for name in names:
        with open(os.path.join(HERE, name), 'rb') as content:
            file.write('%s  %s\n' % (hashlib.sha256(content.read()).hexdigest(), name))
