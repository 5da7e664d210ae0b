// The stage of the opened sigmoid: four nodes in a row, values on the edges above, derivatives below.

import { html, nothing } from 'lit-html';
import { linked } from './link.js';
import { factors, number } from './number.js';
import { sigmoidPlot } from './plots.js';

/** @typedef {import('../main.js').Page} Page */

/**
 * The edges in the order of the forward pass, and the node behind each; the trace's name of the node.
 * @param {string} y
 * @param {string} dx
 */
export const openedEdges = (y, dx) => [
  { value: 'x', gradient: dx, node: 'neg', layer: 'multiply', sign: '×', constant: '−1' },
  { value: 'neg.out', gradient: 'dneg.out', node: 'exp', layer: 'exp', sign: 'exp' },
  { value: 'exp.out', gradient: 'dexp.out', node: 'add', layer: 'add', sign: '+', constant: '1' },
  { value: 'add.out', gradient: 'dadd.out', node: 'reciprocal', layer: 'reciprocal', sign: '1/x' },
  { value: y, gradient: 'dout' },
];

/** The same, folded into one node. */
export const foldedEdges = [
  { value: 'x', gradient: 'dx', node: 'sigmoid', layer: 'sigmoid', sign: 'sigmoid' },
  { value: 'y', gradient: 'dout' },
];

const nodeOf = Object.fromEntries([...openedEdges('y', 'dx'), ...foldedEdges].map(({ layer, node }) => [layer, node]));

/** @param {Page} page */
export function openedStage(page) {
  return html`${graph(page, openedEdges('y', 'dx'), page.t.graphLabel)}
    <div class="below">
      <div class="corner">${working(page)}</div>
      ${plot(page)}
    </div>`;
}

/**
 * A row of nodes.
 * @param {Page} page
 * @param {ReturnType<typeof openedEdges>} edges
 * @param {string} label
 * @param {boolean} [again] whether it shares its inputs with a row above, where a reader changes them
 */
export function graph(page, edges, label, again = false) {
  const { state, picture } = page;
  const { current } = picture;
  const editable = (/** @type {string} */ ref) => ref in state.inputs && !again;
  return html`<ol class="graph" aria-label=${label}>
      ${edges.map(({ value, gradient, node, layer, sign, constant }) => {
        const active = current !== undefined && current.layer === layer;
        return html`<li class="edge ${picture.values.has(gradient) ? 'returned' : ''} ${picture.values.has(value) ? 'passed' : ''}">
            <span
              class="ticket forward ${picture.writes.has(value) ? 'fresh' : ''} ${linked(page, value)}"
              data-link=${value}
            >
              <span class="name">${value}</span>
              ${number(page, { ref: value, label: value, editable: editable(value) })}
            </span>
            <span class="wire" aria-hidden="true">
              <span class="half-wire ${linked(page, value)}" data-link=${value}></span>
              <span class="half-wire ${linked(page, gradient)}" data-link=${gradient}></span>
            </span>
            <span
              class="ticket backward ${picture.writes.has(gradient) ? 'fresh' : ''} ${linked(page, gradient)}"
              data-link=${gradient}
            >
              <span class="name">${gradient}</span>
              ${number(page, { ref: gradient, label: gradient, editable: editable(gradient) })}
            </span>
          </li>
          ${node
            ? html`<li class="node node-${node} ${active ? `active ${current.pass}` : ''}">
                <span class="sign">${sign}</span>
                ${constant ? html`<span class="constant">${constant}</span>` : nothing}
              </li>`
            : nothing}`;
      })}
    </ol>`;
}

/** The step's formula and its numbers. @param {Page} page */
export function working({ picture, t, state }) {
  const step = picture.current;
  if (!step) return html`<p class="hint">${t.presetNotes.sigmoid[state.preset] ?? ''} ${t.legend.edit}</p>`;
  return html`<p class="formula ${step.pass}">${step.formula}</p>
    ${factors(t, step, `${nodeOf[step.layer]}.local`)}`;
}

/** The curve and a slider for x. @param {Page} page */
function plot(page) {
  const { t, curve, state, act } = page;
  const limit = curve[curve.length - 1].x;
  return html`<figure class="plot">
    ${sigmoidPlot(page)}
    <input
      type="range"
      min=${-limit}
      max=${limit}
      step="0.1"
      aria-label="x"
      .value=${String(state.inputs.x[0][0])}
      @input=${(/** @type {InputEvent} */ event) =>
        act.slide('x', Number(/** @type {HTMLInputElement} */ (event.target).value))}
      @change=${act.endSlide}
    />
    <figcaption>${t.plotTitle}</figcaption>
  </figure>`;
}
