// This library, as any user would import it.

import { load } from 'layerlens';
import { labelOf, LEARNING_RATE } from '../rows.js';

/** @typedef {import('layerlens').Runtime} Runtime */

/** @param {Runtime} ll @returns {import('../answer.js').Tasks} */
export const tasksOf = (ll) => {
  const tensor = ({ data, shape }) => ll.tensor(data, shape);
  const forward = (layer, x) => {
    const input = tensor(x);
    const run = () => layer.forward(input);
    return { run, result: () => ({ y: run().data }), dispose: () => layer.dispose() };
  };

  return {
    affineForward: ({ x, W, b }) => forward(ll.affine(tensor(W), tensor(b)), x),
    affineSigmoidForward: ({ x, W, b }) => forward(ll.sequential(ll.affine(tensor(W), tensor(b)), ll.sigmoid()), x),
    sigmoidForward: ({ x }) => forward(ll.sigmoid(), x),

    affineBackward({ x, W, b, dout }) {
      const [layer, gradient] = [ll.affine(tensor(W), tensor(b)), tensor(dout)];
      layer.forward(tensor(x));
      const run = () => layer.backward(gradient);
      return { run, result: () => ({ dx: run().data, dW: layer.dW.data, db: layer.db.data }), dispose: () => layer.dispose() };
    },

    sigmoidBackward({ x, dout }) {
      const [layer, gradient] = [ll.sigmoid(), tensor(dout)];
      layer.forward(tensor(x));
      const run = () => layer.backward(gradient);
      return { run, result: () => ({ dx: run().data }), dispose: () => layer.dispose() };
    },

    trainStep({ x, W0, b0, W1, b1 }) {
      const net = ll.sequential(ll.affine(tensor(W0), tensor(b0)), ll.sigmoid(), ll.affine(tensor(W1), tensor(b1)));
      const [loss, optimizer] = [ll.softmaxCrossEntropy(), ll.sgd({ lr: LEARNING_RATE })];
      const [input, labels] = [tensor(x), ll.tensor(Array.from({ length: x.shape[0] }, (_, n) => labelOf(n, b1.data.length)))];
      const run = () => {
        const value = loss.forward(net.forward(input), labels);
        net.backward(loss.backward(), { dx: false });
        optimizer.step(net);
        return value;
      };
      const result = () => Object.fromEntries(['W0', 'b0', 'W1', 'b1'].map((name, i) => [name, net.parameters[i].value.data]));
      const dispose = () => [net, loss, optimizer].forEach((owner) => owner.dispose());
      return { run, result, dispose };
    },
  };
};

/** @param {'simd' | 'relaxed' | 'threads'} [option] the kernels; or two threads with the fastest */
export async function start(option) {
  if (option !== 'threads') return { tasks: tasksOf(await load({ variant: option })) };
  const threads = await import('layerlens/threads');
  return { tasks: tasksOf(await threads.load({ threads: 2 })) };
}
