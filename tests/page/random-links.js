// States of the page drawn at random, and ways to damage their links.

import { hasOwnSizes } from '../../web/presets.js';
import { scenes } from '../../web/scenes.js';
import { edit, start, toLink } from '../../web/state.js';

/** A float32 of any size, or a plain one as people type it. @param {() => number} random */
function number(random) {
  const size = random() < 0.5 ? 10 ** Math.floor(60 * random() - 30) : 1;
  const value = (2 * random() - 1) * 4 * size;
  return random() < 0.5 ? Math.round(value * 100) / 100 : Math.fround(value);
}

/** The link of a scene with numbers of its own at some step. @param {() => number} random */
export function randomLink(random) {
  const pick = (/** @type {any[]} */ list) => list[Math.floor(random() * list.length)];
  const scene = pick(Object.keys(scenes).filter((name) => name !== 'train'));
  const preset = pick(scenes[scene].presets);
  const upTo = (/** @type {number} */ most) => 1 + Math.floor(most * random());
  const sizes = hasOwnSizes(preset) ? {} : { inSize: upTo(6), outSize: upTo(6), seed: upTo(9999) };
  // What a scene doesn't show is not in its link.
  const n = scene === 'batch' ? { n: upTo(8) } : {};
  let state = start(scene, preset, scenes[scene].rank === 0 ? {} : { ...sizes, ...n });
  for (const [tensor, rows] of Object.entries(state.inputs)) {
    if (random() < 0.7) state = edit(state, tensor, rows.map((row) => row.map(() => number(random))));
  }
  return toLink({ ...state, step: Math.floor(30 * random()) });
}

/** The same link with a part of it cut off, doubled, or changed. @param {string} link @param {() => number} random */
export function damage(link, random) {
  const at = 1 + Math.floor((link.length - 1) * random());
  const sign = String.fromCharCode(33 + Math.floor(94 * random()));
  const ways = [
    () => link.slice(0, at),
    () => link.slice(0, at) + sign + link.slice(at + 1),
    () => link.slice(0, at) + sign + link.slice(at),
    () => link.slice(0, at) + link.slice(at + 1 + Math.floor(5 * random())),
    () => link.slice(0, at) + link,
    () => link.replace(/=\w+/, `=${sign.repeat(9)}`),
    () => link.replace('#', '#%00'),
    () => `${link}${'A'.repeat(5000)}`,
  ];
  return ways[Math.floor(random() * ways.length)]();
}
