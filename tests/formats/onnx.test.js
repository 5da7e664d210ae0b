// ONNX out: ONNX Runtime Web runs what is written, with the same outputs.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadSync } from 'layerlens';
import { toOnnx } from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import ort from 'onnxruntime-web';

import { assertClose, draw } from '../api/harness.js';
import { generator } from '../random.js';
import { everyLayer } from './harness.js';

ort.env.wasm.numThreads = 1;

/**
 * @param {Uint8Array} model
 * @param {number[][][]} batches
 * @param {(number | string)[]} [widths] of x and y, as the model says
 * @returns {Promise<{ dims: readonly number[], data: Float32Array }[]>}
 */
async function run(model, batches, widths) {
  const session = await ort.InferenceSession.create(model);
  const described = [session.inputMetadata, session.outputMetadata].map(([{ name, shape, type }]) => [name, type, shape]);
  if (widths) assert.deepEqual(described, ['x', 'y'].map((name, i) => [name, 'float32', ['N', widths[i]]]));
  assert.deepEqual([session.inputNames, session.outputNames], [['x'], ['y']]);
  const results = [];
  for (const x of batches) {
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(x.flat()), [x.length, x[0].length]) });
    results.push({ dims: y.dims, data: /** @type {Float32Array} */ (y.data) });
  }
  await session.release();
  return results;
}

/** Holds what ONNX Runtime computes, for several sizes of the batch and 3 features, against the network itself. */
async function assertRuns(net, widths, what = net.label) {
  const numbers = draw(generator());
  const batches = [1, 4, 7].map((rows) => numbers(rows, 3));
  const results = await run(toOnnx(net), batches, widths);
  for (const [i, x] of batches.entries()) {
    const y = net.forward(x);
    assert.deepEqual(results[i].dims, y.shape, what);
    assertClose(results[i].data, y.data, () => 1e-6, what);
  }
}

test('ONNX Runtime computes the same: each layer alone', async () => {
  const ll = loadSync();
  const affine = ll.affine(3, 5, { seed: 1, std: 0.3 });
  affine.b.data.set([1, -2, 3, -4, 5]);
  await assertRuns(affine, [3, 5]);
  await assertRuns(ll.nodes.dot([[0.5], [-0.25], [1]]), [3, 1]);
  await assertRuns(ll.nodes.addBias([1, 2, 3]), [3, 3]);
  const { multiply, exp, add, reciprocal } = ll.nodes;
  for (const layer of [ll.relu(), ll.sigmoid(), multiply(-0.5), add(0.1)]) await assertRuns(layer, ['M', 'M']);
  // Numbers of about 1, whose roundings are below 1e-6.
  await assertRuns(ll.sequential(multiply(0.5), exp(), add(1), reciprocal()), ['M', 'M']);
});

test('ONNX Runtime computes the same: whole networks, from any runtime', async () => {
  const ll = loadSync();
  await assertRuns(everyLayer(ll), [3, 2]);
  const exact = reference.affine([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [0.7, 0.8]);
  await assertRuns(reference.sequential(exact, reference.sigmoid()), [3, 2]);
  const wide = [ll.sigmoid(), ll.affine(3, 200, { seed: 5 }), ll.relu(), ll.affine(200, 10, { seed: 6, std: 0.1 })];
  await assertRuns(ll.sequential(...wide), [3, 10]);
});

test('with a softmax at its end', async () => {
  const ll = loadSync();
  const net = everyLayer(ll);
  const x = draw(generator())(5, 3);
  const [{ data }] = await run(toOnnx(net, { softmax: true }), [x], [3, 2]);
  const loss = ll.softmaxCrossEntropy();
  loss.forward(net.forward(x), [0, 1, 0, 1, 0]);
  assertClose(data, loss.probabilities.data, () => 1e-6, 'probabilities');
});

test('the widths of x and y may vary where no layer fixes them', async () => {
  const ll = loadSync();
  const results = await run(toOnnx(ll.sequential(ll.relu())), [[[1, -2]], [[-1], [2], [3]]]);
  assert.deepEqual(results.map(({ dims, data }) => [dims, ...data]), [[[1, 2], 1, 0], [[3, 1], 0, 2, 3]]);
});

test('what can not be written', () => {
  const ll = loadSync();
  assert.throws(() => toOnnx(ll.sequential(ll.affine(2, 3), ll.relu(), ll.affine(4, 5))), {
    name: 'ShapeError',
    code: 'ERR_LL_SHAPE',
    message: 'toOnnx: the layer affine(4, 5) gets (N, 3), from those before it',
  });
  const refuses = (call, message) => assert.throws(call, { name: 'ArgumentError', code: 'ERR_LL_ARGUMENT', message });
  refuses(() => toOnnx(/** @type {any} */ (null)), 'toOnnx: net must be a network, got null');
  refuses(() => toOnnx({ name: 'conv', label: 'conv(3)', parameters: [] }), 'toOnnx: no operator of ONNX is known for the layer conv(3)');
  refuses(() => toOnnx(reference.sequential(reference.affine([[1e39]], [0]))), 'toOnnx: 0.W holds 1e+39, which is beyond float32');
  refuses(() => toOnnx(ll.relu(), /** @type {any} */ ({ opset: 18 })), 'toOnnx: unknown option "opset"; known are softmax');
});
