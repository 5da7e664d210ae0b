// Optimisers: how a step of training changes the parameters, with PyTorch's rules and names.

import { checkInteger, show } from './check.js';
import { ArgumentError, StateError } from './errors.js';
import { at, Layer } from './layer.js';
import { checkOptimizer, checkOptimizerOption } from './optimizer-options.js';
import { Sequential } from './sequential.js';
import { endOfUse } from './using.js';

/** @typedef {import('./kernels.js').Kernels} Kernels */
/** @typedef {import('./layer.js').Parameter} Parameter */
/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('./tensor.js').Tensor} Tensor */

/**
 * What an optimiser keeps for one parameter: the number of `step`s taken, and its `tensors`, of the parameter's shape, under
 * PyTorch's names. Writing both resumes an earlier training.
 * @typedef {{ readonly name: string, step: number, readonly tensors: Readonly<Record<string, Tensor>> }} OptimizerState
 */

/**
 * An update rule: what it keeps for each parameter, and its kernel.
 * @typedef {object} Rule
 * @property {string[]} keeps
 * @property {(kernels: Kernels, o: Record<string, number>, n: number, w: number, dw: number, step: number, a: number, b: number) => void} step
 *   n elements at w and dw, and what it keeps at a and b
 */

/** @type {Record<string, Rule>} */
const rules = {
  sgd: {
    keeps: [],
    step: (kernels, { lr }, n, w, dw) => kernels.sgd_step(w, dw, lr, n),
  },
  momentum: {
    keeps: ['momentum_buffer'],
    step: (kernels, { lr, momentum }, n, w, dw, _, velocity) => kernels.momentum_step(w, velocity, dw, lr, momentum, n),
  },
  adagrad: {
    keeps: ['sum'],
    step: (kernels, { lr, eps }, n, w, dw, _, sum) => kernels.adagrad_step(w, sum, dw, lr, eps, n),
  },
  adam: {
    keeps: ['exp_avg', 'exp_avg_sq'],
    step: (kernels, { lr, beta1, beta2, eps }, n, w, dw, step, mean, square) =>
      kernels.adam_step(w, mean, square, dw, lr, beta1, beta2, eps, step, n),
  },
};

/**
 * Changes parameters by their gradients. What it keeps for each parameter is allocated once, at first use, and lasts until the
 * optimiser is disposed of, or the parameter was and another one comes.
 */
export class Optimizer {
  #rule;
  #options;
  #disposed = false;
  /** How often `step` was called. */
  #turn = 0;
  /** By the parameter's tensor. @type {Map<Tensor, { step: number, tensors: Record<string, Tensor>, at: Tensor[], turn: number }>} */
  #states = new Map();

  /**
   * @internal
   * @param {Runtime} runtime
   * @param {'sgd' | 'momentum' | 'adagrad' | 'adam'} name
   * @param {unknown} options
   */
  constructor(runtime, name, options) {
    runtime._checkAlive(name);
    this.#rule = rules[name];
    this.#options = checkOptimizer(name, options);
    /** The runtime that it belongs to. */
    this.runtime = runtime;
    /** The kind of optimiser: `sgd`, `momentum`, `adagrad` or `adam`. @readonly */
    this.name = name;
  }

  /** The learning rate, which may be changed between steps. */
  get lr() {
    return this.#options.lr;
  }

  set lr(value) {
    this.#options.lr = checkOptimizerOption(this.name, 'lr', value);
  }

  /**
   * Moves each parameter of a layer by its gradient, which the last `backward` left.
   * @param {Layer | Sequential} layer
   * @throws StateError if the layer or one of its parameters was disposed of, or is another runtime's; ArgumentError if it is no
   *   layer, or one tensor is two of its parameters, which would take two steps; MemoryError
   */
  step(layer) {
    const where = `${this.name}.step`;
    const parameters = this._check(where, layer);
    this.#turn++;
    // Allocates and checks, so that a failure leaves all parameters as they were.
    for (const { name, value } of parameters) {
      const state = this.#stateOf(value);
      if (state.turn === this.#turn) {
        throw new ArgumentError(`${where}: the tensor of ${name} is another parameter of ${layer.label} too; it would take two steps`);
      }
      state.turn = this.#turn;
    }
    for (const { value, grad } of parameters) {
      const state = this.#stateOf(value);
      const [a, b] = state.at;
      state.step++;
      this.#rule.step(this.runtime._kernels, this.#options, value.size, at(value), at(grad), state.step, a ? at(a) : 0, b ? at(b) : 0);
    }
  }

  /**
   * What it keeps for the parameters of a layer: to save, and to write back before training goes on.
   * @param {Layer | Sequential} layer
   * @returns {OptimizerState[]} one for each parameter, by its name; zeros and step 0 before the first step
   * @throws as `step`
   */
  state(layer) {
    return this._check(`${this.name}.state`, layer).map(({ name, value }) => {
      const state = this.#stateOf(value);
      return Object.freeze({
        name,
        tensors: state.tensors,
        get step() {
          return state.step;
        },
        set step(steps) {
          state.step = checkInteger('optimizer.state', 'step', steps, 0, 2 ** 32 - 1);
        },
      });
    });
  }

  /** Frees what it keeps; it can't be used any more. Disposing twice is harmless. */
  dispose() {
    this.#disposed = true;
    this.#forget(() => true);
  }

  [endOfUse]() {
    this.dispose();
  }

  /** Frees what it keeps for some tensors. @param {(value: Tensor) => boolean} which */
  #forget(which) {
    for (const [value, { at }] of this.#states) {
      if (!which(value)) continue;
      for (const { _region } of at) _region.dispose();
      this.#states.delete(value);
    }
  }

  /**
   * @internal
   * @param {string} where
   * @param {Layer | Sequential} layer
   * @returns {readonly Parameter[]} its parameters, all of which are there
   */
  _check(where, layer) {
    this.runtime._checkAlive(where);
    if (this.#disposed) throw new StateError(`${where}: this optimiser was disposed of`);
    if (!(layer instanceof Layer || layer instanceof Sequential)) {
      throw new ArgumentError(`${where}: expected a layer, got ${show(layer)}`);
    }
    if (layer.runtime !== this.runtime) throw new StateError(`${where}: the layer ${layer.label} belongs to another runtime`);
    for (const { name, value, grad } of layer.parameters) {
      if (value._stale) value._check(`${where}: the parameter ${name} of ${layer.label}`);
      if (grad._stale) grad._check(`${where}: the gradient of ${name} of ${layer.label}`);
    }
    return layer.parameters;
  }

  /** @param {Tensor} value */
  #stateOf(value) {
    let state = this.#states.get(value);
    if (!state) {
      this.#forget(({ _stale }) => _stale); // those that were disposed of
      const { keeps } = this.#rule;
      const gone = `the ${this.name} optimiser was disposed of`;
      const at = this.runtime._allOrNone(() => keeps.map(() => this.runtime._made(value._shape, gone, this)));
      state = { step: 0, tensors: Object.freeze(Object.fromEntries(keeps.map((name, i) => [name, at[i]]))), at, turn: 0 };
      this.#states.set(value, state);
    }
    return state;
  }
}
