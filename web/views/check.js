// The gradient check as a table: each gradient on the stage beside float64 and a central difference.

import { html, nothing } from 'lit-html';
import { exact, short } from '../numbers.js';
import { mark } from './mark.js';
import { stepNumber } from './number.js';

/** @typedef {import('../main.js').Page} Page */

/** The switch. @param {Page} page */
export const checkSwitch = ({ t, act, checked }) =>
  html`<button type="button" class="switch" aria-pressed=${checked ? 'true' : 'false'} title=${t.check.hint} @click=${act.check}>
    ${t.check.name}
  </button>`;

/** @param {Page} page */
export function checkTable({ checked, picture, state, run, t }) {
  if (!checked) return nothing;
  // Wrong ones first. At the end, those that never came are wrong as well.
  const rows = [...checked]
    .filter(([ref]) => picture.values.has(ref) || state.step === run.count)
    .sort(([, a], [, b]) => Number(a.ok) - Number(b.ok));
  const wrong = rows.filter(([, { ok }]) => !ok).map(([ref]) => ref);
  const summary = !rows.length ? t.check.none : wrong.length ? t.check.some(wrong.length, rows.length) : t.check.all(rows.length);
  return html`<div class="check">
    <p aria-live="polite">${summary}</p>
    ${rows.length
      ? html`<div class="scroll" tabindex="0" role="region" aria-label=${t.check.name}>
          <table>
            <thead>
              <tr>
                ${['gradient', 'kernel', 'float64', 'difference', 'error', 'verdict'].map(
                  (column) => html`<th scope="col">${t.check.columns[column]}</th>`,
                )}
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                ([ref, { kernel, reference, difference, error, ok }]) =>
                  html`<tr data-check=${ok ? 'right' : 'wrong'} data-of=${ref}>
                    <th scope="row">${ref}</th>
                    <td>${stepNumber(t, ref, kernel)}</td>
                    <td>${measured(t, reference)}</td>
                    <td>${measured(t, difference)}</td>
                    <td>${Number.isNaN(error) ? t.notANumber : error === 0 ? '0' : error.toExponential(0).replace('-', '−')}</td>
                    <td>${mark(t, ok)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`
      : nothing}
  </div>`;
}

/** A float64 number that no kernel gave. @param {any} t @param {number} value */
const measured = (t, value) => html`<span title=${exact(Math.fround(value))}>${short(value, t.notANumber)}</span>`;
