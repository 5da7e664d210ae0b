// What the page shows is a function of this state alone: a scene, its inputs, and a step. A link holds all of it.

import { scenes } from './scenes.js';
import { BATCH_SIZE, FIGURES, readTraining, TRAINING, UPDATES } from './training/settings.js';

/** @typedef {import('./scenes.js').Inputs} Inputs */
/** @typedef {import('./training/settings.js').Training} Training */

/**
 * @typedef {object} State
 * @property {string} scene
 * @property {string} preset
 * @property {number} n samples of the batch scene
 * @property {number} step 0 before anything has happened; the number of steps after the last one
 * @property {Inputs} inputs float32 numbers
 * @property {boolean} edited whether the inputs differ from the preset's
 * @property {Training} training
 * @property {number} update of that training, which the batch scene shows; 0 where it shows another batch
 */

export const LARGEST_BATCH = 8;
const VERSION = '1.';

/** @param {Inputs} inputs @returns {Inputs} */
const toFloat32 = (inputs) =>
  Object.fromEntries(Object.entries(inputs).map(([name, rows]) => [name, rows.map((row) => row.map(Math.fround))]));

/** @param {string} preset */
const samplesOf = (preset) => (preset === 'iris' ? 4 : FIGURES.includes(preset) ? BATCH_SIZE : 2);

/** A scene's own preset, where it doesn't have the one that is wanted. @param {string} scene @param {string} wanted */
export const presetFor = (scene, wanted) => (scenes[scene].presets.includes(wanted) ? wanted : scenes[scene].presets[0]);

/**
 * A scene as its preset has it.
 * @param {string} scene
 * @param {string} preset
 * @param {number} [n]
 * @param {Training} [training]
 * @param {number} [update]
 * @returns {State}
 */
export function start(scene, preset, n = samplesOf(preset), training = TRAINING, update = 0) {
  const inputs = toFloat32(scenes[scene].inputs(preset, n, training));
  return { scene, preset, n, step: 0, inputs, edited: false, training, update };
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
 * Another batch size: the samples that are there stay, the preset's follow.
 * @param {State} state
 * @param {number} n
 * @returns {State}
 */
export function resize(state, n) {
  const next = start(state.scene, state.preset, n, state.training);
  if (!state.edited) return next;
  const inputs = Object.fromEntries(
    Object.entries(next.inputs).map(([name, rows]) => {
      const now = state.inputs[name];
      return [name, rows.length === n && name !== 'W' && name !== 'b' ? rows.map((row, i) => now[i] ?? row) : now];
    }),
  );
  return { ...next, inputs, edited: true };
}

/**
 * The address of a state, below the page's own: a readable query, and the numbers where a reader has changed them.
 * @param {State} state
 */
export function toLink({ scene, preset, n, step, inputs, edited, training, update }) {
  const query = new URLSearchParams({ scene, preset });
  if (FIGURES.includes(preset)) Object.entries(training).forEach(([name, value]) => query.set(name, String(value)));
  if (update) query.set('update', String(update));
  else if (scene === 'batch') query.set('n', String(n));
  query.set('step', String(step));
  if (!edited) return `?${query}`;
  const floats = Float32Array.from(Object.values(inputs).flat(2));
  const text = btoa(String.fromCharCode(...new Uint8Array(floats.buffer)));
  return `?${query}#${VERSION}${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
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
  const n = Number(query.get('n') ?? samplesOf(preset));
  const fits = isWhole(n, 1, LARGEST_BATCH);
  const step = Number(query.get('step') ?? 0);
  const counts = isWhole(step, 0);
  const { training, odd } = readTraining(query);

  const state = start(scene, preset, fits && !ofUpdate ? n : undefined, training, ofUpdate ? update : 0);
  if (counts) state.step = step;
  const inputs = hash.length > 1 ? readInputs(hash.slice(1), state.inputs) : state.inputs;
  return {
    state: inputs ? { ...state, inputs, edited: hash.length > 1 } : state,
    broken: odd || !(wanted === scene && wantedPreset === preset && fits && counts && inputs),
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
  if (!text.startsWith(VERSION)) return undefined;
  let bytes;
  try {
    bytes = atob(text.slice(VERSION.length).replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined; // not base64
  }
  const count = Object.values(shapes).flat(2).length;
  if (bytes.length !== 4 * count) return undefined;
  const floats = new Float32Array(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)).buffer);
  if (!floats.every(Number.isFinite)) return undefined;
  let next = 0;
  return Object.fromEntries(
    Object.entries(shapes).map(([name, rows]) => [name, rows.map((row) => row.map(() => floats[next++]))]),
  );
}
