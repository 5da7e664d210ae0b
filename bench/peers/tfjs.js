// TensorFlow.js: its wasm backend, with SIMD, on one thread. Operations compute before they return, and leave their results in
// the backend's memory; here they are let go at once and not copied out, as nobody's are.

import { labelOf, LEARNING_RATE } from '../rows.js';

/**
 * @param {'core'} [part] tfjs-core, the smallest part that computes; without it all of TensorFlow.js, which training needs
 * @param {string} [files] where a browser finds the wasm files
 */
export async function backend(part, files) {
  const tf = await (part === 'core' ? import('@tensorflow/tfjs-core') : import('@tensorflow/tfjs'));
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (files) setWasmPaths(files);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  return tf;
}

const disposeOf = (/** @type {{ dispose: () => void }[]} */ owners) => () => owners.forEach((owner) => owner.dispose());

/** A task that computes tensors, of which the first are its result, by their names. In the end it lets its inputs go. */
export const task = (inputs, names, compute) => ({
  run() {
    for (const output of compute()) output.dispose();
  },
  result() {
    const outputs = compute();
    const result = Object.fromEntries(names.map((name, i) => [name, outputs[i].dataSync()]));
    for (const output of outputs) output.dispose();
    return result;
  },
  dispose: disposeOf(inputs),
});

/**
 * The task of a train step.
 * @param {any} tf
 * @param {import('../answer.js').Inputs} inputs
 * @param {(x: any, target: any, variables: any[]) => () => unknown} step makes what runs it; target has rows of probabilities
 */
export function training(tf, { x, W0, b0, W1, b1 }, step) {
  const [samples, classes] = [x.shape[0], b1.shape[0]];
  const probabilities = new Float32Array(samples * classes);
  for (let n = 0; n < samples; n++) probabilities[n * classes + labelOf(n, classes)] = 1;
  const [input, target] = [tf.tensor(x.data, x.shape), tf.tensor(probabilities, [samples, classes])];
  const variables = [W0, b0, W1, b1].map(({ data, shape }) => tf.variable(tf.tensor(data, shape)));
  return {
    run: step(input, target, variables),
    result: () => Object.fromEntries(['W0', 'b0', 'W1', 'b1'].map((name, i) => [name, variables[i].dataSync()])),
    dispose: disposeOf([input, target, ...variables]),
  };
}

/** @returns {import('../answer.js').Tasks} */
function fused(tf) {
  const tensors = (...inputs) => inputs.map(({ data, shape }) => tf.tensor(data, shape));
  return {
    affineForward(inputs) {
      const [x, W, b] = tensors(inputs.x, inputs.W, inputs.b);
      return task([x, W, b], ['y'], () => [tf.fused.matMul({ a: x, b: W, bias: b })]);
    },

    affineSigmoidForward(inputs) {
      const [x, W, b] = tensors(inputs.x, inputs.W, inputs.b);
      return task([x, W, b], ['y'], () => [tf.fused.matMul({ a: x, b: W, bias: b, activation: 'sigmoid' })]);
    },

    /** As its own gradients compute them. */
    affineBackward(inputs) {
      const [x, W, dout] = tensors(inputs.x, inputs.W, inputs.dout);
      const compute = () => [tf.matMul(dout, W, false, true), tf.matMul(x, dout, true, false), tf.sum(dout, 0)];
      return task([x, W, dout], ['dx', 'dW', 'db'], compute);
    },

    sigmoidForward(inputs) {
      const [x] = tensors(inputs.x);
      return task([x], ['y'], () => [tf.sigmoid(x)]);
    },

    sigmoidBackward(inputs) {
      const [x, dout] = tensors(inputs.x, inputs.dout);
      const [y, one] = [tf.sigmoid(x), tf.scalar(1)];
      return task([x, dout, y, one], ['dx'], () => {
        const rest = tf.sub(one, y);
        const slope = tf.mul(y, rest);
        return [tf.mul(dout, slope), slope, rest];
      });
    },

    trainStep: (inputs) =>
      training(tf, inputs, (x, target, [W0, b0, W1, b1]) => {
        const optimizer = tf.train.sgd(LEARNING_RATE);
        const loss = () => {
          const hidden = tf.fused.matMul({ a: x, b: W0, bias: b0, activation: 'sigmoid' });
          return tf.losses.softmaxCrossEntropy(target, tf.fused.matMul({ a: hidden, b: W1, bias: b1 }));
        };
        return () => optimizer.minimize(loss);
      }),
  };
}

/** The same without fused operations, which is faster at some sizes. @returns {import('../answer.js').Tasks} */
function unfused(tf) {
  const tensors = (...inputs) => inputs.map(({ data, shape }) => tf.tensor(data, shape));
  return {
    affineForward(inputs) {
      const [x, W, b] = tensors(inputs.x, inputs.W, inputs.b);
      return task([x, W, b], ['y'], () => {
        const product = tf.matMul(x, W);
        return [tf.add(product, b), product];
      });
    },

    affineSigmoidForward(inputs) {
      const [x, W, b] = tensors(inputs.x, inputs.W, inputs.b);
      return task([x, W, b], ['y'], () => {
        const product = tf.matMul(x, W);
        const z = tf.add(product, b);
        return [tf.sigmoid(z), z, product];
      });
    },
  };
}

/** @param {'core' | 'unfused'} [option] @param {string} [files] as of `backend` */
export async function start(option, files) {
  const tf = await backend(option === 'core' ? option : undefined, files);
  return { tasks: option === 'unfused' ? unfused(tf) : fused(tf) };
}
