// What a reader has changed, to be taken back and made again. A step alone is no change.

/** @typedef {import('./state.js').State} State */

const LONGEST = 500;

/** @param {State} before @param {State} after */
export const differs = (before, after) =>
  Object.keys(after).some((key) => {
    const name = /** @type {keyof State} */ (key);
    return name !== 'step' && before[name] !== after[name];
  });

export function createHistory() {
  /** @type {State[]} */
  let past = [];
  /** @type {State[]} */
  let future = [];
  return {
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    /**
     * @param {State} before a change
     * @param {boolean} [going] whether the change goes on with the one before, as while a slider is dragged
     */
    record(before, going = false) {
      if (!going || past.length === 0) past = [...past, before].slice(-LONGEST);
      future = [];
    },
    /** @param {State} now @returns {State | undefined} what was there before the last change */
    undo(now) {
      const before = past.pop();
      if (before) future.push(now);
      return before;
    },
    /** @param {State} now @returns {State | undefined} what was there before the last undo */
    redo(now) {
      const after = future.pop();
      if (after) past.push(now);
      return after;
    },
  };
}
