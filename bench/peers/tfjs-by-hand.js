// TensorFlow.js again, with the gradients written out by hand: its own multiply by transposed matrices in a plain loop, which a
// user who looks into it can avoid by transposing them first.

import { LEARNING_RATE } from '../rows.js';
import { backend, task, training } from './tfjs.js';

/** @returns {import('../answer.js').Tasks} */
const tasksOf = (tf) => ({
  affineBackward(inputs) {
    const [x, W, dout] = [inputs.x, inputs.W, inputs.dout].map(({ data, shape }) => tf.tensor(data, shape));
    return task([x, W, dout], ['dx', 'dW', 'db'], () => {
      const [xT, WT] = [tf.transpose(x), tf.transpose(W)];
      return [tf.matMul(dout, WT), tf.matMul(xT, dout), tf.sum(dout, 0), xT, WT];
    });
  },

  trainStep: (inputs) =>
    training(tf, inputs, (x, target, variables) => {
      const [W0, b0, W1, b1] = variables;
      const [one, rate, samples] = [1, LEARNING_RATE, inputs.x.shape[0]].map((value) => tf.scalar(value));
      const step = () => {
        const a = tf.fused.matMul({ a: x, b: W0, bias: b0, activation: 'sigmoid' });
        const logProbabilities = tf.logSoftmax(tf.fused.matMul({ a, b: W1, bias: b1 }));
        const loss = tf.neg(tf.mean(tf.sum(tf.mul(target, logProbabilities), 1)));
        const dz = tf.div(tf.sub(tf.exp(logProbabilities), target), samples);
        const da = tf.mul(tf.matMul(dz, tf.transpose(W1)), tf.mul(a, tf.sub(one, a)));
        const gradients = [tf.matMul(tf.transpose(x), da), tf.sum(da, 0), tf.matMul(tf.transpose(a), dz), tf.sum(dz, 0)];
        variables.forEach((variable, i) => variable.assign(tf.sub(variable, tf.mul(rate, gradients[i]))));
        return loss;
      };
      return () => tf.tidy(step).dispose();
    }),
});

/** @param {undefined} _option @param {string} [files] as of `backend` */
export async function start(_option, files) {
  return { tasks: tasksOf(await backend(undefined, files)) };
}
