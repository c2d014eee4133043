"""What NumPy itself says of arrays, in the words of the inspector's facts: tests hold the inspector to it.

As a program: python3 numpy_facts.py FOLDER SEED COUNT writes random arrays, and pairs of them, into the folder, and what is to be said of
them into expected.json.
"""
import json
import os
import sys
import warnings

import numpy as np

warnings.simplefilter('ignore')


def number(value):
    """A number that JSON can hold, or NumPy's word for it; whole numbers as their digits."""
    if isinstance(value, np.ndarray):
        value = value[()]
    if isinstance(value, (np.floating, float)):
        value = float(value)
        if value != value:
            return 'nan'
        if value in (float('inf'), float('-inf')):
            return 'inf' if value > 0 else '-inf'
        return value
    return str(value)


def dtype_name(dtype):
    """NumPy's name; texts by their length in characters, which NumPy counts in bits."""
    if dtype.names is not None:
        return 'record'
    if dtype.kind == 'U':
        return 'str%d' % (dtype.itemsize // 4)
    if dtype.kind == 'S':
        return 'bytes%d' % dtype.itemsize
    if dtype.kind == 'O':
        return 'object'
    return dtype.name


def float_range(values):
    kept = values[~np.isnan(values)]
    facts = {'nan': int(np.isnan(values).sum()), 'infinite': int(np.isinf(values).sum())}
    if kept.size:
        facts.update(min=number(kept.min()), max=number(kept.max()))
    return facts


def value_facts(values):
    """Of an array without fields."""
    kind = values.dtype.kind
    if kind == 'f' and values.dtype.itemsize <= 8:
        return float_range(values)
    if kind == 'c' and values.dtype.itemsize <= 16:
        return {'real': float_range(values.real), 'imaginary': float_range(values.imag)}
    if kind in 'iu':
        return {'min': number(values.min()), 'max': number(values.max())} if values.size else {}
    if kind == 'b':
        return {'true': int(values.sum()), 'false': int(values.size - values.sum())}
    if kind in 'mM':
        kept = values[~np.isnat(values)]
        facts = {'notATime': int(np.isnat(values).sum())}
        if kept.size:
            facts.update(min=str(kept.min()), max=str(kept.max()))
        return facts
    if kind in 'US':
        lengths = [len(text) for text in values.reshape(-1)] if values.dtype.itemsize else []
        return {'longest': max(lengths, default=0), 'empty': lengths.count(0)}
    return {}


def fields_of(values, prefix=''):
    for name in values.dtype.names:
        dtype = values.dtype.fields[name][0]
        if dtype.names is not None:
            yield from fields_of(values[name], prefix + name + '.')
            continue
        facts = {'name': prefix + name, 'dtype': dtype_name(dtype.base)}
        if dtype.shape:
            facts['shape'] = list(dtype.shape)
        facts.update(value_facts(values[name]))
        yield facts


def facts_of(values, version='1.0'):
    fortran = values.flags.f_contiguous and not values.flags.c_contiguous
    facts = {
        'formatVersion': version,
        'dtype': dtype_name(values.dtype),
        'shape': list(values.shape),
        'order': 'F' if fortran else 'C',
        'values': values.size,
    }
    if values.dtype.kind == 'O':
        return facts
    if values.dtype.names is None:
        facts.update(value_facts(values))
    else:
        facts['fields'] = list(fields_of(values))
    return facts


def turned(values):
    """In Fortran order; what has one value has no order."""
    return np.asfortranarray(values) if values.ndim > 0 else values


def random_array(random, dtype=None, shape=None):
    if shape is None:
        shape = tuple(int(size) for size in random.integers(0, 9, random.integers(0, 4)))
    dtype = np.dtype(dtype or str(random.choice(DTYPES)))
    count = int(np.prod(shape, dtype=int))
    if dtype.kind in 'fc':
        numbers = random.normal(size=count) * 10.0 ** random.integers(-6, 6)
        numbers[random.random(count) < 0.1] = np.nan
        numbers[random.random(count) < 0.05] = np.inf
        numbers[random.random(count) < 0.05] = -np.inf
        values = numbers.astype(dtype)
        if dtype.kind == 'c':
            values = values + values[::-1] * 1j
            values = values.astype(dtype)
    elif dtype.kind in 'US':
        words = ['', 'a', 'Zoë', 'x\0y', '\U0001f9ff\U0001f9ff', 'longer than most']
        if dtype.kind == 'S':
            words = [word.encode('utf8') for word in words]
        values = np.array([words[at] for at in random.integers(0, len(words), count)], dtype=dtype)
    elif dtype.kind == 'b':
        values = random.random(count) < 0.5
    else:
        values = np.frombuffer(random.bytes(count * dtype.itemsize), dtype=dtype).copy()
        if dtype.kind in 'mM':
            # Years that Python's own dates have too, and some that are none.
            values = (values.view(dtype.str.replace('M8', 'i8').replace('m8', 'i8')[:3]) // 10**9).view(dtype).copy()
            values[random.random(count) < 0.2] = 'NaT'
    values = values.reshape(shape)
    return turned(values) if random.random() < 0.4 else values


DTYPES = (
    '? i1 u1 <i2 >i2 <u2 >u2 <i4 >i4 <u4 >u4 <i8 >i8 <u8 >u8 <f2 >f2 <f4 >f4 <f8 >f8 <c8 >c8 <c16 >c16 '
    '<U5 >U5 S6 <M8[ns] >M8[s] <M8[D] <M8[M] <m8[ms] >m8[h] V5'
).split()


def random_record(random):
    parts = [('plain', str(random.choice(DTYPES))), ('several', '<f4', (2, 2)), ('inner', [('x', '>i2'), ('y', '<f8')])]
    dtype = np.dtype(parts, align=bool(random.random() < 0.5))
    values = np.zeros(int(random.integers(0, 12)), dtype=dtype)
    values['plain'] = random_array(random, parts[0][1], values.shape)
    values['several'] = random.normal(size=values.shape + (2, 2))
    values['inner']['x'] = random.integers(-99, 99, values.shape)
    values['inner']['y'] = random.normal(size=values.shape)
    return values


def same_values(before, after):
    """NaN is equal to NaN, and NaT to NaT."""
    return np.asarray((before == after) | ((before != before) & (after != after)))


def difference_of(before, after):
    """How many values differ, and by how much."""
    kind = before.dtype.kind
    same = same_values(before, after)
    if kind == 'c':
        same = same_values(before.real, after.real) & same_values(before.imag, after.imag)
    facts = {'comparedValues': before.size, 'differentValues': int((~same).sum())}
    if kind in 'fiu':
        one, other = (values[~same].astype(object if kind in 'iu' else np.float64) for values in (before, after))
        sizes = [abs(to - by) for by, to in zip(one, other)]
        finite = [size for size in sizes if kind in 'iu' or np.isfinite(size)]
        if finite:
            facts['maxDifference'] = number(max(finite)) if kind == 'f' else str(max(finite))
    first = np.argwhere(~same)
    if facts_of(before)['order'] == 'F':
        first = np.argwhere(~same.T)[:, ::-1]
    places = ['[%s]' % ', '.join(map(str, place)) for place in first]
    return {'facts': facts, 'isEqual': bool(same.all()), 'places': places}


def random_pair(random):
    before = random_array(random, random.choice([name for name in DTYPES if name[0] != 'V']))
    after = before.copy()
    flat = after.reshape(-1)
    other = random_array(random, before.dtype.str, flat.shape)
    changed = random.random(flat.shape) < 0.2
    flat[changed] = other[changed]
    after = flat.reshape(before.shape)
    if random.random() < 0.5:
        after = after.astype(after.dtype.newbyteorder())
    return before, turned(after) if random.random() < 0.5 else after


def main(folder, seed, count):
    random = np.random.default_rng(int(seed))
    arrays, pairs, values_at = {}, {}, {}
    for at in range(int(count)):
        name = 'array-%d.npy' % at
        values = random_record(random) if random.random() < 0.2 else random_array(random)
        np.save(os.path.join(folder, name), values)
        arrays[name] = facts_of(values)
        if values.dtype.kind in 'biufmMU' and values.size:
            place = tuple(int(random.integers(0, size)) for size in values.shape)
            values_at[name] = ['[%s]' % ', '.join(map(str, place)), number(values[place])]
        before, after = random_pair(random)
        np.save(os.path.join(folder, 'before-%d.npy' % at), before)
        np.save(os.path.join(folder, 'after-%d.npy' % at), after)
        pairs[str(at)] = difference_of(before, after)
    with open(os.path.join(folder, 'expected.json'), 'w', encoding='utf8') as file:
        json.dump({'arrays': arrays, 'pairs': pairs, 'values': values_at}, file)


if __name__ == '__main__':
    main(*sys.argv[1:])
