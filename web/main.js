// Starts the page: state → trace → picture. Whatever a reader does changes the state; everything else follows from it.

import { html, render } from 'lit-html';
import { loadBackend } from './backend.js';
import { checkGradients } from './check.js';
import { connectHost } from './embed.js';
import { createHistory, differs } from './history.js';
import { createLinking } from './linking.js';
import { mismatch } from './mismatch.js';
import { pictureAt, run, sigmoidCurve } from './model.js';
import { parseList, parseNumber } from './numbers.js';
import { createPlayer } from './player.js';
import { LARGEST } from './presets.js';
import { scenes } from './scenes.js';
import { choose, chosenIn, edit, fromLink, presetFor, resize, start, toLink } from './state.js';
import en from './text/en.js';
import zh from './text/zh.js';
import { measurePass } from './timing.js';
import { createTraining } from './training/client.js';
import { pageView } from './views/page.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./model.js').Run} Run */
/** @typedef {import('./model.js').Picture} Picture */
/** @typedef {import('./training/trainer.js').Learned & Pick<State, 'preset' | 'training' | 'step'>} Learned */

/**
 * What the views are given.
 * @typedef {object} Page
 * @property {State} state
 * @property {Run} run
 * @property {Picture} picture
 * @property {any} t the texts of the page's language
 * @property {any} act what a reader can do
 * @property {{ x: number, y: number, dx: number }[]} curve
 * @property {string} backend
 * @property {number | undefined} passTime milliseconds that a pass of this state's layers takes, if a reader has asked
 * @property {boolean} ready whether the picture is that of the state; false while a training is on its way there
 * @property {Learned | undefined} learned what there is to see of a training
 * @property {boolean} playing
 * @property {number} speed
 * @property {boolean} motion whether the last change was one step forward, which is then shown as a movement
 * @property {{ ref: string, text: string, wrong: boolean } | undefined} editing the field that is open
 * @property {Map<string, import('./check.js').Checked> | undefined} checked the verdict on each gradient, where a reader wants it
 * @property {boolean} printing whether the page goes onto paper
 * @property {string | undefined} linked the tensor that is lit in every view
 * @property {ReturnType<typeof createLinking>} linking what lights it
 * @property {Record<string, import('./views/grid.js').Place | undefined>} cursors where Tab stops in each matrix
 * @property {string | NonNullable<ReturnType<typeof mismatch>>} message empty, or a text, or one with repairs
 * @property {boolean} canUndo
 * @property {boolean} canRedo
 * @property {boolean} embedded whether the stage stands alone, in a frame of another page
 * @property {boolean} copied whether the link to this state has just been copied
 */

const root = /** @type {HTMLElement} */ (document.getElementById('page'));
const t = LANGUAGE === 'zh-CN' ? zh : en;
const CURVE_LIMIT = 6;

/** Milliseconds from one step to the next: a ticket travels, then there is a pause to read. */
const STEP_TIME = 900;
/** The same for a training, which takes several updates at a time. */
const LEARNING_TIME = 40;
const STRIDE = 4;

render(html`<p class="loading">${t.loading}</p>`, root);

/** For a look at one way to compute: ?variant=relaxed, simd, scalar or reference */
const query = new URLSearchParams(location.search);
const variant = query.get('variant');
/** In a frame of another page, which gets the stage alone: ?embed=1 */
const embedded = query.get('embed') === '1';

const ll = await loadBackend(variant);
/** @type {string} */
const backend = ll.variant;
const curve = sigmoidCurve(ll, CURVE_LIMIT);

/** @type {State} */
let state;
/** @type {Run} */
let current;
/** @type {Page['message']} */
let message = '';
let copied = false;
/** @type {number | undefined} */
let passTime;
let sliding = false;
let motion = false;
let speed = 1;
/** @type {Page['editing']} */
let editing;
/** @type {Page['cursors']} */
let cursors = {};
const paper = matchMedia('print');

const stageElement = () => /** @type {HTMLElement} */ (document.getElementById('stage'));

const trains = () => state.scene === 'train';
const training = createTraining(backend, (reason) => {
  message = backend === 'reference' ? t.errors.noTraining : t.errors.training(reason);
  state ??= start('train', wanted.preset);
  player.stop();
  draw();
});
/** @type {Page['learned']} */
let learned;
const isReady = () =>
  !trains() || (learned?.preset === state.preset && learned.training === state.training && learned.step === state.step);

const player = createPlayer(
  () => {
    if (isReady() && state.step < current.count) goTo(state.step + (trains() ? STRIDE : 1), true);
    return state.step < current.count;
  },
  (playing) => {
    draw();
    if (!playing) keepLink();
  },
  () => (trains() ? LEARNING_TIME : STEP_TIME),
);

const changes = createHistory();
let checking = false;
/** The last gradient check, and the run that it is about. @type {{ run: Run | undefined, checked: Map<string, import('./check.js').Checked> }} */
let lastCheck = { run: undefined, checked: new Map() };

function check() {
  if (lastCheck.run !== current) lastCheck = { run: current, checked: checkGradients(state, current) };
  return lastCheck.checked;
}

const linking = createLinking(() => draw());

function draw() {
  const picture = pictureAt(current, state.step);
  /** @type {Page} */
  const page = {
    state,
    run: current,
    picture,
    t,
    act,
    curve,
    backend,
    passTime,
    ready: isReady(),
    learned,
    playing: player.playing,
    speed,
    motion,
    editing,
    cursors,
    message,
    canUndo: changes.canUndo,
    canRedo: changes.canRedo,
    copied,
    checked: (checking || state.guess) && !trains() ? check() : undefined,
    embedded,
    printing: paper.matches,
    linking,
    linked: linking.tensor,
  };
  render(pageView(page), root);
  if (page.ready) host?.tell({ scene: state.scene, step: state.step, steps: current.count, pass: picture.pass, playing: player.playing });
}

/** Where the board is larger than the screen, the number that was just written is brought into sight. */
function showWritten() {
  if (embedded) return; // it would scroll the other page
  stageElement().querySelector('.board .number.written')?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

/**
 * Takes on a new state. What changes can be taken back.
 * @param {State} next
 * @param {boolean} [moving]
 * @param {boolean} [going] whether it goes on with the change before
 */
function become(next, moving = false, going = false) {
  if (differs(state, next)) changes.record(state, going);
  show(next, moving);
}

/** Shows a state; the trace is run again where the numbers are others. @param {State} next @param {boolean} [moving] */
function show(next, moving = false) {
  if (next.inputs !== state.inputs || next.preset !== state.preset) {
    current = run(ll, next);
    passTime = undefined;
  }
  const moved = next.scene !== state.scene || next.step !== state.step;
  state = { ...next, step: Math.min(next.step, current.count) };
  motion = moving;
  copied = false;
  draw();
  if (moved) showWritten();
  learn();
  if (!player.playing) keepLinkSoon();
}

let learning = false;

/** Brings what there is to see of a training to where the state is. What changes on the way is asked for next. */
async function learn() {
  if (learning) return;
  learning = true;
  while (!isReady()) {
    const { preset, training: settings, step } = state;
    const answer = await training.at(preset, settings, step);
    if (!answer) break; // and the reader has been told
    learned = { ...answer, preset, training: settings, step };
    draw();
  }
  learning = false;
}

let linkTimer = 0;

/** Keeps the link in a moment: a held key steps faster than Safari lets an address change, about three times a second. */
function keepLinkSoon() {
  linkTimer ||= window.setTimeout(keepLink, 350);
}

/** The address follows the state, so that it can be shared or opened again. */
function keepLink() {
  clearTimeout(linkTimer);
  linkTimer = 0;
  if (embedded) return; // the frame's address is the other page's affair
  const [search, hash] = toLink(state).split('#');
  history.replaceState(null, '', search + (variant === null ? '' : `&variant=${encodeURIComponent(variant)}`) + (hash ? `#${hash}` : ''));
}

/** The state that was asked for last. @type {State} */
let wanted;

/**
 * A state with its numbers: those of an update are for the training to tell.
 * @param {State} next
 * @returns {Promise<State | undefined>} nothing where another state has been asked for meanwhile, or the training can't tell
 */
async function withNumbers(next) {
  wanted = next;
  const { preset, training: settings, update, edited } = next;
  const inputs = update && !edited ? await training.update(preset, settings, update) : next.inputs;
  return inputs && wanted === next ? { ...next, inputs } : undefined;
}

/** @param {number} step @param {boolean} [fromPlayer] */
function goTo(step, fromPlayer = false) {
  if (!fromPlayer) player.stop();
  const next = Math.max(0, Math.min(step, current.count));
  become({ ...state, step: next }, next === state.step + 1);
}

/** Where a ref stands in the inputs. @param {string} ref */
function placeOf(ref) {
  const [tensor, ...indices] = ref.split(/[[\]]+/).filter((part) => part !== '');
  const [i, j] = indices.length === 2 ? indices : [0, indices[0] ?? 0];
  return { tensor, i: Number(i), j: Number(j) };
}

/** @param {string} ref @param {number} value @param {boolean} [going] */
function setNumber(ref, value, going = false) {
  const { tensor, i, j } = placeOf(ref);
  if (Object.is(Math.fround(value), state.inputs[tensor][i][j])) return draw();
  const rows = state.inputs[tensor].map((row) => [...row]);
  rows[i][j] = value;
  become(edit(state, tensor, rows), false, going);
}

/** @param {State | undefined} then */
function restore(then) {
  if (!then) return;
  player.stop();
  message = '';
  editing = undefined;
  show(then);
}

/** What was typed, as a message quotes it. @param {string} text */
const quoted = (text) => (text.trim().length > 40 ? `${text.trim().slice(0, 40)}…` : text.trim());

const shapeText = (/** @type {number[][]} */ rows) => `(${rows.length}, ${rows[0].length})`;

/** Takes what was typed; a text that is no number leaves the old one. @returns {boolean} whether it was taken */
function commit() {
  if (!editing) return true;
  const { ref, text } = editing;
  const value = parseNumber(text);
  if (value === undefined) {
    const far = Math.abs(Number(text)) > 3.4e38;
    message = far ? t.errors.large(quoted(text)) : t.errors.number(quoted(text));
    return false;
  }
  message = '';
  editing = undefined;
  setNumber(ref, value);
  return true;
}

/** Whether a click on a link asks for a new tab or window. @param {MouseEvent} event */
const elsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

/** Ends what is under way before another scene opens, to which the browser's Back belongs. */
function leave() {
  player.stop();
  message = '';
  editing = undefined;
  keepLink();
  if (!embedded) history.pushState(null, '', location.href);
}

const act = {
  goTo: (/** @type {number} */ step) => goTo(step),
  /** A slider is one change from where it is taken up to where it is let go. @param {string} ref @param {number} value */
  slide(ref, value) {
    const before = state;
    setNumber(ref, value, sliding);
    sliding ||= state !== before;
  },
  endSlide() {
    sliding = false;
  },
  undo: () => restore(changes.undo(state)),
  redo: () => restore(changes.redo(state)),
  toggle() {
    if (player.playing) return player.stop();
    if (state.step === current.count) become({ ...state, step: 0 });
    player.play();
  },
  setSpeed(/** @type {number} */ value) {
    speed = value;
    player.setSpeed(value);
    draw();
  },
  openScene(/** @type {MouseEvent | undefined} */ event, /** @type {string} */ scene) {
    if (event && elsewhere(event)) return;
    event?.preventDefault();
    if (scene === state.scene) return;
    leave();
    become(choose({ ...state, scene }, presetFor(scene, state.preset)));
  },
  choosePreset(/** @type {string} */ preset) {
    player.stop();
    message = '';
    become(choose(state, preset));
  },
  /** @param {Partial<import('./presets.js').Sizes>} sizes */
  resize(sizes) {
    player.stop();
    const atEnd = state.step === current.count;
    become({ ...resize(state, sizes), step: atEnd ? Infinity : state.step });
  },
  /** Other random numbers; a seed that is none stays as it was. @param {number} seed */
  reseed(seed) {
    player.stop();
    message = '';
    const fits = Number.isInteger(seed) && seed >= 1 && seed <= LARGEST.seed;
    if (fits) become({ ...start(state.scene, state.preset, { ...chosenIn(state), seed }), step: state.step });
    else draw();
  },
  async reset() {
    if (!state.edited) return;
    player.stop();
    message = '';
    const { scene, preset, step, update } = state;
    const next = await withNumbers({ ...start(scene, preset, { ...chosenIn(state), update }), step });
    if (next) become(next);
  },
  /** @param {Partial<State['training']>} change */
  setTraining(change) {
    message = '';
    become({ ...state, training: { ...state.training, ...change } });
  },
  restartTraining() {
    player.stop();
    message = '';
    become(start('train', state.preset));
  },
  /** Opens one update of the training, number by number. @param {number} update */
  async openUpdate(update) {
    player.stop();
    const next = await withNumbers(start('batch', state.preset, { ...chosenIn(state), update }));
    if (!next) return;
    leave();
    become(next);
  },
  backToTraining(/** @type {MouseEvent} */ event) {
    if (elsewhere(event)) return;
    event.preventDefault();
    leave();
    become({ ...start('train', state.preset, chosenIn(state)), step: state.update });
  },
  measure() {
    passTime = measurePass(ll, state);
    draw();
  },
  async copyLink() {
    keepLink();
    try {
      await navigator.clipboard.writeText(location.href);
      copied = true;
    } catch {
      message = t.errors.copy; // a page without https has no clipboard, and a reader may forbid it
    }
    draw();
  },
  dismiss() {
    message = '';
    draw();
  },
  /** Says which mistake a puzzle has; the page answers. @param {string} guess */
  guess(guess) {
    player.stop();
    become({ ...state, guess, step: current.count });
  },
  check() {
    checking = !checking;
    draw();
  },
  repair(/** @type {State} */ repaired) {
    message = '';
    become({ ...repaired, step: state.step });
    stageElement().focus();
  },
  focusStage(/** @type {Event} */ event) {
    event.preventDefault();
    stageElement().focus();
  },

  keepCursor(/** @type {string} */ matrix, /** @type {import('./views/grid.js').Place | undefined} */ place) {
    if (!place) return;
    cursors = { ...cursors, [matrix]: place };
    draw();
  },

  // ---- fields ------------------------------------------------------------------------------------------------------------

  openField(/** @type {string} */ ref) {
    if (editing?.ref === ref) return;
    player.stop();
    const field = /** @type {HTMLInputElement} */ (document.activeElement);
    editing = { ref, text: field.dataset.value ?? '', wrong: false };
    draw();
    field.select();
  },
  type(/** @type {string} */ ref, /** @type {string} */ text) {
    editing = { ref, text, wrong: false };
    draw();
  },
  closeField(/** @type {string} */ ref) {
    if (editing?.ref !== ref) return;
    commit();
    editing = undefined;
    draw();
  },
  fieldKey(/** @type {KeyboardEvent} */ event, /** @type {string} */ ref) {
    if (event.isComposing) return; // an input method is at work
    const open = editing?.ref === ref;
    if (!open && event.shiftKey && event.key.startsWith('Arrow')) return; // the matrix moves the focus
    if (event.key === 'Enter' || event.key === 'F2') {
      if (!open) act.openField(ref);
      else if (!commit() && editing) {
        editing = { ...editing, wrong: true };
        draw();
      }
    } else if (event.key === 'Escape' && open) {
      editing = undefined;
      message = '';
      draw();
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      if (open && !commit()) return draw();
      const value = /** @type {number} */ (current.inputs.get(ref));
      // In tenths, so that 0.1 + 0.1 + 0.1 shows as 0.3.
      setNumber(ref, (Math.round(value * 1e4) + (event.key === 'ArrowUp' ? 1e3 : -1e3)) / 1e4, event.repeat);
    } else if (!open && event.key.length === 1 && /[-+−.\d]/.test(event.key) && !event.ctrlKey && !event.metaKey) {
      act.openField(ref); // and the key itself replaces the selected text
      event.stopPropagation();
      return;
    } else if (!open || event.key === 'Tab') {
      return; // the stage's own keys
    } else {
      event.stopPropagation(); // a caret moves, a text changes
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  },
  paste(/** @type {ClipboardEvent} */ event, /** @type {string} */ ref) {
    const text = event.clipboardData?.getData('text') ?? '';
    if (!/[[\],;\n]|\S\s+\S/.test(text.trim()) || parseNumber(text) !== undefined) return; // one number: as typed
    event.preventDefault();
    const { tensor } = placeOf(ref);
    const now = state.inputs[tensor];
    const rows = parseList(text);
    editing = undefined;
    if (!rows) message = t.errors.pasted(quoted(text));
    else if (rows.length !== now.length || rows[0].length !== now[0].length) {
      message = mismatch(state, tensor, rows) ?? t.errors.list(tensor, shapeText(now), shapeText(rows));
    } else {
      message = '';
      return become(edit(state, tensor, rows));
    }
    draw();
  },

  // ---- keys --------------------------------------------------------------------------------------------------------------

  key(/** @type {KeyboardEvent} */ event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const slides = target instanceof HTMLInputElement && target.type === 'range';
    const chooses = target instanceof HTMLSelectElement;
    const presses = target instanceof HTMLButtonElement;
    const types = target instanceof HTMLInputElement && !slides;
    const byDigit = Object.keys(scenes)[Number(event.key) - 1];
    if (event.key === 'ArrowRight' && !slides) goTo(state.step + 1);
    else if (event.key === 'ArrowLeft' && !slides) goTo(state.step - 1);
    else if (event.key === 'Home' && !slides && !chooses) goTo(0);
    else if (event.key === 'End' && !slides && !chooses) goTo(current.count);
    else if (event.key.toLowerCase() === 'g' && !types && !chooses && !trains()) act.check();
    else if (event.key === ' ' && !presses && !chooses) act.toggle();
    else if (byDigit && !chooses && !types) act.openScene(undefined, byDigit);
    else return;
    event.preventDefault();
  },
};

const host = embedded
  ? connectHost(root, {
      play: () => player.playing || act.toggle(),
      pause: () => player.stop(),
      seek: goTo,
      set(tensor, rows) {
        const now = Object.hasOwn(state.inputs, tensor) ? state.inputs[tensor] : [];
        const fits = now.length === rows.length && now.every((row, i) => row.length === rows[i].length);
        if (fits) become(edit(state, tensor, rows));
      },
    })
  : undefined;

async function openAddress() {
  const { state: linked, broken } = fromLink(location.search, location.hash);
  message = broken ? t.errors.link : '';
  player.stop();
  const asked = location.search === '' && location.hash === '';
  const next = await withNumbers(linked);
  if (!next) return;
  current = run(ll, next);
  state = { ...next, step: Math.min(next.step, current.count) };
  motion = false;
  editing = undefined;
  draw();
  showWritten();
  learn();
  if (!asked && !broken) keepLink();
}

addEventListener('keydown', (event) => {
  if (event.key === 'Escape') linking.clear();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || editing) return; // an open field takes back its own text
  const key = event.key.toLowerCase();
  if (key !== 'z' && key !== 'y') return;
  event.preventDefault();
  if (key === 'y' || event.shiftKey) act.redo();
  else act.undo();
});
addEventListener('pagehide', () => linkTimer && keepLink());
paper.addEventListener('change', () => state && draw());
addEventListener('popstate', openAddress);
addEventListener('hashchange', openAddress);
openAddress();

// In a frame or without https there is no service worker, and none is needed.
if (import.meta.env.PROD && window.isSecureContext && !embedded) {
  navigator.serviceWorker?.register(`${t.home}service-worker.js`);
}
