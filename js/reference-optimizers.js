// The optimisers again, in float64: PyTorch's rules, as they stand in its documentation.

import { checkOptimizer } from './optimizer-options.js';
import { ReferenceTensor } from './reference-tensor.js';

/**
 * How a rule changes a parameter: w and its gradient g are one element, s is what is kept for it, t counts the steps from 1.
 * @type {Record<string, (w: number, g: number, s: Record<string, number>, o: Record<string, number>, t: number) => number>}
 */
const rules = {
  sgd: (w, g, _, { lr }) => w - lr * g,
  momentum: (w, g, s, { lr, momentum }) => {
    s.momentum_buffer = momentum * (s.momentum_buffer ?? 0) + g;
    return w - lr * s.momentum_buffer;
  },
  adagrad: (w, g, s, { lr, eps }) => {
    s.sum = (s.sum ?? 0) + g * g;
    return w - (lr * g) / (Math.sqrt(s.sum) + eps);
  },
  adam: (w, g, s, { lr, beta1, beta2, eps }, t) => {
    s.exp_avg = beta1 * (s.exp_avg ?? 0) + (1 - beta1) * g;
    s.exp_avg_sq = beta2 * (s.exp_avg_sq ?? 0) + (1 - beta2) * g * g;
    const mean = s.exp_avg / (1 - beta1 ** t); // the averages start at 0 and so are too small at first
    const square = s.exp_avg_sq / (1 - beta2 ** t);
    return w - (lr * mean) / (Math.sqrt(square) + eps);
  },
};

export class ReferenceOptimizer {
  #options;
  /** By the parameter's tensor: the steps taken, and what is kept for each element. */
  #states = new Map();

  /** @param {'sgd' | 'momentum' | 'adagrad' | 'adam'} name @param {unknown} options */
  constructor(name, options) {
    this.name = name;
    this.#options = checkOptimizer(name, options);
  }

  /**
   * Moves each parameter of a layer by its gradient.
   * @param {{ parameters: readonly { value: ReferenceTensor, grad: ReferenceTensor }[] }} layer
   */
  step(layer) {
    for (const { value, grad } of layer.parameters) {
      let state = this.#states.get(value);
      if (!state) this.#states.set(value, (state = { steps: 0, kept: Array.from(value.data, () => ({})) }));
      state.steps++;
      value.data.forEach((w, i) => {
        value.data[i] = rules[this.name](w, grad.data[i], state.kept[i], this.#options, state.steps);
      });
    }
  }

  dispose() {}
}
