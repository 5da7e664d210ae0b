// Whatever is passed to a public function: an error of our own, which names the function and the argument.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadSync } from 'layerlens';
import * as formats from 'layerlens/formats';
import { reference } from 'layerlens/reference';

import { everyLayer } from './harness.js';

const ll = loadSync();
const net = everyLayer(ll);
const tensor = ll.tensor([[1, 2], [3, 4]]);
const file = formats.saveSafetensors(net, { optimizer: ll.adam(), metadata: { by: 'me' } });
const array = { shape: [1], data: Float32Array.of(1) };
const transferred = Uint8Array.of(1, 2, 3);
structuredClone(transferred, { transfer: [transferred.buffer] });

/** What every argument may be by mistake. */
const plain = [undefined, null, true, 0, NaN, 1n, '', 'adam', Symbol('s')];
const junk = [...plain, {}, [], [1], [null], () => 1, new Map(), Object.create(null), ll];
const nets = [
  { name: 'x', parameters: [1] },
  { name: 'x', label: 'x', parameters: [1] },
  { name: 'x', label: 'x', parameters: [undefined] },
  { name: 'x', label: 'x', parameters: Array(2) },
  { name: 'x', label: 'x', parameters: [{ name: 'W' }] },
  { name: 'x', label: 'x', parameters: [{ name: 1, value: tensor }] },
  { name: 'x', label: 'x', parameters: [{ name: 'W', value: { shape: [2], data: [1, 2] } }] },
  { name: 'x', label: 'x', parameters: [{ name: 'W', value: { shape: [3], data: Float32Array.of(1) } }] },
  { name: 'x', label: 'x', parameters: [{ name: 'W', value: { shape: [1n], data: Float32Array.of(1) } }] },
  { name: 'x', label: 'x', parameters: [{ name: 'W', value: { shape: [1, 1, 1], data: Float32Array.of(1) } }] },
  { name: 'x', label: 'x', parameters: [], layers: [1] },
  { name: 'x', label: 'x', parameters: [], layers: 1 },
  { name: 'x', label: 'x', parameters: [], layers: [{ name: 'multiply', label: 'x', parameters: [], c: Symbol('s') }] },
];
const arrays = [
  { a: 1 },
  { a: null },
  { a: { shape: [Symbol('s')], data: Float32Array.of(1) } },
  { a: { shape: [1n], data: Float32Array.of(1) } },
  { a: { shape: Array(1), data: Float32Array.of(1) } },
  { a: { shape: Object.create(null), data: Float32Array.of(1) } },
  { a: { shape: [1], data: new DataView(new ArrayBuffer(4)) } },
  new Map([['a', array]]),
  [array],
  Float32Array.of(1),
  'text',
];
const metadata = [null, 'text', 1, ['text'], new Map([['a', 'b']]), { a: 1 }, { a: Symbol('s') }, { a: null }];
const strange = [{ name: 'adam' }, { name: 'adam', state: 1 }, { name: 'toString', state() {} }];
const optimizers = [{}, 'adam', 1, null, net, ...strange, reference.adam()];
const read = [
  { arrays: 1 },
  { arrays: {} },
  { arrays: {}, metadata: { a: 1 } },
  { arrays: { a: 1 }, metadata: {} },
  { arrays: arrays[2], metadata: {} },
];

const options = (/** @type {string} */ name, /** @type {unknown[]} */ values) => values.map((value) => ({ [name]: value }));
/**
 * For each function, right arguments, and what else to put in the place of each. Where it is undefined, it may be left out.
 * @type {Record<string, [right: unknown, name: string, wrong: unknown[]][]>}
 */
const functions = {
  readSafetensors: [[file, 'file', [transferred, transferred.buffer]]],
  writeSafetensors: [[{ a: array }, 'arrays', arrays], [undefined, 'metadata', metadata]],
  saveSafetensors: [
    [net, 'net', nets],
    [undefined, 'options', [...options('optimizer', optimizers), ...options('metadata', metadata), { other: 1 }]],
  ],
  loadSafetensors: [
    [file, 'file', [transferred, ...read]],
    [net, 'net', nets],
    [undefined, 'options', options('optimizer', optimizers)],
  ],
  restoreNetwork: [[ll, 'll', [net, { affine() {} }]], [file, 'file', [transferred, ...read]]],
  readNpy: [[formats.writeNpy(array), 'file', [transferred]]],
  writeNpy: [[array, '', Object.values(arrays).map((one) => /** @type {any} */ (one).a)]],
  readNpz: [[formats.saveNpz(net), 'file', [transferred]]],
  writeNpz: [[{ a: array }, 'arrays', [...arrays, { ['n'.repeat(70_000)]: array }]]],
  saveNpz: [[net, 'net', nets]],
  loadNpz: [[formats.saveNpz(net), 'file', [transferred]], [net, 'net', nets]],
  toOnnx: [[net, 'net', nets], [undefined, 'options', [...options('softmax', ['no', 1, null]), { opset: 17 }]]],
};

test('the list has every function', () => {
  assert.deepEqual(Object.keys(functions).sort(), Object.keys(formats).filter((name) => name !== 'FormatError').sort());
});

/** What a message may name instead: a part of the argument. */
const named = { options: 'option|optimizer|metadata|softmax', arrays: '"', file: 'arrays|metadata|"' };

/** An object without entries is no wrong list of arrays, and no wrong options; and what is optional may be left out. */
const isHarmless = (/** @type {any} */ value, /** @type {string} */ argument, /** @type {boolean} */ optional) => {
  if (value === undefined) return optional;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 && (optional || argument === 'arrays');
};

for (const [name, parameters] of Object.entries(functions)) {
  test(`${name}: wrong arguments`, () => {
    const right = parameters.map(([value]) => value);
    const call = (/** @type {unknown[]} */ args) => /** @type {any} */ (formats)[name](...args);
    call(right);
    const before = ll.memory();
    parameters.forEach(([value, argument, wrong], place) => {
      for (const [i, other] of [...junk, ...wrong].entries()) {
        if (other === value) continue;
        const what = `${argument} ${i}`;
        let error;
        try {
          call(right.with(place, other));
        } catch (thrown) {
          error = thrown;
        }
        if (error === undefined) {
          assert.ok(isHarmless(other, argument, value === undefined), `${what}: threw nothing`);
        } else if (error.code === 'ERR_LL_FORMAT') {
          assert.equal(argument, 'file', `${what}: ${error.message}`);
        } else {
          assert.equal(error.code, 'ERR_LL_ARGUMENT', `${what}: ${error.stack}`);
          assert.match(error.message, new RegExp(`^${name}: .*(?:${argument}|${named[argument]})`), what);
        }
      }
    });
    assert.deepEqual(ll.memory(), before);
  });
}
