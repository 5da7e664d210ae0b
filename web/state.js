// What the page shows is a function of this state alone: a scene, its inputs, and a step. A link holds all of it.

import { pack, unpack } from './codec.js';
import { mistakes } from './mistakes.js';
import { hasOwnSizes, LARGEST, sizesOf } from './presets.js';
import { scenes } from './scenes.js';
import { FIGURES, readTraining, TRAINING, UPDATES } from './training/settings.js';

/** @typedef {import('./presets.js').Sizes} Sizes */
/** @typedef {import('./scenes.js').Inputs} Inputs */
/** @typedef {import('./training/settings.js').Training} Training */

/**
 * @typedef {object} State
 * @property {string} scene
 * @property {string} preset
 * @property {number} n samples of the batch scene
 * @property {number} inSize inputs and
 * @property {number} outSize outputs of the Affine scenes
 * @property {number} seed of the random preset
 * @property {number} step 0 before anything has happened; the number of steps after the last one
 * @property {Inputs} inputs float32 numbers
 * @property {boolean} edited whether the inputs differ from the preset's
 * @property {Training} training
 * @property {string} guess what a reader takes a puzzle's mistake for; empty before that
 * @property {number} update of that training, which the batch scene shows; 0 where it shows another batch
 */

/** @param {Inputs} inputs @returns {Inputs} */
const toFloat32 = (inputs) =>
  Object.fromEntries(Object.entries(inputs).map(([name, rows]) => [name, rows.map((row) => row.map(Math.fround))]));

/** A scene's own preset, where it doesn't have the one that is wanted. @param {string} scene @param {string} wanted */
export const presetFor = (scene, wanted) => (scenes[scene].presets.includes(wanted) ? wanted : scenes[scene].presets[0]);

/**
 * A scene as its preset has it.
 * @param {string} scene
 * @param {string} preset
 * @param {Partial<Sizes & Pick<State, 'training' | 'update' | 'guess'>>} [wanted] the preset's own where left out
 * @returns {State}
 */
export function start(scene, preset, wanted = {}) {
  const { n, inSize, outSize, seed, training = TRAINING, update = 0, guess = '' } = { ...sizesOf(preset), ...wanted };
  const inputs = toFloat32(scenes[scene].inputs(preset, { n, inSize, outSize, seed }, training));
  return { scene, preset, n, inSize, outSize, seed, step: 0, inputs, edited: false, training, update, guess };
}

/** What a reader has chosen, to go on with elsewhere. @param {State} state */
export const chosenIn = ({ n, inSize, outSize, seed, training }) => ({ n, inSize, outSize, seed, training });

/**
 * The same scene with another preset, in the sizes that were chosen, unless one of them has its own.
 * @param {State} state
 * @param {string} preset
 */
export function choose(state, preset) {
  const { seed, training } = state;
  return start(state.scene, preset, hasOwnSizes(preset) || hasOwnSizes(state.preset) ? { seed, training } : chosenIn(state));
}

/**
 * The same state with other numbers in one tensor.
 * @param {State} state
 * @param {string} tensor
 * @param {number[][]} rows
 * @returns {State}
 */
export function edit(state, tensor, rows) {
  return { ...state, inputs: { ...state.inputs, ...toFloat32({ [tensor]: rows }) }, edited: true };
}

/**
 * Other sizes: the numbers that are there stay, the preset's follow.
 * @param {State} state
 * @param {Partial<Sizes>} sizes
 * @returns {State}
 */
export function resize(state, sizes) {
  const next = start(state.scene, state.preset, { ...chosenIn(state), ...sizes });
  if (!state.edited) return next;
  const inputs = Object.fromEntries(
    Object.entries(next.inputs).map(([name, rows]) => [
      name,
      rows.map((row, i) => row.map((value, j) => state.inputs[name][i]?.[j] ?? value)),
    ]),
  );
  return { ...next, inputs, edited: true };
}

/**
 * The address of a state, below the page's own: a readable query, and the numbers where a reader has changed them.
 * @param {State} state
 */
export function toLink({ scene, preset, n, inSize, outSize, seed, step, inputs, edited, training, update, guess }) {
  const query = new URLSearchParams({ scene, preset });
  const own = sizesOf(preset);
  if (FIGURES.includes(preset)) Object.entries(training).forEach(([name, value]) => query.set(name, String(value)));
  if (update) query.set('update', String(update));
  else if (scenes[scene].rank === 2) query.set('n', String(n));
  if (guess) query.set('guess', guess);
  if (scenes[scene].rank > 0 && inSize !== own.inSize) query.set('in', String(inSize));
  if (scenes[scene].rank > 0 && outSize !== own.outSize) query.set('out', String(outSize));
  if (preset === 'random') query.set('seed', String(seed));
  query.set('step', String(step));
  if (!edited) return `?${query}`;
  return `?${query}#${pack(Object.values(inputs).flat(2))}`;
}

/**
 * Reads a link. What can't be used is left out, and the scene starts as its preset has it.
 * @param {string} search
 * @param {string} hash
 * @returns {{ state: State, broken: boolean }}
 */
export function fromLink(search, hash) {
  const query = new URLSearchParams(search); // others may have added parameters of their own
  const wanted = query.get('scene') ?? 'batch';
  const scene = Object.hasOwn(scenes, wanted) ? wanted : 'batch';
  // An address that asks for nothing opens on real data.
  const wantedPreset = query.get('preset') ?? (query.has('scene') || query.has('n') ? scenes[scene].presets[0] : 'iris');
  const update = Number(query.get('update') ?? 0);
  const ofUpdate = scene === 'batch' && FIGURES.includes(wantedPreset) && isWhole(update, 1, UPDATES);
  const preset = ofUpdate ? wantedPreset : presetFor(scene, wantedPreset);
  const own = sizesOf(preset);
  const sizes = {
    n: Number(query.get('n') ?? own.n),
    inSize: Number(query.get('in') ?? own.inSize),
    outSize: Number(query.get('out') ?? own.outSize),
    seed: preset === 'random' ? Number(query.get('seed') ?? own.seed) : own.seed,
  };
  const largest = hasOwnSizes(preset) ? { ...own, n: LARGEST.n } : LARGEST;
  const least = hasOwnSizes(preset) ? { ...own, n: 1 } : { n: 1, inSize: 1, outSize: 1, seed: 1 };
  const fits = /** @type {(keyof Sizes)[]} */ (Object.keys(sizes)).every((name) => isWhole(sizes[name], least[name], largest[name]));
  const step = Number(query.get('step') ?? 0);
  const counts = isWhole(step, 0);
  const { training, odd } = readTraining(query);

  const wantedGuess = query.get('guess') ?? '';
  const guess = scene === 'mistake' && mistakes.some((mistake) => mistake === wantedGuess) ? wantedGuess : '';

  const state = start(scene, preset, { ...(fits && !ofUpdate ? sizes : {}), training, update: ofUpdate ? update : 0, guess });
  if (counts) state.step = step;
  const inputs = hash.length > 1 ? readInputs(hash.slice(1), state.inputs) : state.inputs;
  return {
    state: inputs ? { ...state, inputs, edited: hash.length > 1 } : state,
    broken: odd || !(wanted === scene && wantedPreset === preset && fits && counts && wantedGuess === guess && inputs),
  };
}

const isWhole = (/** @type {number} */ value, /** @type {number} */ least, most = Number.MAX_SAFE_INTEGER) =>
  Number.isInteger(value) && value >= least && value <= most;

/**
 * @param {string} text what follows the # of a link
 * @param {Inputs} shapes inputs of the same shapes
 * @returns {Inputs | undefined} nothing where the text is no list of as many finite numbers
 */
function readInputs(text, shapes) {
  const numbers = unpack(text);
  if (numbers?.length !== Object.values(shapes).flat(2).length) return undefined;
  let next = 0;
  return Object.fromEntries(
    Object.entries(shapes).map(([name, rows]) => [name, rows.map((row) => row.map(() => numbers[next++]))]),
  );
}
