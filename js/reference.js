/**
 * Every layer again, in plain float64 JavaScript: the readable specification, the tests' oracle, and the fallback where there is
 * no WebAssembly. Used as a runtime is: `reference.affine(W, b).forward(x).toArray()`.
 * @module layerlens/reference
 */

import { checkFits, checkNumber, checkParameters, checkShape, show, showShape, sizeOf } from './check.js';
import { ArgumentError, ShapeError, StateError } from './errors.js';
import { gradientCheck } from './gradient-check.js';
import { MeanSquaredError, SoftmaxCrossEntropy } from './reference-losses.js';
import { ReferenceOptimizer } from './reference-optimizers.js';
import { read, ReferenceTensor } from './reference-tensor.js';

export { GradientCheck } from './gradient-check.js';
export { ReferenceTensor };

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./gradient-check.js').CheckedCell} CheckedCell */
/** @typedef {import('./gradient-check.js').CheckedTensor} CheckedTensor */
/** @typedef {import('./gradient-check.js').GradientCheckOptions} GradientCheckOptions */
/** @typedef {import('./reference-tensor.js').Rows} Rows */
/** @typedef {import('./reference-tensor.js').TensorLike} TensorLike */
/** @typedef {{ name: string, value: ReferenceTensor, grad: ReferenceTensor }} Parameter */

// ---- Matrices -------------------------------------------------------------------------------------------------------------

const transpose = (/** @type {Rows} */ a) => a[0].map((_, j) => a.map((row) => row[j]));

/** start + a · b, each sum in the order of the inner index. @param {Rows} a @param {Rows} b @param {number[]} [start] */
const matmul = (a, b, start) =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], start ? start[j] : 0)));

/** The sum over axis 0, the samples. @param {Rows} a @param {number} columns */
const columnSums = (a, columns) => Array.from({ length: columns }, (_, j) => a.reduce((sum, row) => sum + row[j], 0));

/** f of each element, and of those at the same place in b. @param {Rows} a @param {Rows} b @param {(a: number, b: number) => number} f */
const map = (a, b, f) => a.map((row, i) => row.map((value, j) => f(value, b[i][j])));

// ---- Layers ---------------------------------------------------------------------------------------------------------------

/** What the layers have in common. Each computes with rows, so that a sample alone is a batch of one. */
class ReferenceLayer {
  /** @type {Parameter[]} */
  parameters = [];
  /** @type {{ x: ReferenceTensor, y: ReferenceTensor } | undefined} */
  #pass;

  /** @param {string} name @param {string} label */
  constructor(name, label = name) {
    this.name = name;
    this.label = label;
    this.runtime = reference;
  }

  /**
   * @param {TensorLike} x
   * @returns {ReferenceTensor}
   * @throws ShapeError if x doesn't fit; ArgumentError if it is no tensor
   */
  forward(x) {
    const where = `${this.name}.forward`;
    const input = read(where, x);
    const shape = this.outputShape(where, input.shape);
    const y = new ReferenceTensor(this.y(input.rows), shape);
    this.#pass = { x: input, y };
    return y;
  }

  /**
   * @param {TensorLike} dout
   * @returns {ReferenceTensor}
   * @throws ShapeError if dout doesn't fit; ArgumentError if it is no tensor; StateError before `forward`
   */
  backward(dout) {
    const where = `${this.name}.backward`;
    if (!this.#pass) throw new StateError(`${where}: call forward first (layer ${this.label})`);
    const { x, y } = this.#pass;
    const upstream = read(where, dout);
    checkFits(where, 'dout', y.shape, upstream.shape, this.label);
    return new ReferenceTensor(this.dx(upstream.rows, x.rows, y.rows), x.shape);
  }

  /** @param {string} name @param {ReferenceTensor} value */
  addParameter(name, value) {
    const grad = new ReferenceTensor(value.rows.map((row) => row.map(() => 0)), value.shape);
    this.parameters.push({ name, value, grad });
    return grad;
  }

  dispose() {}

  /** @param {string} _where @param {Shape} x @returns {Shape} */
  outputShape(_where, x) {
    return x;
  }

  /** @param {Rows} x @returns {Rows} */
  y(x) {
    return x;
  }

  /** @param {Rows} dout @param {Rows} _x @param {Rows} _y @returns {Rows} dx; the gradients of parameters are left in them */
  dx(dout, _x, _y) {
    return dout;
  }
}

/** y = x · W + b, or without b, the dot node. */
class Affine extends ReferenceLayer {
  /** @param {ReferenceTensor} W @param {ReferenceTensor} [b] */
  constructor(W, b) {
    const name = b ? 'affine' : 'dot';
    checkParameters(name, W.shape, b?.shape);
    super(name, `${name}(${W.shape.join(', ')})`);
    this.W = W;
    this.dW = this.addParameter('W', W);
    this.b = b;
    this.db = b && this.addParameter('b', b);
  }

  /** @param {string} where @param {Shape} x */
  outputShape(where, x) {
    const [inputs, outputs] = this.W.shape;
    checkFits(where, 'x', x.length === 1 ? [inputs] : ['N', inputs], x, this.label);
    return x.length === 1 ? [outputs] : [x[0], outputs];
  }

  /** @param {Rows} x */
  y(x) {
    return matmul(x, this.W.rows, this.b?.rows[0]);
  }

  /** @param {Rows} dout @param {Rows} x */
  dx(dout, x) {
    const [inputs, outputs] = this.W.shape;
    const xT = Array.from({ length: inputs }, (_, k) => x.map((row) => row[k])); // of an empty batch too
    this.dW.data.set(x.length ? matmul(xT, dout).flat() : Array(inputs * outputs).fill(0));
    this.db?.data.set(columnSums(dout, outputs));
    return matmul(dout, transpose(this.W.rows));
  }
}

/** y = x + b, the same b for each row. */
class AddBias extends ReferenceLayer {
  /** @param {ReferenceTensor} b */
  constructor(b) {
    checkParameters('addBias', undefined, b.shape);
    super('addBias', `addBias(${b.shape[0]})`);
    this.b = b;
    this.db = this.addParameter('b', b);
  }

  /** @param {string} where @param {Shape} x */
  outputShape(where, x) {
    checkFits(where, 'x', x.length === 1 ? [this.b.size] : ['N', this.b.size], x, this.label);
    return x;
  }

  /** @param {Rows} x */
  y(x) {
    const [b] = this.b.rows;
    return x.map((row) => row.map((value, j) => value + b[j]));
  }

  /** @param {Rows} dout */
  dx(dout) {
    this.db.data.set(columnSums(dout, this.b.size));
    return dout;
  }
}

/** A layer that works on each element alone. */
class Elementwise extends ReferenceLayer {
  /**
   * @param {string} name
   * @param {(x: number) => number} f y from x
   * @param {(y: number, x: number) => number} derivative dy/dx
   * @param {number} [c] the constant
   */
  constructor(name, f, derivative, c) {
    super(name, c === undefined ? name : `${name}(${c})`);
    this.f = f;
    this.derivative = derivative;
    this.c = c;
  }

  /** @param {Rows} x */
  y(x) {
    return map(x, x, this.f);
  }

  /** @param {Rows} dout @param {Rows} x @param {Rows} y */
  dx(dout, x, y) {
    return map(dout, map(y, x, this.derivative), (upstream, local) => upstream * local);
  }
}

/** y = max(x, 0). It chooses and doesn't multiply: where y is 0, an infinite dout leaves 0. */
class Relu extends ReferenceLayer {
  constructor() {
    super('relu');
  }

  /** @param {Rows} x */
  y(x) {
    return map(x, x, (value) => (value < 0 ? 0 : value));
  }

  /** @param {Rows} dout @param {Rows} _x @param {Rows} y */
  dx(dout, _x, y) {
    return map(dout, y, (upstream, value) => (value <= 0 ? 0 : upstream));
  }
}

/** Layers in a row. */
class Sequential {
  /** @param {any[]} layers */
  constructor(layers) {
    if (layers.length === 0) throw new ArgumentError('sequential: expected at least one layer, got none');
    layers.forEach((layer, i) => {
      if (layer?.runtime !== reference) {
        throw new ArgumentError(`sequential: expected a layer of the reference as argument ${i}, got ${show(layer)}`);
      }
    });
    /** The layers, those of inner sequentials among them. @type {any[]} */
    this.flat = layers.flatMap((layer) => layer.flat ?? layer);
    const twice = this.flat.find((layer, i) => this.flat.indexOf(layer) !== i);
    if (twice) {
      throw new ArgumentError(`sequential: the layer ${twice.label} stands in it twice; it can remember one pass only`);
    }
    this.name = 'sequential';
    this.label = `sequential(${layers.map((layer) => layer.label).join(', ')})`;
    this.runtime = reference;
    this.layers = layers;
    /** @type {Parameter[]} */
    this.parameters = layers.flatMap((layer, i) =>
      layer.parameters.map((/** @type {Parameter} */ parameter) => ({ ...parameter, name: `${i}.${parameter.name}` })),
    );
  }

  /** @param {TensorLike} x @returns {ReferenceTensor} */
  forward(x) {
    return /** @type {ReferenceTensor} */ (this.layers.reduce((value, layer) => layer.forward(value), x));
  }

  /** @param {TensorLike} dout @returns {ReferenceTensor} */
  backward(dout) {
    return /** @type {ReferenceTensor} */ (this.layers.reduceRight((value, layer) => layer.backward(value), dout));
  }

  dispose() {}
}

/** 1 / (1 + exp(−x)), of a large negative x too, where exp(−x) overflows. */
const sigmoid = (/** @type {number} */ x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

/**
 * The layers and tensors of a runtime, in float64. Without state, and with nothing to free.
 * @example
 * import { reference } from 'layerlens/reference';
 *
 * console.log(reference.sigmoid().forward([1]).toArray()); // [ 0.7310585786300049 ]
 */
export const reference = Object.freeze({
  variant: /** @type {const} */ ('reference'),

  /** @param {TensorLike} values @param {Shape} [shape] */
  tensor(values, shape) {
    const given = read('tensor', values);
    if (shape === undefined) return given.clone();
    const wanted = checkShape('tensor', shape);
    if (given.shape.length !== 1 || given.size !== sizeOf(wanted)) {
      throw new ShapeError(`tensor: expected (${sizeOf(wanted)},) for shape ${showShape(wanted)}, got ${showShape(given.shape)}`);
    }
    return new ReferenceTensor(given.rows, wanted);
  },

  /** @param {Shape} shape */
  zeros(shape) {
    const wanted = checkShape('zeros', shape);
    return new ReferenceTensor([Array(sizeOf(wanted)).fill(0)], wanted);
  },

  /** y = x · W + b. @param {TensorLike} W (in, out) @param {TensorLike} b (out) */
  affine: (W, b) => new Affine(read('affine: W', W), read('affine: b', b)),

  /** y = 1 / (1 + exp(−x)); backward is dout · y · (1 − y). */
  sigmoid: () => new Elementwise('sigmoid', sigmoid, (y) => y * (1 - y)),

  /** y = max(x, 0); backward is 0 where y ≤ 0, else dout, so that NaN passes. */
  relu: () => new Relu(),

  /** @param {...any} layers */
  sequential: (...layers) => new Sequential(layers),

  /** The mean of (x − t)² over all elements. */
  meanSquaredError: () => new MeanSquaredError(),
  /** Softmax with the cross-entropy loss, for t as classes or as rows of probabilities. */
  softmaxCrossEntropy: () => new SoftmaxCrossEntropy(),

  /** w −= lr · dw. @param {{ lr?: number }} [options] */
  sgd: (options) => new ReferenceOptimizer('sgd', options),
  /** v = momentum · v + dw; w −= lr · v. @param {{ lr?: number, momentum?: number }} [options] */
  momentum: (options) => new ReferenceOptimizer('momentum', options),
  /** s += dw²; w −= lr · dw / (√s + eps). @param {{ lr?: number, eps?: number }} [options] */
  adagrad: (options) => new ReferenceOptimizer('adagrad', options),
  /** w −= lr · m / (√v + eps). @param {{ lr?: number, beta1?: number, beta2?: number, eps?: number }} [options] */
  adam: (options) => new ReferenceOptimizer('adam', options),

  /**
   * Checks the gradients of a layer of any runtime.
   * @param {any} layer
   * @param {TensorLike} x
   * @param {TensorLike | number} dout or, with a loss, t
   * @param {GradientCheckOptions} [options]
   */
  gradientCheck: (layer, x, dout, options) => gradientCheck(reference, layer, x, dout, options),

  /** The elementary nodes of a computational graph. */
  nodes: Object.freeze({
    /** y = c · x @param {number} c */
    multiply: (c) => new Elementwise('multiply', (x) => c * x, () => c, checkNumber('multiply', 'c', c)),
    /** y = exp(x) */
    exp: () => new Elementwise('exp', Math.exp, (y) => y),
    /** y = x + c @param {number} c */
    add: (c) => new Elementwise('add', (x) => x + c, () => 1, checkNumber('add', 'c', c)),
    /** y = 1 / x */
    reciprocal: () => new Elementwise('reciprocal', (x) => 1 / x, (y) => -(y * y)),
    /** y = x · W @param {TensorLike} W (in, out) */
    dot: (W) => new Affine(read('dot: W', W)),
    /** y = x + b @param {TensorLike} b (out) */
    addBias: (b) => new AddBias(read('addBias: b', b)),
  }),
});
