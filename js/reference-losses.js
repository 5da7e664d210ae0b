// The losses again, in float64.

import { checkClasses, checkFits, showShape } from './check.js';
import { ShapeError, StateError } from './errors.js';
import { read, ReferenceTensor } from './reference-tensor.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./reference-tensor.js').Rows} Rows */
/** @typedef {import('./reference-tensor.js').TensorLike} TensorLike */

const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, value) => total + value, 0);

/** What the losses have in common. */
class ReferenceLoss {
  /** @type {{ dx: Rows, shape: Shape, p: Rows } | undefined} */
  #pass;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /**
   * @param {TensorLike} x
   * @param {TensorLike | number} t
   * @returns {number} the mean loss; NaN for an empty batch
   * @throws ShapeError if t doesn't fit x; ArgumentError for other values
   */
  forward(x, t) {
    const where = `${this.name}.forward`;
    const input = read(`${where}: x`, x);
    const { loss, dx, p } = this.compute(input.rows, this.target(where, t, input.shape));
    this.#pass = { dx, shape: input.shape, p };
    return loss;
  }

  /**
   * @returns {ReferenceTensor} the gradient of the last forward's loss
   * @throws StateError before `forward`
   */
  backward() {
    const { dx, shape } = this.lastPass('backward');
    return new ReferenceTensor(dx, shape);
  }

  /** @param {string} what */
  lastPass(what) {
    if (!this.#pass) throw new StateError(`${this.name}.${what}: call forward first`);
    return this.#pass;
  }

  dispose() {}

  /** @param {string} where @param {any} t @param {Shape} x @returns {Rows} what is wanted, of the shape of x */
  target(where, t, x) {
    const wanted = read(`${where}: t`, t);
    checkFits(where, 't', x, wanted.shape, this.name);
    return wanted.rows;
  }

  /** @param {Rows} x @param {Rows} _t @returns {{ loss: number, dx: Rows, p: Rows }} p for softmax only */
  compute(x, _t) {
    return { loss: 0, dx: x, p: [] };
  }
}

/** The mean of (x − t)² over all elements. */
export class MeanSquaredError extends ReferenceLoss {
  constructor() {
    super('meanSquaredError');
  }

  /** @param {Rows} x @param {Rows} t */
  compute(x, t) {
    const errors = x.map((row, i) => row.map((value, j) => value - t[i][j]));
    const size = errors.flat().length;
    return {
      loss: sum(errors.flat().map((error) => error * error)) / size,
      dx: errors.map((row) => row.map((error) => (2 * error) / size)),
      p: [],
    };
  }
}

/** Softmax and the cross-entropy loss, −Σ t · ln p of each sample; t as its class or as a row of probabilities. */
export class SoftmaxCrossEntropy extends ReferenceLoss {
  constructor() {
    super('softmaxCrossEntropy');
  }

  /** The softmax of the last forward's x. */
  get probabilities() {
    const { p, shape } = this.lastPass('probabilities');
    return new ReferenceTensor(p, shape);
  }

  /** @param {string} where @param {any} t @param {Shape} x */
  target(where, t, x) {
    const classes = x[x.length - 1];
    if (classes === 0) throw new ShapeError(`${where}: expected x with at least one class, got ${showShape(x)}`);
    const single = x.length === 1;
    const wanted = read(`${where}: t`, single && typeof t === 'number' ? [t] : t);
    if (single ? typeof t !== 'number' : wanted.shape.length === 2) return super.target(where, wanted, x);
    checkFits(where, 't', [single ? 1 : x[0]], wanted.shape, this.name);
    checkClasses(where, wanted.data, classes);
    return wanted.rows[0].map((of) => Array.from({ length: classes }, (_, j) => Number(j === of)));
  }

  /** @param {Rows} x @param {Rows} t */
  compute(x, t) {
    const samples = x.map((row, i) => {
      const largest = row.reduce((a, b) => (b > a ? b : a)); // subtracted, so that exp doesn't overflow
      const exps = row.map((value) => Math.exp(value - largest));
      const logSum = Math.log(sum(exps)) + largest;
      return {
        p: exps.map((value) => value / sum(exps)),
        loss: sum(row.map((value, j) => (t[i][j] === 0 ? 0 : t[i][j] * (logSum - value)))),
      };
    });
    const p = samples.map((sample) => sample.p);
    return {
      loss: sum(samples.map(({ loss }) => loss)) / x.length,
      dx: p.map((row, i) => row.map((value, j) => (value * sum(t[i]) - t[i][j]) / x.length)),
      p,
    };
  }
}
