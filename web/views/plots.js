// The plots. Their scales and lines are those few below: d3-scale and d3-shape would be a quarter of the page's scripts.

import { html, nothing, svg } from 'lit-html';
import { ticks } from 'd3-array';
import { contours } from 'd3-contour';
import { GRID, placeOnGrid, REACH, UPDATES } from '../training/settings.js';

/** @typedef {import('../main.js').Page} Page */
/** @typedef {import('../main.js').Learned} Learned */

/**
 * A linear scale.
 * @param {number[]} domain
 * @param {number[]} range
 */
const scale =
  ([low, high], [from, to]) =>
  (/** @type {number} */ value) =>
    from + ((value - low) / (high - low)) * (to - from);

/** A line through points; those that aren't finite are left out. @param {number[][]} points */
const path = (points) => {
  const shown = points.filter((point) => point.every(Number.isFinite)).map((at) => at.map((to) => to.toFixed(2)));
  return shown.length ? `M${shown.join('L')}` : '';
};

/** The sigmoid and its derivative, with the current point on it. @param {Page} page */
export function sigmoidPlot({ t, curve, picture, state }) {
  const [width, height, pad] = [300, 150, 22];
  const limit = curve[curve.length - 1].x;
  const across = scale([-limit, limit], [pad, width - pad]);
  const up = scale([0, 1], [height - pad, pad]);
  const curveOf = (/** @type {'y' | 'dx'} */ of) => path(curve.map((point) => [across(point.x), up(point[of])]));
  const x = state.inputs.x[0][0];
  const y = picture.values.get('y');
  const inside = Math.abs(x) <= limit;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${t.plotTitle}>
    <line class="axis-line" x1=${pad} x2=${width - pad} y1=${up(0)} y2=${up(0)} />
    <line class="axis-line" x1=${across(0)} x2=${across(0)} y1=${up(0)} y2=${up(1)} />
    ${[-limit, 0, limit].map((tick) => svg`<text x=${across(tick)} y=${height - 6} text-anchor="middle">${String(tick).replace('-', '−')}</text>`)}
    <text x=${across(0) + 6} y=${up(1) + 4}>1</text>
    <path class="curve forward" d=${curveOf('y')} />
    <path class="curve backward" d=${curveOf('dx')} />
    ${inside ? svg`<line class="marker" x1=${across(x)} x2=${across(x)} y1=${up(0)} y2=${up(y ?? 0)} />` : nothing}
    ${inside && y !== undefined ? svg`<circle class="point" cx=${across(x)} cy=${up(y)} r="4.5" />` : nothing}
  </svg>`;
}

/** Where the probability of class 1 reaches one of these, a shade begins; in the middle lies the decision boundary. */
const THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9];
const shadesOf = contours().size([GRID, GRID]).thresholds(THRESHOLDS);

/** d3-contour has number i of a row at i + ½. @param {number[][]} ring */
const outline = (ring) => `M${ring.map((at) => at.map((i) => placeOnGrid(i - 0.5).toFixed(3))).join('L')}Z`;

/** The square around the origin, its y axis upward. @param {any} t @param {Learned} learned */
export function plane(t, { points, probabilities }) {
  const paths = shadesOf([...probabilities]).map(({ coordinates }) => coordinates.flat().map(outline).join(''));
  return html`<svg viewBox="${-REACH} ${-REACH} ${2 * REACH} ${2 * REACH}" role="img" aria-label=${t.training.planeLabel}>
    <g transform="scale(1 -1)">
      <rect class="shade-0" x=${-REACH} y=${-REACH} width=${2 * REACH} height=${2 * REACH} />
      ${paths.map((path, i) => svg`<path class="shade-${i + 1}" d=${path} />`)}
      <path class="boundary" d=${paths[THRESHOLDS.indexOf(0.5)]} />
      ${points.map(({ x, y, kind }) =>
        kind === 0
          ? svg`<circle class="kind-0" cx=${x} cy=${y} r="0.024" />`
          : svg`<rect class="kind-1" x=${x - 0.022} y=${y - 0.022} width="0.044" height="0.044" />`,
      )}
    </g>
  </svg>`;
}

/**
 * The losses after each update, and what opens one.
 * @param {any} t
 * @param {Learned} learned
 * @param {(update: number) => void} open
 */
export function learningCurve(t, { losses, batchLosses, step }, open) {
  const [width, height] = [520, 430]; // as high as the plane beside it
  const [left, right, top, bottom] = [40, 20, 12, 44];
  const largest = Math.max(0.8, ...[...losses, ...batchLosses].filter(Number.isFinite));
  const across = scale([0, UPDATES], [left, width - right]);
  const up = scale([0, largest], [height - bottom, top]);
  // A batch's loss is that of before its update.
  const curveOf = (/** @type {Float32Array} */ values) => path(Array.from(values, (value, i) => [across(i), up(value)]));
  const updateAt = (/** @type {MouseEvent} */ event) => {
    const { left: from, width: shown } = /** @type {SVGElement} */ (event.currentTarget).getBoundingClientRect();
    return Math.max(1, Math.min(step, Math.round(((event.clientX - from) / shown) * UPDATES)));
  };
  const opens = svg`<rect class="opens" x=${left} y=${top} width=${width - left - right} height=${height - top - bottom}
      @click=${(/** @type {MouseEvent} */ event) => open(updateAt(event))}>
      <title>${t.training.openHint}</title>
    </rect>`;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${t.training.curveLabel}>
    ${ticks(0, largest, 4).map((tick) => svg`<line class="axis-line" x1=${left} x2=${width - right} y1=${up(tick)} y2=${up(tick)} />
      <text x=${left - 6} y=${up(tick) + 4} text-anchor="end">${tick}</text>`)}
    ${[0, 1, 2, 3, 4]
      .map((quarter) => (UPDATES * quarter) / 4)
      .map((tick) => svg`<text x=${across(tick)} y=${height - bottom + 18} text-anchor="middle">${tick}</text>`)}
    <text x=${(left + width) / 2} y=${height - 6} text-anchor="middle">${t.training.update}</text>
    <path class="batch-loss" d=${curveOf(batchLosses)} />
    <path class="loss" d=${curveOf(losses)} />
    <circle class="point" cx=${across(step)} cy=${up(losses[step])} r="4" />
    ${step > 0 ? opens : nothing}
  </svg>`;
}
