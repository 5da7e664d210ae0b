// One number on the stage: its place, its text, and the field to change it where it is the reader's own.

import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { exact, short } from '../numbers.js';
import { mark } from './mark.js';

/** @typedef {import('../main.js').Page} Page */

/**
 * @typedef {object} Place
 * @property {string} ref
 * @property {string} [label] what it is, in words, for those who can't see where it stands; none where the cell around it says so
 * @property {boolean} [editable]
 * @property {0 | -1} [stop] whether Tab stops at its field
 * @property {string} [ghost] the ref of a number that stands here until this one is computed
 */

/**
 * @param {Page} page
 * @param {Place} place
 */
export function number({ picture, editing, act, t, checked }, { ref, label, editable = false, stop = 0, ghost }) {
  const value = picture.values.get(ref);
  if (value === undefined) {
    const waiting = ghost === undefined ? undefined : picture.values.get(ghost);
    return waiting === undefined
      ? html`<span class="number empty" role=${label ? 'img' : 'none'} aria-label=${label ? `${label}: ${t.notYet}` : nothing}></span>`
      : html`<span class="number ghost" data-ref=${ghost} data-value=${exact(waiting)}>${short(waiting, t.notANumber)}</span>`;
  }
  const shown = short(value, t.notANumber);
  const lit = picture.writes.has(ref) ? 'written' : picture.reads.has(ref) ? 'read' : '';
  const long = shown.length > 8 ? 'long' : '';
  const check = checked?.get(ref);
  if (!editable) {
    return html`${label ? html`<span class="hidden">${label}:</span>` : nothing}
      <span class="number ${lit} ${long}" data-ref=${ref} data-value=${exact(value)} title=${exact(value)}>${shown}</span>
      ${check ? mark(t, check.ok) : nothing}`;
  }
  const open = editing?.ref === ref;
  return html`<input
    class="number own ${lit} ${long} ${open ? 'open' : ''}"
    data-ref=${ref}
    data-value=${exact(value)}
    title=${exact(value)}
    aria-label=${label}
    tabindex=${stop}
    aria-invalid=${open && editing.wrong ? 'true' : nothing}
    autocomplete="off"
    autocapitalize="off"
    spellcheck="false"
    .value=${live(open ? editing.text : shown)}
    @click=${() => act.openField(ref)}
    @input=${(/** @type {InputEvent} */ event) => act.type(ref, /** @type {HTMLInputElement} */ (event.target).value)}
    @keydown=${(/** @type {KeyboardEvent} */ event) => act.fieldKey(event, ref)}
    @paste=${(/** @type {ClipboardEvent} */ event) => act.paste(event, ref)}
    @blur=${() => act.closeField(ref)}
  />`;
}

/**
 * A number as a step names it: one of a tensor, a running sum, a local derivative.
 * @param {any} t
 * @param {string} ref
 * @param {number} value
 */
export const stepNumber = (t, ref, value) =>
  html`<span data-ref=${ref} data-value=${exact(value)} title=${exact(value)}>${short(value, t.notANumber)}</span>`;

/**
 * A step through one element: forward what goes in and comes out; backward upstream × local = what goes on.
 * @param {any} t
 * @param {import('../model.js').Step} step
 * @param {string} localRef
 */
export function factors(t, { pass, reads: [read], writes: [written], local }, localRef) {
  const [from, to] = [stepNumber(t, read.ref, read.value), stepNumber(t, written.ref, written.value)];
  if (pass === 'forward') return html`<p class="product">${from} → ${to}</p>`;
  const factor = (/** @type {string} */ name, /** @type {unknown} */ number) => html`<span><small>${name}</small> ${number}</span>`;
  return html`<p class="product backward">
    ${factor(t.upstream, from)} × ${factor(t.local, stepNumber(t, localRef, /** @type {number} */ (local)))} =
    ${factor(t.result, to)}
  </p>`;
}
