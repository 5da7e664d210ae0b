// The stage of the Affine scenes: X on the left, W above, Y where they cross, so that a row of X and a column of W meet in Y.

import { html, nothing } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { short } from '../numbers.js';
import { flowerKinds } from '../presets.js';
import { scenes } from '../scenes.js';
import { affineGraph } from './graph.js';
import { matrix } from './matrix.js';
import { puzzleCorner } from './mistake.js';
import { factors, stepNumber } from './number.js';

/** @typedef {import('../main.js').Page} Page */
/** @typedef {import('../model.js').Step} Step */

const measurements = { en: ['sepal l.', 'sepal w.', 'petal l.', 'petal w.'], zh: ['萼片长', '萼片宽', '花瓣长', '花瓣宽'] };
const kinds = { en: ['setosa', 'versicol.', 'virginica'], zh: ['山鸢尾', '变色鸢尾', '维吉尼亚'] };
const kindNames = ['setosa', 'versicolor', 'virginica'];

/** @param {Page} page */
export function affineStage(page) {
  const { state, t, picture } = page;
  const { X, W, dout } = state.inputs;
  const lang = /** @type {'en' | 'zh'} */ (t.lang);
  const iris = state.preset === 'iris';
  const batch = scenes[state.scene].rank === 2;
  const puzzle = state.scene === 'mistake';
  const [N, inputs, outputs] = [X.length, W.length, W[0].length];
  /** @type {('N' | 'in' | 'out')[]} */
  const samples = batch ? ['N'] : [];
  const inputLabels = iris ? measurements[lang] : undefined;
  const outputLabels = iris ? kinds[lang] : undefined;
  const sampleLabels = iris ? flowerKinds.map((kind) => kinds[lang][kindNames.indexOf(kind)]) : undefined;
  const columns = { columns: outputs, columnLabels: outputLabels };

  return html`<div class="affine">
    <div class="corner" .style=${`--terms: ${Math.max(inputs + 1, outputs, N)}`}>${puzzle ? puzzleCorner(page) : keyed(state.step, working(page))}</div>
    <div class="at-graph">${affineGraph(page)}</div>
    <div class="at-w">${matrix(page, { value: 'W', gradient: 'dW', axes: ['in', 'out'], rows: inputs, rowLabels: inputLabels, ...columns })}</div>
    <div class="at-b">${matrix(page, { value: 'b', gradient: 'db', axes: ['out'], rows: 1, headed: false, ...columns })}</div>
    <div class="at-x">
      ${matrix(page, {
        value: 'X',
        gradient: 'dX',
        axes: [...samples, 'in'],
        rows: N,
        columns: inputs,
        rowLabels: sampleLabels,
        columnLabels: inputLabels,
      })}
    </div>
    <div class="at-y">
      ${matrix(page, {
        value: 'Y',
        gradient: 'dY',
        axes: [...samples, 'out'],
        rows: N,
        ...columns,
        ghost: picture.spread ? (j) => `b[${j}]` : undefined,
      })}
      ${picture.current?.op === 'db' && batch && !puzzle ? html`<p class="axis-arrow backward">${t.axis0}</p>` : nothing}
    </div>
    ${dout
      ? html`<div class="at-out">${matrix(page, { value: 'out', gradient: 'dout', axes: [...samples, 'out'], rows: N, ...columns })}</div>`
      : nothing}
  </div>`;
}

/**
 * What the current step computes: its terms with their numbers, and the sum after each of them.
 * @param {Page} page
 */
function working({ picture, t, state }) {
  const step = picture.current;
  if (!step) return html`<p class="hint">${t.presetNotes.affine[state.preset] ?? ''} ${t.legend.edit}</p>`;
  if (step.op === 'broadcast') return html`<p class="formula">b → N = ${state.inputs.X.length}</p>`;
  const [written] = step.writes;
  const title = html`<p class="formula ${step.pass}">${written.ref}</p>`;
  if (step.layer === 'sigmoid') return html`${title}${factors(t, step, `${written.ref}.local`)}`;

  const terms = termsOf(step);
  const long = [...step.partials, ...step.reads.map(({ value }) => value)].some((value) => short(value, '').length > 8);
  return html`${title}
    <table class="working ${step.pass} ${long ? 'long' : ''}">
      <thead>
        <tr>
          <td colspan="2"></td>
          <th scope="col">${t.runningSum}</th>
        </tr>
      </thead>
      <tbody>
        ${terms.map(
          (term, k) =>
            html`<tr .style=${`--order: ${k}`}>
              <th scope="row">${term.map(({ ref }) => ref).join(' · ')}</th>
              <td>${term.map(({ ref, value }, i) => html`${i ? ' · ' : ''}${stepNumber(t, ref, value)}`)}</td>
              <td>${stepNumber(t, `${written.ref}.sum[${k}]`, step.partials[k])}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/** The summands of a step, each a product of numbers: a bias alone, pairs, or in db the rows alone. @param {Step} step */
function termsOf({ op, reads, partials }) {
  const size = op === 'db' ? 1 : 2;
  const singles = op === 'y' ? reads.length - size * (partials.length - 1) : 0;
  const terms = reads.slice(0, singles).map((cell) => [cell]);
  for (let i = singles; i < reads.length; i += size) terms.push(reads.slice(i, i + size));
  return terms;
}
