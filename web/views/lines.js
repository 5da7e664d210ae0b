// What a step computes, said three times: as a formula, in the kernels' C, and in NumPy; and what the colours mean.

import { html } from 'lit-html';
import { lines } from 'virtual:lines';
import { linked } from './link.js';

/** @typedef {import('../main.js').Page} Page */

/** @param {Page} page */
export function linkedLines(page) {
  const { t, state, run, picture } = page;
  const { layer, op } = picture.current ?? run.steps[0];
  const { formula, c, numpy } = lines[state.scene][`${layer}.${op === 'broadcast' ? 'y' : op}`];
  const source = (/** @type {import('virtual:lines').Line} */ { source, link, parts }) =>
    html`<code class="line ${linked(page, link)}" data-link=${link} tabindex="0" title=${source}
      >${parts.map((part) =>
        part.link === undefined ? part.text : html`<span class=${linked(page, part.link)} data-link=${part.link}>${part.text}</span>`,
      )}</code
    >`;
  return html`<dl class="lines">
      <div class="line-formula">
        <dt>${t.formulaLabel}</dt>
        <dd>
          ${formula((tensor) => linked(page, tensor))}
          <span class="filled">${picture.current?.formula ?? '\u00a0'}</span>
        </dd>
      </div>
      <div class="line-numpy">
        <dt>${t.numpyLabel}</dt>
        <dd>${source(numpy)}</dd>
      </div>
      <div class="line-c">
        <dt>C</dt>
        <dd>${c.map(source)}</dd>
      </div>
    </dl>
    <ul class="legend">
      <li><span class="key forward"></span>${t.legend.value}</li>
      <li><span class="key backward"></span>${t.legend.gradient}</li>
    </ul>`;
}
