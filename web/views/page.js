// The whole page: scenes to choose from, prose, the stage with its numbers, and the transport below it.

import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { compareRoutes } from '../model.js';
import { scenes } from '../scenes.js';
import { toLink } from '../state.js';
import { affineStage } from './affine.js';
import { checkSwitch, checkTable } from './check.js';
import { foldedStage } from './folded.js';
import { linkedLines } from './lines.js';
import { messageView } from './message.js';
import { puzzleChoices, puzzleNarration } from './mistake.js';
import { stepNumber } from './number.js';
import { openedStage } from './opened.js';
import { printView } from './print.js';
import { sizes } from './sizes.js';
import { trainNarration, trainStage, trainTools, updateNote } from './train.js';

/** @typedef {import('../main.js').Page} Page */

/** How a scene is drawn, where it isn't the one for matrices. @type {Record<string, ((page: Page) => unknown) | undefined>} */
const stages = { opened: openedStage, folded: foldedStage, train: trainStage };

const speeds = [0.25, 0.5, 1, 2, 4];

/** Icons of the buttons, as paths in a square of 24. */
const icons = {
  first: 'M6 5h2.5v14H6zM19 5v14L9 12z',
  back: 'M17 5v14L7 12z',
  play: 'M7 4v16l13-8z',
  pause: 'M6 5h4v14H6zM14 5h4v14h-4z',
  forward: 'M7 5v14l10-7z',
  last: 'M5 5v14l10-7zM15.5 5H18v14h-2.5z',
  undo: 'M9 4v4h4.5a5.75 5.75 0 0 1 0 11.5H8V17h5.5a3.25 3.25 0 0 0 0-6.5H9v4L3 9.25z',
  redo: 'M15 4v4h-4.5a5.75 5.75 0 0 0 0 11.5H16V17h-5.5a3.25 3.25 0 0 1 0-6.5H15v4l6-5.25z',
};

/** @param {Page} page */
export function pageView(page) {
  const { t, state, embedded, act } = page;
  if (embedded) return html`${messageView(page)}<main class="embed">${stage(page)}</main>`;
  return html`<a class="skip" href="#stage" @click=${act.focusStage}>${t.skip}</a>
    <header>
      <h1>layerlens <small>${t.tagline}</small></h1>
      <nav aria-label=${t.scenesLabel}>
        ${Object.keys(scenes).map(
          (name, i) =>
            html`<a
              href=${`?scene=${name}`}
              aria-current=${name === state.scene ? 'page' : nothing}
              @click=${(/** @type {MouseEvent} */ event) => act.openScene(event, name)}
              ><span class="digit" aria-hidden="true">${i + 1}</span><span class="title">${t.scenes[name].name}</span></a
            >`,
        )}
      </nav>
      <a class="language" lang=${t.otherLanguage.code} hreflang=${t.otherLanguage.code} href=${t.otherLanguage.path + toLink(state)}
        >${t.otherLanguage.name}</a
      >
    </header>
    ${messageView(page)}
    <main>
      <article>
        <h2>${t.scenes[state.scene].name}</h2>
        ${t.scenes[state.scene].prose}
      </article>
      ${stage(page)}
    </main>`;
}

/**
 * The stage's attributes, and `data-ref` and `data-value` of each number on it, are a contract: tests and other pages read them.
 * A ref names a number as the formulas do; `Y[0][1].sum[2]` is a running sum, `exp.local` a local derivative.
 * @param {Page} page
 */
function stage(page) {
  const { t, state, run, picture, playing, motion, backend, passTime, ready, canUndo, canRedo, copied, linking, act } = page;
  const train = state.scene === 'train';
  const puzzle = state.scene === 'mistake';
  const presets = scenes[state.scene].presets.concat(state.update ? state.preset : []);
  const board = stages[state.scene] ?? affineStage;
  return html`<section
    id="stage"
    tabindex="0"
    aria-label=${t.stageLabel}
    ?data-ready=${ready}
    aria-busy=${ready ? nothing : 'true'}
    data-scene=${state.scene}
    data-step=${state.step}
    data-steps=${run.count}
    data-pass=${train && state.step > 0 ? 'backward' : picture.pass}
    data-backend=${backend}
    data-lang=${t.lang}
    data-motion=${motion ? 'travel' : 'none'}
    data-playing=${playing ? 'true' : 'false'}
    @keydown=${act.key}
    @pointerover=${linking.point}
    @pointerleave=${linking.leave}
    @click=${linking.choose}
    @focusin=${linking.choose}
    @focusout=${linking.blur}
  >
    <div class="tools">
      <label>
        ${train ? t.training.figure : puzzle ? t.puzzle.name : t.presetLabel}
        <select @change=${(/** @type {Event} */ event) => act.choosePreset(/** @type {HTMLSelectElement} */ (event.target).value)}>
          ${presets.map(
            (preset) => html`<option value=${preset} .selected=${preset === state.preset}>${t.presets[preset]}</option>`,
          )}
        </select>
      </label>
      ${sizes(page)}
      ${train
        ? trainTools(page)
        : html`<button type="button" aria-disabled=${!state.edited} @click=${act.reset}>${t.reset}</button>`}
      ${train ? nothing : checkSwitch(page)}
      <span class="undo" role="group" aria-label=${t.changes}>
        ${iconButton('undo', t.undo, act.undo, !canUndo)} ${iconButton('redo', t.redo, act.redo, !canRedo)}
      </span>
      <button type="button" @click=${act.copyLink}>${copied ? t.copied : t.copyLink}</button>
      <span class="hidden" role="status">${copied ? t.copied : ''}</span>
      <button type="button" class="badge" title=${t.computedBy} aria-disabled=${train} @click=${() => train || act.measure()}>
        ${t.backend[backend]}${passTime === undefined ? '' : ` · ${t.passTime(duration(passTime))}`}
      </button>
    </div>

    ${state.update ? updateNote(page) : nothing}
    ${page.printing ? printView(page, board) : html`<div class="board">${board(page)}</div>`}
    ${puzzle ? puzzleChoices(page) : nothing} ${checkTable(page)} ${train || puzzle ? nothing : linkedLines(page)}
    <div class="foot">
      <p class="narration ${picture.current ? picture.pass : ''}" aria-live=${playing && train ? 'off' : 'polite'}>${train ? trainNarration(page) : narration(page)}</p>
      ${transport(page)}
    </div>
  </section>`;
}

/** Two digits of a time. @param {number} milliseconds */
function duration(milliseconds) {
  const [size, unit] = milliseconds < 1 ? [1000 * milliseconds, 'µs'] : [milliseconds, 'ms'];
  return `${Number(size.toPrecision(2))} ${unit}`;
}

/** @param {keyof typeof icons} icon @param {string} label @param {() => void} action @param {boolean} disabled */
const iconButton = (icon, label, action, disabled) =>
  html`<button type="button" class="icon" aria-label=${label} title=${label} aria-disabled=${disabled} @click=${action}>
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${icons[icon]} /></svg>
  </button>`;

/** @param {Page} page */
function transport({ t, state, run, picture, playing, speed, act }) {
  const { count } = run;
  const turn = run.steps.findIndex(({ pass }) => pass === 'backward') / count;
  const button = (/** @type {keyof typeof icons} */ name, /** @type {() => void} */ action, disabled = false) =>
    iconButton(name, t.transport[name], action, disabled);
  const [atStart, atEnd] = [state.step === 0, state.step === count];
  return html`<div class="transport" role="group" aria-label=${t.transport.label}>
    <div class="buttons">
      ${button('first', () => act.goTo(0), atStart)} ${button('back', () => act.goTo(state.step - 1), atStart)}
      ${button(playing ? 'pause' : 'play', act.toggle)} ${button('forward', () => act.goTo(state.step + 1), atEnd)}
      ${button('last', () => act.goTo(count), atEnd)}
    </div>
    <div class="scrubber" .style=${`--turn: ${turn}`}>
      <input
        type="range"
        min="0"
        max=${count}
        step="1"
        aria-label=${t.transport.scrub}
        aria-valuetext=${run.steps.length ? `${t.position(state.step, count)}, ${t.passes[picture.pass]}` : t.training.position(state.step, count)}
        .value=${live(String(state.step))}
        @input=${(/** @type {InputEvent} */ event) => act.goTo(Number(/** @type {HTMLInputElement} */ (event.target).value))}
      />
      ${run.steps.length
        ? html`<span class="bands" aria-hidden="true"
            ><span class="forward">${t.passes.forward}</span><span class="backward">${t.passes.backward}</span></span
          >`
        : nothing}
    </div>
    <span class="position">${state.step} / ${count}</span>
    <label class="speed">
      <span class="hidden">${t.transport.speed}</span>
      <select aria-label=${t.transport.speed} @change=${(/** @type {Event} */ event) => act.setSpeed(Number(/** @type {HTMLSelectElement} */ (event.target).value))}>
        ${speeds.map((value) => html`<option value=${value} .selected=${value === speed}>${value}×</option>`)}
      </select>
    </label>
  </div>`;
}

/** The step in one sentence, and its result. @param {Page} page */
function narration(page) {
  const { t, state, run, picture } = page;
  const step = picture.current;
  if (!step) return t.narration.start;
  if (state.scene === 'mistake') return puzzleNarration(page);
  const n = (state.inputs.X ?? []).length;
  if (step.op === 'broadcast') return t.narration.broadcast(n);
  const [{ ref, value }] = step.writes;
  const result = html`<b>${ref} = ${stepNumber(t, ref, value)}</b>`;
  if (state.scene === 'folded' && step.layer === 'sigmoid') {
    if (step.pass === 'forward') return html`${t.narration.foldedY} ${result}`;
    const { verdict, error } = compareRoutes(run, picture.values);
    return html`${t.narration.foldedDx} ${result}${t.stop} ${t.verdicts[verdict](Number((100 * error).toPrecision(2)))}`;
  }
  return html`${sentence(t.narration, step, n)} ${result}`;
}

/**
 * @param {any} say
 * @param {import('../model.js').Step} step
 * @param {number} n samples
 */
function sentence(say, { layer, op, pass, reads, writes: [{ ref, value }], local }, n) {
  if (reads.some((read) => Number.isNaN(read.value))) return say.fromNotANumber(ref);
  if (Number.isNaN(value)) return local === undefined || Number.isFinite(local) ? say.notANumber(ref) : say.zeroTimesInfinity(ref);
  if (!Number.isFinite(value)) return say.infinite(ref);
  const indices = [...ref.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
  // A vector has its one index in the place of the column.
  const [i, j] = indices.length === 2 ? indices : [undefined, indices[0]];
  if (layer === 'affine') {
    if (op === 'dW') return n === 1 ? say.affineDwOfOne(ref, reads[0].ref, reads[1].ref) : say.affineDw(ref, i, j);
    if (op === 'db') return say.affineDb(ref, j, n);
    return (op === 'y' ? say.affineY : say.affineDx)(ref, i, j);
  }
  return say[layer + (pass === 'forward' ? 'Y' : 'Dx')](ref);
}
