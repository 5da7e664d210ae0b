// Against NumPy: what tests/golden/generate.py computed in float64 from the same float32 inputs.

import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { check, run, toFloat32, variants } from './harness.js';
import { boundsOf, kernels } from './naive.js';

const cases = JSON.parse(readFileSync(new URL('../golden/kernels.json', import.meta.url), 'utf8'));

const toTensors = (lists) => Object.fromEntries(Object.entries(lists).map(([name, data]) => [name, toFloat32(data)]));

for (const given of cases) {
  const kernel = kernels[given.kernel];
  const sizes = kernel.sizes.map((name) => `${name} ${given.sizes[name]}`).join(', ');
  for (const variant of variants) {
    test(`${given.kernel}, ${variant}: what NumPy computes, ${sizes}`, () => {
      const inputs = toTensors(given.inputs);
      const expected = toTensors(given.outputs);
      const bounds = boundsOf(kernel, given.sizes, inputs, expected, 0.5);
      check(variant, kernel, given.sizes, run(variant, kernel, given.sizes, inputs), expected, bounds);
    });
  }
}
