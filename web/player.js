// Time: moves on from step to step while playing, by the clock and not by frames.

/** Milliseconds from one step to the next at speed 1: a ticket travels, then there is a pause to read. */
export const STEP_TIME = 900;

/**
 * @param {() => boolean} advance goes one step on; false at the end
 * @param {(playing: boolean) => void} changed
 */
export function createPlayer(advance, changed) {
  let frame = 0;
  let due = 0;
  let speed = 1;

  const stop = () => {
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    changed(false);
  };
  const tick = (/** @type {number} */ now) => {
    frame = requestAnimationFrame(tick);
    if (now < due) return;
    due = now + STEP_TIME / speed;
    if (!advance()) stop();
  };
  return {
    get playing() {
      return frame !== 0;
    },
    stop,
    play() {
      if (frame) return;
      due = 0; // the first step at once
      frame = requestAnimationFrame(tick);
      changed(true);
    },
    /** @param {number} value */
    setSpeed(value) {
      due += performance.now() < due ? (STEP_TIME / value - STEP_TIME / speed) : 0;
      speed = value;
    },
  };
}
