// The stage of the folded sigmoid: its four nodes above, the one node that they become below, and what both routes give.

import { html } from 'lit-html';
import { number } from './number.js';
import { foldedEdges, graph, openedEdges, working } from './opened.js';

/** @typedef {import('../main.js').Page} Page */

/** @param {Page} page */
export function foldedStage(page) {
  const { t, picture } = page;
  const folded = picture.values.has('y');
  const folding = picture.writes.has('y');
  return html`<div class="routes ${folded ? 'folded' : ''} ${folding ? 'folding' : ''}">
      ${graph(page, openedEdges('opened.y', 'opened.dx'), t.graphLabel)}
      <p class="sliding" aria-hidden="true">${['×', 'exp', '+', '1/x'].map((sign) => html`<span>${sign}</span>`)}</p>
      ${graph(page, foldedEdges, t.foldedLabel, true)}
    </div>
    <div class="below">
      <div class="corner">${working(page)}</div>
      ${comparison(page)}
    </div>`;
}

/** What both routes give, beside float64. @param {Page} page */
function comparison(page) {
  const { t } = page;
  const rows = { opened: ['opened.y', 'opened.dx'], folded: ['y', 'dx'], exact: ['exact.y', 'exact.dx'] };
  return html`<table class="comparison">
    <thead>
      <tr>
        <td></td>
        <th scope="col" class="forward">y</th>
        <th scope="col" class="backward">dx</th>
      </tr>
    </thead>
    <tbody>
      ${Object.entries(rows).map(
        ([route, refs]) =>
          html`<tr>
            <th scope="row">${t.routes[route]}</th>
            ${refs.map((ref) => html`<td>${number(page, { ref, label: ref })}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
