// The puzzle: which line of the backward pass is wrong? First a reader says, then the page does.

import { html, nothing } from 'lit-html';
import { lineOf, mistakes, planted } from '../mistakes.js';

/** @typedef {import('../main.js').Page} Page */

/** What is asked, and after the answer the wrong line beside the right one. @param {Page} page */
export function puzzleCorner({ t, state }) {
  const mistake = planted[state.preset];
  if (!state.guess) return html`<p class="hint">${t.puzzle.question}</p>`;
  const { wrong, right } = lineOf[mistake];
  return html`<dl class="lesson">
    <dt>${t.puzzle.wrong}</dt>
    <dd><code><del>${wrong}</del></code></dd>
    <dt>${t.puzzle.right}</dt>
    <dd><code><ins>${right}</ins></code></dd>
  </dl>`;
}

/** The five lines to choose from. @param {Page} page */
export function puzzleChoices({ t, state, act }) {
  const mistake = planted[state.preset];
  const { guess } = state;
  const n = state.inputs.X.length;
  const outputs = state.inputs.b[0].length;
  return html`<section class="choices" aria-label=${t.puzzle.choose}>
    <h3>${t.puzzle.choose}</h3>
    <div class="options">
      ${mistakes.map((choice) => {
        const verdict = !guess ? '' : choice === mistake ? 'planted' : choice === guess ? 'missed' : '';
        return html`<button type="button" class=${verdict} aria-pressed=${choice === guess ? 'true' : 'false'} @click=${() => act.guess(choice)}>
          <code>${lineOf[choice].wrong}</code>
          <small>${t.puzzle.names[choice]}${verdict ? html` <b>${t.puzzle.verdicts[verdict]}</b>` : nothing}</small>
        </button>`;
      })}
    </div>
    <p class="explanation" aria-live="polite">
      ${guess
        ? html`<b>${guess === mistake ? t.puzzle.hit : t.puzzle.miss}</b> ${t.puzzle.why[mistake](n, outputs)}`
        : t.puzzle.hint}
    </p>
  </section>`;
}

/** What a step of the puzzle says. @param {Page} page */
export function puzzleNarration({ t, state, picture }) {
  const { op, writes } = /** @type {NonNullable<typeof picture.current>} */ (picture.current);
  const [n, outputs] = [state.inputs.X.length, state.inputs.b[0].length];
  return writes.length ? t.puzzle.steps[op] : t.puzzle.misfit(n, outputs);
}
