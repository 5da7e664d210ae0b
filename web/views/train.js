// The stage of a training: the points in their plane with what the network makes of it, and the loss after each update.

import { html, nothing } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { live } from 'lit-html/directives/live.js';
import { HIDDEN_SIZES, LARGEST_SEED, LEARNING_RATES, OPTIMIZERS } from '../training/settings.js';
import { toLink } from '../state.js';
import { stepNumber } from './number.js';
import { learningCurve, plane } from './plots.js';

/** @typedef {import('../main.js').Page} Page */
/** @typedef {import('../main.js').Learned} Learned */

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
  const { learned, printing } = page;
  return html`<div class="training">
    ${guard([learned, printing], () => (learned ? [figures(page, learned), table(page, learned)] : html`<div class="plane"></div>`))}
  </div>`;
}

/** @param {Page} page @param {Learned} learned */
function figures({ t, act }, learned) {
  const { step } = learned;
  return html`<figure class="plane">
      ${plane(t, learned)}
      <figcaption>
        <span class="kind kind-0"></span>${t.training.kinds[0]} <span class="kind kind-1"></span>${t.training.kinds[1]}
        <span class="kind boundary"></span>${t.training.boundary}
      </figcaption>
    </figure>
    <figure class="losses">
      ${learningCurve(t, learned, act.openUpdate)}
      <figcaption>
        <span class="kind loss"></span>${t.training.loss} <span class="kind batch-loss"></span>${t.training.batchLoss}
        <button type="button" aria-disabled=${step === 0} @click=${() => step > 0 && act.openUpdate(step)}>
          ${step === 0 ? t.training.openLater : t.training.open(step)}
        </button>
      </figcaption>
    </figure>`;
}

/** The curve in numbers. @param {Page} page @param {Learned} learned */
function table({ t, act, printing }, { losses, batchLosses, step }) {
  const shown = Array.from({ length: Math.floor(step / LINES) + 1 }, (_, i) => i * LINES);
  if (shown.at(-1) !== step) shown.push(step);
  return html`<details class="as-table" ?open=${printing}>
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
