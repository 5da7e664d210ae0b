// Time: moves on from step to step while playing, by the clock and not by frames.

/**
 * @param {() => boolean} advance goes one step on; false at the end
 * @param {(playing: boolean) => void} changed
 * @param {() => number} stepTime milliseconds from one step to the next at speed 1
 */
export function createPlayer(advance, changed, stepTime) {
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
    due = now + stepTime() / speed;
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
      due += performance.now() < due ? (stepTime() / value - stepTime() / speed) : 0;
      speed = value;
    },
  };
}
