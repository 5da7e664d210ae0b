// Networks that are loaded, restored and trained on; and that nothing changes where a file doesn't fit.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadSync } from 'layerlens';
import { loadNpz, loadSafetensors, readSafetensors, restoreNetwork, saveNpz, saveSafetensors } from 'layerlens/formats';
import { writeNpz, writeSafetensors } from 'layerlens/formats';
import { reference } from 'layerlens/reference';

import { draw } from '../api/harness.js';
import { generator } from '../random.js';
import { assertFormatError, bits, bitsOf, everyLayer } from './harness.js';

/** @typedef {import('layerlens').Runtime} Runtime */

/** @type {[name: string, make: (ll: Runtime) => ReturnType<Runtime['adam']>, kept: string[]][]} */
const optimizers = [
  ['sgd', (ll) => ll.sgd({ lr: 0.5 }), []],
  ['momentum', (ll) => ll.momentum({ lr: 0.1, momentum: 0.8 }), ['momentum_buffer']],
  ['adagrad', (ll) => ll.adagrad({ lr: 0.1 }), ['sum']],
  ['adam', (ll) => ll.adam({ lr: 0.05 }), ['exp_avg', 'exp_avg_sq']],
];

/** Everything that an optimiser keeps, as bits. */
const stateOf = (optimizer, net) =>
  optimizer.state(net).map(({ name, step, tensors }) => [name, step, Object.entries(tensors).map(([key, { data }]) => [key, bits(data)])]);

test('training that is saved, restored elsewhere and gone on with ends as an unbroken run, to the bit', async () => {
  const numbers = draw(generator());
  const [x, t] = [numbers(17, 3), Array.from({ length: 17 }, (_, i) => i % 2)];
  const options = { epochs: 4, batchSize: 5, seed: 7 }; // 16 iterations
  const train = async (ll, net, optimizer, start, end) => {
    for await (const { iteration } of ll.train(net, ll.softmaxCrossEntropy(), optimizer, x, t, { ...options, start })) {
      if (iteration === end) break;
    }
  };
  for (const [name, make, kept] of optimizers) {
    const ll = loadSync();
    const [unbroken, net] = [everyLayer(ll), everyLayer(ll)];
    const [first, second] = [make(ll), make(ll)];
    await train(ll, unbroken, first, 0, 16);
    await train(ll, net, second, 0, 6);
    const file = saveSafetensors(net, { optimizer: second, metadata: { iteration: '6' } });

    const there = loadSync();
    const back = restoreNetwork(there, file);
    const resumed = make(there);
    const { iteration, ...rest } = loadSafetensors(file, back, { optimizer: resumed });
    assert.deepEqual([iteration, rest], ['6', {}]);
    assert.deepEqual(stateOf(resumed, back), stateOf(second, net), name);
    await train(there, back, resumed, Number(iteration), 16);
    assert.deepEqual(bitsOf(back), bitsOf(unbroken), name);
    assert.deepEqual(stateOf(resumed, back), stateOf(first, unbroken), name);

    // The state lies as the weights do, under PyTorch's names.
    const { arrays, metadata } = readSafetensors(file);
    assert.equal(metadata['layerlens.optimizer'], name);
    const ofFirst = Object.keys(arrays).filter((key) => key.startsWith('optimizer.0.weight.'));
    assert.deepEqual(ofFirst.sort(), [...kept, 'step'].map((key) => `optimizer.0.weight.${key}`).sort());
    for (const key of kept) assert.deepEqual(arrays[`optimizer.0.weight.${key}`].shape, [5, 3]);
    assert.deepEqual(arrays['optimizer.0.weight.step'], { dtype: 'F64', shape: [], data: Float64Array.of(6) });

    // Without an optimiser, the weights alone are taken from the same file.
    loadSafetensors(file, unbroken);
    assert.deepEqual(bitsOf(unbroken), bitsOf(net));
  }
});

// ---- Files that are right, but not for this network -------------------------------------------------------------------------

/** A network in the middle of its training, its optimiser, and the arrays of its file. */
function scene() {
  const ll = loadSync();
  const net = everyLayer(ll);
  const optimizer = ll.adam();
  for (let i = 0; i < 3; i++) {
    net.backward(net.forward([[1, 2, 3], [4, 5, 6]]));
    optimizer.step(net);
  }
  const { arrays, metadata } = readSafetensors(saveSafetensors(net, { optimizer }));
  const now = () => [bitsOf(net), stateOf(optimizer, net), ll.memory()];
  return { ll, net, optimizer, arrays, metadata, now };
}

const f32 = (shape, value = 9) => ({ shape, data: new Float32Array(shape.reduce((size, axis) => size * axis, 1)).fill(value) });

/**
 * What is put in the place of right arrays, or taken out where it is undefined.
 * @type {[what: string, change: object, message: string][]}
 */
const misfits = [
  ['no weights', { '0.weight': undefined }, 'the file has no "0.weight"'],
  ['no bias in the end', { '5.bias': undefined }, 'the file has no "5.bias"'],
  ['one more', { '6.weight': f32([1, 1]) }, 'the network has no "6.weight", which the file holds'],
  ['one with our own name', { '0.W': f32([3, 5]) }, 'the network has no "0.W", which the file holds'],
  ['transposed', { '0.weight': f32([3, 5]) }, '"0.weight" must be (5, 3), got (3, 5)'],
  ['more outputs', { '5.weight': f32([3, 6]) }, '"5.weight" must be (2, 6), got (3, 6)'],
  ['a bias of rank 2', { '5.bias': f32([1, 2]) }, '"5.bias" must be (2,), got (1, 2)'],
  ['a scalar', { '5.bias': f32([]) }, '"5.bias" must be (2,), got ()'],
  ['integers', { '5.bias': { shape: [2], data: Int32Array.of(1, 2) } }, '"5.bias" must hold floating-point numbers, got I32'],
  ['large integers', { '5.bias': { shape: [2], data: BigInt64Array.of(1n, 2n) } }, '"5.bias" must hold floating-point numbers, got I64'],
];

/** @type {typeof misfits} */
const stateMisfits = [
  ['no state', { 'optimizer.5.bias.exp_avg_sq': undefined }, 'the file has no "optimizer.5.bias.exp_avg_sq"'],
  ['no step', { 'optimizer.5.bias.step': undefined }, 'the file has no "optimizer.5.bias.step"'],
  ['one more', { 'optimizer.5.bias.sum': f32([2]) }, 'the network has no "optimizer.5.bias.sum", which the file holds'],
  ['transposed', { 'optimizer.0.weight.exp_avg': f32([3, 5]) }, '"optimizer.0.weight.exp_avg" must be (5, 3), got (3, 5)'],
  ['a list of steps', { 'optimizer.5.bias.step': f32([1]) }, '"optimizer.5.bias.step" must be (), got (1,)'],
  ...[-1, 0.5, NaN, Infinity, 2 ** 32].map((step) => {
    const name = 'optimizer.5.bias.step';
    return /** @type {[string, object, string]} */ ([`step ${step}`, { [name]: f32([], step) }, `"${name}" can't be ${step}`]);
  }),
];

/** @param {Record<string, any>} arrays @param {object} change */
function changed(arrays, change) {
  const all = { ...arrays, ...change };
  return Object.fromEntries(Object.entries(all).filter(([, array]) => array));
}

test('loadSafetensors takes nothing from a file that does not fit the network', () => {
  const { net, optimizer, arrays, metadata, now } = scene();
  for (const { value } of net.parameters) value.data.fill(5);
  const before = now();
  const refuses = (change, message, options, what) => {
    const file = writeSafetensors(changed(arrays, change), metadata);
    assertFormatError(() => loadSafetensors(file, net, options), `loadSafetensors: ${message}`, what);
    assert.deepEqual(now(), before, `${what}: something has changed`);
  };
  for (const [what, change, message] of misfits) {
    refuses(change, message, undefined, what);
    refuses(change, message, { optimizer }, `${what}, with an optimiser`);
  }
  for (const [what, change, message] of stateMisfits) refuses(change, message, { optimizer }, what);
});

test('loadNpz takes nothing from a file that does not fit the network', () => {
  const { net, now } = scene();
  const arrays = Object.fromEntries(net.parameters.map(({ name, value: { shape } }) => [name, f32(shape)]));
  const before = now();
  /** @type {[object, string][]} */
  const cases = [
    [{ '0.W': undefined }, 'the file has no "0.W"'],
    [{ '0.weight': f32([5, 3]) }, 'the network has no "0.weight", which the file holds'],
    [{ '5.W': f32([2, 6]) }, '"5.W" must be (6, 2), got (2, 6)'],
    [{ '5.b': { shape: [2], data: Uint8Array.of(1, 2) } }, '"5.b" must hold floating-point numbers, got U8'],
  ];
  for (const [change, message] of cases) {
    assertFormatError(() => loadNpz(writeNpz(changed(arrays, change)), net), `loadNpz: ${message}`);
    assert.deepEqual(now(), before, `${message}: something has changed`);
  }
  loadNpz(writeNpz(arrays), net);
  assert.ok(net.parameters.every(({ value }) => value.data.every((number) => number === 9)));
});

test("another optimiser's state, or none", () => {
  const { ll, net, arrays, metadata } = scene();
  const file = writeSafetensors(arrays, metadata);
  const optimizer = ll.adagrad();
  const expected = 'loadSafetensors: expected the state of "adagrad", but the file has';
  assertFormatError(() => loadSafetensors(file, net, { optimizer }), `${expected} the state of "adam"`);
  assertFormatError(() => loadSafetensors(saveSafetensors(net), net, { optimizer }), `${expected} no state`);
});

test('a network with a tensor that is gone is not loaded in part', () => {
  const ll = loadSync();
  const W = ll.tensor([[1, 2], [3, 4]]);
  const net = ll.sequential(ll.affine([[1], [2]], [3]), ll.affine([[1, 2]], [3, 4]), ll.nodes.dot(W));
  const files = { safetensors: saveSafetensors(net), npz: saveNpz(net) };
  net.parameters[0].value.data.fill(7);
  W.dispose();
  const gone = { name: 'StateError', code: 'ERR_LL_STATE' };
  assert.throws(() => loadSafetensors(files.safetensors, net), gone);
  assert.throws(() => loadNpz(files.npz, net), gone);
  assert.deepEqual(net.parameters[0].value.toArray(), [[7], [7]]);
  assert.throws(() => saveSafetensors(net), gone);
});

test('a load that fails leaves a new optimiser without a state, and no memory allocated for it', () => {
  const { ll, net, arrays, metadata } = scene();
  const optimizer = ll.adam();
  const before = ll.memory();
  for (const [what, change] of [...misfits, ...stateMisfits]) {
    const file = writeSafetensors(changed(arrays, change), metadata);
    assert.throws(() => loadSafetensors(file, net, { optimizer }), { code: 'ERR_LL_FORMAT' }, what);
    assert.deepEqual(ll.memory(), before, what);
  }
  loadSafetensors(writeSafetensors(arrays, metadata), net, { optimizer });
  assert.equal(optimizer.state(net)[0].step, 3);
});

test('a float64 beyond float32 is refused, before anything is overwritten; infinities and the largest float32 are taken', () => {
  const { ll, net, optimizer, arrays, metadata, now } = scene();
  const f64 = (shape, value) => ({ shape, data: Float64Array.from(f32(shape, 1).data, (one, i) => (i === 0 ? value : one)) });
  const before = now();
  for (const value of [3.5e38, -1e39, Number.MAX_VALUE]) {
    for (const [name, shape] of /** @type {[string, number[]][]} */ ([['5.bias', [2]], ['optimizer.0.weight.exp_avg', [5, 3]]])) {
      const file = writeSafetensors({ ...arrays, [name]: f64(shape, value) }, metadata);
      const message = `"${name}" holds ${value}, which is beyond float32`;
      assertFormatError(() => loadSafetensors(file, net, { optimizer }), `loadSafetensors: ${message}`);
      assert.deepEqual(now(), before);
      if (name === '5.bias') assertFormatError(() => restoreNetwork(ll, file), `restoreNetwork: ${message}`);
      assert.deepEqual({ ...ll.memory(), reserved: 0 }, { ...before[2], reserved: 0 });
    }
    const own = Object.fromEntries(net.parameters.map(({ name, value: { shape } }) => [name, f32(shape)]));
    const file = writeNpz({ ...own, '5.b': f64([2], value) });
    assertFormatError(() => loadNpz(file, net), `loadNpz: "5.b" holds ${value}, which is beyond float32`);
    assert.deepEqual(now(), before);
  }
  const largest = (2 - 2 ** -23) * 2 ** 127;
  for (const value of [Infinity, -Infinity, NaN, largest, largest * (1 + 2 ** -26)]) {
    const file = writeSafetensors({ ...arrays, '5.bias': f64([2], value) }, metadata);
    loadSafetensors(file, net, { optimizer });
    for (const loaded of [net, restoreNetwork(ll, file)]) assert.deepEqual(loaded.layers[5].b.toArray(), [Math.fround(value), 1]);
  }
  const exact = reference.sequential(reference.affine([[1e39]], [0]));
  const file = saveSafetensors(exact);
  loadSafetensors(file, exact);
  assert.equal(restoreNetwork(/** @type {any} */ (reference), file).parameters[0].value.data[0], 1e39, 'the reference holds float64');
});

test('what readSafetensors has read serves as the file, as often as one likes', () => {
  const { ll, net, optimizer } = scene();
  const bytes = saveSafetensors(net, { optimizer, metadata: { by: 'me' } });
  const file = readSafetensors(bytes);
  for (let i = 0; i < 2; i++) {
    const back = restoreNetwork(ll, file);
    assert.deepEqual(bitsOf(back), bitsOf(net));
    for (const { value } of back.parameters) value.data.fill(7);
    const other = ll.adam();
    assert.deepEqual(loadSafetensors(file, back, { optimizer: other }), { by: 'me' });
    assert.deepEqual([bitsOf(back), stateOf(other, back)], [bitsOf(net), stateOf(optimizer, net)]);
    assert.deepEqual(file, readSafetensors(bytes), 'it stays as it is');
  }
});

// ---- Layers out of the metadata ---------------------------------------------------------------------------------------------

test('restoreNetwork makes nothing from layers that are not right', () => {
  const ll = loadSync();
  const affine = { '0.weight': f32([2, 3]), '0.bias': f32([2]) };
  const layers = 'restoreNetwork: layerlens.layers:';
  const needs = 'restoreNetwork: the layers need';
  const sigmoid = { name: 'sigmoid' };
  /** @type {[text: string | object, arrays: Record<string, any>, message: string | RegExp][]} */
  const cases = [
    ['', {}, /^restoreNetwork: layerlens\.layers: not JSON: /],
    ['[{"name":"exp","name":"exp"}]', {}, `${layers} an object has the same name twice`],
    [{}, {}, `${layers} expected a list of at least one layer, got Object`],
    ['null', {}, `${layers} expected a list of at least one layer, got null`],
    [[], {}, `${layers} expected a list of at least one layer, got Array`],
    [[[]], {}, `${layers} expected a list of at least one layer, got Array`],
    [[{ name: 'softmax' }], {}, `${layers} no layer is known as "{\\"name\\":\\"softmax\\"}"`],
    [[{ name: 'constructor' }], {}, /no layer is known as/],
    [[{ name: '__proto__' }], {}, /no layer is known as/],
    [['sigmoid'], {}, `${layers} no layer is known as "\\"sigmoid\\""`],
    [[null], {}, `${layers} no layer is known as "null"`],
    [[{ name: ['sigmoid'] }], {}, /no layer is known as/],
    [[{ ...sigmoid, more: 1 }], {}, /no layer is known as/],
    [[{ ...sigmoid, c: '1' }], {}, `${layers} sigmoid can't have the constant string "1"`],
    [[{ name: 'multiply' }], {}, `${layers} multiply can't have the constant undefined`],
    [[{ name: 'multiply', c: 1 }], {}, `${layers} multiply can't have the constant number 1`],
    ...['', ' ', '0x10', '1e3', '1.50', 'x', '--1'].map((c) =>
      /** @type {[object, {}, string]} */ ([[{ name: 'add', c }], {}, `${layers} add can't have the constant string ${JSON.stringify(c)}`]),
    ),
    [[{ name: 'affine' }], {}, `${needs} "0.weight" of rank 2, but the file has no "0.weight"`],
    [[{ name: 'affine' }], { '0.weight': affine['0.weight'] }, `${needs} "0.bias" of rank 1, but the file has no "0.bias"`],
    [[{ name: 'affine' }], { ...affine, '0.weight': f32([6]) }, /"0.weight" of rank 2, but the file has "0.weight" of shape \(6,\)$/],
    [[{ name: 'dot' }], { '0.weight': f32([0, 3]) }, /"0.weight" of rank 2, but the file has "0.weight" of shape \(0, 3\)$/],
    [[{ name: 'affine' }], { ...affine, '0.bias': f32([3]) }, 'restoreNetwork: "0.bias" must be (2,), got (3,)'],
    [[{ name: 'affine' }], { ...affine, '1.bias': f32([3]) }, 'restoreNetwork: the network has no "1.bias", which the file holds'],
    [[sigmoid], affine, 'restoreNetwork: the network has no "0.weight", which the file holds'],
    [[{ name: 'addBias' }], { '0.bias': { shape: [2], data: Int8Array.of(1, 2) } }, /"0.bias" must hold floating-point numbers, got I8$/],
    [Array(1001).fill(sigmoid), {}, `${layers} more than 1000 layers`],
    [`${'['.repeat(1001)}{"name":"exp"}${']'.repeat(1001)}`, {}, `${layers} more than 1000 layers`],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, {}, /^restoreNetwork: layerlens\.layers: /],
    [`[${'[[{"name":"exp"}]],'.repeat(400)}{"name":"exp"}]`, {}, `${layers} more than 1000 layers`],
  ];
  const before = ll.memory();
  for (const [text, arrays, message] of cases) {
    const file = writeSafetensors(arrays, { 'layerlens.layers': typeof text === 'string' ? text : JSON.stringify(text) });
    assertFormatError(() => restoreNetwork(ll, file), message, JSON.stringify(text).slice(0, 80));
    assert.deepEqual(ll.memory(), before);
  }
  const most = JSON.stringify(Array(1000).fill(sigmoid));
  assert.equal(restoreNetwork(ll, writeSafetensors({}, { 'layerlens.layers': most })).layers.length, 1000);
});

test('restoreNetwork gives back what it has made, where the memory does not last', () => {
  const ll = loadSync();
  const file = saveSafetensors(everyLayer(ll));
  const other = loadSync();
  const before = other.memory();
  const failing = new Proxy(other, {
    get: (target, key) => {
      if (key === 'nodes') throw new RangeError('no more'); // after two affine layers
      const value = target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  assert.throws(() => restoreNetwork(failing, file), { message: 'no more' });
  assert.deepEqual({ ...other.memory(), reserved: 0 }, { ...before, reserved: 0 });
});

test('what is no network, and options that are unknown, are argument errors', () => {
  const ll = loadSync();
  const net = everyLayer(ll);
  const file = saveSafetensors(net);
  const refuses = (call, message) => assert.throws(call, { name: 'ArgumentError', code: 'ERR_LL_ARGUMENT', message });
  refuses(() => saveSafetensors(/** @type {any} */ ({})), 'saveSafetensors: net must be a network, got Object');
  refuses(() => saveNpz(/** @type {any} */ (undefined)), 'saveNpz: net must be a network, got undefined');
  refuses(() => loadSafetensors(file, /** @type {any} */ ('net')), 'loadSafetensors: net must be a network, got string "net"');
  refuses(() => loadNpz(file, /** @type {any} */ (ll)), 'loadNpz: net must be a network, got Runtime');
  const unknown = /** @type {any} */ ({ optimiser: 1 });
  refuses(() => loadSafetensors(file, net, unknown), 'loadSafetensors: unknown option "optimiser"; known are optimizer');
  refuses(() => saveSafetensors(net, unknown), 'saveSafetensors: unknown option "optimiser"; known are optimizer, metadata');
  refuses(
    () => saveSafetensors(net, { metadata: { 'layerlens.layers': '[]' } }),
    'saveSafetensors: metadata "layerlens.layers": names that begin with layerlens. are taken',
  );
});
