// The naive twin of each kernel, which is its specification: plain loops, one rounding after each operation.
//
// A twin is given its rounding. With Math.fround it gives the bits that `simd` and `scalar` must give; with `exactly` it gives
// float64 numbers, precise enough to be the exact result of float32 inputs.

import { fromBits, ulp } from './harness.js';

/** @typedef {import('./harness.js').Sizes} Sizes */
/** @typedef {import('./harness.js').Tensors} Tensors */
/** @typedef {(value: number) => number} Rounding */

/**
 * A kernel's arguments in the order of C, and what it computes. A shape is a list of names of sizes: none for a constant, null
 * for a null pointer. The first size counts the samples.
 * @typedef {object} Kernel
 * @property {string} name of the export
 * @property {Record<string, string[] | null>} outputs one without axes is what the function returns
 * @property {Record<string, string[] | null>} inputs a tensor that is an output too is changed in place
 * @property {string[]} sizes
 * @property {(round: Rounding, inputs: Tensors, sizes: Sizes) => Tensors} twin
 * @property {boolean} [fused] whether `relaxed` may fuse its products and sums, and so give other bits
 * @property {boolean} [approximate] whether it has no bits that it must give, since it approximates a function
 * @property {Record<string, string>} [inner] of each output that is a sum: the size that counts its products
 * @property {number} [ulps] of an output that is no sum: how far it may be off
 * @property {(inputs: Tensors, sizes: Sizes) => Tensors} [bounds] where neither says it
 * @property {(inputs: Tensors, sizes: Sizes) => Tensors} [prepare] turns random inputs into ones that it may be given
 * @property {boolean} [mean] whether its outputs are shares of a mean over the batch, and so depend on its size
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

const abs = (values) => values.map(Math.abs);

/** What softmax makes of one sample, in float64 but for the rounding of x − largest. */
function softmax(round, x) {
  const largest = x.reduce((a, b) => (b > a ? b : a));
  const differences = Float64Array.from(x, (value) => round(value - largest));
  const sum = differences.reduce((total, d) => total + Math.exp(d), 0);
  return { largest, differences, log: Math.log(sum), p: differences.map((d) => Math.exp(d) / sum) };
}

/** Each row of x. */
const rowsOf = (x, { rows, classes }) => Array.from({ length: rows }, (_, i) => x.subarray(i * classes, (i + 1) * classes));

/** @type {Kernel} */
const softmaxCrossEntropyForward = {
  name: 'softmax_cross_entropy_forward',
  outputs: { loss: [], p: ['rows', 'classes'] },
  inputs: { x: ['rows', 'classes'], t: ['rows', 'classes'] },
  sizes: ['rows', 'classes'],
  approximate: true,
  prepare: ({ t }) => ({ t: abs(t) }),
  twin: (round, { x, t }, sizes) => {
    const { rows, classes } = sizes;
    const samples = classes ? rowsOf(x, sizes).map((row) => softmax(round, row)) : [];
    const losses = samples.map(({ largest, log }, i) =>
      rowsOf(t, sizes)[i].reduce((sum, value, j) => sum + (value && value * (log + largest - x[i * classes + j])), 0),
    );
    return {
      loss: [losses.reduce((sum, loss) => sum + loss, 0) / rows],
      p: samples.flatMap(({ p }) => [...p]),
    };
  },
  // exp(d) is off by 1.04 ulp, which is at most 2⁻²³ of it, and by 2⁻²⁴·|d| from rounding d = x − largest; the sum by the mean of
  // both; the quotient and the sum's own rounding add an ulp. Where p is subnormal, all of it is half a step of 2⁻¹⁴⁹ more.
  bounds: ({ x, t }, sizes) => {
    const samples = sizes.classes ? rowsOf(x, sizes).map((row) => softmax(exactly, row)) : [];
    const off = samples.map(({ p, differences }) => p.reduce((sum, share, j) => sum + share * (2 ** -22 - differences[j] * 2 ** -24), 0));
    const wanted = rowsOf(t, sizes).map((row) => row.reduce((sum, value) => sum + value, 0));
    return {
      loss: [wanted.reduce((sum, value, i) => sum + value * (off[i] ?? 0), 0) / sizes.rows],
      p: samples.flatMap(({ p, differences }, i) => [...p].map((share, j) => share * (off[i] + 2 ** -22 - differences[j] * 2 ** -24) + 2 ** -148)),
    };
  },
};

/** @type {Kernel} */
const softmaxCrossEntropyBackward = {
  name: 'softmax_cross_entropy_backward',
  outputs: { dx: ['rows', 'classes'] },
  inputs: { p: ['rows', 'classes'], t: ['rows', 'classes'] },
  sizes: ['rows', 'classes'],
  mean: true,
  twin: (round, { p, t }, sizes) => ({
    dx: rowsOf(t, sizes).flatMap((row, i) => {
      const total = round(row.reduce((sum, value) => sum + value, 0));
      return Array.from(row, (value, j) => round(round(round(total * p[i * sizes.classes + j]) - value) / sizes.rows));
    }),
  }),
  // Each operation is off by 2⁻²⁴ of its result, the total too.
  bounds: ({ p, t }, sizes) => ({
    dx: rowsOf(t, sizes).flatMap((row, i) => {
      const total = row.reduce((sum, value) => sum + Math.abs(value), 0);
      return Array.from(row, (value, j) => ((4 * total * Math.abs(p[i * sizes.classes + j]) + 3 * Math.abs(value)) / sizes.rows) * 2 ** -24);
    }),
  }),
};

/**
 * An optimiser's step: what changes in place, its constants, and the rule for one element. Its bits are what it must give in
 * every variant; how close they come to PyTorch's float64 is seen in tests/api.
 * @param {string} name
 * @param {string[]} changed w and what is kept beside it
 * @param {Record<string, number>} constants
 * @param {(round: Rounding, g: number, state: number[], constants: Record<string, number>) => number[]} rule
 * @returns {Kernel}
 */
function optimizer(name, changed, constants, rule) {
  const tensors = Object.fromEntries(changed.map((tensor) => [tensor, ['n']]));
  return {
    name,
    outputs: tensors,
    inputs: { ...tensors, dw: ['n'], ...Object.fromEntries(Object.keys(constants).map((constant) => [constant, []])) },
    sizes: ['n'],
    // Sums of squares are not negative.
    prepare: (inputs) => ({
      ...Object.fromEntries(changed.filter((tensor) => /sum|square/.test(tensor)).map((tensor) => [tensor, abs(inputs[tensor])])),
      ...Object.fromEntries(Object.entries(constants).map(([constant, value]) => [constant, [value]])),
    }),
    twin: (round, inputs, { n }) => {
      const given = Object.fromEntries(Object.keys(constants).map((constant) => [constant, inputs[constant][0]]));
      const results = Array.from({ length: n }, (_, i) => rule(round, inputs.dw[i], changed.map((tensor) => inputs[tensor][i]), given));
      return Object.fromEntries(changed.map((tensor, k) => [tensor, Float64Array.from(results, (result) => result[k])]));
    },
  };
}

/** base to the power of a whole number, by squaring as the kernel does: Math.pow differs between engines. */
function power(base, exponent) {
  if (exponent === 0) return 1;
  const half = power(base * base, Math.floor(exponent / 2));
  return exponent % 2 ? half * base : half;
}

/** @type {Record<string, Kernel>} */
export const kernels = {
  affine_forward: affineForward,
  'affine_forward without b': without(affineForward, 'b'),
  affine_backward: affineBackward,
  'affine_backward without db': without(affineBackward, 'db'),
  'affine_backward without dx': without(affineBackward, 'dx'),

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

  relu_forward: elementwise('relu_forward', 'y', ['x'], 0, (_, x) => (x < 0 ? 0 : x)),
  relu_backward: elementwise('relu_backward', 'dx', ['dout', 'y'], 0, (_, dout, y) => (y <= 0 ? 0 : dout)),

  softmax_cross_entropy_forward: softmaxCrossEntropyForward,
  softmax_cross_entropy_backward: softmaxCrossEntropyBackward,
  mean_squared_error_forward: {
    name: 'mean_squared_error_forward',
    outputs: { loss: [] },
    inputs: { x: ['n'], t: ['n'] },
    sizes: ['n'],
    twin: (_, { x, t }, { n }) => ({ loss: [x.reduce((sum, value, i) => sum + (value - t[i]) ** 2, 0) / n] }), // in float64 anyway
  },
  mean_squared_error_backward: {
    name: 'mean_squared_error_backward',
    outputs: { dx: ['n'] },
    inputs: { x: ['n'], t: ['n'] },
    sizes: ['n'],
    ulps: 1.5, // two operations
    mean: true,
    twin: (round, { x, t }, { n }) => ({ dx: Float64Array.from(x, (value, i) => round(round(value - t[i]) / (n / 2))) }),
  },

  sgd_step: optimizer('sgd_step', ['w'], { lr: 0.1 }, (round, g, [w], { lr }) => [round(w - round(round(lr) * g))]),
  momentum_step: optimizer('momentum_step', ['w', 'velocity'], { lr: 0.1, momentum: 0.9 }, (round, g, [w, velocity], { lr, momentum }) => {
    const v = round(round(round(momentum) * velocity) + g);
    return [round(w - round(round(lr) * v)), v];
  }),
  adagrad_step: optimizer('adagrad_step', ['w', 'sum'], { lr: 0.1, eps: 1e-10 }, (round, g, [w, sum], { lr, eps }) => {
    const s = round(sum + round(g * g));
    return [round(w - round(round(round(lr) * g) / round(round(Math.sqrt(s)) + round(eps)))), s];
  }),
  adam_step: optimizer(
    'adam_step',
    ['w', 'mean', 'square'],
    { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8, step: 7 },
    (round, g, [w, mean, square], { lr, beta1, beta2, eps, step }) => {
      const m = round(round(round(beta1) * mean) + round(round(1 - beta1) * g));
      const v = round(round(round(beta2) * square) + round(round(1 - beta2) * round(g * g)));
      const rate = round(lr / (1 - power(beta1, step)));
      const root = round(round(Math.sqrt(v)) / round(Math.sqrt(1 - power(beta2, step))));
      return [round(w - round(round(rate * m) / round(root + round(eps)))), m, v];
    },
  ),

  take_rows: {
    name: 'take_rows',
    outputs: { y: ['rows', 'columns'] },
    inputs: { x: ['rows', 'columns'], order: ['rows'] },
    sizes: ['rows', 'columns'],
    ulps: 0,
    // Whole numbers, whose bits stand in a list of floats.
    prepare: ({ order }, { rows }) => ({ order: fromBits(Array.from(order, (value) => Math.floor(Math.abs(value) * 1000) % rows)) }),
    twin: (_, { x, order }, { columns }) => ({
      y: Float64Array.from([...new Uint32Array(order.buffer)].flatMap((i) => [...x.subarray(i * columns, (i + 1) * columns)])),
    }),
  },

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
 * @returns {Tensors | undefined} undefined where only its bits are known
 */
export function boundsOf(kernel, sizes, inputs, expected, stored = 0) {
  if (kernel.bounds) return kernel.bounds(inputs, sizes);
  const each = (tensors, f) =>
    Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, Float64Array.from(values, f(name))]));
  if (kernel.ulps !== undefined) return each(expected, () => (value) => (kernel.ulps + stored) * ulp(value));

  if (!kernel.inner) return undefined;
  const absolute = each(inputs, () => Math.abs);
  return each(kernel.twin(exactly, absolute, sizes), (name) => {
    const inner = kernel.inner[name];
    const factor = inner ? (sizes[inner] + 2) * 2 ** -24 : 0; // an output that is no sum is a copy
    return (value) => factor * value;
  });
}
