// Every misuse: which error it throws, what the message says, and that nothing has changed after it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';

import { ArgumentError, load, loadSync, LoadError, MemoryError, ShapeError, StateError, trace } from 'layerlens';
import { reference } from 'layerlens/reference';

import { bytesOf, run, start, testEach } from './harness.js';

/** The classes with their codes, and the native classes that they extend. */
const kinds = new Map([
  [ShapeError, ['ShapeError', 'ERR_LL_SHAPE', RangeError]],
  [ArgumentError, ['ArgumentError', 'ERR_LL_ARGUMENT', TypeError]],
  [StateError, ['StateError', 'ERR_LL_STATE', Error]],
  [MemoryError, ['MemoryError', 'ERR_LL_MEMORY', RangeError]],
  [LoadError, ['LoadError', 'ERR_LL_LOAD', Error]],
]);

/**
 * @param {unknown} error
 * @param {Function} Kind
 * @param {string | RegExp} message
 * @param {string} what
 */
function assertError(error, Kind, message, what) {
  const [name, code, Native] = kinds.get(Kind) ?? [];
  assert.ok(error instanceof Error, `${what}: threw no error but ${error}`);
  assert.ok(error instanceof Kind, `${what}: expected a ${name}, got ${error.stack}`);
  assert.equal(Object.getPrototypeOf(Kind), Native);
  assert.equal(error.code, code, what);
  assert.equal(error.name, name, what);
  assert.ok(error.stack?.startsWith(`${name}: `), `${what}: the stack starts with ${error.stack?.slice(0, 40)}`);
  if (message instanceof RegExp) assert.match(error.message, message, what);
  else assert.equal(error.message, message, what);
}

/** @param {() => unknown} call @param {Function} Kind @param {string | RegExp} message @param {string} [what] */
function assertThrows(call, Kind, message, what = String(call)) {
  let thrown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown, `${what}: threw nothing`);
  assertError(thrown, Kind, message, what);
}

/** What the misuses meet: layers in the middle of a pass, and tensors of every fate. */
function scene(ll) {
  const affine = ll.affine([[1, 2], [3, 4], [5, 6]], [7, 8]);
  const x = ll.tensor([[1, 2, 3], [4, 5, 6]]);
  const y = affine.forward(x);
  const dx = affine.backward([[1, 0], [0, 1]]);

  const sigmoid = ll.sigmoid();
  const stale = sigmoid.forward([1, 2]);
  sigmoid.forward([[1, 2, 3]]);
  const staleGradient = sigmoid.backward([[1, 2, 3]]);
  sigmoid.backward([[3, 2, 1]]);

  const disposed = ll.tensor([1, 2, 3]);
  disposed.dispose();
  const disposedLayer = ll.affine([[1]], [2]);
  disposedLayer.dispose();
  const W = ll.tensor([[1, 2], [3, 4], [5, 6]]);
  const bereft = ll.affine(W, [0, 0]);
  bereft.forward([1, 2, 3]);
  W.dispose();

  const forgetful = ll.affine([[1], [2]], [3]);
  const passing = ll.tensor([4, 5]);
  forgetful.forward(passing);
  passing.dispose();

  const net = ll.sequential(ll.nodes.exp(), ll.affine([[1], [2], [3]], [4]));
  const netY = net.forward([[1, 2, 3]]);

  const other = start('simd');
  return {
    ...{ ll, affine, x, y, dx, sigmoid, stale, staleGradient, disposed, disposedLayer, bereft, forgetful, net, netY, other },
    dot: ll.nodes.dot([[1, 2]]),
    addBias: ll.nodes.addBias([1, 2]),
    unfit: ll.sequential(ll.sigmoid(), ll.sequential(ll.nodes.multiply(-1), ll.affine([[1], [2], [3]], [4]))),
    empty: ll.zeros([0, 3]),
    narrow: ll.zeros([5, 2]),
    fresh: ll.sigmoid(),
    freshAffine: ll.affine([[1]], [1]),
    freshNet: ll.sequential(ll.sigmoid(), ll.nodes.add(1)),
    foreign: other.tensor([[1, 2, 3]]),
    foreignLayer: other.sigmoid(),
    ...{ softmax: ll.softmaxCrossEntropy(), mse: ll.meanSquaredError(), adam: ll.adam(), foreignSgd: other.sgd(), foreignMse: other.meanSquaredError() },
    deep: nested(100_000),
  };
}

function nested(depth) {
  let list = [1];
  for (let i = 1; i < depth; i++) list = [list];
  return list;
}

const readable = ({ affine, x, y, dx, netY }) =>
  [x, y, dx, netY, affine.W, affine.b, affine.dW, affine.db].map((tensor) => tensor.toArray());

/**
 * Each misuse throws this, and leaves the memory and all tensors as they were, and the passes too.
 * @param {Function} Kind
 * @param {[call: (scene: any) => unknown, message: string | RegExp][]} misuses
 */
function testMisuses(Kind, misuses) {
  testEach(`${Kind.prototype.name}: ${misuses.length} misuses, after which all is as before`, (ll) => {
    const all = scene(ll);
    const before = [ll.memory(), readable(all)];
    for (const [call, message] of misuses) {
      const what = String(call);
      assertThrows(() => call(all), Kind, message, what);
      assert.deepEqual([ll.memory(), readable(all)], before, `${what} has changed something`);
    }
    // The passes go on where they were.
    assert.deepEqual(all.affine.backward([[1, 0], [0, 1]]).toArray(), [[1, 3, 5], [2, 4, 6]]);
    assert.deepEqual(all.affine.dW.toArray(), [[1, 4], [2, 5], [3, 6]]);
    assert.deepEqual(all.net.backward([[1]]).shape, [1, 3]);
    assert.deepEqual(all.net.layers[1].dW.toArray().flat(), all.net.layers[0].forward([1, 2, 3]).toArray());
  });
}

testMisuses(ShapeError, [
  // A layer's input.
  [({ affine }) => affine.forward([[1, 2, 3, 4]]), 'affine.forward: expected x (N, 3), got (1, 4): axis 1 must be 3 (layer affine(3, 2))'],
  [({ affine, narrow }) => affine.forward(narrow), 'affine.forward: expected x (N, 3), got (5, 2): axis 1 must be 3 (layer affine(3, 2))'],
  [({ affine }) => affine.forward([1, 2]), 'affine.forward: expected x (3,), got (2,): axis 0 must be 3 (layer affine(3, 2))'],
  [({ affine }) => affine.forward([]), 'affine.forward: expected x (3,), got (0,): axis 0 must be 3 (layer affine(3, 2))'],
  [({ affine }) => affine.forward([[]]), 'affine.forward: expected x (N, 3), got (1, 0): axis 1 must be 3 (layer affine(3, 2))'],
  [({ dot }) => dot.forward([1, 2]), 'dot.forward: expected x (1,), got (2,): axis 0 must be 1 (layer dot(1, 2))'],
  [({ addBias }) => addBias.forward([[1]]), 'addBias.forward: expected x (N, 2), got (1, 1): axis 1 must be 2 (layer addBias(2))'],
  [({ addBias }) => addBias.forward([1, 2, 3]), 'addBias.forward: expected x (2,), got (3,): axis 0 must be 2 (layer addBias(2))'],
  [({ net }) => net.forward([[1, 2]]), 'affine.forward: expected x (N, 3), got (1, 2): axis 1 must be 3 (layer affine(3, 1))'],
  [({ unfit }) => unfit.forward([1]), 'affine.forward: expected x (3,), got (1,): axis 0 must be 3 (layer affine(3, 1))'],
  // A gradient.
  [({ affine }) => affine.backward([[1, 2], [3, 4], [5, 6]]), 'affine.backward: expected dout (2, 2), got (3, 2): axis 0 must be 2 (layer affine(3, 2))'],
  [({ affine }) => affine.backward([[1], [2]]), 'affine.backward: expected dout (2, 2), got (2, 1): axis 1 must be 2 (layer affine(3, 2))'],
  [({ affine }) => affine.backward([1, 2]), 'affine.backward: expected dout (2, 2), got (2,): rank must be 2 (layer affine(3, 2))'],
  [({ sigmoid }) => sigmoid.backward([[1], [2], [3]]), 'sigmoid.backward: expected dout (1, 3), got (3, 1): axis 0 must be 1 (layer sigmoid)'],
  [({ bereft }) => bereft.backward([[1, 2]]), 'affine.backward: expected dout (2,), got (1, 2): rank must be 1 (layer affine(3, 2))'],
  [({ net }) => net.backward([[1, 2]]), 'affine.backward: expected dout (1, 1), got (1, 2): axis 1 must be 1 (layer affine(3, 1))'],
  // Nested arrays.
  [({ ll }) => ll.tensor([[1, 2], [3]]), 'tensor: ragged array: row 0 has 2 numbers, row 1 has 1'],
  [({ ll }) => ll.tensor([[], [1]]), 'tensor: ragged array: row 0 has 0 numbers, row 1 has 1'],
  [({ ll }) => ll.tensor([[1, 2], 3]), 'tensor: ragged array: [1] must be a row of 2 numbers, got number 3'],
  [({ ll }) => ll.tensor([1, [2]]), 'tensor: ragged array: [1] is a list among numbers'],
  [({ ll }) => ll.tensor([[1, 2], [3, [4]]]), 'tensor: ragged array: [1, 1] is a list among numbers'],
  [({ ll }) => ll.tensor([1, new Float32Array(2)]), 'tensor: ragged array: [1] is a list among numbers'],
  [({ ll }) => ll.tensor([new Float32Array(2), new Float32Array(3)]), 'tensor: ragged array: row 0 has 2 numbers, row 1 has 3'],
  [({ affine }) => affine.forward([[1, 2, 3], [4, 5]]), 'affine.forward: ragged array: row 0 has 3 numbers, row 1 has 2'],
  [({ ll }) => ll.tensor([[[1]]]), 'tensor: expected rank 1 or 2, got a list of rank 3 or more'],
  [({ ll }) => ll.tensor([[1, 2], [[3], [4]]]), 'tensor: expected rank 1 or 2, got a list of rank 3 or more'],
  [({ ll, deep }) => ll.tensor(deep), 'tensor: expected rank 1 or 2, got a list of rank 3 or more'],
  [({ sigmoid, deep }) => sigmoid.forward(deep), 'sigmoid.forward: expected rank 1 or 2, got a list of rank 3 or more'],
  [({ affine }) => affine.backward([[[1]]]), 'affine.backward: expected rank 1 or 2, got a list of rank 3 or more'],
  // Shapes.
  [({ ll }) => ll.zeros([]), 'zeros: expected rank 1 or 2, got shape ()'],
  [({ ll }) => ll.zeros([1, 2, 3]), 'zeros: expected rank 1 or 2, got shape (1, 2, 3)'],
  [({ ll }) => ll.randn([1, 2, 3]), 'randn: expected rank 1 or 2, got shape (1, 2, 3)'],
  [({ ll }) => ll.tensor([1, 2, 3, 4], [2, 2, 1]), 'tensor: expected rank 1 or 2, got shape (2, 2, 1)'],
  [({ ll }) => ll.tensor([1, 2, 3], [2, 2]), 'tensor: expected (4,) for shape (2, 2), got (3,)'],
  [({ ll }) => ll.tensor([[1, 2], [3, 4]], [4]), 'tensor: expected (4,) for shape (4,), got (2, 2)'],
  [({ ll, x }) => ll.tensor(x, [3, 2]), 'tensor: expected (6,) for shape (3, 2), got (2, 3)'],
  // A layer's parameters.
  [({ ll }) => ll.affine([1, 2], [1]), 'affine: expected W (in, out), both at least 1, got (2,)'],
  [({ ll }) => ll.affine([[]], []), 'affine: expected W (in, out), both at least 1, got (1, 0)'],
  [({ ll, empty }) => ll.affine(empty, [1, 2, 3]), 'affine: expected W (in, out), both at least 1, got (0, 3)'],
  [({ ll }) => ll.affine([[1, 2]], [[1, 2]]), 'affine: expected b (out), at least 1, got (1, 2)'],
  [({ ll }) => ll.affine([[1, 2]], []), 'affine: expected b (out), at least 1, got (0,)'],
  [({ ll }) => ll.affine([[1, 2]], [1, 2, 3]), 'affine: expected b (2,), got (3,): axis 0 must be 2 (layer affine(1, 2))'],
  [({ ll }) => ll.affine([[1, 2], [3]], [1, 2]), 'affine: W: ragged array: row 0 has 2 numbers, row 1 has 1'],
  [({ ll }) => ll.nodes.dot([1]), 'dot: expected W (in, out), both at least 1, got (1,)'],
  [({ ll }) => ll.nodes.addBias([[1]]), 'addBias: expected b (out), at least 1, got (1, 1)'],
  // Losses and training.
  [({ mse }) => mse.forward([[1, 2]], [1, 2]), 'meanSquaredError.forward: expected t (1, 2), got (2,): rank must be 2 (layer meanSquaredError)'],
  [({ mse }) => mse.forward([1, 2], [1]), 'meanSquaredError.forward: expected t (2,), got (1,): axis 0 must be 2 (layer meanSquaredError)'],
  [({ softmax }) => softmax.forward([[1, 2]], [0, 1]), 'softmaxCrossEntropy.forward: expected t (1,), got (2,): axis 0 must be 1 (layer softmaxCrossEntropy)'],
  [({ softmax }) => softmax.forward([[1, 2]], [[1, 2, 3]]), 'softmaxCrossEntropy.forward: expected t (1, 2), got (1, 3): axis 1 must be 2 (layer softmaxCrossEntropy)'],
  [({ softmax }) => softmax.forward([1, 2], [1]), 'softmaxCrossEntropy.forward: expected t (2,), got (1,): axis 0 must be 2 (layer softmaxCrossEntropy)'],
  [({ softmax }) => softmax.forward([[]], [0]), 'softmaxCrossEntropy.forward: expected x with at least one class, got (1, 0)'],
  [({ softmax }) => softmax.forward([], 0), 'softmaxCrossEntropy.forward: expected x with at least one class, got (0,)'],
  [({ mse }) => mse.forward([[1], [2, 3]], [1]), 'meanSquaredError.forward: x: ragged array: row 0 has 1 numbers, row 1 has 2'],
  [({ ll, affine, mse, adam }) => ll.train(affine, mse, adam, [1, 2, 3], [1]), 'train: expected x (N, features), got (3,)'],
  [({ ll, affine, mse, adam, x }) => ll.train(affine, mse, adam, x, [[1, 2]]), 'train: expected t (2, 2), got (1, 2): axis 0 must be 2 (layer meanSquaredError)'],
  // A trace.
  [({ affine }) => trace(affine, [[]], [[]]), 'trace: expected numbers, got the empty shape (1, 0)'],
  [({ affine, empty }) => trace(affine, empty, []), 'trace: expected numbers, got the empty shape (0, 3)'],
  [({ affine }) => trace(affine, [1, 2], [1]), 'affine.forward: expected x (3,), got (2,): axis 0 must be 3 (layer affine(3, 2))'],
]);

const noNumbers = 'expected a tensor or a nested array of numbers, got';

testMisuses(ArgumentError, [
  // What is no list.
  [({ affine }) => affine.forward(), `affine.forward: ${noNumbers} undefined`],
  [({ affine }) => affine.forward(null), `affine.forward: ${noNumbers} null`],
  [({ affine }) => affine.forward(3), `affine.forward: ${noNumbers} number 3`],
  [({ affine }) => affine.forward('1, 2, 3'), `affine.forward: ${noNumbers} string "1, 2, 3"`],
  [({ affine }) => affine.forward('x'.repeat(99)), `affine.forward: ${noNumbers} string "${'x'.repeat(39)}…`],
  [({ affine }) => affine.forward(3n), `affine.forward: ${noNumbers} bigint 3`],
  [({ affine }) => affine.forward(true), `affine.forward: ${noNumbers} boolean true`],
  [({ affine }) => affine.forward(Symbol('x')), `affine.forward: ${noNumbers} symbol Symbol(x)`],
  [({ affine }) => affine.forward(() => [1, 2, 3]), `affine.forward: ${noNumbers} a function`],
  [({ affine }) => affine.forward({ 0: 1, length: 1 }), `affine.forward: ${noNumbers} Object`],
  [({ affine }) => affine.forward(Object.create(null)), `affine.forward: ${noNumbers} an object`],
  [({ affine }) => affine.forward(new Set([1])), `affine.forward: ${noNumbers} Set`],
  [({ affine }) => affine.forward(new ArrayBuffer(12)), `affine.forward: ${noNumbers} ArrayBuffer`],
  [({ affine }) => affine.forward(new DataView(new ArrayBuffer(12))), `affine.forward: ${noNumbers} DataView`],
  [({ affine }) => affine.forward(vm.runInNewContext('new DataView(new ArrayBuffer(12))')), `affine.forward: ${noNumbers} DataView`],
  [({ affine }) => affine.forward(reference.tensor([1, 2, 3])), `affine.forward: ${noNumbers} ReferenceTensor`],
  [({ affine, sigmoid }) => affine.forward(sigmoid), `affine.forward: ${noNumbers} Elementwise`],
  [({ affine }) => affine.forward(Promise.resolve([1, 2, 3])), `affine.forward: ${noNumbers} Promise`],
  [({ sigmoid }) => sigmoid.backward('1'), `sigmoid.backward: ${noNumbers} string "1"`],
  [({ net }) => net.forward({}), `sequential.forward: ${noNumbers} Object`],
  [({ net }) => net.backward(null), `affine.backward: ${noNumbers} null`],
  [({ ll }) => ll.tensor(), `tensor: ${noNumbers} undefined`],
  [({ ll }) => ll.tensor(5, [1]), `tensor: ${noNumbers} number 5`],
  [({ ll }) => ll.affine(), `affine: W: ${noNumbers} undefined`],
  [({ ll }) => ll.affine([[1]]), `affine: b: ${noNumbers} undefined`],
  [({ ll }) => ll.affine([[1]], 1), `affine: b: ${noNumbers} number 1`],
  [({ ll }) => ll.affine('W', [1]), `affine: W: ${noNumbers} string "W"`],
  [({ ll }) => ll.nodes.dot(2), `dot: W: ${noNumbers} number 2`],
  [({ ll }) => ll.nodes.addBias(null), `addBias: b: ${noNumbers} null`],
  [({ affine }) => trace(affine, {}, []), `tensor: ${noNumbers} Object`],
  // What is no number.
  [({ ll }) => ll.tensor(['1', 2]), 'tensor: expected a number at [0], got string "1"'],
  [({ ll }) => ll.tensor([1, null]), 'tensor: expected a number at [1], got null'],
  [({ ll }) => ll.tensor([1, undefined]), 'tensor: expected a number at [1], got undefined'],
  [({ ll }) => ll.tensor([1, , 3]), 'tensor: expected a number at [1], got a hole'],
  [({ ll }) => ll.tensor([, 1]), 'tensor: expected a number at [0], got a hole'],
  [({ ll }) => ll.tensor(new Array(4e9)), 'tensor: expected a number at [0], got a hole'],
  [({ ll }) => ll.tensor([1n]), 'tensor: expected a number at [0], got bigint 1'],
  [({ ll }) => ll.tensor([true]), 'tensor: expected a number at [0], got boolean true'],
  [({ ll }) => ll.tensor([{}]), 'tensor: expected a number at [0], got Object'],
  [({ ll, x }) => ll.tensor([x, x]), 'tensor: expected a number at [0], got Tensor'],
  [({ ll }) => ll.tensor([[1, 2], [3, '4']]), 'tensor: expected a number at [1, 1], got string "4"'],
  [({ ll }) => ll.tensor([[1, 2], [, 4]]), 'tensor: expected a number at [1, 0], got a hole'],
  [({ ll }) => ll.tensor([[1], , [3]]), 'tensor: expected a row at [1], got a hole'],
  [({ ll }) => ll.tensor([[1, 2], null]), 'tensor: ragged array: [1] must be a row of 2 numbers, got null'],
  [({ ll }) => ll.tensor([[1, 2], '34']), 'tensor: ragged array: [1] must be a row of 2 numbers, got string "34"'],
  [({ ll }) => ll.tensor(new BigInt64Array(2)), 'tensor: expected numbers, got a BigInt64Array; convert it with Array.from(list, Number)'],
  [({ ll }) => ll.tensor([new BigUint64Array(2)]), 'tensor: expected numbers, got a BigUint64Array; convert it with Array.from(list, Number)'],
  [({ ll }) => ll.tensor([[1], new BigInt64Array(1)]), 'tensor: expected numbers, got a BigInt64Array; convert it with Array.from(list, Number)'],
  [
    ({ affine }) => affine.forward(vm.runInNewContext('new BigInt64Array(3)')),
    'affine.forward: expected numbers, got a BigInt64Array; convert it with Array.from(list, Number)',
  ],
  [({ affine }) => affine.backward([[1, 2], [3, undefined]]), 'affine.backward: expected a number at [1, 1], got undefined'],
  // Shapes and sizes.
  [({ ll }) => ll.zeros(), 'zeros: shape must be an array, got undefined'],
  [({ ll }) => ll.zeros(3), 'zeros: shape must be an array, got number 3'],
  [({ ll }) => ll.zeros(new Int32Array([2, 3])), 'zeros: shape must be an array, got Int32Array'],
  [({ ll }) => ll.randn('2'), 'randn: shape must be an array, got string "2"'],
  [({ ll }) => ll.tensor([1], null), 'tensor: shape must be an array, got null'],
  [({ ll }) => ll.zeros([-1]), 'zeros: axis 0 of the shape must be a whole number of at least 0, got number -1'],
  [({ ll }) => ll.zeros([2, 1.5]), 'zeros: axis 1 of the shape must be a whole number of at least 0, got number 1.5'],
  [({ ll }) => ll.zeros([NaN]), 'zeros: axis 0 of the shape must be a whole number of at least 0, got number NaN'],
  [({ ll }) => ll.zeros([Infinity]), 'zeros: axis 0 of the shape must be a whole number of at least 0, got number Infinity'],
  [({ ll }) => ll.zeros(['2']), 'zeros: axis 0 of the shape must be a whole number of at least 0, got string "2"'],
  [({ ll }) => ll.zeros([2n]), 'zeros: axis 0 of the shape must be a whole number of at least 0, got bigint 2'],
  [({ ll }) => ll.zeros([, 2]), 'zeros: axis 0 of the shape must be a whole number of at least 0, got undefined'],
  [({ ll }) => ll.zeros([1, 2, Object.create(null)]), 'zeros: axis 2 of the shape must be a whole number of at least 0, got an object'],
  [({ ll }) => ll.affine(0, 2), 'affine: the number of inputs must be a whole number of at least 1, got number 0'],
  [({ ll }) => ll.affine(2.5, 2), 'affine: the number of inputs must be a whole number of at least 1, got number 2.5'],
  [({ ll }) => ll.affine(2), 'affine: the number of outputs must be a whole number of at least 1, got undefined'],
  [({ ll }) => ll.affine(2, [1]), 'affine: the number of outputs must be a whole number of at least 1, got Array'],
  [({ ll }) => ll.affine(2, -3), 'affine: the number of outputs must be a whole number of at least 1, got number -3'],
  // Options.
  [({ ll }) => ll.randn([2], { sed: 1 }), 'randn: unknown option "sed"; known are seed, std'],
  [({ ll }) => ll.randn([2], { toString: 1 }), 'randn: unknown option "toString"; known are seed, std'],
  [({ ll }) => ll.randn([2], 1), 'randn: options must be an object, got number 1'],
  [({ ll }) => ll.randn([2], null), 'randn: options must be an object, got null'],
  [({ ll }) => ll.randn([2], { seed: -1 }), 'randn: seed must be a whole number from 0 to 4294967295, got number -1'],
  [({ ll }) => ll.randn([2], { seed: 2 ** 32 }), 'randn: seed must be a whole number from 0 to 4294967295, got number 4294967296'],
  [({ ll }) => ll.randn([2], { seed: 0.5 }), 'randn: seed must be a whole number from 0 to 4294967295, got number 0.5'],
  [({ ll }) => ll.randn([2], { seed: '1' }), 'randn: seed must be a whole number from 0 to 4294967295, got string "1"'],
  [({ ll }) => ll.randn([2], { seed: null }), 'randn: seed must be a whole number from 0 to 4294967295, got null'],
  [({ ll }) => ll.randn([2], { std: '1' }), 'randn: std must be a number, got string "1"'],
  [({ ll }) => ll.affine(2, 3, { scale: 1 }), 'affine: unknown option "scale"; known are seed, std'],
  [({ ll }) => ll.affine(2, 3, { seed: NaN }), 'affine: seed must be a whole number from 0 to 4294967295, got number NaN'],
  [({ ll }) => ll.affine(2, 3, 4), 'affine: options must be an object, got number 4'],
  [({ ll }) => ll.affine([[1]], [1], { std: 1 }), 'affine: options go with affine(inputs, outputs, options); here W and b say it all'],
  [({ affine }) => trace(affine, [1, 2, 3], [1, 2], { name: {} }), 'trace: unknown option "name"; known are names'],
  [({ affine }) => trace(affine, [1, 2, 3], [1, 2], null), 'trace: options must be an object, got null'],
  [({ ll }) => ll.affine(2, 3, { std: 'glorot' }), "affine: std must be a number or 'xavier' or 'he', got string \"glorot\""],
  [({ ll }) => ll.affine(2, 3, { std: 'toString' }), "affine: std must be a number or 'xavier' or 'he', got string \"toString\""],
  [({ ll }) => ll.randn([2], { std: 'he' }), 'randn: std must be a number, got string "he"'],
  // Losses.
  [({ mse }) => mse.forward(), `meanSquaredError.forward: x: ${noNumbers} undefined`],
  [({ mse }) => mse.forward([1]), `meanSquaredError.forward: t: ${noNumbers} undefined`],
  [({ mse }) => mse.forward([1], 1), `meanSquaredError.forward: t: ${noNumbers} number 1`],
  [({ softmax }) => softmax.forward([[1, 2]], 1), `softmaxCrossEntropy.forward: t: ${noNumbers} number 1`],
  [({ softmax }) => softmax.forward([[1, 2]], ['1']), 'softmaxCrossEntropy.forward: t: expected a number at [0], got string "1"'],
  [({ softmax }) => softmax.forward([[1, 2]], [2]), 'softmaxCrossEntropy.forward: the class t[0] must be a whole number from 0 to 1, got number 2'],
  [({ softmax }) => softmax.forward([[1, 2], [3, 4]], [0, 0.5]), 'softmaxCrossEntropy.forward: the class t[1] must be a whole number from 0 to 1, got number 0.5'],
  [({ softmax }) => softmax.forward([1, 2], -1), 'softmaxCrossEntropy.forward: the class t[0] must be a whole number from 0 to 1, got number -1'],
  [({ softmax }) => softmax.forward([[1, 2]], [NaN]), 'softmaxCrossEntropy.forward: the class t[0] must be a whole number from 0 to 1, got number NaN'],
  // Optimisers.
  [({ affine }) => affine.backward([[1, 2]], { dX: false }), 'affine.backward: unknown option "dX"; known are dx'],
  [({ affine }) => affine.backward([[1, 2]], { dx: 0 }), 'affine.backward: dx must be true or false, got number 0'],
  [({ affine, ll }) => ll.sequential(affine).backward([[1, 2]], { dx: 0 }), 'sequential.backward: dx must be true or false, got number 0'],
  [({ ll }) => ll.sgd({ rate: 1 }), 'sgd: unknown option "rate"; known are lr'],
  [({ ll }) => ll.sgd(0.1), 'sgd: options must be an object, got number 0.1'],
  [({ ll }) => ll.momentum({ lr: '1' }), 'momentum: lr must be a number, got string "1"'],
  [({ ll }) => ll.momentum({ momentum: 1 }), 'momentum: momentum must be from 0 to below 1, got 1'],
  [({ ll }) => ll.adagrad({ lr: -0.1 }), 'adagrad: lr must be finite and not negative, got -0.1'],
  [({ ll }) => ll.adagrad({ eps: Infinity }), 'adagrad: eps must be finite and not negative, got Infinity'],
  [({ ll }) => ll.adam({ beta2: 1.5 }), 'adam: beta2 must be from 0 to below 1, got 1.5'],
  [({ ll }) => ll.adam({ lr: NaN }), 'adam: lr must be finite and not negative, got NaN'],
  [({ adam }) => (adam.lr = undefined), 'adam: lr must be a number, got undefined'],
  [({ adam }) => adam.step(), 'adam.step: expected a layer, got undefined'],
  [({ adam, x }) => adam.state(x), 'adam.state: expected a layer, got Tensor'],
  // Training.
  [({ ll, mse, adam, x }) => ll.train(x, mse, adam, x, x), 'train: expected a layer, got Tensor'],
  [({ ll, affine, adam, x }) => ll.train(affine, affine, adam, x, x), 'train: expected a loss, got Affine'],
  [({ ll, affine, mse, x }) => ll.train(affine, mse, mse, x, x), 'train: expected an optimiser, got MeanSquaredError'],
  [({ ll, affine, mse, adam }) => ll.train(affine, mse, adam, 'x', []), `train: x: ${noNumbers} string "x"`],
  [({ ll, affine, mse, adam, x }) => ll.train(affine, mse, adam, x), `train: t: ${noNumbers} undefined`],
  [
    ({ ll, affine, mse, adam, x, y }) => ll.train(affine, mse, adam, x, y, { batch: 1 }),
    'train: unknown option "batch"; known are epochs, batchSize, seed, start, signal',
  ],
  [({ ll, affine, mse, adam, x, y }) => ll.train(affine, mse, adam, x, y, { epochs: 0 }), 'train: epochs must be a whole number of at least 1, got number 0'],
  [({ ll, affine, mse, adam, x, y }) => ll.train(affine, mse, adam, x, y, { batchSize: 1.5 }), 'train: batchSize must be a whole number of at least 1, got number 1.5'],
  [({ ll, affine, mse, adam, x, y }) => ll.train(affine, mse, adam, x, y, { seed: -1 }), 'train: seed must be a whole number from 0 to 4294967295, got number -1'],
  [({ ll, affine, mse, adam, x, y }) => ll.train(affine, mse, adam, x, y, { start: 2 }), 'train: start must be a whole number from 0 to 1, got number 2'],
  [({ ll, affine, mse, adam, x, y }) => ll.train(affine, mse, adam, x, y, { signal: true }), 'train: signal must be an AbortSignal, got boolean true'],
  [({ ll, affine, mse, adam, x, y }) => ll.train(affine, mse, adam, x, y, { signal: null }), 'train: signal must be an AbortSignal, got null'],
  // Nodes.
  [({ ll }) => ll.nodes.multiply(), 'multiply: c must be a number, got undefined'],
  [({ ll }) => ll.nodes.multiply('-1'), 'multiply: c must be a number, got string "-1"'],
  [({ ll }) => ll.nodes.add(1n), 'add: c must be a number, got bigint 1'],
  [({ ll }) => ll.nodes.add([1]), 'add: c must be a number, got Array'],
  // Layers in a row.
  [({ ll }) => ll.sequential(), 'sequential: expected at least one layer, got none'],
  [({ ll, affine }) => ll.sequential(affine, undefined), 'sequential: expected a layer as argument 1, got undefined'],
  [({ ll, affine }) => ll.sequential([affine]), 'sequential: expected a layer as argument 0, got Array'],
  [({ ll }) => ll.sequential(ll.sigmoid), 'sequential: expected a layer as argument 0, got a function'],
  [({ ll, x }) => ll.sequential(x), 'sequential: expected a layer as argument 0, got Tensor'],
  [({ ll }) => ll.sequential(reference.sigmoid()), 'sequential: expected a layer as argument 0, got Elementwise'],
  [({ ll, affine }) => ll.sequential(affine, affine), 'sequential: the layer affine(3, 2) stands in it twice; it can remember one pass only'],
  [
    ({ ll, affine, sigmoid }) => ll.sequential(affine, ll.sequential(sigmoid, affine)),
    'sequential: the layer affine(3, 2) stands in it twice; it can remember one pass only',
  ],
  [({ ll, net }) => ll.sequential(net, net), 'sequential: the layer exp stands in it twice; it can remember one pass only'],
  // A trace.
  [() => trace(), 'trace: expected a layer that has steps, got undefined'],
  [() => trace([], [1], [1]), 'trace: expected a layer that has steps, got Array'],
  [({ x }) => trace(x, [1], [1]), 'trace: expected a layer that has steps, got Tensor'],
]);

const again = (label, pass) =>
  `its numbers are gone, since the layer ${label} has run ${pass} again or was disposed of; clone() keeps a copy`;
const overwritten = 'this would overwrite its own input; pass a clone() (layer';

testMisuses(StateError, [
  // Too early.
  [({ fresh }) => fresh.backward([1]), 'sigmoid.backward: call forward first (layer sigmoid)'],
  [({ freshNet }) => freshNet.backward([1]), 'add.backward: call forward first (layer add(1))'],
  [({ freshAffine }) => freshAffine.backward([1]), 'affine.backward: call forward first (layer affine(1, 1))'],
  // Stale and disposed tensors.
  [({ stale }) => stale.data, `tensor.data: ${again('sigmoid', 'forward')}`],
  [({ stale }) => stale.toArray(), `tensor.toArray: ${again('sigmoid', 'forward')}`],
  [({ stale }) => stale.clone(), `tensor.clone: ${again('sigmoid', 'forward')}`],
  [({ stale }) => String(stale), `tensor.toString: ${again('sigmoid', 'forward')}`],
  [({ staleGradient }) => staleGradient.data, `tensor.data: ${again('sigmoid', 'backward')}`],
  [({ affine, stale }) => affine.forward(stale), `affine.forward: ${again('sigmoid', 'forward')}`],
  [({ affine, staleGradient }) => affine.backward(staleGradient), `affine.backward: ${again('sigmoid', 'backward')}`],
  [({ net, stale }) => net.forward(stale), `sequential.forward: ${again('sigmoid', 'forward')}`],
  [({ ll, stale }) => ll.tensor(stale), `tensor: ${again('sigmoid', 'forward')}`],
  [({ ll, staleGradient }) => ll.affine(staleGradient, [0, 0, 0]), `affine: W: ${again('sigmoid', 'backward')}`],
  [({ disposed }) => disposed.data, 'tensor.data: this tensor was disposed of'],
  [({ disposed }) => disposed.toArray(), 'tensor.toArray: this tensor was disposed of'],
  [({ disposed }) => disposed.clone(), 'tensor.clone: this tensor was disposed of'],
  [({ disposed }) => `${disposed}`, 'tensor.toString: this tensor was disposed of'],
  [({ affine, disposed }) => affine.forward(disposed), 'affine.forward: this tensor was disposed of'],
  [({ ll, disposed }) => ll.tensor(disposed, [1, 3]), 'tensor: this tensor was disposed of'],
  [({ ll, disposed }) => ll.nodes.addBias(disposed), 'addBias: b: this tensor was disposed of'],
  // Tensors that a layer still needs.
  [({ bereft }) => bereft.forward([1, 2, 3]), 'affine.forward: a parameter of affine(3, 2): this tensor was disposed of'],
  [({ bereft }) => bereft.backward([1, 2]), 'affine.backward: a parameter of affine(3, 2): this tensor was disposed of'],
  [({ forgetful }) => forgetful.backward([1]), 'affine.backward: the x of the last forward: this tensor was disposed of'],
  // Disposed layers.
  [({ disposedLayer }) => disposedLayer.forward([1]), 'affine.forward: the layer affine(1, 1) was disposed of'],
  [({ disposedLayer }) => disposedLayer.backward([1]), 'affine.backward: the layer affine(1, 1) was disposed of'],
  [({ disposedLayer }) => disposedLayer.W.data, 'tensor.data: the layer of this parameter was disposed of'],
  [({ disposedLayer }) => disposedLayer.db.data, 'tensor.data: the layer affine(1, 1) was disposed of'],
  [({ ll, disposedLayer }) => ll.sequential(disposedLayer, ll.sigmoid()).forward([1]), 'affine.forward: the layer affine(1, 1) was disposed of'],
  [({ ll, disposedLayer }) => ll.affine(disposedLayer.W, [1]), 'affine: W: the layer of this parameter was disposed of'],
  // What a layer owns.
  [({ y }) => y.dispose(), 'tensor.dispose: a layer owns this tensor; dispose of the layer instead'],
  [({ dx }) => dx.dispose(), 'tensor.dispose: a layer owns this tensor; dispose of the layer instead'],
  [({ affine }) => affine.W.dispose(), 'tensor.dispose: a layer owns this tensor; dispose of the layer instead'],
  [({ affine }) => affine.dW.dispose(), 'tensor.dispose: a layer owns this tensor; dispose of the layer instead'],
  // Losses, optimisers and training.
  [({ mse }) => mse.backward(), 'meanSquaredError.backward: call forward first'],
  [({ softmax }) => softmax.probabilities, 'softmaxCrossEntropy.probabilities: call forward first'],
  [({ mse, disposed }) => mse.forward(disposed, [1, 2, 3]), 'meanSquaredError.forward: x: this tensor was disposed of'],
  [({ mse, disposed }) => mse.forward([1, 2, 3], disposed), 'meanSquaredError.forward: t: this tensor was disposed of'],
  [({ softmax, disposed }) => softmax.forward([[1, 2, 3]], disposed), 'softmaxCrossEntropy.forward: t: this tensor was disposed of'],
  [({ adam, disposedLayer }) => adam.step(disposedLayer), 'adam.step: the parameter W of affine(1, 1): the layer of this parameter was disposed of'],
  [({ adam, bereft }) => adam.step(bereft), 'adam.step: the parameter W of affine(3, 2): this tensor was disposed of'],
  [({ ll, affine, mse, adam, disposed }) => ll.train(affine, mse, adam, disposed, [1]), 'train: x: this tensor was disposed of'],
  [({ ll, affine, mse, adam, x, stale }) => ll.train(affine, mse, adam, x, stale), `train: t: ${again('sigmoid', 'forward')}`],
  // Another runtime.
  [({ mse, foreign }) => mse.forward(foreign, [[1, 2, 3]]), 'meanSquaredError.forward: x: this tensor belongs to another runtime'],
  [({ mse, foreign }) => mse.forward([[1, 2, 3]], foreign), 'meanSquaredError.forward: t: this tensor belongs to another runtime'],
  [({ foreignSgd, affine }) => foreignSgd.step(affine), 'sgd.step: the layer affine(3, 2) belongs to another runtime'],
  [({ ll, foreignLayer, mse, adam, x }) => ll.train(foreignLayer, mse, adam, x, x), 'train: the layer belongs to another runtime'],
  [({ ll, affine, foreignMse, adam, x }) => ll.train(affine, foreignMse, adam, x, x), 'train: the loss belongs to another runtime'],
  [({ ll, affine, mse, foreignSgd, x }) => ll.train(affine, mse, foreignSgd, x, x), 'train: the optimiser belongs to another runtime'],
  [({ affine, foreign }) => affine.forward(foreign), 'affine.forward: this tensor belongs to another runtime'],
  [({ affine, foreign }) => affine.backward(foreign), 'affine.backward: this tensor belongs to another runtime'],
  [({ net, foreign }) => net.forward(foreign), 'sequential.forward: this tensor belongs to another runtime'],
  [({ ll, foreign }) => ll.tensor(foreign), 'tensor: this tensor belongs to another runtime'],
  [({ ll, foreign }) => ll.affine(foreign, [0, 0, 0]), 'affine: W: this tensor belongs to another runtime'],
  [({ ll, foreignLayer }) => ll.sequential(ll.sigmoid(), foreignLayer), 'sequential: the layer sigmoid belongs to another runtime'],
  [({ affine, foreign }) => trace(affine, foreign, [[1, 1]]), 'tensor: this tensor belongs to another runtime'],
]);

testEach('StateError: an output in place of an input', (ll) => {
  const affine = ll.affine([[1, 2], [3, 4]], [5, 6]);
  const overwrite = (call, pass) => assertThrows(call, StateError, `affine.${pass}: ${overwritten} affine(2, 2))`);

  const y = affine.forward([[1, 0], [0, 1]]);
  overwrite(() => affine.forward(y), 'forward');
  overwrite(() => affine.backward(affine.dW), 'backward');
  const dx = affine.backward(y);
  overwrite(() => affine.backward(dx), 'backward');
  assert.deepEqual(affine.backward(dx.clone()).shape, [2, 2]);

  affine.forward([1, 2]);
  overwrite(() => affine.backward(affine.db), 'backward');

  // A gradient as x: forward may read it, backward would write over it.
  affine.forward(affine.dW);
  overwrite(() => affine.backward([[1, 0], [0, 1]]), 'backward');
  affine.forward(affine.backward(affine.forward([[1, 2]])));
  overwrite(() => affine.backward([[1, 2]]), 'backward');
});

testEach('StateError: a disposed runtime makes and reads nothing', (ll) => {
  const { affine, x, y, net, mse, adam } = scene(ll);
  ll.dispose();
  const gone = (where) => `${where}: this runtime was disposed of`;
  const misuses = {
    memory: () => ll.memory(),
    tensor: () => ll.tensor([1]),
    zeros: () => ll.zeros([1]),
    randn: () => ll.randn([1]),
    affine: () => ll.affine(1, 1),
    sigmoid: () => ll.sigmoid(),
    relu: () => ll.relu(),
    meanSquaredError: () => ll.meanSquaredError(),
    softmaxCrossEntropy: () => ll.softmaxCrossEntropy(),
    sgd: () => ll.sgd(),
    adam: () => ll.adam(),
    'adam.step': () => adam.step(affine),
    'adam.state': () => adam.state(affine),
    'meanSquaredError.forward': () => mse.forward([1], [1]),
    'meanSquaredError.backward': () => mse.backward(),
    train: () => ll.train(affine, mse, adam, [[1, 2, 3]], [[1, 2]]),
    sequential: () => ll.sequential(affine),
    multiply: () => ll.nodes.multiply(1),
    exp: () => ll.nodes.exp(),
    add: () => ll.nodes.add(1),
    reciprocal: () => ll.nodes.reciprocal(),
    'dot: W': () => ll.nodes.dot([[1]]),
    'addBias: b': () => ll.nodes.addBias([1]),
    'affine.forward': () => affine.forward([1, 2, 3]),
    'affine.backward': () => affine.backward([[1, 2], [3, 4]]),
    'sequential.forward': () => net.forward([[1, 2, 3]]),
    'tensor.data': () => x.data,
    'tensor.toArray': () => y.toArray(),
    'tensor.clone': () => affine.W.clone(),
    'tensor.toString': () => String(affine.dW),
  };
  for (const [where, call] of Object.entries(misuses)) assertThrows(call, StateError, gone(where));
  assertThrows(() => trace(affine, [1, 2, 3], [1, 2]), StateError, gone('tensor'));
  for (const each of [x, affine, net, mse, adam, ll]) each.dispose(); // harmless
});

testEach('a sequential that fails further down goes on with its last pass where that is complete', (ll) => {
  const b = ll.tensor([1, 2]);
  const net = ll.sequential(ll.sigmoid(), ll.nodes.addBias(b));
  net.forward([[0, 0]]);
  assertThrows(() => net.forward([[1, 2, 3]]), ShapeError, /addBias.forward: expected x \(N, 2\), got \(1, 3\)/);
  assert.deepEqual(net.backward([[4, 8]]).toArray(), [[1, 2]]);
});

test('the parts of a layer and of a tensor cannot be replaced by others of another shape', () => {
  const ll = start('simd');
  const affine = ll.affine([[1, 2]], [3, 4]);
  const net = ll.sequential(affine);
  for (const name of ['W', 'b', 'dW', 'db', 'parameters']) {
    assert.throws(() => (affine[name] = ll.zeros([5, 5])), TypeError, name);
  }
  for (const name of ['shape', 'size', 'data']) assert.throws(() => (affine.W[name] = [2, 1]), TypeError, name);
  assert.throws(() => (affine.W.shape[0] = 2), TypeError);
  assert.throws(() => (affine.parameters[0].value = ll.zeros([5, 5])), TypeError);
  assert.throws(() => affine.parameters.pop(), TypeError);
  assert.throws(() => net.layers.push(ll.sigmoid()), TypeError);
  assert.throws(() => net.parameters.pop(), TypeError);
  assert.deepEqual(net.forward([1]).toArray(), [4, 6]);
});

test('the reference throws as a runtime does', () => {
  const affine = reference.affine([[1, 2], [3, 4], [5, 6]], [7, 8]);
  const passed = reference.sigmoid();
  passed.forward([1]);
  // Its classes are copies of those of the main module.
  const Kinds = { ShapeError: RangeError, ArgumentError: TypeError, StateError: Error };
  const codes = { ShapeError: 'ERR_LL_SHAPE', ArgumentError: 'ERR_LL_ARGUMENT', StateError: 'ERR_LL_STATE' };
  /** @type {[() => unknown, string, string][]} */
  const misuses = [
    [() => affine.forward([[1, 2]]), 'ShapeError', 'affine.forward: expected x (N, 3), got (1, 2): axis 1 must be 3 (layer affine(3, 2))'],
    [() => affine.forward('x'), 'ArgumentError', `affine.forward: ${noNumbers} string "x"`],
    [() => affine.backward([1, 2]), 'StateError', 'affine.backward: call forward first (layer affine(3, 2))'],
    [() => passed.backward([1, 2]), 'ShapeError', 'sigmoid.backward: expected dout (1,), got (2,): axis 0 must be 1 (layer sigmoid)'],
    [() => reference.affine([1], [1]), 'ShapeError', 'affine: expected W (in, out), both at least 1, got (1,)'],
    [() => reference.affine([[1]], [[1]]), 'ShapeError', 'affine: expected b (out), at least 1, got (1, 1)'],
    [() => reference.affine([[1]], [1, 2]), 'ShapeError', 'affine: expected b (1,), got (2,): axis 0 must be 1 (layer affine(1, 1))'],
    [() => reference.affine(2, 3), 'ArgumentError', `affine: W: ${noNumbers} number 2`],
    [() => reference.nodes.dot([1]), 'ShapeError', 'dot: expected W (in, out), both at least 1, got (1,)'],
    [() => reference.nodes.addBias([[1]]), 'ShapeError', 'addBias: expected b (out), at least 1, got (1, 1)'],
    [() => reference.nodes.addBias([1, 2]).forward([1]), 'ShapeError', 'addBias.forward: expected x (2,), got (1,): axis 0 must be 2 (layer addBias(2))'],
    [() => reference.nodes.multiply('2'), 'ArgumentError', 'multiply: c must be a number, got string "2"'],
    [() => reference.nodes.add(), 'ArgumentError', 'add: c must be a number, got undefined'],
    [() => reference.sequential(), 'ArgumentError', 'sequential: expected at least one layer, got none'],
    [() => reference.sequential(affine, null), 'ArgumentError', 'sequential: expected a layer of the reference as argument 1, got null'],
    [
      () => reference.sequential(affine, reference.sequential(affine)),
      'ArgumentError',
      'sequential: the layer affine(3, 2) stands in it twice; it can remember one pass only',
    ],
    [() => reference.tensor([[1], [2, 3]]), 'ShapeError', 'tensor: ragged array: row 0 has 1 numbers, row 1 has 2'],
    [() => reference.tensor([1, 2], [3]), 'ShapeError', 'tensor: expected (3,) for shape (3,), got (2,)'],
    [() => reference.tensor([1], null), 'ArgumentError', 'tensor: shape must be an array, got null'],
    [() => reference.zeros([1, 2, 3]), 'ShapeError', 'zeros: expected rank 1 or 2, got shape (1, 2, 3)'],
  ];
  for (const [call, name, message] of misuses) {
    assert.throws(call, (error) => {
      assert.deepEqual([error.name, error.code, error.message], [name, codes[name], message], String(call));
      return error instanceof Kinds[name];
    });
  }
});

// ---- MemoryError ------------------------------------------------------------------------------------------------------------

testEach('MemoryError: more than the engine can ever give', (ll) => {
  const all = scene(ll);
  const before = [ll.memory(), readable(all)];
  const tall = ll.zeros([2 ** 20, 1]);
  const wide = ll.affine(1, 2 ** 11, { seed: 1 }); // y would be (2²⁰, 2¹¹): 8 GiB
  const made = ll.memory();
  for (const call of [
    () => ll.zeros([2 ** 32]),
    () => ll.zeros([2 ** 26, 2 ** 26]),
    () => ll.zeros([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]),
    () => ll.randn([2 ** 40], { seed: 1 }),
    () => ll.affine(2 ** 20, 2 ** 20),
    () => ll.affine(1, Number.MAX_SAFE_INTEGER),
    () => wide.forward(tall),
  ]) {
    assertThrows(call, MemoryError, /^memory: the engine gives no more: \d\S* MiB wanted, \d+\.\d MiB in use, \d+\.\d MiB reserved$/);
    assert.deepEqual(ll.memory(), made, String(call));
  }
  tall.dispose();
  wide.dispose();
  const { tensors, bytes } = ll.memory();
  assert.deepEqual([{ ...before[0], tensors, bytes }, readable(all)], before);
  assert.deepEqual(ll.tensor([1, 2]).toArray(), [1, 2]);
});

testEach('MemoryError: an instance that must not grow', (ll) => {
  const affine = ll.affine([[2]], [1]);
  const y = affine.forward([3]);
  const sigmoid = ll.sigmoid();
  const half = sigmoid.forward([0]);
  const { grow } = WebAssembly.Memory.prototype;
  const kept = [];
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
  };
  try {
    assertThrows(() => {
      for (;;) kept.push(ll.zeros([1000]));
    }, MemoryError, /^memory: the engine gives no more: /);
    assert.ok(kept.length > 0);

    // There is no room for x: the last pass stays.
    const full = ll.memory();
    const large = Array(1000).fill([1]);
    assertThrows(() => affine.forward(large), MemoryError, /^memory: /);
    assert.deepEqual(ll.memory(), full);
    assert.deepEqual([y.toArray(), affine.backward([1]).toArray(), affine.dW.toArray()], [[7], [2], [[3]]]);

    // There is room for x, but then none for y, which stays. Backward goes on where it doesn't need the x of the last pass.
    kept.pop().dispose();
    assertThrows(() => affine.forward(large), MemoryError, /^memory: /);
    assert.deepEqual(y.toArray(), [7]);
    assertThrows(() => affine.backward([1]), StateError, /^affine.backward: the x of the last forward: its numbers are gone, /);
    kept.pop().dispose();
    assertThrows(() => sigmoid.forward(large), MemoryError, /^memory: /);
    assert.deepEqual([half.toArray(), sigmoid.backward([8]).toArray()], [[0.5], [2]]);

    // Small calls work.
    assert.deepEqual(affine.forward([4]).toArray(), [9]);
    assert.deepEqual(affine.backward([1]).toArray(), [2]);
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  assert.equal(ll.zeros([1000]).size, 1000);
});

test('MemoryError: until an engine of 60 MiB is full; what was there stays, and small calls work', async () => {
  const output = await run(
    `import { load, MemoryError } from 'layerlens';
    const ll = await load();
    const affine = ll.affine([[1, 2], [3, 4]], [5, 6]);
    const y = affine.forward([[1, 1]]);
    const kept = [];
    let error;
    while (!error) {
      try {
        kept.push(ll.zeros([1024, 1024]));
        kept.at(-1).data.fill(kept.length);
      } catch (thrown) {
        error = thrown;
      }
    }
    const intact = kept.every(({ data }, i) => data.every((value) => value === i + 1));
    const [full, count] = [ll.memory(), kept.length];

    // A layer of several tensors, of which the first fits: nothing of it stays.
    kept.pop().dispose();
    const before = ll.memory();
    let second;
    try {
      ll.affine(1024, 1024);
    } catch (thrown) {
      second = thrown;
    }
    const after = ll.memory();
    const again = ll.zeros([1024, 1024]).size;
    const small = ll.sigmoid().forward([0]).toArray();
    console.log(JSON.stringify({
      count, errors: [error, second].map((each) => each instanceof MemoryError), intact, full, before, after, again, small,
      y: y.toArray(), dx: affine.backward([[1, 0]]).toArray(),
    }));`,
    ['--wasm-max-mem-pages=960'],
  );
  const { count, errors, intact, full, before, after, again, small, y, dx } = JSON.parse(output);
  // The memory grows by a quarter, from 49.5 MiB to 61.9: refused. Then by no more than is needed, until 14 tensors of 4 MiB are
  // there; a fifteenth would take all of it, and the kernels themselves need a little.
  assert.equal(count, 14);
  assert.deepEqual(errors, [true, true]);
  assert.ok(intact, 'a tensor has changed');
  assert.ok(full.reserved <= 60 * 2 ** 20);
  assert.deepEqual(after, before);
  assert.equal(again, 2 ** 20);
  assert.deepEqual([small, y, dx], [[0.5], [[9, 12]], [[1, 3]]]);
});

// ---- LoadError --------------------------------------------------------------------------------------------------------------

/** Both ways to load fail alike; `load` does so by its promise. */
async function assertLoadFails(options, Kind, message) {
  const what = `load(${typeof options?.module === 'object' ? 'a module' : JSON.stringify(options)})`;
  assertThrows(() => loadSync(options), Kind, message, what);
  await load(options).then(
    () => assert.fail(`${what}: was fulfilled`),
    (error) => assertError(error, Kind, message, what),
  );
}

test('load: options that there are not', async () => {
  const variant = "load: variant must be 'auto', 'relaxed', 'simd' or 'scalar', got";
  const module = 'load: module must be a WebAssembly.Module or its bytes, got';
  for (const [options, message] of [
    ['simd', 'load: options must be an object, got string "simd"'],
    [null, 'load: options must be an object, got null'],
    [{ kind: 'simd' }, 'load: unknown option "kind"; known are variant, module'],
    [{ variant: 'fast' }, `${variant} string "fast"`],
    [{ variant: null }, `${variant} null`],
    [{ variant: 1 }, `${variant} number 1`],
    [{ variant: 'toString' }, `${variant} string "toString"`],
    [{ variant: 'scalar' }, "load: the scalar kernels aren't embedded: pass layerlens/wasm/scalar.wasm as module"],
    [{ module: null }, `${module} null`],
    [{ module: 'simd.wasm' }, `${module} string "simd.wasm"`],
    [{ module: {} }, `${module} Object`],
    [{ module: [0, 97, 115, 109] }, `${module} Array`],
    [{ module: new WebAssembly.Instance(new WebAssembly.Module(bytesOf('simd'))) }, `${module} Instance`],
    [{ module: new Response('') }, `${module} Response`],
  ]) {
    await assertLoadFails(options, ArgumentError, message);
  }
});

test('load: a module that is not ours, or only a part of it', async () => {
  const bytes = bytesOf('scalar');
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  // (module (import "env" "f" (func)))
  const importing = new Uint8Array([...empty, 1, 4, 1, 96, 0, 0, 2, 9, 1, 3, 101, 110, 118, 1, 102, 0, 0]);
  assert.ok(WebAssembly.validate(importing));
  const renamed = (...names) => {
    const text = names.reduce((text, [from, to]) => text.replace(from, to), bytes.toString('latin1'));
    return Buffer.from(text, 'latin1');
  };
  // The right names, of other things.
  const swapped = renamed(['exp_forward', '*'.repeat(11)], ['__heap_base', 'exp_forward'], ['*'.repeat(11), '__heap_base']);
  const notOurs = "load: this module isn't one of layerlens: it doesn't export";
  for (const [module, message] of [
    [empty, /^load: this module isn't one of layerlens: it doesn't export affine_forward, affine_backward, .*, memory, __heap_base$/],
    [new WebAssembly.Module(empty), /doesn't export affine_forward, /],
    [renamed(['sigmoid_backward', 'sigmoid_backwarm']), `${notOurs} sigmoid_backward`],
    [swapped, `${notOurs} exp_forward, __heap_base`],
    [importing, /^load: the engine refuses this module \(.+\)$/],
    [bytes.subarray(0, 1000), /^load: the engine refuses this module \(.+\)$/],
    [bytes.subarray(0, 0), /^load: the engine refuses this module \(.+\)$/],
    [Buffer.from('<!doctype html>'), /^load: the engine refuses this module \(.+\)$/],
    [new ArrayBuffer(100), /^load: the engine refuses this module \(.+\)$/],
    [new DataView(new ArrayBuffer(4)), /^load: the engine refuses this module \(.+\)$/],
  ]) {
    await assertLoadFails({ module }, LoadError, message);
  }
  await load({ module: importing }).catch(({ cause }) => assert.ok(cause instanceof TypeError || cause instanceof WebAssembly.LinkError));
  await load({ module: bytes.subarray(0, 9) }).catch(({ cause }) => assert.ok(cause instanceof WebAssembly.CompileError));
});

test('load: another variant than was asked for', async () => {
  for (const [variant, other] of [['simd', 'scalar'], ['scalar', 'relaxed'], ['relaxed', 'simd']]) {
    const message = `load: the variant ${variant} was asked for, but this module is ${other}`;
    await assertLoadFails({ variant, module: bytesOf(other) }, LoadError, message);
  }
});

test('load: an engine without SIMD', async (t) => {
  t.mock.method(WebAssembly, 'validate', () => false);
  const none = 'load: this engine has no WebAssembly SIMD; pass layerlens/wasm/scalar.wasm as module, or use layerlens/reference';
  await assertLoadFails(undefined, LoadError, none);
  await assertLoadFails({ variant: 'simd' }, LoadError, none);
  await assertLoadFails({ variant: 'relaxed' }, LoadError, "load: this engine has no relaxed SIMD; the variant 'simd' may run");
  assert.equal(loadSync({ module: bytesOf('scalar') }).variant, 'scalar');
});

test('load: an engine without WebAssembly imports the package, computes with the reference and is told so', async () => {
  const output = await run(`
    delete globalThis.WebAssembly;
    const { load, loadSync, LoadError } = await import('layerlens');
    const { reference } = await import('layerlens/reference');
    const errors = [];
    await load().catch((error) => errors.push(error));
    try { loadSync({ variant: 'simd' }); } catch (error) { errors.push(error); }
    console.log(JSON.stringify([
      errors.map((error) => [error instanceof LoadError, error.message]), reference.affine([[2]], [1]).forward([3]).toArray(),
    ]));`);
  const message = 'load: this engine has no WebAssembly; layerlens/reference computes without it';
  assert.deepEqual(JSON.parse(output), [[[true, message], [true, message]], [7]]);
});

test("load: a Content-Security-Policy, as each browser's engine words it", async (t) => {
  const source = `is not an allowed source of script in the following Content Security Policy directive: "script-src 'self'"`;
  for (const words of [
    // Chromium, newest first; Firefox; Safari.
    "WebAssembly.compile(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive " +
      `because neither 'wasm-eval' nor 'unsafe-eval' ${source}`,
    `WebAssembly.compile(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' ${source}`,
    'WebAssembly.compile(): Wasm code generation disallowed by embedder',
    'call to WebAssembly.compile() blocked by CSP',
    `Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' ${source}.`,
  ]) {
    const cause = new WebAssembly.CompileError(words);
    const compile = t.mock.method(WebAssembly, 'compile', async () => {
      throw cause;
    });
    const construct = t.mock.method(WebAssembly, 'Module', function () {
      throw cause;
    });
    const message = `load: the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src (${words})`;
    await assertLoadFails(undefined, LoadError, message);
    await load().catch((error) => assert.equal(error.cause, cause));
    compile.mock.restore();
    construct.mock.restore();
  }
});
