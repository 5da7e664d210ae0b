// The Affine and Sigmoid cases of the ONNX project's own tests, where they lie beside this repository.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { check, run, toFloat32, variants } from './harness.js';
import { kernels } from './naive.js';

const affine = (variant, { x, w, b }) => {
  const [rows, inputs] = x.shape;
  return run(variant, kernels.affine_forward, { rows, in: inputs, out: w.shape[1] }, { x: x.data, w: w.data, b: b.data }).y;
};
const sigmoid = (variant, x) => run(variant, kernels.sigmoid_forward, { n: x.length }, { x }).y;

/** Of each function of a case that the kernels have. */
const functions = {
  affine,
  sigmoid: (variant, { x }) => sigmoid(variant, x.data),
  affine_sigmoid: (variant, given) => sigmoid(variant, affine(variant, given)),
};

const file = new URL('../../../shared/conformance/onnx_cases.json', import.meta.url);
const skip = existsSync(file) ? false : 'the ONNX cases are not here: ../shared/conformance/onnx_cases.json';
const all = skip ? [] : JSON.parse(readFileSync(file, 'utf8')).cases;
const cases = all.flatMap(({ name, normalized }) => normalized.map((one, i) => ({ name: `${name} [${i}]`, ...one })))
  .filter(({ fn }) => fn in functions);

for (const variant of variants) {
  test(`ONNX's own cases, ${variant}`, { skip }, async (t) => {
    for (const { name, fn, in: given, out: { y }, exact, atol, rtol } of cases) {
      await t.test(`${name}: ${fn}`, () => {
        const inputs = Object.entries(given).map(([key, { shape, data }]) => [key, { shape, data: toFloat32(data) }]);
        const actual = functions[fn](variant, Object.fromEntries(inputs));
        const expected = toFloat32(y.data);
        const bounds = exact ? undefined : { y: Float64Array.from(expected, (value) => atol + rtol * Math.abs(value)) };
        const labels = { name: `${name}: ${fn}`, outputs: { y: ['n'] }, sizes: ['n'] };
        check(variant, labels, { n: expected.length }, { y: actual }, { y: expected }, bounds);
      });
    }
  });
}

test("more than 30 of ONNX's own cases are run", { skip }, () => {
  assert.ok(cases.length > 30, `${cases.length}`);
});
