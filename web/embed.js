// The page inside a frame of another page, ?embed=1: it tells the other how it is getting on, and does what the other asks for.
//
// Told are { source: 'layerlens', type: 'ready' | 'step', scene, step, steps, pass, playing } and { …, type: 'height', height }.
// Obeyed are { type: 'play' }, { type: 'pause' }, { type: 'seek', step } and { type: 'set', tensor: 'X', values: [[1, 2], [3, 4]] }.
// Whatever else comes is left alone.

/** @typedef {{ scene: string, step: number, steps: number, pass: string, playing: boolean }} Situation */

/**
 * @typedef {object} Commands
 * @property {() => void} play
 * @property {() => void} pause
 * @property {(step: number) => void} seek
 * @property {(tensor: string, rows: number[][]) => void} set
 */

/** A scalar, a vector or a matrix as rows. @param {unknown} values @returns {number[][] | undefined} */
function rowsOf(values) {
  const list = Array.isArray(values) ? values : [values];
  const rows = Array.isArray(list[0]) ? list : [list];
  const fits = (/** @type {unknown} */ value) => typeof value === 'number' && Number.isFinite(Math.fround(value));
  return rows.every((row) => Array.isArray(row) && row.every(fits)) ? rows : undefined;
}

/**
 * @param {HTMLElement} root whose height the frame should have
 * @param {Commands} commands
 */
export function connectHost(root, commands) {
  const post = (/** @type {object} */ message) => parent.postMessage({ source: 'layerlens', ...message }, '*');

  addEventListener('message', ({ source, data }) => {
    if (source !== parent || typeof data !== 'object' || data === null) return;
    if (data.type === 'play') commands.play();
    else if (data.type === 'pause') commands.pause();
    else if (data.type === 'seek' && Number.isInteger(data.step)) commands.seek(data.step);
    else if (data.type === 'set' && typeof data.tensor === 'string') {
      const rows = rowsOf(data.values);
      if (rows) commands.set(data.tensor, rows);
    }
  });

  let last = '';
  return {
    /** Tells what is on the stage, where that has changed. @param {Situation} situation */
    tell(situation) {
      const now = JSON.stringify(situation);
      if (now === last) return;
      const type = last === '' ? 'ready' : 'step';
      last = now;
      post({ type, ...situation });
      if (type === 'ready') new ResizeObserver(() => post({ type: 'height', height: Math.ceil(root.offsetHeight) })).observe(root);
    },
  };
}
