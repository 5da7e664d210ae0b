// Every kernel, on sizes around its tiles: its numbers, and that it keeps to its buffers.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generator } from '../random.js';
import { check, inputsOf, numbers, run, sizeOf, variants } from './harness.js';
import { boundsOf, exactly, kernels } from './naive.js';

/** Around one, two and four vectors of 4, and one less or more; a tile has up to 5 or 6 rows, and all of these heights occur. */
const AROUND = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33];

/** Every combination of one number of each list. @param {number[][]} lists @returns {number[][]} */
const product = ([first, ...others]) =>
  first ? first.flatMap((value) => product(others).map((rest) => [value, ...rest])) : [[]];

/** Sizes by the number of sizes that a kernel takes. */
const GRIDS = {
  3: {
    'sizes around the tile': product([AROUND, AROUND, AROUND]),
    // One or two rows have wider tiles than more of them.
    'few rows': product([[1, 2, 3], [1, 2, 5], [15, 16, 17, 47, 48, 49, 50, 63, 64, 67, 99]]),
    // From 48 rows on, copies of the other side are read.
    'many rows': product([[11, 47, 48, 49], [1, 5, 47, 48, 49], [1, 3, 4, 6, 8, 11, 13]]),
    // A panel is 128 deep and 8 wide.
    'sums longer than a panel': product([
      [1, 3, 4, 49],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16],
      [127, 128, 129, 256, 257, 300],
    ]),
    'large sizes': [[100, 784, 50], [32, 64, 10], [1, 1000, 3], [257, 3, 2], [3, 2, 1000]],
    'empty tensors': product([[0, 1, 5, 8], [0, 1, 5, 8], [0, 1, 5, 8]]).filter((sizes) => sizes.includes(0)),
  },
  2: {
    'sizes around the tile': product([AROUND, AROUND]),
    'large sizes': [[100, 784], [1000, 3], [2, 1027]],
    'empty tensors': [[0, 0], [0, 1], [0, 5], [3, 0]],
  },
  1: {
    'sizes around the tile': Array.from({ length: 33 }, (_, i) => [i + 1]),
    'large sizes': [[63], [64], [65], [100], [127], [128], [129], [131], [1000], [1027]], // the sigmoid takes 128 at once
    'empty tensors': [[0]],
  },
};

const named = (kernel, list) => list.map((values) => Object.fromEntries(kernel.sizes.map((name, i) => [name, values[i]])));

for (const [title, kernel] of Object.entries(kernels)) {
  for (const [grid, list] of Object.entries(GRIDS[kernel.sizes.length])) {
    test(`${title}: ${grid}`, async (t) => {
      const draw = numbers(generator());
      const cases = named(kernel, list).map((sizes) => {
        const inputs = inputsOf(kernel, sizes, draw);
        const exact = kernel.twin(exactly, inputs, sizes);
        const bounds = boundsOf(kernel, sizes, inputs, exact);
        return { sizes, inputs, exact, bounds, rounded: kernel.twin(Math.fround, inputs, sizes) };
      });

      for (const variant of variants) {
        const toTheBit = !kernel.approximate && !(kernel.fused && variant === 'relaxed');
        const bounded = cases.some(({ bounds }) => bounds);
        assert.ok(bounded || toTheBit, 'there is something to check');
        const what = [bounded && 'within the bound of the exact result', toTheBit && 'the bits of the naive loop'].filter(Boolean).join(', ');
        await t.test(`${variant}: ${what}`, () => {
          for (const { sizes, inputs, exact, bounds, rounded } of cases) {
            const actual = run(variant, kernel, sizes, inputs);
            if (bounds) check(variant, kernel, sizes, actual, exact, bounds);
            if (toTheBit) check(variant, kernel, sizes, actual, rounded);
          }
        });
      }

      await t.test('simd and scalar give the same bits', () => {
        for (const { sizes, inputs } of cases) {
          check('simd', kernel, sizes, run('simd', kernel, sizes, inputs), run('scalar', kernel, sizes, inputs));
        }
      });
    });
  }
}

/** Inputs or outputs of one sample: row i of each tensor that has samples, and the whole of the others. */
function sampleOf(shapes, tensors, sizes, batch, i) {
  const cut = Object.entries(tensors).map(([name, values]) => {
    if (shapes[name][0] !== batch) return [name, values];
    const length = sizeOf(shapes[name], { ...sizes, [batch]: 1 });
    return [name, values.slice(i * length, (i + 1) * length)];
  });
  return Object.fromEntries(cut);
}

for (const [title, kernel] of Object.entries(kernels)) {
  const [batch] = kernel.sizes;
  const ofSamples = Object.keys(kernel.outputs).filter((name) => kernel.outputs[name]?.[0] === batch);
  if (ofSamples.length === 0 || kernel.mean || kernel.name === 'take_rows') continue; // sums over the batch, or rows of another one

  test(`${title}: a sample alone gives the same bits as in a batch`, async (t) => {
    const lists = [[5, 7, 16, 49], [1, 3, 4, 6, 13], [1, 3, 4, 5, 8, 13, 19, 50, 129]].slice(0, kernel.sizes.length);
    const pick = (outputs) => Object.fromEntries(ofSamples.map((name) => [name, outputs[name]]));
    for (const variant of variants) {
      await t.test(variant, () => {
        const draw = numbers(generator());
        for (const sizes of named(kernel, product(lists))) {
          const inputs = inputsOf(kernel, sizes, draw);
          const outputs = pick(run(variant, kernel, sizes, inputs));
          for (let i = 0; i < sizes[batch]; i++) {
            const alone = { ...sizes, [batch]: 1 };
            const actual = pick(run(variant, kernel, alone, sampleOf(kernel.inputs, inputs, sizes, batch, i)));
            check(variant, kernel, alone, actual, sampleOf(kernel.outputs, outputs, sizes, batch, i));
          }
        }
      });
    }
  });
}

for (const [title, kernel] of Object.entries(kernels)) {
  test(`${title}: reads nothing beyond a tensor that ends where the memory ends`, async (t) => {
    const lists = kernel.sizes.map(() => [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const tensors = Object.entries({ ...kernel.outputs, ...kernel.inputs }).filter(([, shape]) => shape?.length);
    for (const variant of variants) {
      await t.test(variant, () => {
        const draw = numbers(generator());
        for (const sizes of named(kernel, product(lists))) {
          const inputs = inputsOf(kernel, sizes, draw);
          const expected = run(variant, kernel, sizes, inputs);
          for (const [name] of tensors) check(variant, kernel, sizes, run(variant, kernel, sizes, inputs, name), expected);
        }
      });
    }
  });
}
