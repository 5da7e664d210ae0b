// One number on the stage: its place, its text, and the field to change it where it is the reader's own.

import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { exact, short } from '../numbers.js';

/** @typedef {import('../main.js').Page} Page */

/**
 * @typedef {object} Place
 * @property {string} ref
 * @property {string} label what it is, in words, for those who can't see where it stands
 * @property {boolean} [editable]
 * @property {string} [ghost] the ref of a number that stands here until this one is computed
 */

/**
 * @param {Page} page
 * @param {Place} place
 */
export function number({ picture, editing, act, t }, { ref, label, editable = false, ghost }) {
  const value = picture.values.get(ref);
  if (value === undefined) {
    const waiting = ghost === undefined ? undefined : picture.values.get(ghost);
    return waiting === undefined
      ? html`<span class="number empty" role="img" aria-label="${label}: ${t.notYet}"></span>`
      : html`<span class="number ghost" data-ref=${ghost} data-value=${exact(waiting)}>${short(waiting)}</span>`;
  }
  const lit = picture.writes.has(ref) ? 'written' : picture.reads.has(ref) ? 'read' : '';
  if (!editable) {
    return html`<span class="number ${lit}" data-ref=${ref} data-value=${exact(value)} title=${exact(value)}>${short(value)}</span>`;
  }
  const open = editing?.ref === ref;
  return html`<input
    class="number own ${lit}"
    data-ref=${ref}
    data-value=${exact(value)}
    title=${exact(value)}
    aria-label=${label}
    aria-invalid=${open && editing.wrong ? 'true' : nothing}
    inputmode="decimal"
    autocomplete="off"
    spellcheck="false"
    ?readonly=${!open}
    .value=${live(open ? editing.text : short(value))}
    @click=${() => act.openField(ref)}
    @dblclick=${(/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).select()}
    @input=${(/** @type {InputEvent} */ event) => act.type(ref, /** @type {HTMLInputElement} */ (event.target).value)}
    @keydown=${(/** @type {KeyboardEvent} */ event) => act.fieldKey(event, ref)}
    @paste=${(/** @type {ClipboardEvent} */ event) => act.paste(event, ref)}
    @blur=${() => act.closeField(ref)}
  />`;
}

/** A number that belongs to a step and not to a tensor: a running sum, a local derivative. @param {string} ref @param {number} value */
export const stepNumber = (ref, value) =>
  html`<span data-ref=${ref} data-value=${exact(value)} title=${exact(value)}>${short(value)}</span>`;

/**
 * A step through one element: forward what goes in and comes out; backward upstream × local = what goes on.
 * @param {any} t
 * @param {import('../model.js').Step} step
 * @param {string} localRef
 */
export function factors(t, { pass, reads: [read], writes: [written], local }, localRef) {
  const [from, to] = [stepNumber(read.ref, read.value), stepNumber(written.ref, written.value)];
  if (pass === 'forward') return html`<p class="product">${from} → ${to}</p>`;
  return html`<dl class="product backward">
    <div><dt>${t.upstream}</dt><dd>${from}</dd></div>
    <span>×</span>
    <div><dt>${t.local}</dt><dd>${stepNumber(localRef, /** @type {number} */ (local))}</dd></div>
    <span>=</span>
    <div><dt>${t.result}</dt><dd>${to}</dd></div>
  </dl>`;
}
