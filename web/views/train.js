// The stage of a training: the points in their plane with what the network makes of it, and the loss after each update.

import { html, nothing, svg } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { live } from 'lit-html/directives/live.js';
import { contours } from 'd3-contour';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { GRID, HIDDEN_SIZES, LARGEST_SEED, LEARNING_RATES, OPTIMIZERS, placeOnGrid, REACH, UPDATES } from '../training/settings.js';
import { toLink } from '../state.js';
import { stepNumber } from './number.js';

/** @typedef {import('../main.js').Page} Page */
/** @typedef {import('../main.js').Learned} Learned */

/** Where the probability of class 1 reaches one of these, a shade begins; in the middle lies the decision boundary. */
const THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9];
const shadesOf = contours().size([GRID, GRID]).thresholds(THRESHOLDS);

/** d3-contour has number i of a row at i + ½. @param {number[][]} ring */
const outline = (ring) => `M${ring.map((at) => at.map((i) => placeOnGrid(i - 0.5).toFixed(3))).join('L')}Z`;

/** The table has a line for every so many updates. */
const LINES = 200;

/** What a reader can set. @param {Page} page */
export function trainTools({ t, state, act }) {
  const { seed } = state.training;
  const choice = (/** @type {'hidden' | 'optimizer' | 'lr'} */ name, /** @type {(string | number)[]} */ values) =>
    html`<label>
      ${t.training[name]}
      <select @change=${(/** @type {Event} */ event) => act.setTraining({ [name]: values[/** @type {HTMLSelectElement} */ (event.target).selectedIndex] })}>
        ${values.map((value) => html`<option .selected=${value === state.training[name]}>${value}</option>`)}
      </select>
    </label>`;
  return html`${choice('hidden', HIDDEN_SIZES)} ${choice('optimizer', OPTIMIZERS)} ${choice('lr', LEARNING_RATES)}
    <label>
      ${t.training.seed}
      <input
        class="seed"
        type="number"
        min="0"
        max=${LARGEST_SEED}
        .value=${live(String(seed))}
        @change=${(/** @type {Event} */ event) => {
          const field = /** @type {HTMLInputElement} */ (event.target);
          act.setTraining({ seed: field.checkValidity() && field.value !== '' ? Number(field.value) : seed });
        }}
      />
    </label>
    <button type="button" @click=${act.restartTraining}>${t.reset}</button>`;
}

/** @param {Page} page */
export function trainStage(page) {
  const { learned, t } = page;
  return html`<div class="training">
    ${guard([learned, t], () => (learned ? [plane(page, learned), curve(page, learned), table(page, learned)] : html`<div class="plane"></div>`))}
  </div>`;
}

/** The square around the origin, its y axis upward. @param {Page} page @param {Learned} learned */
function plane({ t }, { points, probabilities }) {
  const paths = shadesOf([...probabilities]).map(({ coordinates }) => coordinates.flat().map(outline).join(''));
  return html`<figure class="plane">
    <svg viewBox="${-REACH} ${-REACH} ${2 * REACH} ${2 * REACH}" role="img" aria-label=${t.training.planeLabel}>
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
    </svg>
    <figcaption>
      <span class="kind kind-0"></span>${t.training.kinds[0]} <span class="kind kind-1"></span>${t.training.kinds[1]}
      <span class="kind boundary"></span>${t.training.boundary}
    </figcaption>
  </figure>`;
}

/** @param {Page} page @param {Learned} learned */
function curve({ t, act }, { losses, batchLosses, step }) {
  const [width, height] = [520, 430]; // as high as the plane beside it
  const [left, right, top, bottom] = [40, 20, 12, 44];
  const known = [...losses, ...batchLosses].filter(Number.isFinite);
  const across = scaleLinear([0, UPDATES], [left, width - right]);
  const up = scaleLinear([0, Math.max(0.8, ...known)], [height - bottom, top]);
  const path = line(
    (_, i) => across(i),
    (/** @type {number} */ value) => up(value),
  ).defined(Number.isFinite);
  const updateAt = (/** @type {MouseEvent} */ event) => {
    const { left: from, width: shown } = /** @type {SVGElement} */ (event.currentTarget).getBoundingClientRect();
    const update = Math.round(((event.clientX - from) / shown) * UPDATES);
    return Math.max(1, Math.min(step, update));
  };
  return html`<figure class="losses">
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${t.training.curveLabel}>
      ${up.ticks(4).map((tick) => svg`<line class="axis-line" x1=${left} x2=${width - right} y1=${up(tick)} y2=${up(tick)} />
        <text x=${left - 6} y=${up(tick) + 4} text-anchor="end">${tick}</text>`)}
      ${[0, 1, 2, 3, 4].map((quarter) => (UPDATES * quarter) / 4).map((tick) => svg`<text x=${across(tick)} y=${height - bottom + 18} text-anchor="middle">${tick}</text>`)}
      <text x=${(left + width) / 2} y=${height - 6} text-anchor="middle">${t.training.update}</text>
      <path class="batch-loss" d=${path([...batchLosses])} />
      <path class="loss" d=${path([...losses])} />
      <circle class="point" cx=${across(step)} cy=${up(losses[step])} r="4" />
      ${step > 0
        ? svg`<rect class="opens" x=${left} y=${top} width=${width - left - right} height=${height - top - bottom}
            @click=${(/** @type {MouseEvent} */ event) => act.openUpdate(updateAt(event))}><title>${t.training.openHint}</title></rect>`
        : nothing}
    </svg>
    <figcaption>
      <span class="kind loss"></span>${t.training.loss} <span class="kind batch-loss"></span>${t.training.batchLoss}
      <button type="button" aria-disabled=${step === 0} @click=${() => step > 0 && act.openUpdate(step)}>
        ${step === 0 ? t.training.openLater : t.training.open(step)}
      </button>
    </figcaption>
  </figure>`;
}

/** The curve in numbers. @param {Page} page @param {Learned} learned */
function table({ t, act }, { losses, batchLosses, step }) {
  const shown = Array.from({ length: Math.floor(step / LINES) + 1 }, (_, i) => i * LINES);
  if (shown.at(-1) !== step) shown.push(step);
  return html`<details class="as-table">
    <summary>${t.training.asTable}</summary>
    <div>
      <table>
        <thead>
          <tr>
            <th scope="col">${t.training.update}</th>
            <th scope="col">${t.training.loss}</th>
            <th scope="col">${t.training.batchLoss}</th>
            <td></td>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (update) =>
              html`<tr>
                <th scope="row">${update}</th>
                <td>${stepNumber(t, `loss[${update}]`, losses[update])}</td>
                <td>${update ? stepNumber(t, `batchLoss[${update}]`, batchLosses[update - 1]) : nothing}</td>
                <td>
                  ${update ? html`<button type="button" @click=${() => act.openUpdate(update)}>${t.training.open(update)}</button>` : nothing}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** Where the training stands, in one sentence. @param {Page} page */
export function trainNarration({ t, learned, state }) {
  if (!learned || state.step === 0) return t.training.start;
  const { step, losses } = learned;
  return html`${t.training.after(step)} <b>loss = ${stepNumber(t, 'loss', losses[step])}</b>`;
}

/** Above an update that came out of a training: which one, and the way back. @param {Page} page */
export function updateNote({ t, state, act }) {
  const { preset, update, training } = state;
  const back = toLink({ ...state, scene: 'train', step: update, update: 0, edited: false });
  return html`<p class="update-note">
    ${t.training.note(update, t.presets[preset], training.hidden)} <a href=${back} @click=${act.backToTraining}>${t.training.back}</a>
  </p>`;
}
