// On paper: the scene after its forward pass and after its backward pass, with all numbers, and the link to it.

import { html } from 'lit-html';
import { pictureAt } from '../model.js';
import { toLink } from '../state.js';

/** @typedef {import('../main.js').Page} Page */

/**
 * @param {Page} page
 * @param {(page: Page) => unknown} board
 */
export function printView(page, board) {
  const { t, state, run } = page;
  const forward = run.steps.filter(({ pass }) => pass === 'forward').length;
  const frame = (/** @type {number} */ step) => {
    const picture = { ...pictureAt(run, step), current: undefined, reads: new Set(), writes: new Set() };
    return board({ ...page, state: { ...state, step }, picture, editing: undefined, linked: undefined });
  };
  const { W = [[]], dout } = state.inputs;
  const columns = W.length + (dout ? 2 : 1) * W[0].length;
  return html`<section class="paper" .style=${`--columns: ${columns}`}>
    ${run.steps.length
      ? [forward, run.steps.length].map(
          (step, i) => html`<figure>
            <figcaption>${t.print[i]}</figcaption>
            <div class="board">${frame(step)}</div>
          </figure>`,
        )
      : html`<figure>
          <figcaption>${t.training.position(state.step, run.count)}</figcaption>
          <div class="board">${board(page)}</div>
        </figure>`}
    <p>${new URL(toLink(state), location.href).href}</p>
  </section>`;
}
