// The naive twin of each kernel, which is its specification: plain loops, one rounding after each operation.
//
// A twin is given its rounding. With Math.fround it gives the bits that `simd` and `scalar` must give; with `exactly` it gives
// float64 numbers, precise enough to be the exact result of float32 inputs.

import { ulp } from './harness.js';

/** @typedef {import('./harness.js').Sizes} Sizes */
/** @typedef {import('./harness.js').Tensors} Tensors */
/** @typedef {(value: number) => number} Rounding */

/**
 * A kernel's arguments in the order of C, and what it computes. A shape is a list of names of sizes: none for a constant, null
 * for a null pointer. The first size counts the samples.
 * @typedef {object} Kernel
 * @property {string} name of the export
 * @property {Record<string, string[] | null>} outputs
 * @property {Record<string, string[] | null>} inputs
 * @property {string[]} sizes
 * @property {(round: Rounding, inputs: Tensors, sizes: Sizes) => Tensors} twin
 * @property {boolean} [fused] whether `relaxed` may fuse its products and sums, and so give other bits
 * @property {boolean} [approximate] whether it has no bits that it must give, since it approximates a function
 * @property {Record<string, string>} [inner] of each output that is a sum: the size that counts its products
 * @property {number} [ulps] of an output that is no sum: how far it may be off
 */

export const exactly = (value) => value;

/** c (rows, columns): start[j], then term(i, j, k) added for one k after the other. */
function sums(round, rows, columns, inner, term, start) {
  const c = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = start ? start[j] : 0;
      for (let k = 0; k < inner; k++) sum = round(sum + round(term(i, j, k)));
      c[i * columns + j] = sum;
    }
  }
  return c;
}

/** @type {Kernel} */
const affineForward = {
  name: 'affine_forward',
  outputs: { y: ['rows', 'out'] },
  inputs: { x: ['rows', 'in'], w: ['in', 'out'], b: ['out'] },
  sizes: ['rows', 'in', 'out'],
  fused: true,
  inner: { y: 'in' },
  twin: (round, { x, w, b }, { rows, in: inputs, out }) => ({
    y: sums(round, rows, out, inputs, (i, j, k) => x[i * inputs + k] * w[k * out + j], b),
  }),
};

/** @type {Kernel} */
const affineBackward = {
  name: 'affine_backward',
  outputs: { dx: ['rows', 'in'], dw: ['in', 'out'], db: ['out'] },
  inputs: { dout: ['rows', 'out'], x: ['rows', 'in'], w: ['in', 'out'] },
  sizes: ['rows', 'in', 'out'],
  fused: true,
  inner: { dx: 'out', dw: 'rows', db: 'rows' },
  twin: (round, { dout, x, w }, { rows, in: inputs, out }) => ({
    dx: sums(round, rows, inputs, out, (i, j, k) => dout[i * out + k] * w[j * out + k]),
    dw: sums(round, inputs, out, rows, (i, j, k) => x[k * inputs + i] * dout[k * out + j]),
    db: sums(round, 1, out, rows, (_, j, k) => dout[k * out + j]),
  }),
};

/** @type {Kernel} */
const biasBackward = {
  name: 'bias_backward',
  outputs: { dx: ['rows', 'out'], db: ['out'] },
  inputs: { dout: ['rows', 'out'] },
  sizes: ['rows', 'out'],
  inner: { db: 'rows' },
  twin: (round, { dout }, { rows, out }) => ({
    dx: Float64Array.from(dout),
    db: sums(round, 1, out, rows, (_, j, k) => dout[k * out + j]),
  }),
};

/** The same kernel, given null for one tensor. @param {Kernel} kernel @param {string} name @returns {Kernel} */
function without(kernel, name) {
  const nulled = (tensors) => (name in tensors ? { ...tensors, [name]: null } : tensors);
  return {
    ...kernel,
    outputs: nulled(kernel.outputs),
    inputs: nulled(kernel.inputs),
    twin: (...args) => {
      const { [name]: _, ...others } = kernel.twin(...args);
      return others;
    },
  };
}

/**
 * A kernel that computes one element from the elements at the same place, called `output` = f(`inputs`); `c` is a constant.
 * @param {string} name
 * @param {string} output
 * @param {string[]} inputs
 * @param {number} ulps
 * @param {(round: Rounding, a: number, b: number) => number} f
 * @param {boolean} [approximate]
 * @returns {Kernel}
 */
function elementwise(name, output, inputs, ulps, f, approximate = false) {
  const [first, second] = inputs;
  return {
    name,
    outputs: { [output]: ['n'] },
    inputs: Object.fromEntries(inputs.map((input) => [input, input === 'c' ? [] : ['n']])),
    sizes: ['n'],
    approximate,
    ulps,
    twin: (round, given, { n }) => {
      const a = given[first];
      const b = second === 'c' ? new Float32Array(n).fill(given.c[0]) : (given[second] ?? a);
      return { [output]: Float64Array.from({ length: n }, (_, i) => f(round, a[i], b[i])) };
    },
  };
}

/** 1 / (1 + exp(−x)), written so that exp doesn't overflow. */
const sigmoid = (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

/** @type {Record<string, Kernel>} */
export const kernels = {
  affine_forward: affineForward,
  'affine_forward without b': without(affineForward, 'b'),
  affine_backward: affineBackward,
  'affine_backward without db': without(affineBackward, 'db'),

  bias_forward: {
    name: 'bias_forward',
    outputs: { y: ['rows', 'out'] },
    inputs: { x: ['rows', 'out'], b: ['out'] },
    sizes: ['rows', 'out'],
    ulps: 0.5, // one operation
    twin: (round, { x, b }, { out }) => ({ y: Float64Array.from(x, (value, i) => round(value + b[i % out])) }),
  },
  bias_backward: biasBackward,
  'bias_backward without dx': without(biasBackward, 'dx'),

  // Each operation is off by half an ulp of its result, which is at most one ulp of a product that it goes into.
  multiply_forward: elementwise('multiply_forward', 'y', ['x', 'c'], 0.5, (round, x, c) => round(c * x)),
  multiply_backward: elementwise('multiply_backward', 'dx', ['dout', 'c'], 0.5, (round, dout, c) => round(dout * c)),
  add_forward: elementwise('add_forward', 'y', ['x', 'c'], 0.5, (round, x, c) => round(x + c)),
  add_backward: elementwise('add_backward', 'dx', ['dout', 'c'], 0, (_, dout) => dout),
  reciprocal_forward: elementwise('reciprocal_forward', 'y', ['x'], 0.5, (round, x) => round(1 / x)),
  reciprocal_backward: elementwise('reciprocal_backward', 'dx', ['dout', 'y'], 1.5, (round, dout, y) =>
    round(dout * -round(y * y)),
  ),
  exp_backward: elementwise('exp_backward', 'dx', ['dout', 'y'], 0.5, (round, dout, y) => round(dout * y)),
  sigmoid_backward: elementwise('sigmoid_backward', 'dx', ['dout', 'y'], 2.5, (round, dout, y) =>
    round(round(dout * y) * round(1 - y)),
  ),

  // The header promises 2 ulp.
  exp_forward: elementwise('exp_forward', 'y', ['x'], 2, (_, x) => Math.exp(x), true),
  sigmoid_forward: elementwise('sigmoid_forward', 'y', ['x'], 2, (_, x) => sigmoid(x), true),
};

/**
 * How far each output may be off what is expected, where that is itself off by at most `stored` ulps: ½ if it was rounded to
 * float32. A sum of K products may be off by (K + 2) · 2⁻²⁴ of the sum of their sizes, which is what the twin gives for inputs
 * without their signs: half an ulp is at most 2⁻²⁴ of a number, a product takes part in at most K + 1 roundings, and one more
 * is for `stored`.
 * @param {Kernel} kernel
 * @param {Sizes} sizes
 * @param {Tensors} inputs
 * @param {Tensors} expected
 * @param {number} [stored]
 * @returns {Tensors}
 */
export function boundsOf(kernel, sizes, inputs, expected, stored = 0) {
  const each = (tensors, f) =>
    Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, Float64Array.from(values, f(name))]));
  if (kernel.ulps !== undefined) return each(expected, () => (value) => (kernel.ulps + stored) * ulp(value));

  const absolute = each(inputs, () => Math.abs);
  return each(kernel.twin(exactly, absolute, sizes), (name) => {
    const inner = kernel.inner[name];
    const factor = inner ? (sizes[inner] + 2) * 2 ** -24 : 0; // an output that is no sum is a copy
    return (value) => factor * value;
  });
}
