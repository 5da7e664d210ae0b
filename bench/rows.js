// The rows of the tables: what is computed, on which numbers, and how far from the exact result it may lie.

/** @typedef {import('./draw.js').Draw} Draw */

/**
 * @typedef {object} Row
 * @property {string} group the table that it stands in
 * @property {string} name its shape, as `32×64→64`
 * @property {string} kind what is computed: the peers' tasks go by this name
 * @property {Record<string, Draw>} inputs by name: x, W, b, dout; of a train step x, W0, b0, W1, b1
 * @property {number} runs how often it runs before its result is looked at: a train step shows what it did after some
 * @property {Record<string, number>} tolerance of each output by name, absolute
 * @property {number} [flop] multiplications and additions of its matrix products
 */

const shapes = [
  [4, 2, 3],
  [1, 784, 50],
  [8, 16, 16],
  [32, 64, 64],
  [33, 65, 67],
  [100, 784, 50],
  [128, 256, 256],
  [480, 480, 480],
  [1024, 1024, 1024],
];
const sizes = [64, 1024, 65_536, 1_048_576];
const nets = [
  [4, 2, 8, 2],
  [100, 784, 50, 10],
  [100, 784, 256, 10],
];

/**
 * What rounding can do to a float32 sum of `terms` products of at most `each`. A product that is missing or wrong is mostly
 * many times as large.
 */
const sumOf = (/** @type {number} */ terms, each = 1) => (terms + 2) * 2 ** -24 * (terms * each + 1);

/** Of numbers about 1 after some operations, approximations of exp among them. */
const few = 2 ** -20;

/** The largest weight, as a network's are drawn: sums keep the size of their inputs. */
const weight = (/** @type {number} */ ins) => 1 / Math.sqrt(ins);
const weights = (/** @type {number} */ ins, /** @type {number} */ outs, /** @type {number} */ seed) => ({
  W: { shape: [ins, outs], seed, scale: weight(ins) },
  b: { shape: [outs], seed: seed + 1, scale: 1 },
});

/** @returns {Row[]} */
const affineRows = (/** @type {string} */ group, /** @type {string} */ kind, /** @type {number} */ products, tolerance) =>
  shapes.map(([batch, ins, outs]) => ({
    group,
    name: `${batch}×${ins}→${outs}`,
    kind,
    inputs: {
      x: { shape: [batch, ins], seed: 1, scale: 1 },
      ...weights(ins, outs, 2),
      dout: { shape: [batch, outs], seed: 4, scale: 1 },
    },
    runs: 0,
    tolerance: tolerance(batch, ins, outs),
    flop: 2 * products * batch * ins * outs,
  }));

/** @returns {Row[]} */
const sigmoidRows = (/** @type {string} */ group, /** @type {string} */ kind, /** @type {string} */ output) =>
  sizes.map((size) => ({
    group,
    name: size.toLocaleString('en'),
    kind,
    inputs: { x: { shape: [size], seed: 1, scale: 8 }, dout: { shape: [size], seed: 2, scale: 1 } },
    runs: 0,
    tolerance: { [output]: few },
  }));

/** @returns {Row[]} */
const trainRows = () =>
  nets.map(([batch, ins, hidden, outs]) => {
    const [first, second] = [weights(ins, hidden, 2), weights(hidden, outs, 4)];
    return {
      group: 'train step',
      name: `${ins}-${hidden}-${outs}, batch ${batch}`,
      kind: 'trainStep',
      inputs: { x: { shape: [batch, ins], seed: 1, scale: 1 }, W0: first.W, b0: first.b, W1: second.W, b1: second.b },
      runs: 3,
      tolerance: { W0: few, b0: few, W1: few, b1: few },
    };
  });

/** @type {Row[]} */
export const rows = [
  ...affineRows('affine forward', 'affineForward', 1, (_, ins) => ({ y: sumOf(ins, weight(ins)) })),
  ...affineRows('affine + sigmoid forward', 'affineSigmoidForward', 1, (_, ins) => ({ y: sumOf(ins, weight(ins)) + few })),
  ...affineRows('affine backward', 'affineBackward', 2, (batch, ins, outs) => ({
    dx: sumOf(outs, weight(ins)),
    dW: sumOf(batch),
    db: sumOf(batch),
  })),
  ...sigmoidRows('sigmoid forward', 'sigmoidForward', 'y'),
  ...sigmoidRows('sigmoid backward', 'sigmoidBackward', 'dx'),
  ...trainRows(),
];

/** Of a train step: the classes of the samples are 0, 1, … in turn; the learning rate. */
export const labelOf = (/** @type {number} */ sample, /** @type {number} */ classes) => sample % classes;
export const LEARNING_RATE = 0.1;
