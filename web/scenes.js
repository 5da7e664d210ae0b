// The scenes: which numbers a reader gives, which layers run on them, and the names that the page has for the tensors.

import { mistakenSteps, puzzleInputs, puzzles } from './mistakes.js';
import { affineInputs, presets, sigmoidInputs } from './presets.js';
import { FIGURES } from './training/settings.js';

/** @typedef {import('layerlens').Runtime} Runtime */
/** @typedef {import('./model.js').Step} Step */
/** @typedef {import('./presets.js').Sizes} Sizes */
/** @typedef {number[][]} Rows A matrix as its rows; a vector is one row, a scalar one row of one. */
/** @typedef {Record<string, Rows>} Inputs */
/** @typedef {import('./training/settings.js').Training} Training */

/**
 * @typedef {object} Scene
 * @property {0 | 1 | 2} rank of a sample's tensors: scalars, vectors, or matrices with the samples along axis 0
 * @property {string[]} presets
 * @property {(preset: string, sizes: Sizes, training: Training) => Inputs} inputs in the order in which a link holds them
 * @property {(ll: Runtime, inputs: Inputs) => Route[]} [routes] the ways from the inputs to a result: one, or two to compare; none
 *   where a training takes the place of a pass
 * @property {(ll: Runtime, inputs: Inputs, preset: string) => Step[]} [steps] in place of a trace of the routes
 */

/**
 * A layer that runs on the inputs, and names for its trace: the trace's own name of a tensor, and the page's.
 * @typedef {{ layer: any, names: Record<string, string> }} Route
 */

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

/**
 * With dout in place of dY, a Sigmoid follows, and dY is what comes back through it.
 * @param {Runtime} ll
 * @param {Inputs} inputs
 * @returns {Route[]}
 */
function affineRoutes(ll, { W, b, dout }) {
  const affine = ll.affine(W, b[0]);
  if (!dout) return [{ layer: affine, names: affineNames }];
  return [{ layer: ll.sequential(affine, ll.sigmoid()), names: affineSigmoidNames }];
}

/** @type {Record<string, Scene>} */
export const scenes = {
  opened: {
    rank: 0,
    presets,
    inputs: sigmoidInputs,
    routes: (ll) => [{ layer: openedSigmoid(ll), names: openedNames }],
  },

  // What the layer itself gives keeps the plain names.
  folded: {
    rank: 0,
    presets,
    inputs: sigmoidInputs,
    routes: (ll) => [
      { layer: openedSigmoid(ll), names: { ...openedNames, y: 'opened.y', dx: 'opened.dx' } },
      { layer: ll.sigmoid(), names: {} },
    ],
  },

  sample: {
    rank: 1,
    presets,
    inputs: (preset, sizes, training) => {
      const { dout, ...inputs } = affineInputs(preset, { ...sizes, n: 1 }, training);
      // The layer alone, but where the Sigmoid behind it is what the preset is about.
      return preset === 'iris' ? { ...inputs, dY: dout } : { ...inputs, ...(dout && { dout }) };
    },
    routes: affineRoutes,
  },

  batch: {
    rank: 2,
    presets,
    inputs: affineInputs,
    routes: affineRoutes,
  },

  train: {
    rank: 0,
    presets: FIGURES,
    inputs: () => ({}),
  },

  // The routes are as they should be, for the gradient check.
  mistake: {
    rank: 2,
    presets: puzzles,
    inputs: (_, { n }) => puzzleInputs(n),
    routes: affineRoutes,
    steps: mistakenSteps,
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

/**
 * x and dout of a pass as a layer takes them: one sample, which in a scene of scalars is one number, or a batch.
 * @param {Scene} scene
 * @param {Record<string, Rows>} inputs
 */
export const passInputs = ({ rank }, inputs) =>
  [inputs.X ?? inputs.x, inputs.dout ?? inputs.dY].map((rows) => (rank === 2 ? rows : rows[0]));
