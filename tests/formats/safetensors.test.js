// safetensors both ways: against NumPy, against files as PyTorch has them, and to the bit.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { loadSync } from 'layerlens';
import { loadSafetensors, readSafetensors, restoreNetwork, saveSafetensors, writeSafetensors } from 'layerlens/formats';
import { reference } from 'layerlens/reference';

import { assertClose, draw } from '../api/harness.js';
import { generator } from '../random.js';
import { assertFormatError, bits, bitsOf, everyLayer, python, safetensorsOf } from './harness.js';

const golden = JSON.parse(readFileSync(new URL('../golden/linear.json', import.meta.url), 'utf8'));

test('every type comes back with its shape, to the bit', () => {
  const arrays = {
    'a float': { shape: [2, 3], data: Float32Array.of(1.5, -0, NaN, Infinity, 2 ** -149, 3) },
    double: { shape: [], data: Float64Array.of(Math.PI) },
    empty: { shape: [3, 0, 5], data: new Float32Array(0) },
    'long: 64 bits': { shape: [1, 1, 2], data: BigInt64Array.of(-(2n ** 63n), 5n) },
    bytes: { shape: [3], data: Uint8Array.of(0, 128, 255) },
    ...Object.fromEntries([Int16Array, Int32Array, Uint16Array, Uint32Array].map((List) => [List.name, { shape: [1], data: List.of(7) }])),
    unsigned: { shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
    '"quoted"\n\u2028 名': { shape: [1], data: Float32Array.of(1) },
  };
  Object.defineProperty(arrays, '__proto__', { value: { shape: [1], data: Int8Array.of(-1) }, enumerable: true });
  const metadata = { text: 'more "text"', empty: '' };
  const file = writeSafetensors(arrays, metadata);
  const back = readSafetensors(file);
  assert.deepEqual(back.metadata, metadata);
  assert.deepEqual(Object.keys(back.arrays).sort(), Object.keys(arrays).sort());
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    const array = Object.getOwnPropertyDescriptor(back.arrays, name)?.value;
    assert.deepEqual([array.shape, array.data.constructor, bits(array.data)], [shape, data.constructor, bits(data)], name);
  }
  assert.deepEqual(readSafetensors(file.buffer), back, 'an ArrayBuffer');
  assert.deepEqual(readSafetensors(Buffer.concat([Buffer.of(1), file]).subarray(1)), back, 'bytes at an odd place');
  assert.deepEqual(writeSafetensors({}), Uint8Array.from(safetensorsOf('{}      ')), 'no arrays, no metadata');
});

test('NumPy reads what is written, each array at a multiple of its element', () => {
  const arrays = {
    tiny: { shape: [3], data: Int8Array.of(-1, 2, 3) },
    single: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    double: { shape: [1], data: Float64Array.of(0.1) },
    long: { shape: [], data: BigUint64Array.of(2n ** 63n) },
  };
  const file = writeSafetensors(arrays, { about: 'this' });
  const { output } = python({ file }, 'arrays, metadata = read_safetensors("file")\nprint(json.dumps([show(arrays), metadata]))');
  const expected = { tiny: '|i1', single: '<f4', double: '<f8', long: '<u8' };
  assert.deepEqual(output, [
    Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, [expected[name], shape, bits(data)]])),
    { about: 'this' },
  ]);
  const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const { __metadata__: _, ...header } = JSON.parse(Buffer.from(file.subarray(8, start)).toString());
  for (const [name, { data_offsets: [begin] }] of Object.entries(header)) {
    assert.equal((start + begin) % arrays[name].data.BYTES_PER_ELEMENT, 0, name);
  }
});

test('F16 and BF16 are widened exactly: all 65,536 of each', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const data = Buffer.concat([Buffer.from(all.buffer), Buffer.from(all.buffer)]);
  const entry = (dtype, begin) => ({ dtype, shape: [65_536], data_offsets: [begin, begin + 131_072] });
  const { arrays } = readSafetensors(safetensorsOf({ half: entry('F16', 0), brain: entry('BF16', 131_072) }, data));
  const { output } = python({ data: all }, 'print(json.dumps(np.fromfile("data", "<f2").astype("<f4").tobytes().hex()))');
  const expected = Float32Array.from(new Float32Array(Uint8Array.from(Buffer.from(output, 'hex')).buffer));
  const [half, brain] = [arrays.half.data, arrays.brain.data];
  const wrong = all.findIndex((i) => !Object.is(half[i], expected[i]));
  assert.equal(wrong, -1, `F16 ${wrong}: ${half[wrong]} instead of ${expected[wrong]}`);
  assert.equal(bits(brain), bits(Uint32Array.from(all, (i) => i << 16)));
  assert.deepEqual([arrays.half.dtype, arrays.brain.dtype], ['F16', 'BF16']);
});

test('a saved network is what PyTorch has: NumPy computes the same from weight (out, in) and bias (out)', () => {
  const ll = loadSync();
  const net = ll.sequential(ll.affine(3, 5, { seed: 1, std: 1 }), ll.sigmoid(), ll.affine(5, 2, { seed: 2, std: 1 }));
  net.parameters[1].value.data.set([1, 2, 3, 4, 5]);
  const x = draw(generator())(7, 3);
  const { output } = python(
    { 'net.safetensors': saveSafetensors(net), 'x.json': JSON.stringify(x) },
    `
net, _ = read_safetensors("net.safetensors")
x = np.array(json.load(open("x.json")))
h = 1 / (1 + np.exp(-(x @ net["0.weight"].T + net["0.bias"])))
y = h @ net["2.weight"].T + net["2.bias"]
print(json.dumps([y.tolist(), {name: list(a.shape) for name, a in net.items()}]))`,
  );
  assert.deepEqual(output[1], { '0.weight': [5, 3], '0.bias': [5], '2.weight': [2, 5], '2.bias': [2] });
  assertClose(net.forward(x).data, output[0], () => 1e-6, 'y');
});

test("PyTorch's own networks compute the same here, from each of its dtypes", () => {
  const ll = loadSync();
  for (const [dtype, { base64, y }] of Object.entries(golden.files)) {
    const file = Buffer.from(base64, 'base64');
    const net = ll.sequential(ll.affine(5, 7), ll.relu(), ll.sequential(ll.affine(7, 4), ll.sigmoid()), ll.affine(4, 3));
    assert.deepEqual(loadSafetensors(file, net), { format: 'pt' });
    assert.deepEqual(readSafetensors(file).arrays['2.0.weight'].dtype, dtype);
    assertClose(net.forward(ll.tensor(golden.x, golden.shapes.x)).data, y, () => 1e-6, dtype);
    assertFormatError(() => restoreNetwork(ll, file), /^restoreNetwork: the file doesn't say which layers it holds/);
  }
});

test('all bits of float32 come back, those of every NaN too', () => {
  const ll = loadSync();
  const random = generator();
  const net = everyLayer(ll);
  for (const { value } of net.parameters) {
    const { buffer, byteOffset, length } = value.data;
    const words = new Uint32Array(buffer, byteOffset, length);
    for (let i = 0; i < length; i++) words[i] = i % 2 ? 2 ** 32 * random() : 0x7f800001 + 2 ** 22 * random(); // signalling NaNs
  }
  const before = bitsOf(net);
  const file = saveSafetensors(net);
  for (const { value } of net.parameters) value.data.fill(0);
  loadSafetensors(file, net);
  assert.deepEqual(bitsOf(net), before);
  assert.deepEqual(bitsOf(restoreNetwork(ll, file)), before);
});

test('restoreNetwork makes the same layers in any runtime, with the same outputs to the bit', () => {
  const ll = loadSync({ variant: 'simd' });
  const net = everyLayer(ll);
  const x = draw(generator())(4, 3);
  const file = saveSafetensors(net, { metadata: { by: 'me' } });
  const other = loadSync({ variant: 'simd' });
  const back = restoreNetwork(other, file);
  assert.equal(back.label, net.label);
  assert.deepEqual(bitsOf(back), bitsOf(net));
  assert.equal(bits(back.forward(x).data), bits(net.forward(x).data));
  assert.deepEqual(saveSafetensors(back, { metadata: { by: 'me' } }), file);
  const { tensors } = other.memory();
  assert.ok(tensors > 0);
  back.dispose();
  assert.equal(other.memory().tensors, 0, 'the network owns its parameters');

  const constants = [0.1, -0, NaN, Infinity, -Infinity, 1e-300, -1.5e21];
  const nodes = ll.sequential(...constants.flatMap((c) => [ll.nodes.multiply(c), ll.nodes.add(c)]));
  const same = restoreNetwork(ll, saveSafetensors(nodes));
  assert.deepEqual(same.layers.map(({ c }) => c), constants.flatMap((c) => [c, c]));
});

test('networks of the reference are saved as float64, and loaded from float32', () => {
  const ll = loadSync();
  const W = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]];
  const exact = reference.sequential(reference.affine(W, [0.7, 0.8]), reference.sigmoid());
  const file = saveSafetensors(exact);
  assert.equal(readSafetensors(file).arrays['0.weight'].dtype, 'F64');
  assert.deepEqual(restoreNetwork(/** @type {any} */ (reference), file).parameters.map(({ value }) => value.toArray()), [W, [0.7, 0.8]]);
  const net = restoreNetwork(ll, file);
  assert.deepEqual(net.parameters[0].value.data, Float32Array.from(W.flat()), 'rounded once');
  loadSafetensors(saveSafetensors(net), exact);
  assert.deepEqual(exact.parameters[0].value.data, Float64Array.from(W.flat(), Math.fround));
});

test('a layer alone has the names of an nn.Linear alone', () => {
  const ll = loadSync();
  const layer = ll.affine([[1, 2, 3], [4, 5, 6]], [7, 8, 9]);
  const file = saveSafetensors(layer);
  const { arrays, metadata } = readSafetensors(file);
  assert.deepEqual(arrays, {
    weight: { dtype: 'F32', shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) },
    bias: { dtype: 'F32', shape: [3], data: Float32Array.of(7, 8, 9) },
  });
  assert.deepEqual(metadata, {});
  const other = ll.affine(2, 3);
  loadSafetensors(file, other);
  assert.deepEqual(other.W.toArray(), [[1, 2, 3], [4, 5, 6]]);
});

// ---- What is wrong with a file ----------------------------------------------------------------------------------------------

const F32 = (shape, begin, end) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });
const known = 'F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8';

/** @type {[what: string, file: Uint8Array, message: string | RegExp][]} */
const damaged = [
  ['empty', Buffer.alloc(0), "safetensors: the header's length takes 8 bytes, but the file has 0"],
  ['seven bytes', Buffer.alloc(7), "safetensors: the header's length takes 8 bytes, but the file has 7"],
  ['no header', Buffer.alloc(8), 'safetensors: the header must start with {'],
  ['a longer header', safetensorsOf('{}', 0, 3), "safetensors: the header's length is at most 2 here, but the file says 3"],
  ['the longest', safetensorsOf('{}', 0, 2n ** 64n - 1n), /length is at most 2 here, but the file says 18446744073709552000$/],
  ['a header above the limit', safetensorsOf(`{${' '.repeat(10_000_000)}}`), /is at most 10000000 here, but the file says 10000002$/],
  ['a list', safetensorsOf('[]'), 'safetensors: the header must start with {'],
  ['spaces first', safetensorsOf(' {}'), 'safetensors: the header must start with {'],
  ['half', safetensorsOf('{"a":'), /^safetensors: the header: not JSON: /],
  ['latin-1', safetensorsOf('{"x":1}').fill(0xff, 10, 11), 'safetensors: the header: not UTF-8'],
  ['nested deep', safetensorsOf(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), /^safetensors: /],
  ['a name twice', safetensorsOf(`{"a":${JSON.stringify(F32([1], 0, 4))},"a":${JSON.stringify(F32([1], 0, 4))}}`, 4),
    'safetensors: the header: an object has the same name twice'],
  ['a name twice, spelt otherwise', safetensorsOf(`{"a":${JSON.stringify(F32([1], 0, 4))},"\\u0061" :${JSON.stringify(F32([1], 0, 4))}}`, 4),
    'safetensors: the header: an object has the same name twice'],
  ['dtype twice', safetensorsOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"dtype":"F32"}}', 4), /the same name twice$/],
  ['metadata twice', safetensorsOf('{"__metadata__":{"a":"\\"b\\":","a":":"}}'), /the same name twice$/],
  ['no entry', safetensorsOf({ a: 1 }), 'safetensors: "a": the header must give dtype, shape and data_offsets, and nothing else'],
  ['null', safetensorsOf({ a: null }), /must give dtype, shape and data_offsets/],
  ['no shape', safetensorsOf({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), /must give dtype, shape and data_offsets/],
  ['more', safetensorsOf({ a: { ...F32([1], 0, 4), more: 1 } }, 4), /must give dtype, shape and data_offsets, and nothing else$/],
  ['another dtype', safetensorsOf({ a: { ...F32([1], 0, 1), dtype: 'F8_E4M3' } }, 1),
    `safetensors: "a": dtype must be one of ${known}, got string "F8_E4M3"`],
  ['dtype of Object', safetensorsOf({ a: { ...F32([1], 0, 1), dtype: 'constructor' } }, 1), /dtype must be one of/],
  ['no dtype', safetensorsOf({ a: { ...F32([1], 0, 1), dtype: undefined, other: 1 } }, 1), /must give dtype/],
  ['a number as shape', safetensorsOf({ a: { ...F32(4, 0, 16) } }, 16), 'safetensors: "a": shape must be a list of whole numbers, got "4"'],
  ['NaN in the shape', safetensorsOf({ a: F32([NaN], 0, 4) }, 4), 'safetensors: "a": shape must be a list of whole numbers, got "[null]"'],
  ['a fraction in the shape', safetensorsOf({ a: F32([0.5], 0, 2) }, 2), /shape must be a list of whole numbers, got "\[0.5\]"$/],
  ['below 0', safetensorsOf({ a: F32([-1, -1], 0, 4) }, 4), /shape must be a list of whole numbers/],
  ['text in the shape', safetensorsOf({ a: F32(['1'], 0, 4) }, 4), /shape must be a list of whole numbers/],
  ['above 2⁵³', safetensorsOf({ a: F32([2 ** 53], 0, 4) }, 4), /shape must be a list of whole numbers/],
  ['a product above 2⁶⁴', safetensorsOf({ a: F32([2 ** 33, 2 ** 33], 0, 4) }, 4),
    'safetensors: "a": F32 of shape (8589934592, 8589934592) takes 295147905179352830000 bytes, but the file has 4'],
  ['a product of 2⁶⁴ + 4 bytes', safetensorsOf({ a: F32([2 ** 31 + 1, 2 ** 31, 1], 0, 4) }, 4), /takes \d+ bytes, but the file has 4$/],
  ['a product of NaN', safetensorsOf({ a: F32([...Array(31).fill(2 ** 52), 0], 0, 0) }), /takes NaN bytes, but the file has 0$/],
  ['rank 33', safetensorsOf({ a: F32(Array(33).fill(1), 0, 4) }, 4), 'safetensors: "a": rank 33 is above 32'],
  ['too few bytes', safetensorsOf({ a: F32([2], 0, 4) }, 4), 'safetensors: "a": F32 of shape (2,) takes 8 bytes, but the file has 4'],
  ['too many bytes', safetensorsOf({ a: F32([1], 0, 8) }, 8), 'safetensors: "a": F32 of shape (1,) takes 4 bytes, but the file has 8'],
  ['one offset', safetensorsOf({ a: { ...F32([1]), data_offsets: [0] } }, 4), /data_offsets must be a begin and an end .*, got "\[0\]"$/],
  ['backwards', safetensorsOf({ a: F32([0], 4, 0) }, 4), /data_offsets must be a begin and an end within 4 bytes/],
  ['below 0', safetensorsOf({ a: F32([1], -4, 0) }, 4), /data_offsets must be a begin and an end within 4 bytes/],
  ['fractions', safetensorsOf({ a: F32([1], 0.5, 4.5) }, 8), /data_offsets must be/],
  ['beyond the end', safetensorsOf({ a: F32([2], 0, 8) }, 4),
    'safetensors: "a": data_offsets must be a begin and an end within 4 bytes, got "[0,8]"'],
  ['overlap', safetensorsOf({ a: F32([2], 0, 8), b: F32([2], 4, 12) }, 12),
    'safetensors: "b" overlaps another tensor: its data must begin at 8, got 4'],
  ['the same place', safetensorsOf({ a: F32([1], 0, 4), b: F32([1], 0, 4) }, 4), /"b" overlaps another tensor: its data must begin at 4, got 0$/],
  ['a gap', safetensorsOf({ a: F32([1], 0, 4), b: F32([1], 8, 12) }, 12),
    'safetensors: "b" leaves a gap before it: its data must begin at 4, got 8'],
  ['a gap first', safetensorsOf({ a: F32([1], 4, 8) }, 8), /"a" leaves a gap before it/],
  ['something after', safetensorsOf({ a: F32([1], 0, 4) }, 5), 'safetensors: the tensors end at 4, but there are 5 bytes of data'],
  ['nothing but data', safetensorsOf({}, 1), 'safetensors: the tensors end at 0, but there are 1 bytes of data'],
  ['metadata of a number', safetensorsOf({ __metadata__: { a: 1 } }), 'safetensors: __metadata__ "a" must be a string, got number 1'],
  ['metadata as text', safetensorsOf({ __metadata__: 'a' }), 'safetensors: __metadata__ must be an object, got string "a"'],
  ['metadata as a list', safetensorsOf({ __metadata__: ['a'] }), 'safetensors: __metadata__ must be an object, got Array'],
  ['a long name', safetensorsOf({ ['a'.repeat(1000)]: 1 }), /^safetensors: "a{60}…": the header must give dtype, shape and data_offsets/],
];

test(`each of ${damaged.length} kinds of damage has its message`, () => {
  for (const [what, file, message] of damaged) assertFormatError(() => readSafetensors(file), message, what);
});

test('what is no file, and what is no array, is an argument error', () => {
  const refuses = (call, message) => assert.throws(call, { name: 'ArgumentError', code: 'ERR_LL_ARGUMENT', message });
  const bytes = /^readSafetensors: expected the file's bytes as a Uint8Array or an ArrayBuffer, got /;
  for (const wrong of [undefined, null, 'text', [1, 2], new Float32Array(4), {}]) refuses(() => readSafetensors(wrong), bytes);
  const write = (array, name = 'a') => () => writeSafetensors({ [name]: array });
  refuses(write(undefined), 'writeSafetensors: "a": data must be a typed array of numbers, got undefined');
  refuses(write({ shape: [1], data: [1] }), 'writeSafetensors: "a": data must be a typed array of numbers, got object');
  refuses(write({ shape: [1], data: new Uint8ClampedArray(1) }), /got Uint8ClampedArray$/);
  refuses(write({ shape: [2], data: Float32Array.of(1) }), 'writeSafetensors: "a": shape (2,) has 2 numbers, data 1');
  refuses(write({ shape: [-1, -1], data: Float32Array.of(1) }), /axis 0 of the shape must be a whole number of at least 0, got number -1$/);
  refuses(write({ data: Float32Array.of(1) }), 'writeSafetensors: "a": shape must be an array, got undefined');
  refuses(write({ shape: [], data: Float32Array.of(1) }, '__metadata__'), 'writeSafetensors: no array may be called __metadata__');
  refuses(() => writeSafetensors({}, { a: 1 }), 'writeSafetensors: metadata "a" must be a string, got number 1');
});
