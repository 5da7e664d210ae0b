// Which tensor is lit: the one under the pointer, or else the one that has the focus or was tapped.

/** @param {() => void} changed */
export function createLinking(changed) {
  /** @type {string | undefined} */
  let pointed;
  /** @type {string | undefined} */
  let chosen;
  const linkOf = (/** @type {Event} */ { target }) =>
    (target instanceof Element && target.closest('[data-link]')?.getAttribute('data-link')) || undefined;

  /** @param {string | undefined} nowPointed @param {string | undefined} nowChosen */
  function become(nowPointed, nowChosen) {
    const before = pointed ?? chosen;
    pointed = nowPointed;
    chosen = nowChosen;
    if ((pointed ?? chosen) !== before) changed();
  }

  return {
    get tensor() {
      return pointed ?? chosen;
    },
    point: (/** @type {Event} */ event) => become(linkOf(event), chosen),
    leave: () => become(undefined, chosen),
    choose: (/** @type {Event} */ event) => become(pointed, linkOf(event)),
    blur: () => become(pointed, undefined),
    clear: () => become(undefined, undefined),
  };
}
