// A tensor of another shape: the operation that it doesn't fit into, and the ways to make it fit. Nothing is run with it.

import { hasOwnSizes, LARGEST } from './presets.js';
import { scenes } from './scenes.js';
import { edit, resize } from './state.js';

/** @typedef {import('./scenes.js').Rows} Rows */
/** @typedef {import('./state.js').State} State */

/**
 * A repair, what it is about, a tensor or sizes by their names, and the state that it leads to.
 * @typedef {{ kind: string, about: string | [string, number][], state: State }} Repair
 */

const text = (/** @type {number[]} */ shape) => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`);
const transposed = (/** @type {Rows} */ rows) => rows[0].map((_, j) => rows.map((row) => row[j]));

/**
 * @param {State} state
 * @param {string} tensor
 * @param {Rows} rows of another shape than the state has there
 * @returns {{ text: string, repairs: Repair[] } | undefined} nothing where the page has no room for such a shape
 */
export function mismatch(state, tensor, rows) {
  const sample = scenes[state.scene].rank === 1;
  const vector = tensor === 'b' || (sample && tensor !== 'W');
  const [height, width] = [rows.length, rows[0].length];
  const [most, wide] = [tensor === 'W' ? LARGEST.inSize : LARGEST.n, LARGEST.outSize];
  if (scenes[state.scene].rank === 0 || height > (vector ? 1 : most) || width > wide) return undefined;

  const now = state.inputs[tensor];
  const fitted = now.map((row, i) => row.map((_, j) => rows[i]?.[j] ?? 0));
  const shape = text(vector ? [now[0].length] : [now.length, now[0].length]);
  /** @type {Repair[]} */
  const repairs = [{ kind: 'resize', about: `${tensor} ${shape}`, state: edit(state, tensor, fitted) }];
  if (!vector && width === now.length && height === now[0].length) {
    repairs.unshift({ kind: 'transpose', about: tensor, state: edit(state, tensor, transposed(rows)) });
  }
  const n = sample ? state.n : height;
  const sizes = { X: { n, inSize: width }, W: { inSize: height, outSize: width }, b: { outSize: width } }[tensor] ?? { n, outSize: width };
  const changed = Object.entries(sizes).filter(([name, size]) => size !== state[/** @type {keyof typeof sizes} */ (name)]);
  const free = hasOwnSizes(state.preset) ? !state.update && changed.every(([name]) => name === 'n') : true;
  if (free) {
    repairs.push({ kind: 'follow', about: changed, state: edit(resize(state, sizes), tensor, rows) });
  }
  repairs.push({ kind: 'undo', about: tensor, state });
  return { text: problem(state, tensor, rows, sample), repairs };
}

/** The first operation that fails, with both shapes. @param {State} state @param {string} tensor @param {Rows} rows @param {boolean} sample */
function problem({ inputs }, tensor, rows, sample) {
  /** @type {import('./scenes.js').Inputs} */
  const { X, W, b, dY, dout } = { ...inputs, [tensor]: rows };
  const upstream = dY ?? dout;
  const name = dY ? 'Y' : 'out';
  const shape = (/** @type {number} */ height, /** @type {number} */ width) => (sample ? [width] : [height, width]);
  const x = shape(X.length, X[0].length);
  const y = shape(X.length, W[0].length);
  const up = shape(upstream.length, upstream[0].length);
  if (X[0].length !== W.length) return `X ${text(x)} · W ${text([W.length, W[0].length])}: ${X[0].length} ≠ ${W.length}`;
  if (W[0].length !== b[0].length) return `X·W ${text(y)} + b ${text([b[0].length])}: ${W[0].length} ≠ ${b[0].length}`;
  const axis = y.findIndex((size, i) => size !== up[i]);
  return `${name} ${text(y)}, d${name} ${text(up)}: ${y[axis]} ≠ ${up[axis]}`;
}
