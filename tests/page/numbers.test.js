// Every number on the page is what the library gives in Node, to the bit.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { load, trace } from 'layerlens';
import { byRef, launch, look, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

const range = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => i);

/**
 * A tensor that the reader gives, from what the page shows before the first step.
 * @param {Map<string, string>} values
 * @param {string} name
 */
function given(values, name) {
  const at = (/** @type {string} */ ref) => (values.has(ref) ? Math.fround(Number(values.get(ref))) : undefined);
  if (at(name) !== undefined) return /** @type {number} */ (at(name));
  const vector = range(8).map((j) => at(`${name}[${j}]`)).filter((value) => value !== undefined);
  if (vector.length) return vector;
  const rows = range(8).map((i) => range(8).map((j) => at(`${name}[${i}][${j}]`)).filter((value) => value !== undefined));
  return rows.filter((row) => row.length);
}

/** Refs and numbers of a tensor. @param {string} name @param {any} array */
const cells = (name, array) =>
  typeof array === 'number'
    ? [[name, array]]
    : array.flatMap((/** @type {any} */ value, /** @type {number} */ i) => cells(`${name}[${i}]`, value));

/**
 * What the library gives for the inputs of a scene: each tensor's numbers, the sums on the way to them, and the order of steps.
 * @param {import('layerlens').Runtime} ll
 * @param {string} scene
 * @param {Map<string, string>} inputs
 */
function compute(ll, scene, inputs) {
  const read = (/** @type {string} */ name) => /** @type {any} */ (given(inputs, name));
  const expected = new Map();
  const put = (/** @type {string} */ name, /** @type {any} */ array) => {
    for (const [ref, value] of cells(name, array)) expected.set(ref, value);
  };
  let steps;
  if (scene !== 'sample' && scene !== 'batch') {
    const { multiply, exp, add, reciprocal } = ll.nodes;
    const nodes = [multiply(-1), exp(), add(1), reciprocal()];
    let value = [read('x')];
    ['neg.out', 'exp.out', 'add.out', 'y'].forEach((name, i) => {
      value = /** @type {number[]} */ (nodes[i].forward(value).toArray());
      put(name, value[0]);
    });
    const upstream = [read('dout')];
    value = upstream;
    ['dx', 'dneg.out', 'dexp.out', 'dadd.out'].reverse().forEach((name, i) => {
      const node = nodes[3 - i];
      put(`${['neg', 'exp', 'add', 'reciprocal'][3 - i]}.local`, /** @type {number[]} */ (node.backward([1]).toArray())[0]);
      value = /** @type {number[]} */ (node.backward(value).toArray());
      put(name, value[0]);
    });
    steps = trace(ll.sequential(...nodes), read('x'), read('dout'));
    if (scene === 'folded') {
      // The nodes' results are the opened route's; the plain names belong to the layer itself.
      for (const name of ['y', 'dx']) put(`opened.${name}`, expected.get(name));
      const sigmoid = ll.sigmoid();
      const single = trace(sigmoid, read('x'), read('dout'));
      put('sigmoid.local', single[1].local);
      for (const { writes: [{ ref, value }] } of single) put(ref, value);
      put('exact.y', Math.fround(1 / (1 + Math.exp(-read('x')))));
      put('exact.dx', Math.fround(read('dout') / (2 + Math.exp(read('x')) + Math.exp(-read('x')))));
      steps = [...steps.slice(0, 4), single[0], ...steps.slice(4), single[1]];
    }
  } else {
    const affine = ll.affine(read('W'), read('b'));
    const Y = affine.forward(read('X')).toArray();
    put('Y', Y);
    let dY = read('dY');
    let layer = /** @type {any} */ (affine);
    if (inputs.has('dout[0][0]')) {
      const sigmoid = ll.sigmoid();
      put('out', sigmoid.forward(Y).toArray());
      for (const [ref, value] of cells('dY', sigmoid.backward(Y.map((/** @type {any} */ row) => row.map(() => 1))).toArray())) {
        expected.set(`${ref}.local`, value);
      }
      dY = sigmoid.backward(read('dout')).toArray();
      put('dY', dY);
      layer = ll.sequential(affine, sigmoid);
    }
    put('dX', affine.backward(dY).toArray());
    put('dW', affine.dW.toArray());
    put('db', affine.db.toArray());
    const names = layer === affine ? { x: 'X', y: 'Y', dx: 'dX', dout: 'dY' } : { x: 'X', '0.y': 'Y', dx: 'dX', 'd0.y': 'dY', '0.W': 'W', 'd0.W': 'dW', '0.b': 'b', 'd0.b': 'db', y: 'out' };
    steps = trace(layer, read('X'), inputs.has('dout[0][0]') ? read('dout') : read('dY'), { names });
    for (const { writes, partials } of steps) partials.forEach((value, k) => expected.set(`${writes[0].ref}.sum[${k}]`, value));
  }
  return { expected, steps };
}

for (const variant of /** @type {const} */ (['simd', 'relaxed'])) {
  for (const [scene, preset] of [
    ['opened', 'book'],
    ['opened', 'iris'],
    ['folded', 'book'],
    ['folded', 'iris'],
    ['sample', 'book'],
    ['sample', 'iris'],
    ['batch', 'book'],
    ['batch', 'iris'],
    ['batch', 'book&n=5'],
  ]) {
    test(`${scene}, ${preset}, ${variant}: the numbers at every step equal the library's in Node, to the bit`, async () => {
      const url = `${server.address}?scene=${scene}&preset=${preset}${variant === 'simd' ? '&variant=simd' : ''}`;
      const { page, complaints } = await open(browser, url);
      const first = await look(page);
      assert.equal(first.data.backend, variant);
      assert.equal(first.step, 0);
      const inputs = byRef(first);
      const { expected, steps } = compute(await load({ variant }), scene, inputs);
      assert.equal(first.steps, steps.length);

      for (let step = 0; step <= steps.length; step++) {
        const seen = await look(page);
        assert.equal(seen.step, step);
        assert.equal(seen.data.pass, steps[Math.max(0, step - 1)].pass);
        const values = byRef(seen);
        for (const [ref, value] of values) {
          const want = inputs.has(ref) ? Math.fround(Number(inputs.get(ref))) : expected.get(ref);
          assert.ok(want !== undefined, `step ${step}: ${ref} is on the page, but the library has no such number`);
          assert.ok(Object.is(Math.fround(Number(value)), want), `step ${step}: ${ref} is ${value} on the page, ${want} in Node`);
        }
        await page.focus('#stage');
        await page.keyboard.press('ArrowRight');
      }

      const last = byRef(await look(page));
      for (const ref of expected.keys()) {
        if (!/\.(local|sum\[)/.test(ref)) assert.ok(last.has(ref), `${ref} is missing at the last step`);
      }
      assert.deepEqual(complaints, []);
      await page.close();
    });
  }
}

test('the number that is shown has four significant digits and a sign; data-value is the shortest that reads back', async () => {
  const { page } = await open(browser, `${server.address}?scene=opened&preset=book&step=8`);
  const { numbers } = await look(page);
  const of = (/** @type {string} */ ref) => numbers.find((number) => number.ref === ref);
  assert.deepEqual(of('exp.out'), { ref: 'exp.out', value: '0.36787945', shown: '+0.3679', lit: '' });
  assert.deepEqual(of('dadd.out'), { ref: 'dadd.out', value: '-0.53444666', shown: '−0.5344', lit: '' });
  await page.close();
});

test('the book: dY [[1, 2, 3], [4, 5, 6]] gives db [5, 7, 9], and each partial sum is shown', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book&step=18`);
  const values = byRef(await look(page));
  assert.deepEqual([values.get('db[0]'), values.get('db[0].sum[0]'), values.get('db[0].sum[1]')], ['5', '1', '5']);
  await page.focus('#stage');
  await page.keyboard.press('End');
  const last = byRef(await look(page));
  assert.deepEqual(['db[0]', 'db[1]', 'db[2]'].map((ref) => last.get(ref)), ['5', '7', '9']);
  await page.close();
});
