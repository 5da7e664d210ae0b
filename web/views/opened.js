// The stage of the opened sigmoid: four nodes in a row, values on the edges above, derivatives below.

import { html, nothing, svg } from 'lit-html';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { factors, number } from './number.js';

/** @typedef {import('../main.js').Page} Page */

/** The edges in the order of the forward pass, and the node behind each; the trace's name of the node. */
const edges = [
  { value: 'x', gradient: 'dx', node: 'neg', layer: 'multiply', sign: '×', constant: '−1' },
  { value: 'neg.out', gradient: 'dneg.out', node: 'exp', layer: 'exp', sign: 'exp' },
  { value: 'exp.out', gradient: 'dexp.out', node: 'add', layer: 'add', sign: '+', constant: '1' },
  { value: 'add.out', gradient: 'dadd.out', node: 'reciprocal', layer: 'reciprocal', sign: '1/x' },
  { value: 'y', gradient: 'dout' },
];

/** @param {Page} page */
export function openedStage(page) {
  const { t, picture } = page;
  const { current } = picture;
  return html`<ol class="graph" aria-label=${t.graphLabel}>
      ${edges.map(({ value, gradient, node, layer, sign, constant }) => {
        const active = current !== undefined && current.layer === layer;
        return html`<li class="edge ${picture.values.has(gradient) ? 'returned' : ''} ${picture.values.has(value) ? 'passed' : ''}">
            <span class="ticket forward ${picture.writes.has(value) ? 'fresh' : ''}">
              <span class="name">${value}</span>
              ${number(page, { ref: value, label: value, editable: value in page.state.inputs })}
            </span>
            <span class="wire" aria-hidden="true"></span>
            <span class="ticket backward ${picture.writes.has(gradient) ? 'fresh' : ''}">
              <span class="name">${gradient}</span>
              ${number(page, { ref: gradient, label: gradient, editable: gradient in page.state.inputs })}
            </span>
          </li>
          ${node
            ? html`<li class="node ${active ? `active ${current.pass}` : ''}">
                <span class="sign">${sign}</span>
                ${constant ? html`<span class="constant">${constant}</span>` : nothing}
              </li>`
            : nothing}`;
      })}
    </ol>
    <div class="below">
      <div class="corner">${working(page)}</div>
      ${plot(page)}
    </div>`;
}

/** The step's formula and its numbers. @param {Page} page */
function working({ picture, t }) {
  const step = picture.current;
  if (!step) return html`<p class="hint">${t.legend.edit}</p>`;
  const node = edges.find(({ layer }) => layer === step.layer)?.node;
  return html`<p class="formula ${step.pass}">${step.formula}</p>
    ${factors(t, step, `${node}.local`)}`;
}

/** The curve, with the current point on it and a slider for x. @param {Page} page */
function plot(page) {
  const { t, curve, picture, state, act } = page;
  const [width, height, pad] = [300, 150, 22];
  const limit = curve[curve.length - 1].x;
  const across = scaleLinear([-limit, limit], [pad, width - pad]);
  const up = scaleLinear([0, 1], [height - pad, pad]);
  const path = (/** @type {'y' | 'dx'} */ of) =>
    line(
      (/** @type {typeof curve[number]} */ point) => across(point.x),
      (/** @type {typeof curve[number]} */ point) => up(point[of]),
    )(curve);
  const x = state.inputs.x[0][0];
  const y = picture.values.get('y');
  const inside = Math.abs(x) <= limit;
  return html`<figure class="plot">
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${t.plotTitle}>
      <line class="axis-line" x1=${pad} x2=${width - pad} y1=${up(0)} y2=${up(0)} />
      <line class="axis-line" x1=${across(0)} x2=${across(0)} y1=${up(0)} y2=${up(1)} />
      ${[-limit, 0, limit].map((tick) => svg`<text x=${across(tick)} y=${height - 6} text-anchor="middle">${String(tick).replace('-', '−')}</text>`)}
      <text x=${across(0) + 6} y=${up(1) + 4}>1</text>
      <path class="curve forward" d=${path('y')} />
      <path class="curve backward" d=${path('dx')} />
      ${inside ? svg`<line class="marker" x1=${across(x)} x2=${across(x)} y1=${up(0)} y2=${up(y ?? 0)} />` : nothing}
      ${inside && y !== undefined ? svg`<circle class="point" cx=${across(x)} cy=${up(y)} r="4.5" />` : nothing}
    </svg>
    <input
      type="range"
      min=${-limit}
      max=${limit}
      step="0.1"
      aria-label="x"
      .value=${String(x)}
      @input=${(/** @type {InputEvent} */ event) =>
        act.setNumber('x', Number(/** @type {HTMLInputElement} */ (event.target).value))}
    />
    <figcaption>${t.plotTitle}</figcaption>
  </figure>`;
}

/** How NumPy says what a step does. @param {Page} page */
export function openedNumpy({ picture }) {
  const step = picture.current;
  if (!step) return '';
  const lines = {
    multiply: ['neg = -1 * x', 'dx = dneg * -1'],
    exp: ['exp = np.exp(neg)', 'dneg = dexp * exp'],
    add: ['add = exp + 1', 'dexp = dadd'],
    reciprocal: ['y = 1 / add', 'dadd = dout * -(y ** 2)'],
  };
  return lines[/** @type {keyof typeof lines} */ (step.layer)][step.pass === 'forward' ? 0 : 1];
}
