// The points that a training learns to tell apart: figures of two classes, each a function of a seed.

import { POINTS } from './settings.js';

/** @typedef {import('layerlens').Runtime} Runtime */

/** A point of a circle around the origin. @param {number} radius @param {number} turns */
const polar = (radius, turns) => [radius * Math.cos(2 * Math.PI * turns), radius * Math.sin(2 * Math.PI * turns)];

/**
 * The standard deviation of the noise, and where a point would stand without it: `along` goes from 0 to 1 within each class.
 * @type {Record<string, { noise: number, at: (along: number, kind: number) => number[] }>}
 */
const figures = {
  // Four clouds: the class is the exclusive or of the signs.
  xor: { noise: 0.14, at: (along, kind) => [along < 0.5 ? -0.5 : 0.5, along < 0.5 === (kind === 0) ? -0.5 : 0.5] },
  moons: {
    noise: 0.07,
    at: (along, kind) => {
      const [x, y] = polar(0.6, along / 2);
      return kind === 0 ? [x - 0.3, y - 0.15] : [0.3 - x, 0.15 - y];
    },
  },
  circles: { noise: 0.07, at: (along, kind) => polar(kind === 0 ? 0.75 : 0.3, along) },
  spiral: { noise: 0.02, at: (along, kind) => polar(0.08 + 0.8 * along, 0.9 * along + kind / 2) },
};

/**
 * @param {Runtime} ll
 * @param {string} figure
 * @param {number} seed
 * @returns {{ x: number[][], t: number[] }} two coordinates and the class, 0 or 1, of each point
 */
export function points(ll, figure, seed) {
  const { noise, at } = figures[figure];
  const noises = ll.randn([POINTS, 2], { seed, std: noise });
  const offsets = /** @type {number[][]} */ (noises.toArray());
  noises.dispose();
  const t = offsets.map((_, i) => i % 2);
  return { x: offsets.map(([dx, dy], i) => at(i / POINTS, t[i]).map((place, axis) => Math.fround(place + [dx, dy][axis]))), t };
}
