// A tensor and its gradient as one table: each cell holds a value and, below it, the gradient, which has the same shape.

import { html, nothing } from 'lit-html';
import { refOf, scenes } from '../scenes.js';
import { exact, inWords } from '../numbers.js';
import { moveFocus, placeOf } from './grid.js';
import { linked } from './link.js';
import { number } from './number.js';

/** @typedef {import('../main.js').Page} Page */

/**
 * @typedef {object} Matrix
 * @property {string} value name of the tensor
 * @property {string} gradient name of its gradient
 * @property {('N' | 'in' | 'out')[]} axes one for a vector
 * @property {number} rows
 * @property {number} columns
 * @property {string[]} [rowLabels]
 * @property {string[]} [columnLabels]
 * @property {boolean} [headed] false where the column labels stand above another matrix
 * @property {(j: number) => string} [ghost] the ref of the number that stands in a column until its own is computed
 */

/** The shape as a chip, each axis in its hue. @param {Page} page @param {Matrix} matrix */
function chip({ t }, { value, gradient, axes, rows, columns }) {
  const sizes = axes.length === 1 ? [columns] : [rows, columns];
  const parts = axes.map((axis, i) => html`<span class="axis axis-${axis}" title=${t.axes[axis]}>${sizes[i]}</span>`);
  const shape = parts.length === 1 ? html`(${parts[0]},)` : html`(${parts[0]}, ${parts[1]})`;
  return html`<span class="chip"><b>${value}</b> ${shape} <span class="with"><b class="backward">${gradient}</b></span></span>`;
}

/**
 * How strongly a number is shaded: its size beside the largest of its tensor.
 * @param {Page} page
 * @param {string} tensor
 * @param {Matrix} matrix
 */
function shades({ picture, state }, tensor, { rows, columns }) {
  const scene = scenes[state.scene];
  const at = (/** @type {number} */ i, /** @type {number} */ j) => picture.values.get(refOf(scene, tensor, i, j));
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const size = Math.abs(at(i, j) ?? 0);
      if (size < Infinity && size > largest) largest = size;
    }
  }
  return (/** @type {number} */ i, /** @type {number} */ j) => {
    const value = at(i, j);
    const share = value === undefined || largest === 0 ? 0 : Math.min(1, Math.abs(value) / largest);
    return { negative: value !== undefined && value < 0, style: `--shade: ${share || 0}` };
  };
}

/**
 * @param {Page} page
 * @param {Matrix} matrix
 */
export function matrix(page, matrix) {
  const { state, t, picture, act } = page;
  const { value, gradient, axes, rows, columns, rowLabels, columnLabels, headed = true, ghost } = matrix;
  const kept = page.cursors[value];
  const cursor = kept && kept.row < 2 * rows && kept.column < columns ? kept : { row: 0, column: 0 };
  const scene = scenes[state.scene];
  const ofValue = shades(page, value, matrix);
  const ofGradient = shades(page, gradient, matrix);

  const half = (/** @type {string} */ tensor, /** @type {number} */ i, /** @type {number} */ j) => {
    const { negative, style } = (tensor === value ? ofValue : ofGradient)(i, j);
    const ref = refOf(scene, tensor, i, j);
    const label = axes.length === 1 ? t.entry(tensor, j) : t.cell(tensor, i, j);
    const known = picture.values.get(ref);
    const waiting = tensor === value ? ghost?.(j) : undefined;
    const copied = waiting === undefined ? undefined : picture.values.get(waiting);
    const instead = copied === undefined ? '' : `, ${waiting} = ${inWords(copied, t.notANumber)}`;
    const words = known === undefined ? t.notYet + instead : inWords(known, t.notANumber);
    const editable = tensor in state.inputs;
    const stop = cursor.row === 2 * i + (tensor === value ? 0 : 1) && cursor.column === j ? 0 : -1;
    return html`<div
      class="half ${tensor === value ? 'forward' : 'backward'} ${negative ? 'negative' : ''} ${linked(page, tensor)}"
      data-link=${tensor}
      .style=${style}
      role="gridcell"
      aria-label="${label}: ${words}"
      data-exact=${known === undefined ? nothing : Number.isNaN(known) ? t.notANumber : exact(known)}
      tabindex=${editable ? nothing : stop}
    >
      ${number(page, { ref, label: editable ? label : undefined, editable, stop, ghost: waiting })}
    </div>`;
  };
  return html`<table
    class="matrix matrix-${value}"
    role="grid"
    @keydown=${moveFocus}
    @focusin=${(/** @type {FocusEvent} */ event) => act.keepCursor(value, placeOf(/** @type {Element} */ (event.target)))}
  >
    <caption>
      ${chip(page, matrix)}
    </caption>
    <thead class=${headed ? '' : 'hidden'}>
      <tr>
        <td role="none"></td>
        ${Array.from({ length: columns }, (_, j) => html`<th scope="col">${columnLabels?.[j] ?? j}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${Array.from(
        { length: rows },
        (_, i) =>
          html`<tr>
            <th scope="row">${axes.length === 1 ? nothing : (rowLabels?.[i] ?? i)}</th>
            ${Array.from({ length: columns }, (_, j) => html`<td role="none">${half(value, i, j)}${half(gradient, i, j)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
