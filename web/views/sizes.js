// The sizes of an Affine scene's tensors, and the seed of random numbers.

import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { hasOwnSizes, LARGEST } from '../presets.js';
import { scenes } from '../scenes.js';

/** @typedef {import('../main.js').Page} Page */
/** @typedef {import('../presets.js').Sizes} Sizes */

/** @param {Page} page */
export function sizes(page) {
  const { state } = page;
  const { rank } = scenes[state.scene];
  const free = rank > 0 && !hasOwnSizes(state.preset);
  return html`${rank === 2 && !state.update ? size(page, 'n') : nothing} ${free ? html`${size(page, 'inSize')} ${size(page, 'outSize')}` : nothing}
  ${state.preset === 'random' ? seed(page) : nothing}`;
}

/** @param {Page} page @param {'n' | 'inSize' | 'outSize'} name */
function size({ t, state, act }, name) {
  const { label, hint } = t.sizes[name];
  return html`<label title=${hint}>
    ${label}
    <select aria-label=${`${label}: ${hint}`} @change=${(/** @type {Event} */ event) => act.resize({ [name]: numberOf(event) })}>
      ${Array.from({ length: LARGEST[name] }, (_, i) => html`<option value=${i + 1} .selected=${i + 1 === state[name]}>${i + 1}</option>`)}
    </select>
  </label>`;
}

/** @param {Page} page */
function seed({ t, state, act }) {
  return html`<label>
    ${t.seed}
    <input
      class="seed"
      type="number"
      min="1"
      max=${LARGEST.seed}
      .value=${live(String(state.seed))}
      @change=${(/** @type {Event} */ event) => act.reseed(numberOf(event))}
    />
  </label>`;
}

const numberOf = (/** @type {Event} */ event) => Number(/** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value);
