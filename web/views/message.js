// What the page complains about, and the repairs that it offers.

import { html, nothing } from 'lit-html';

/** @typedef {import('../main.js').Page} Page */

/** @param {Page} page */
export function messageView({ message, t, act }) {
  if (!message) return nothing;
  const { text, repairs } = typeof message === 'string' ? { text: message, repairs: [] } : message;
  const named = (/** @type {string | [string, number][]} */ about) =>
    typeof about === 'string' ? about : about.map(([name, size]) => `${t.sizes[name].label} = ${size}`).join(t.comma);
  return html`<div class="message" role="alert">
    <span>${text}</span>
    ${repairs.map(
      ({ kind, about, state }) =>
        html`<button type="button" @click=${() => act.repair(state)}>${t.repairs[kind](named(about))}</button>`,
    )}
    <button type="button" class="dismiss" aria-label=${t.dismiss} @click=${act.dismiss}>×</button>
  </div>`;
}
