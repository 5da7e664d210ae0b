// ONNX Runtime Web on one thread: models that hold W and b, so that it can pack them when it loads them. It copies inputs and
// outputs at each run; tensors given as outputs would save it the last copy, but stay as they were. It has no training.

import * as ort from 'onnxruntime-web';
import { model, node } from './onnx-model.js';

/** A task that runs a model. Feeds are inputs by name, outputs shapes by name. */
async function task(nodes, feeds, outputs, constants = {}) {
  const tensor = ({ data, shape }) => new ort.Tensor('float32', data, shape);
  const mapValues = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
  const bytes = model(nodes, mapValues(feeds, ({ shape }) => shape), outputs, constants);
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const inputs = mapValues(feeds, tensor);
  const run = () => session.run(inputs);
  const result = async () => mapValues(await run(), ({ data }) => data);
  return { run, result, asynchronous: true, dispose: () => session.release() };
}

/** @type {import('../answer.js').Tasks} */
const tasks = {
  affineForward: ({ x, W, b }) => task([node('Gemm', ['x', 'W', 'b'], ['y'])], { x }, { y: [x.shape[0], b.shape[0]] }, { W, b }),

  affineSigmoidForward({ x, W, b }) {
    const nodes = [node('Gemm', ['x', 'W', 'b'], ['z']), node('Sigmoid', ['z'], ['y'])];
    return task(nodes, { x }, { y: [x.shape[0], b.shape[0]] }, { W, b });
  },

  affineBackward({ x, W, b, dout }) {
    const nodes = [
      node('Gemm', ['dout', 'W'], ['dx'], { transB: 1 }),
      node('Gemm', ['x', 'dout'], ['dW'], { transA: 1 }),
      node('ReduceSum', ['dout', 'axes'], ['db'], { keepdims: 0 }),
    ];
    const constants = { W, axes: { shape: [1], data: BigInt64Array.of(0n) } };
    return task(nodes, { x, dout }, { dx: x.shape, dW: W.shape, db: b.shape }, constants);
  },

  sigmoidForward: ({ x }) => task([node('Sigmoid', ['x'], ['y'])], { x }, { y: x.shape }),

  sigmoidBackward({ x, dout }) {
    const nodes = [
      node('Sub', ['one', 'y'], ['rest']),
      node('Mul', ['y', 'rest'], ['slope']),
      node('Mul', ['dout', 'slope'], ['dx']),
    ];
    const y = { shape: x.shape, data: x.data.map((value) => 1 / (1 + Math.exp(-value))) };
    return task(nodes, { y, dout }, { dx: x.shape }, { one: { shape: [1], data: Float32Array.of(1) } });
  },
};

/** @param {undefined} _option @param {string} [files] where a browser finds the wasm file */
export async function start(_option, files) {
  ort.env.wasm.numThreads = 1;
  if (files) ort.env.wasm.wasmPaths = files;
  return { tasks };
}
