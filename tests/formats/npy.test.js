// .npy and .npz both ways: against NumPy, and what is wrong with a file.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';

import { loadSync } from 'layerlens';
import { loadNpz, readNpy, readNpz, saveNpz, writeNpy, writeNpz } from 'layerlens/formats';

import { assertClose, draw } from '../api/harness.js';
import { generator } from '../random.js';
import { assertFormatError, bits, bitsOf, everyLayer, npyOf, python, zipOf } from './harness.js';

/** NumPy's name of a type, ours, and the typed array. */
const types = [
  ['<f8', 'F64', Float64Array], ['<f4', 'F32', Float32Array], ['<i8', 'I64', BigInt64Array], ['<i4', 'I32', Int32Array],
  ['<i2', 'I16', Int16Array], ['|i1', 'I8', Int8Array], ['<u8', 'U64', BigUint64Array], ['<u4', 'U32', Uint32Array],
  ['<u2', 'U16', Uint16Array], ['|u1', 'U8', Uint8Array],
];

test('NumPy reads each type and shape that is written, and it comes back', () => {
  const shapes = [[], [0], [1], [6], [2, 3], [3, 0], [1, 2, 3], [1, 1, 1, 6]];
  const arrays = types.flatMap(([descr, dtype, List]) =>
    shapes.map((shape) => {
      const length = shape.reduce((size, axis) => size * axis, 1);
      const data = List.from({ length }, (_, i) => (List.name.startsWith('Big') ? BigInt(i + 1) : i + 1));
      return { name: `${dtype} (${shape})`, descr, dtype, shape, data };
    }),
  );
  const files = Object.fromEntries(arrays.map(({ name, shape, data }) => [name, writeNpy({ shape, data })]));
  const { output } = python(
    { ...files, 'all.npz': writeNpz(Object.fromEntries(arrays.map(({ name, ...array }) => [name, array]))) },
    `
import os
print(json.dumps([show({name: np.load(name) for name in os.listdir() if name != "all.npz"}), show(np.load("all.npz"))]))`,
  );
  for (const [i, { name, descr, dtype, shape, data }] of arrays.entries()) {
    const file = files[name];
    for (const read of output) assert.deepEqual(read[name], [descr, shape, bits(data)], name);
    assert.deepEqual(readNpy(file), { dtype, shape, data }, name);
    assert.equal((file.length - data.byteLength) % 64, 0, 'numbers begin at a multiple of 64');
    assert.deepEqual(i % 2 ? readNpy(file.buffer) : readNpy(Buffer.from(file)), { dtype, shape, data });
  }
});

test('what NumPy writes is read: types, orders, versions, packed and unpacked archives', () => {
  const { output, files } = python(
    {},
    `
m = np.arange(6, dtype="<f4").reshape(2, 3) - 2.5
arrays = {"m": m, "columns": m.T, "half": m.astype("<f2"), "scalar": np.float32(7), "none": np.zeros((0, 4), "<f4"), "0.W": m * 1e30}
arrays |= {dtype: np.array([1, 2, 250]).astype(dtype) for dtype in ${JSON.stringify(types.map(([descr]) => descr))}}
arrays["名"] = np.array([1], "u1")
arrays["zeros"] = np.zeros(100_000, "<f8")
np.savez("plain.npz", **arrays)
np.savez_compressed("packed.npz", **arrays)
for version in 1, 2, 3: np.lib.format.write_array(open(f"{version}.npy", "wb"), m, (version, 0))
print(json.dumps(show(arrays)))`,
    ['plain.npz', 'packed.npz', '1.npy', '2.npy', '3.npy'],
  );
  const [plain, packed, ...versions] = files;
  const [read, unpacked] = [readNpz(plain), readNpz(packed)];
  assert.deepEqual(unpacked, read);
  assert.deepEqual(Object.keys(read).sort(), Object.keys(output).sort());
  for (const [name, [descr, shape, hex]] of Object.entries(output)) {
    const { dtype, shape: got, data } = read[name];
    assert.deepEqual(got, shape, name);
    if (name === 'half') assert.deepEqual([dtype, data], ['F16', Float32Array.of(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)]);
    else assert.deepEqual([dtype, bits(data)], [types.find(([one]) => one === descr)?.[1], hex], name);
  }
  assert.deepEqual(read.columns.data, Float32Array.of(-2.5, 0.5, -1.5, 1.5, -0.5, 2.5), 'the order of rows');
  for (const file of versions) assert.deepEqual(readNpy(file), read.m);
});

test('a saved network: NumPy computes the same from its W (in, out) and b (out), and it comes back to the bit', () => {
  const ll = loadSync();
  const net = ll.sequential(ll.affine(3, 5, { seed: 1, std: 1 }), ll.sigmoid(), ll.sequential(ll.affine(5, 2, { seed: 2, std: 1 })));
  net.parameters[1].value.data.set([1, 2, NaN, Infinity, -0]);
  const file = saveNpz(net);
  const before = bitsOf(net);
  for (const { value } of net.parameters) value.data.fill(7);
  loadNpz(file, net);
  assert.deepEqual(bitsOf(net), before);
  assert.deepEqual(saveNpz(net), file, 'the same bytes');

  net.parameters[1].value.data.set([1, 2, 3, 4, 5]);
  const x = draw(generator())(7, 3);
  const { output } = python(
    { 'net.npz': saveNpz(net), 'x.json': JSON.stringify(x) },
    `
net = np.load("net.npz")
x = np.array(json.load(open("x.json")))
h = 1 / (1 + np.exp(-(x @ net["0.W"] + net["0.b"])))
print(json.dumps((h @ net["2.0.W"] + net["2.0.b"]).tolist()))`,
  );
  assertClose(net.forward(x).data, output, () => 1e-6, 'y');
});

test('every kind of layer, from an archive that NumPy packed in float64', () => {
  const ll = loadSync();
  const net = everyLayer(ll);
  const before = bitsOf(net);
  const { files } = python(
    { 'net.npz': saveNpz(net) },
    'np.savez_compressed("packed.npz", **{name: a.astype("<f8") for name, a in np.load("net.npz").items()})',
    ['packed.npz'],
  );
  for (const { value } of net.parameters) value.data.fill(7);
  loadNpz(files[0], net);
  assert.deepEqual(bitsOf(net), before);
});

// ---- What is wrong with a file ----------------------------------------------------------------------------------------------

const header = (descr, shape, order = 'False') => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
const known = '<f8, <f4, <f2, <i8, <i4, <i2, |i1, <u8, <u4, <u2, |u1';
const four = Buffer.alloc(4);
const magic = 'npy: no .npy file: it must start with \\x93NUMPY';
const three = 'npy: the header must give descr, fortran_order and shape, got ';

/** @type {[what: string, file: Uint8Array, message: string | RegExp][]} */
const damagedNpy = [
  ['empty', Buffer.alloc(0), magic],
  ['half a magic', Buffer.from([0x93, 0x4e, 0x55]), magic],
  ['a zip', zipOf([]), magic],
  ['magic alone', npyOf('').subarray(0, 6), 'npy: version undefined.undefined is not read; 1.0, 2.0 and 3.0 are'],
  ['version 4', npyOf(header("'<f4'", '(1,)'), four, { version: 4 }), 'npy: version 4.0 is not read; 1.0, 2.0 and 3.0 are'],
  ['no length', npyOf('').subarray(0, 9), 'npy: 9 bytes are too few for a header'],
  ['no length of version 2', npyOf('', undefined, { version: 2 }).subarray(0, 11), 'npy: 11 bytes are too few for a header'],
  ['a longer header', npyOf('{}', undefined, { length: 3 }), "npy: the header's length is at most 2 here, but the file says 3"],
  ['the longest', npyOf('{}', undefined, { version: 2, length: 2 ** 32 - 1 }), /is at most 2 here, but the file says 4294967295$/],
  ['above the limit', npyOf(' '.repeat(10_001)), "npy: the header's length is at most 10000 here, but the file says 10001"],
  ['no UTF-8', npyOf('{}').fill(0xff, 10, 11), 'npy: the header: not UTF-8'],
  ['no dictionary', npyOf('{'), /^npy: the header: not JSON: /],
  ['code', npyOf("__import__('os')"), /^npy: the header: not JSON: /],
  ['empty dictionary', npyOf('{}'), `${three}"{}"`],
  ['a tuple', npyOf('(1, 2)'), `${three}"(1, 2)"`],
  ['no shape', npyOf("{'descr': '<f4', 'fortran_order': False}"), /^npy: the header must give descr, fortran_order and shape/],
  ['more', npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", four), /^npy: the header must give/],
  ['shape twice', npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}", four),
    'npy: the header: an object has the same name twice'],
  ['big-endian', npyOf(header("'>f4'", '(1,)'), four),
    `npy: the header: descr must be one of ${known}, got "\\">f4\\""; astype makes little-endian numbers of big-endian ones`],
  ['objects', npyOf(header("'|O'", '(1,)'), four), `npy: the header: descr must be one of ${known}, got "\\"|O\\""`],
  ['text', npyOf(header("'<U1'", '(1,)'), four), /descr must be one of/],
  ['records', npyOf(header("[('a', '<f4')]", '(1,)'), four), /descr must be one of .*, got "\[\[\\"a\\",\\"<f4\\"\]\]"$/],
  ['no descr', npyOf(header('4', '(1,)'), four), /descr must be one of .*, got "4"$/],
  ['the truth in other words', npyOf(header("'<f4'", '(1,)', 'false'), four), `npy: the header: NumPy doesn't write "false"`],
  ['a number in brackets', npyOf(header("'<f4'", '( 1 )'), four), `npy: the header: NumPy doesn't write "( 1 )"`],
  ['an exponent', npyOf(header("'<f4'", '(1e0,)'), four), `npy: the header: NumPy doesn't write "1e"`],
  ['an order of 1', npyOf(header("'<f4'", '(1,)', '1'), four), 'npy: the header: fortran_order must be True or False, got number 1'],
  ['rank 3 by columns', npyOf(header("'<f4'", '(1, 1, 1)', 'True'), four),
    'npy: rank 3 in the order of columns (fortran_order) is not read'],
  ['a number as shape', npyOf(header("'<f4'", '1'), four), 'npy: the header: shape must be a tuple of whole numbers, got "1"'],
  ['below 0', npyOf(header("'<f4'", '(-1, -1)'), four), /shape must be a tuple of whole numbers, got "\[-1,-1\]"$/],
  ['a fraction', npyOf(header("'<f4'", '(0.5, 2)'), four), `npy: the header: NumPy doesn't write "0."`],
  ['nan', npyOf(header("'<f4'", '(nan,)'), four), /^npy: the header: not JSON: /],
  ['null', npyOf(header("'<f4'", '(null,)'), four), `npy: the header: NumPy doesn't write "null"`],
  ['text', npyOf(header("'<f4'", "('1',)"), four), /shape must be a tuple of whole numbers, got "\[\\"1\\"\]"$/],
  ['above 2⁵³', npyOf(header("'<f4'", '(9007199254740993,)'), four), /shape must be a tuple of whole numbers/],
  ['a product above 2⁶⁴', npyOf(header("'<f4'", '(8589934592, 8589934592)'), four), /takes \d+ bytes, but the file has 4$/],
  ['a product of NaN', npyOf(header("'<f4'", `(${'4503599627370496,'.repeat(31)}0)`)), /takes NaN bytes, but the file has 0$/],
  ['rank 33', npyOf(header("'<f4'", `(${'1,'.repeat(33)})`), four), 'npy: rank 33 is above 32'],
  ['too few', npyOf(header("'<f4'", '(2,)'), four), 'npy: F32 of shape (2,) takes 8 bytes, but the file has 4'],
  ['too many', npyOf(header("'<f4'", '()'), Buffer.alloc(5)), 'npy: F32 of shape () takes 4 bytes, but the file has 5'],
];

test(`.npy: each of ${damagedNpy.length} kinds of damage has its message`, () => {
  for (const [what, file, message] of damagedNpy) assertFormatError(() => readNpy(file), message, what);
});

test('.npy: a header written by other hands', () => {
  const expected = { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, 2) };
  const data = Buffer.from(expected.data.buffer);
  const headers = [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }",
    "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2)}",
    "{ 'shape':(1,2,),'descr':'<f4'  , 'fortran_order':False}  \n",
    '{"shape": (1, 2), "fortran_order": False, "descr": "<f4"}',
  ];
  for (const text of headers) assert.deepEqual(readNpy(npyOf(text, data)), expected, text);
});

const one = writeNpy({ shape: [1], data: Float32Array.of(1) });
const a = { name: 'a.npy', bytes: one };
const b = { name: 'b.npy', bytes: one };
const packedA = { ...a, method: 8 };
const archived = zipOf([b]).subarray(0, 35 + one.length); // without the directory
const none = 'zip: no directory at the end: no zip archive, or a truncated one';
const { length } = one;

/** @type {[what: string, file: Uint8Array, message: string | RegExp][]} */
const damagedNpz = [
  ['empty', Buffer.alloc(0), none],
  ['21 bytes', zipOf([]).subarray(0, 21), none],
  ['a .npy', Buffer.from(one), none],
  ['truncated', zipOf([a]).subarray(0, -1), none],
  ['something after', Buffer.concat([zipOf([a]), four]), none],
  ['a comment of another length', zipOf([a], { comment: 'x' }).subarray(0, -1), none],
  ['several parts', zipOf([a], { disk: 1 }), 'zip: archives of several parts are not read'],
  ['more files in other parts', zipOf([a], { all: 2 }), 'zip: archives of several parts are not read'],
  ['another count', zipOf([a], { count: 2 }), 'zip: the directory has 1 entries, but the archive says 2'],
  ['zip64', zipOf([a], { start: 0xffffffff }), /zip64, for archives above 4 GiB, is not read$/],
  ['a directory elsewhere', zipOf([a], { start: 5 }), /^zip: the directory must end at \d+, but the archive says \d+$/],
  ['a directory in the file', zipOf([a], { start: 0, size: 30 + 5 + length + 46 + 5 }), 'zip: no entry at 0 in the directory'],
  ['no entry', zipOf([{ ...a, entrySignature: 1 }]), `zip: no entry at ${35 + length} in the directory`],
  ['a long name', zipOf([{ ...a, nameLength: 6 }]), `zip: the entry at ${35 + length} reaches beyond the directory's end`],
  ['a short name', zipOf([{ ...a, nameLength: 4, ownName: 'a.np' }]), `zip: no entry at ${35 + length + 49} in the directory`],
  ['a name of no text', zipOf([a]).fill(0xff, 35 + length + 46, 35 + length + 47), /^zip: the name at \d+: not UTF-8$/],
  ['encrypted', zipOf([{ ...a, flags: 1 }]), 'zip: "a.npy": encrypted, or of another kind that is not read (flags 1)'],
  ['packed by bzip2', zipOf([{ ...a, method: 12 }]), 'zip: "a.npy": packed by method 12; 0 and 8 are read'],
  ['a size that is not its own', zipOf([{ ...a, size: length + 1 }]), `zip: "a.npy": ${length} bytes can't unpack to ${length + 1}`],
  ['no file there', zipOf([{ ...a, offset: 1 }]), 'zip: "a.npy": no file at 1'],
  ['a file in the directory', zipOf([{ ...a, offset: 35 + length }]), `zip: "a.npy": no file at ${35 + length}`],
  ['a file beyond the end', zipOf([{ ...a, offset: 2 ** 32 - 1 }]), 'zip: "a.npy": no file at 4294967295'],
  ['no signature', zipOf([{ ...a, signature: 0 }]), 'zip: "a.npy": no file at 0'],
  ['another name', zipOf([{ ...a, ownName: 'b.npy' }]), 'zip: "a.npy": the file at 0 is another one'],
  ['a longer name', zipOf([{ ...a, ownName: 'a.npyy' }]), 'zip: "a.npy": the file at 0 is another one'],
  ['another method', zipOf([{ ...a, ownMethod: 8 }]), 'zip: "a.npy": the file at 0 is another one'],
  ['into the directory', zipOf([{ ...a, packedSize: length + 1, size: length + 1 }]), /bytes at 35 reach into the directory at \d+$/],
  ['two names', zipOf([a, { ...a }]), 'zip: two files have the same name'],
  ['a file in another', zipOf([{ name: 'a', bytes: Buffer.concat([one, archived]) }, { ...b, offset: 31 + length }]),
    'zip: "b.npy" overlaps another file'],
  ['one file for two names', zipOf([a, { ...b, offset: 0 }]), 'zip: "b.npy": the file at 0 is another one'],
  ['a bomb', zipOf([{ ...packedA, size: 2 ** 31 }]), /^zip: "a.npy": \d+ bytes can't unpack to 2147483648$/],
  ['a bomb that could be', zipOf([{ ...packedA, packed: Buffer.alloc(2 ** 20 + 1024), size: 2 ** 30 + 1 }]),
    'zip: the files unpack to 1073741825 bytes; 1073741824 are the limit'],
  ['two halves of it', zipOf([a, b].map((file) => ({ ...file, method: 8, packed: Buffer.alloc(2 ** 20), size: 2 ** 29 + 1 }))),
    /^zip: the files unpack to 1073741826 bytes/],
  ['unpacks to more', zipOf([{ ...packedA, size: length - 1 }]), `zip: "a.npy": unpacks to another size than ${length - 1}`],
  ['unpacks to much more', zipOf([{ ...packedA, packed: deflateRawSync(Buffer.alloc(100_000)) }]), /unpacks to another size than/],
  ['unpacks to less', zipOf([{ ...packedA, size: length + 1 }]), `zip: "a.npy": unpacks to another size than ${length + 1}`],
  ['packed by nobody', zipOf([{ ...packedA, packed: Buffer.from([0xff, 0xff, 0xff]) }]), /^zip: "a.npy": invalid block type$/],
  ['a part of it', zipOf([{ ...packedA, packed: deflateRawSync(one).subarray(0, 20) }]), /^zip: "a.npy": unexpected EOF$/],
  ['another sum', zipOf([{ ...a, sum: crc32(one) ^ 1 }]), 'zip: "a.npy": the CRC-32 is not that of the directory'],
  ['another sum, packed', zipOf([{ ...packedA, sum: 0 }]), 'zip: "a.npy": the CRC-32 is not that of the directory'],
  ['no .npy', zipOf([{ ...a, name: 'a.txt' }]), 'npz: expected files that end in .npy, got "a.txt"'],
  ['a folder', zipOf([{ name: 'a/', bytes: Buffer.alloc(0) }]), 'npz: expected files that end in .npy, got "a/"'],
  ['a damaged .npy', zipOf([a, { ...b, bytes: Buffer.from('x') }]), 'npz: "b.npy": no .npy file: it must start with \\x93NUMPY'],
];

test(`.npz: each of ${damagedNpz.length} kinds of damage has its message`, () => {
  for (const [what, file, message] of damagedNpz) assertFormatError(() => readNpz(file), message, what);
});

test('.npz: what zip allows and NumPy does not write is read where it is harmless', () => {
  const expected = { a: readNpy(one) };
  const archives = { plain: zipOf([a]), packed: zipOf([packedA]), comment: zipOf([a], { comment: 'x'.repeat(65_535) }) };
  Object.assign(archives, { extra: zipOf([{ ...a, ownExtra: 20 }]), flags: zipOf([{ ...a, flags: 0b1000_0000_1110 }]) });
  for (const [what, file] of Object.entries(archives)) assert.deepEqual(readNpz(file), expected, what);
  assert.deepEqual(readNpz(zipOf([])), {});
  assert.deepEqual(readNpz(writeNpz({})), {});
});

test('what is no file, and what is no array, is an argument error', () => {
  const refuses = (call, message) => assert.throws(call, { name: 'ArgumentError', code: 'ERR_LL_ARGUMENT', message });
  refuses(() => readNpy('x'), `readNpy: expected the file's bytes as a Uint8Array or an ArrayBuffer, got string "x"`);
  refuses(() => readNpz(null), `readNpz: expected the file's bytes as a Uint8Array or an ArrayBuffer, got null`);
  refuses(() => writeNpy({ shape: [2], data: [1, 2] }), 'writeNpy: data must be a typed array of numbers, got object');
  refuses(() => writeNpz({ a: { shape: [3], data: Int8Array.of(1) } }), 'writeNpz: "a": shape (3,) has 3 numbers, data 1');
});
