// A runtime: one instance of the kernels, its memory, and the tensors and layers in it.

import { Affine, AddBias, Dot } from './affine.js';
import {
  checkInteger,
  checkNested,
  checkNumber,
  checkOptions,
  checkParameters,
  checkSeed,
  checkShape,
  Nested,
  show,
  showShape,
  sizeOf,
} from './check.js';
import { Elementwise } from './elementwise.js';
import { ArgumentError, ShapeError, StateError } from './errors.js';
import { variants } from './kernels.js';
import { at } from './layer.js';
import { MeanSquaredError, SoftmaxCrossEntropy } from './losses.js';
import { Memory, Region } from './memory.js';
import { Optimizer } from './optimizers.js';
import { Sequential } from './sequential.js';
import { PASS, Tensor, USER } from './tensor.js';
import { train } from './train.js';
import { endOfUse } from './using.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./kernels.js').Kernels} Kernels */
/** @typedef {import('./kernels.js').Variant} Variant */
/** @typedef {import('./layer.js').Layer} Layer */
/** @typedef {import('./losses.js').Loss} Loss */
/** @typedef {import('./tensor.js').TensorLike} TensorLike */
/** @typedef {import('./train.js').TrainOptions} TrainOptions */

const DISPOSED = 'this tensor was disposed of';
const PARAMETER = 'the layer of this parameter was disposed of';

/** Makes tensors and layers and keeps their memory. Runtimes are independent of each other. Made by `load` or `loadSync`. */
export class Runtime {
  #disposed = false;
  /** What has been allocated since `_allOrNone` began. @type {Region[] | undefined} */
  #allocated;

  /**
   * @internal
   * @param {Kernels} kernels
   */
  constructor(kernels) {
    /** @internal */
    this._kernels = kernels;
    /** @internal */
    this._memory = new Memory(kernels.memory, kernels.__heap_base.value);
    /** Which build of the kernels runs: `relaxed`, `simd` or `scalar`. @type {Variant} @readonly */
    this.variant = variants[kernels.layerlens_variant()];
    /** The elementary nodes of a computational graph, each of them a layer. @readonly */
    this.nodes = Object.freeze({
      /** y = c · x @param {number} c */
      multiply: (c) => new Elementwise(this, 'multiply', checkNumber('multiply', 'c', c)),
      /** y = exp(x) */
      exp: () => new Elementwise(this, 'exp'),
      /** y = x + c @param {number} c */
      add: (c) => new Elementwise(this, 'add', checkNumber('add', 'c', c)),
      /** y = 1 / x */
      reciprocal: () => new Elementwise(this, 'reciprocal'),
      /** y = x · W @param {TensorLike} W (in, out) */
      dot: (W) => {
        const weights = this._read('dot: W', W);
        checkParameters('dot', weights._shape);
        return this._allOrNone(() => new Dot(this, this.#parameter(weights)));
      },
      /** y = x + b @param {TensorLike} b (out) */
      addBias: (b) => {
        const bias = this._read('addBias: b', b);
        checkParameters('addBias', undefined, bias._shape);
        return this._allOrNone(() => new AddBias(this, this.#parameter(bias)));
      },
    });
  }

  /**
   * How much memory is in use: `tensors`, their number, those inside layers included; `bytes` that they take; `reserved`, the
   * size of the whole WebAssembly memory, which never shrinks.
   */
  memory() {
    this._checkAlive('memory');
    const { tensors, bytes, wasm } = this._memory;
    return { tensors, bytes, reserved: wasm.buffer.byteLength };
  }

  /** Ends the runtime and all of its tensors and layers, whose memory the engine can then take back. */
  dispose() {
    this.#disposed = true;
    // Tensors that the user keeps must not keep the WebAssembly memory.
    this._kernels = /** @type {Kernels} */ ({});
    this._memory.release();
  }

  [endOfUse]() {
    this.dispose();
  }

  /**
   * A tensor that you own.
   * @param {TensorLike} values a nested array; or all numbers in the order of rows, if a shape follows; or a tensor to copy
   * @param {Shape} [shape] of rank 1 or 2
   * @returns {Tensor}
   * @throws ShapeError for ragged arrays, a rank above 2, a shape of another size; ArgumentError for other values;
   *   MemoryError
   * @example
   * console.log(String(ll.tensor([1, 2, 3, 4], [2, 2])));
   * // [[1. 2.]
   * //  [3. 4.]]
   */
  tensor(values, shape) {
    const input = this._read('tensor', values);
    if (shape !== undefined) {
      const wanted = checkShape('tensor', shape);
      if (input._shape.length !== 1 || input._shape[0] !== sizeOf(wanted)) {
        throw new ShapeError(
          `tensor: expected (${sizeOf(wanted)},) for shape ${showShape(wanted)}, got ${showShape(input._shape)}`,
        );
      }
      return this.#fill(this.zeros(wanted), input);
    }
    return this.#fill(this.zeros(input._shape), input);
  }

  /**
   * A tensor of zeros that you own.
   * @param {Shape} shape of rank 1 or 2; an axis may be 0, the empty batch
   * @returns {Tensor}
   * @throws ShapeError for a rank above 2; ArgumentError if an axis is no whole number; MemoryError
   */
  zeros(shape) {
    this._checkAlive('zeros');
    return this._made(checkShape('zeros', shape), DISPOSED, USER);
  }

  /**
   * A tensor of normally distributed numbers that you own. The same seed gives the same numbers on every machine.
   * @param {Shape} shape of rank 1 or 2
   * @param {{ seed?: number, std?: number }} [options] seed: a whole number below 2³², another one each time if left out;
   *   std: the standard deviation, 1 if left out
   * @returns {Tensor}
   * @throws as `zeros`; ArgumentError for other options
   */
  randn(shape, options) {
    this._checkAlive('randn');
    const wanted = checkShape('randn', shape);
    return this.#normal('randn', options, 1, {}, wanted, DISPOSED, USER);
  }

  /**
   * The Affine layer, y = x · W + b.
   * @overload
   * @param {TensorLike} W (in, out); a tensor is used as it is, a nested array copied
   * @param {TensorLike} b (out)
   * @returns {Affine}
   */
  /**
   * The Affine layer, y = x · W + b, with normally distributed weights and a bias of zeros.
   * @overload
   * @param {number} W number of inputs
   * @param {number} b number of outputs
   * @param {{ seed?: number, std?: number | 'xavier' | 'he' }} [options] as for `randn`; std is 0.01 if left out. `xavier` is
   *   1 / √inputs, made for sigmoid; `he` is √(2 / inputs), made for ReLU.
   * @returns {Affine}
   */
  /**
   * @param {TensorLike | number} W
   * @param {TensorLike | number} b
   * @param {{ seed?: number, std?: number | 'xavier' | 'he' }} [options]
   * @returns {Affine}
   * @throws ShapeError if W isn't (in, out) or b isn't (out); ArgumentError for other values; MemoryError
   */
  affine(W, b, options) {
    this._checkAlive('affine');
    if (typeof W === 'number') {
      const inputs = checkInteger('affine', 'the number of inputs', W, 1);
      const outputs = checkInteger('affine', 'the number of outputs', b, 1);
      const named = { xavier: 1 / Math.sqrt(inputs), he: Math.sqrt(2 / inputs) };
      return this._allOrNone(() => {
        const weights = this.#normal('affine', options, 0.01, named, [inputs, outputs], PARAMETER);
        return new Affine(this, weights, this._made([outputs], PARAMETER));
      });
    }
    if (options !== undefined) {
      throw new ArgumentError('affine: options go with affine(inputs, outputs, options); here W and b say it all');
    }
    const weights = this._read('affine: W', W);
    const bias = this._read('affine: b', b);
    checkParameters('affine', weights._shape, bias._shape);
    return this._allOrNone(() => new Affine(this, this.#parameter(weights), this.#parameter(bias)));
  }

  /**
   * The Sigmoid layer, y = 1 / (1 + exp(−x)), for any shape of x.
   * @example
   * const sigmoid = ll.sigmoid();
   * console.log(sigmoid.forward([0]).toArray(), sigmoid.backward([1]).toArray()); // [ 0.5 ] [ 0.25 ]
   */
  sigmoid() {
    return new Elementwise(this, 'sigmoid');
  }

  /** The ReLU layer, y = max(x, 0), for any shape of x. */
  relu() {
    return new Elementwise(this, 'relu');
  }

  /**
   * Layers in a row.
   * @param {...(Layer | Sequential)} layers
   * @returns {Sequential}
   * @throws ArgumentError if one is no layer or stands in it twice; StateError if one is another runtime's
   * @example
   * const { multiply, exp, add, reciprocal } = ll.nodes;
   * const opened = ll.sequential(multiply(-1), exp(), add(1), reciprocal()); // the sigmoid, node by node
   * console.log(opened.forward([0]).toArray(), opened.backward([1]).toArray()); // [ 0.5 ] [ 0.25 ]
   */
  sequential(...layers) {
    this._checkAlive('sequential');
    return new Sequential(this, layers);
  }

  /** The mean squared error, for t of the shape of x. */
  meanSquaredError() {
    return new MeanSquaredError(this);
  }

  /**
   * Softmax with the cross-entropy loss, for t as classes or as rows of probabilities.
   * @example
   * const loss = ll.softmaxCrossEntropy();
   * console.log(loss.forward([[0, 0], [0, 0]], [0, 1]).toFixed(4)); // 0.6931
   * console.log(loss.backward().toArray()); // [ [ -0.25, 0.25 ], [ 0.25, -0.25 ] ]
   */
  softmaxCrossEntropy() {
    return new SoftmaxCrossEntropy(this);
  }

  /**
   * Stochastic gradient descent: w −= lr · dw.
   * @param {{ lr?: number }} [options] lr is 0.01 if left out
   * @throws ArgumentError for other options, as all optimisers
   * @example
   * const [affine, optimizer] = [ll.affine([[1]], [0]), ll.sgd({ lr: 0.5 })];
   * affine.forward([[3]]);
   * affine.backward([[1]]); // dW is x, 3
   * optimizer.step(affine);
   * console.log(affine.W.toArray()); // [ [ -0.5 ] ]
   */
  sgd(options) {
    return new Optimizer(this, 'sgd', options);
  }

  /**
   * v = momentum · v + dw; w −= lr · v.
   * @param {{ lr?: number, momentum?: number }} [options] lr 0.01 and momentum 0.9 if left out
   */
  momentum(options) {
    return new Optimizer(this, 'momentum', options);
  }

  /**
   * s += dw²; w −= lr · dw / (√s + eps).
   * @param {{ lr?: number, eps?: number }} [options] lr 0.01 and eps 1e-10 if left out
   */
  adagrad(options) {
    return new Optimizer(this, 'adagrad', options);
  }

  /**
   * m and v are moving averages of dw and dw², divided by 1 − betaᵗ at step t; w −= lr · m / (√v + eps).
   * @param {{ lr?: number, beta1?: number, beta2?: number, eps?: number }} [options] lr 0.001, beta1 0.9, beta2 0.999 and eps
   *   1e-8 if left out
   */
  adam(options) {
    return new Optimizer(this, 'adam', options);
  }

  /**
   * Trains a network: batches in a random order, for each of them forward, backward and a step of the optimiser.
   *
   * Other tasks get to run every few milliseconds. Leaving the loop ends the training; so does `signal`, after the step that is
   * under way and without an error. The network keeps what it has learned.
   * @param {Layer | Sequential} net
   * @param {Loss} loss
   * @param {Optimizer} optimizer
   * @param {TensorLike} x all samples (N, features); a nested array is copied, a tensor has to stay
   * @param {TensorLike} t what is wanted of each, N along axis 0, as the loss takes it
   * @param {TrainOptions} [options]
   * @returns {AsyncGenerator<import('./train.js').Progress, void, undefined>} a progress for each iteration
   * @throws ShapeError if x doesn't fit net, or t what that computes; ArgumentError for other values; StateError for what was
   *   disposed of or is another runtime's; and while it runs, MemoryError, or StateError for what was disposed of meanwhile
   * @example
   * const net = ll.affine([[0]], [0]); // is to learn y = 2x
   * const [x, t] = [[[1], [2], [3]], [[2], [4], [6]]];
   * const optimizer = ll.sgd({ lr: 0.05 });
   * for await (const { epoch, loss } of ll.train(net, ll.meanSquaredError(), optimizer, x, t, { epochs: 500 })) {
   *   if (epoch === 500) console.log(loss < 1e-4); // true
   * }
   */
  train(net, loss, optimizer, x, t, options) {
    return train(this, net, loss, optimizer, x, t, options);
  }

  // ---- for layers --------------------------------------------------------------------------------------------------------

  /** @internal @param {string} where */
  _checkAlive(where) {
    if (this.#disposed) throw new StateError(`${where}: this runtime was disposed of`);
  }

  /**
   * Checks what a user passed as a tensor.
   * @internal
   * @param {string} where
   * @param {unknown} value
   * @returns {Tensor | Nested}
   */
  _read(where, value) {
    this._checkAlive(where);
    if (value instanceof Nested) return value;
    if (value instanceof Tensor) {
      if (value.runtime !== this) throw new StateError(`${where}: this tensor belongs to another runtime`);
      value._check(where);
      return value;
    }
    const { _shape: shape, rows } = checkNested(where, value);
    // A view of this memory, such as tensor.data, would be empty once the memory has grown for a copy of it.
    const { buffer } = this._memory.floats;
    return new Nested(shape, rows.map((/** @type {any} */ row) => (row.buffer === buffer ? row.slice() : row)));
  }

  /**
   * A tensor for checked input: itself, or its numbers in a region of the layer.
   * @internal
   * @param {Tensor | Nested} input
   * @param {Region} region
   * @returns {Tensor}
   */
  _place(input, region) {
    return input instanceof Tensor ? input : this.#fill(this._output(region, input._shape), input);
  }

  /**
   * A tensor in a region of a layer, with room for new numbers. Earlier tensors there go stale.
   * @internal
   * @param {Region} region
   * @param {Shape} shape
   * @returns {Tensor}
   */
  _output(region, shape) {
    region.resize(sizeOf(shape));
    return new Tensor(this, region, shape, PASS);
  }

  /**
   * A tensor of zeros in a region of its own.
   * @internal
   * @param {Shape} shape
   * @param {string} gone what readers are told once it is gone
   * @param {object} [owner]
   * @returns {Tensor}
   */
  _made(shape, gone, owner) {
    const region = new Region(this._memory, gone);
    region.resize(sizeOf(shape));
    this.#allocated?.push(region);
    const tensor = new Tensor(this, region, shape, owner);
    tensor.data.fill(0);
    return tensor;
  }

  /**
   * Makes what takes several regions: where the memory lasts for some of them only, they are given back.
   * @internal
   * @template T
   * @param {() => T} make
   * @returns {T}
   */
  _allOrNone(make) {
    this.#allocated = [];
    try {
      return make();
    } catch (error) {
      for (const region of this.#allocated) region.dispose();
      throw error;
    } finally {
      this.#allocated = undefined;
    }
  }

  /**
   * @param {Tensor} tensor
   * @param {Tensor | Nested} input of the same size
   */
  #fill(tensor, input) {
    const { data } = tensor;
    if (input instanceof Tensor) {
      data.set(input.data);
    } else {
      input.rows.forEach((row, i) => data.set(row, i * row.length));
    }
    return tensor;
  }

  /**
   * Normally distributed numbers.
   * @param {string} where
   * @param {{ seed?: number, std?: number | string } | undefined} options
   * @param {number} defaultStd
   * @param {Record<string, number>} named standard deviations that have a name
   * @param {Shape} shape
   * @param {string} gone
   * @param {object} [owner]
   */
  #normal(where, options, defaultStd, named, shape, gone, owner) {
    const given = checkOptions(where, options, { seed: undefined, std: /** @type {number | string} */ (defaultStd) });
    const seed = checkSeed(where, given.seed);
    const std = Object.hasOwn(named, given.std) ? named[given.std] : given.std;
    if (typeof std !== 'number') {
      const names = Object.keys(named).map((name) => ` or '${name}'`);
      throw new ArgumentError(`${where}: std must be a number${names.join('')}, got ${show(std)}`);
    }
    const tensor = this._made(shape, gone, owner);
    this._kernels.randn(at(tensor), tensor.size, seed, std);
    return tensor;
  }

  /**
   * @param {Tensor | Nested} input
   * @returns {Tensor} itself, or a copy of a nested array, which the layer that is being made will own
   */
  #parameter(input) {
    return input instanceof Tensor ? input : this.#fill(this._made(input._shape, PARAMETER), input);
  }
}
