// Gradient check: what backward says of each gradient, beside how much the loss moves when that number moves a little.

import { checkInteger, checkNumber, checkOptions, show, showShape } from './check.js';
import { ArgumentError, ShapeError } from './errors.js';
import { table } from './table.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./reference-tensor.js').TensorLike} TensorLike */

/**
 * @typedef {object} GradientCheckOptions
 * @property {any} [loss] a loss of the layer's runtime; then t is given in place of dout
 * @property {number} [step] by which a number is moved up and down, in float64; 1e-5 if left out
 * @property {number} [tolerance] the relative error that is still right, below 1; 1e-3 if left out
 * @property {number} [most] how many elements of a tensor are checked, evenly spread over it; 100 if left out
 */

/**
 * One element's gradient: the layer's own, the reference's, and the difference quotient; `error` is the larger one of the first
 * against the others.
 * @typedef {{ index: number[], kernel: number, reference: number, difference: number, error: number, ok: boolean }} CheckedCell
 */

/**
 * One tensor's gradients: `x` or a parameter. `error` is the largest of its cells, which is `worst`.
 * @typedef {{ name: string, shape: Shape, cells: CheckedCell[], worst: CheckedCell, error: number, ok: boolean }} CheckedTensor
 */

/**
 * The result of a gradient check. Prints as a table.
 * @example
 * import { reference } from 'layerlens/reference';
 *
 * const check = reference.gradientCheck(reference.sigmoid(), [[1, 2]], [[1, 1]]);
 * console.log(check.ok); // true
 */
export class GradientCheck {
  /** @param {string} label @param {CheckedTensor[]} tensors @param {number} tolerance @param {number} noise */
  constructor(label, tensors, tolerance, noise) {
    /** What was checked. */
    this.label = label;
    /** x first, then the parameters. */
    this.tensors = tensors;
    this.tolerance = tolerance;
    /** How far the differences may be off by rounding alone: a smaller gradient is compared with the reference's only. */
    this.noise = noise;
    /** Whether all of them are right. */
    this.ok = tensors.every(({ ok }) => ok);
  }

  toString() {
    const digits = (/** @type {number} */ value) => value.toPrecision(6);
    const rows = this.tensors.map(({ name, shape, cells, worst, error, ok }) => [
      ok ? '✓' : '✗',
      `d${name}`,
      showShape(shape),
      cells.length,
      error.toExponential(1),
      `[${worst.index.join('][')}]`,
      digits(worst.kernel),
      digits(worst.reference),
      `${digits(worst.difference)} ± ${this.noise.toExponential(0)}`,
    ]);
    return table([['', 'gradient', 'shape', 'checked', 'error', 'worst at', 'backward', 'reference', 'difference'], ...rows]);
  }
}

/** @param {any} layer of any runtime @param {any} reference @returns {any} the same layer in float64, with copies of the parameters */
function twinOf(reference, layer) {
  if (layer.layers) return reference.sequential(...layer.layers.map((/** @type {any} */ inner) => twinOf(reference, inner)));
  const parameters = layer.parameters.map((/** @type {any} */ { value }) => value.toArray());
  const make = reference[layer.name] ?? reference.nodes[layer.name];
  return parameters.length ? make(...parameters) : make(layer.c);
}

/** @param {any} layer @param {any} x @param {any} dout @param {any} loss @returns {{ name: string, grad: any }[]} */
function backward(layer, x, dout, loss) {
  const y = layer.forward(x);
  if (loss) loss.forward(y, dout);
  const dx = layer.backward(loss ? loss.backward() : dout);
  return [{ name: 'x', grad: dx }, ...layer.parameters];
}

/** float32's smallest number that has all its digits. */
const SMALLEST = 2 ** -126;

/**
 * Some of the elements of a tensor: one out of each of as many equal parts, each time one place further in it, since parts that
 * are as long as rows would show the same column again and again.
 * @param {number} size
 * @param {number} count at most size
 * @returns {number[]} ascending
 */
function spread(size, count) {
  const start = (/** @type {number} */ n) => Math.floor((n * size) / count);
  return Array.from({ length: count }, (_, n) => start(n) + (n % (start(n + 1) - start(n))));
}

/** @param {number} i @param {Shape} shape */
const indexOf = (i, shape) => (shape.length === 1 ? [i] : [Math.floor(i / shape[1]), i % shape[1]]);

/**
 * Compares the gradients of a layer, of x and of each parameter, with those of the same layer in float64: with its backward pass, and
 * with central differences of its forward pass, as far as rounding leaves them digits. The layer runs forward and backward once, and
 * so has other gradients afterwards.
 *
 * An error is relative to the gradient, but to no less than a hundredth of the largest one in its tensor: where a sum cancels, float32
 * leaves few digits. It leaves few at a saturated sigmoid, too; and at the kink of a ReLU there is no difference to compare with.
 * @param {any} reference the layers in float64
 * @param {any} layer a layer or a sequential, of any runtime
 * @param {TensorLike} x the input
 * @param {TensorLike | number} dout the gradient with respect to the output; or t, where `options.loss` is given
 * @param {GradientCheckOptions} [options]
 * @returns {GradientCheck}
 * @throws as the layer's and the loss's `forward` and `backward`; ArgumentError for what is no layer, and for other options;
 *   ShapeError for an empty x
 */
export function gradientCheck(reference, layer, x, dout, options) {
  const { loss, step, tolerance, most } = checkOptions('gradientCheck', options, {
    loss: /** @type {any} */ (undefined),
    step: 1e-5,
    tolerance: 1e-3,
    most: 100,
  });
  for (const [name, value, below] of /** @type {const} */ ([['step', step, Infinity], ['tolerance', tolerance, 1]])) {
    if (checkNumber('gradientCheck', name, value) > 0 && value < below) continue;
    throw new ArgumentError(`gradientCheck: ${name} must be above 0 and ${below === 1 ? 'below 1' : 'finite'}, got ${value}`);
  }
  // A difference is known no better than the rounding of the losses that it is taken from.
  const rounding = (8 * Number.EPSILON) / step;
  if (rounding > tolerance) {
    throw new ArgumentError(`gradientCheck: a step of ${step} is lost in the rounding of float64; a tolerance of ${tolerance} takes ` +
      `at least ${((8 * Number.EPSILON) / tolerance).toExponential(0)}`);
  }
  checkInteger('gradientCheck', 'most', most, 1);
  if (typeof layer?.backward !== 'function' || !layer.parameters) {
    throw new ArgumentError(`gradientCheck: expected a layer, got ${show(layer)}`);
  }
  if (loss !== undefined && typeof loss?.backward !== 'function') {
    throw new ArgumentError(`gradientCheck: loss must be a loss, got ${show(loss)}`);
  }

  const plain = (/** @type {any} */ value) => (typeof value?.toArray === 'function' ? value.toArray() : value);
  const input = reference.tensor(plain(x));
  if (input.size === 0) throw new ShapeError(`gradientCheck: expected numbers, got the empty shape ${showShape(input.shape)}`);
  const upstream = plain(dout);
  const twin = twinOf(reference, layer);
  const twinLoss = loss && reference[loss.name]();

  const kernels = backward(layer, x, dout, loss).map(({ name, grad }) => ({ name, data: Array.from(grad.data) }));
  const references = backward(twin, input, upstream, twinLoss);
  const values = [input, ...twin.parameters.map((/** @type {any} */ { value }) => value)];

  const weights = twinLoss ? [] : reference.tensor(upstream).data;
  /** The terms of the loss, or the loss as a whole. @returns {number[]} */
  const terms = () => {
    const y = twin.forward(input);
    return twinLoss ? [twinLoss.forward(y, upstream)] : Array.from(y.data, (value, i) => value * weights[i]);
  };
  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, value) => total + value, 0);
  const noise = rounding * sum(terms().map(Math.abs));

  const tensors = values.map(({ data, shape }, k) => {
    const count = Math.min(most, data.length);
    const raw = spread(data.length, count).map((i) => {
      const before = data[i];
      const index = indexOf(i, shape);
      const [up, down] = [before + step, before - step];
      if (up === before || down === before) {
        const which = `${kernels[k].name}[${index.join('][')}]`;
        throw new ArgumentError(`gradientCheck: a step of ${step} doesn't move ${which}, which is ${before}`);
      }
      const [above, below] = [up, down].map((moved) => {
        data[i] = moved;
        return sum(terms());
      });
      data[i] = before;
      return { index, kernel: kernels[k].data[i], reference: references[k].grad.data[i], difference: (above - below) / (up - down) };
    });
    const largest = Math.max(SMALLEST, ...raw.map(({ reference }) => Math.abs(reference)));
    const cells = raw.map((cell) => {
      const against = (/** @type {number} */ other, /** @type {number} */ leeway) => {
        const off = Math.abs(cell.kernel - other);
        return off <= leeway ? 0 : off / Math.max(Math.abs(cell.kernel), Math.abs(other), largest / 100);
      };
      const error = Math.max(against(cell.reference, 0), against(cell.difference, noise));
      return { ...cell, error, ok: error <= tolerance };
    });
    const worst = cells.reduce((a, b) => (b.error > a.error || Number.isNaN(b.error) ? b : a));
    return { name: kernels[k].name, shape, cells, worst, error: worst.error, ok: cells.every(({ ok }) => ok) };
  });
  return new GradientCheck(layer.label, tensors, tolerance, noise);
}
