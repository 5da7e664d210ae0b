// Calls one kernel of one variant on buffers that show each wrong write, and compares what comes back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { variants } from '../../js/kernels.js';
import { seed } from '../random.js';

/** @typedef {import('../../js/kernels.js').Variant} Variant */
/** @typedef {import('./naive.js').Kernel} Kernel */
/** @typedef {Record<string, number>} Sizes by the names that the header gives them */
/** @typedef {Record<string, ArrayLike<number>>} Tensors by the names that the header gives them; a constant is a list of one */

export { variants };

const compile = (variant) => new WebAssembly.Module(readFileSync(new URL(`../../dist/wasm/${variant}.wasm`, import.meta.url)));
export const modules = Object.fromEntries(variants.map((variant) => [variant, compile(variant)]));

const instances = {};
/** What an instance of this variant exports; all calls share one. */
export const exportsOf = (variant) => (instances[variant] ??= new WebAssembly.Instance(modules[variant]).exports);

// ---- Numbers --------------------------------------------------------------------------------------------------------------

/** Numbers of both signs and of many sizes, so that the order of a sum shows in its last bits; zeros of both signs too. */
export const numbers = (random) => (n) =>
  Float32Array.from({ length: n }, () => {
    const sign = random() < 0.5 ? -1 : 1;
    return random() < 1 / 16 ? sign * 0 : sign * (1 + random()) * 2 ** Math.floor(random() * 12 - 6);
  });

/** The numbers of a JSON file, where strings stand for those that JSON lacks; ONNX's cases call infinity 'inf'. */
export const toFloat32 = (data) => Float32Array.from(data, (value) => Number(String(value).replace('inf', 'Infinity')));

/** The float32 numbers of these bits. */
export const fromBits = (bits) => new Float32Array(Uint32Array.from(bits).buffer);

const double = new Float64Array(1);
const doubleWords = new Uint32Array(double.buffer); // little-endian, as every machine that runs Node

/** The distance between the float32 numbers around this one; 2⁻¹⁴⁹ where they are subnormal. */
export function ulp(value) {
  double[0] = value;
  const exponent = ((doubleWords[1] >>> 20) & 0x7ff) - 1023;
  return 2 ** (Math.max(exponent, -126) - 23);
}

export const sizeOf = (shape, sizes) => shape.reduce((product, axis) => product * sizes[axis], 1);

/** @param {Kernel} kernel @param {Sizes} sizes @param {(n: number) => Float32Array} make @returns {Tensors} */
export function inputsOf(kernel, sizes, make) {
  const given = Object.entries(kernel.inputs).filter(([, shape]) => shape);
  const inputs = Object.fromEntries(given.map(([name, shape]) => [name, make(sizeOf(shape, sizes))]));
  return { ...inputs, ...kernel.prepare?.(inputs, sizes) };
}

// ---- Calls ----------------------------------------------------------------------------------------------------------------

const GUARD = 0xdeadbeef; // around each buffer; as a float32 it is −6.3e18, which would show in a result, too
const UNWRITTEN = 0x7fc0fade; // in each output before the call: a NaN that no kernel makes
const MARGIN = 16; // guard words before the first buffer and after the last

/**
 * Calls a kernel on buffers of exactly the sizes that it is told, which lie 1 to 4 guard words apart and so on each of the
 * alignments that a Float32Array can have. Fails where the kernel leaves an element of an output unwritten, or writes
 * elsewhere.
 * @param {Variant} variant
 * @param {Kernel} kernel
 * @param {Sizes} sizes
 * @param {Tensors} inputs
 * @param {string} [last] the tensor that ends where the memory ends, so that reading beyond it traps
 * @returns {Record<string, Float32Array | Float64Array>} the outputs
 */
export function run(variant, kernel, sizes, inputs, last) {
  const { memory, __heap_base: heapBase, [kernel.name]: call } = exportsOf(variant);
  const label = labelOf(variant, kernel, sizes);

  const returned = Object.keys(kernel.outputs).find((name) => kernel.outputs[name]?.length === 0);
  const parameters = Object.entries({ ...kernel.outputs, ...kernel.inputs }).filter(([name]) => name !== returned);
  const tensors = parameters
    .filter(([, shape]) => shape?.length)
    .map(([name, shape]) => ({ name, size: sizeOf(shape, sizes), at: 0 }))
    .sort((a, b) => Number(a.name === last) - Number(b.name === last));
  let end = MARGIN;
  tensors.forEach((tensor, i) => {
    tensor.at = end;
    end += tensor.size + (i < tensors.length - 1 ? 1 + (i % 4) : last ? 0 : MARGIN);
  });

  const missing = heapBase.value + 4 * end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  const words = new Uint32Array(memory.buffer, memory.buffer.byteLength - 4 * end, end).fill(GUARD);
  const floats = new Float32Array(memory.buffer, words.byteOffset, end);
  for (const { name, size, at } of tensors) {
    if (name in kernel.inputs) {
      assert.equal(inputs[name].length, size, `${label}: the test gives ${name} a wrong size`);
      floats.set(inputs[name], at);
    } else {
      words.fill(UNWRITTEN, at, at + size);
    }
  }
  const before = words.slice();

  const args = parameters.map(([name, shape]) => {
    if (shape?.length === 0) return inputs[name][0]; // a constant
    const tensor = tensors.find((other) => other.name === name);
    return tensor ? words.byteOffset + 4 * tensor.at : 0; // an address, or null
  });
  let result;
  try {
    result = call(...args, ...kernel.sizes.map((name) => sizes[name]));
  } catch (cause) {
    assert.fail(`${label}: ${cause}${last ? `, where ${last} ends with the memory` : ''}`);
  }

  /** @type {Record<string, Float32Array | Float64Array>} */
  const outputs = {};
  for (const name of Object.keys(kernel.outputs)) {
    if (name === returned) outputs[name] = Float64Array.of(result);
    const tensor = tensors.find((other) => other.name === name);
    if (!tensor) continue;
    const { at, size } = tensor;
    const unwritten = words.subarray(at, at + size).indexOf(UNWRITTEN);
    if (unwritten >= 0) assert.fail(`${label}: ${name}[${unwritten}] was not written`);
    outputs[name] = floats.slice(at, at + size);
    words.set(before.subarray(at, at + size), at); // as it was, so that any difference left is a wrong write
  }
  const changed = words.findIndex((word, i) => word !== before[i]);
  if (changed >= 0) {
    const near = tensors.findLast(({ at }) => at <= changed) ?? { name: 'the first buffer', size: 0, at: MARGIN };
    const place = `at index ${changed - near.at} of ${near.name}, which has ${near.size} elements`;
    assert.fail(`${label}: wrote outside of its outputs: ${place}`);
  }
  return outputs;
}

// ---- Comparisons ----------------------------------------------------------------------------------------------------------

const labelOf = (variant, kernel, sizes) =>
  `${kernel.name}, ${variant}, ${kernel.sizes.map((name) => `${name} ${sizes[name]}`).join(', ')} (SEED=${seed})`;

/**
 * Compares all outputs to what is expected: to the bit, or, with bounds, as far off as they allow. Any NaN equals any other,
 * since WebAssembly leaves the sign and the payload of a NaN to the engine.
 * @param {Variant} variant
 * @param {Kernel} kernel
 * @param {Sizes} sizes
 * @param {Record<string, Float32Array>} actual
 * @param {Tensors} expected
 * @param {Tensors} [bounds]
 */
export function check(variant, kernel, sizes, actual, expected, bounds) {
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const [name, values] of Object.entries(actual)) {
    const wanted = expected[name];
    assert.equal(values.length, wanted.length, `${labelOf(variant, kernel, sizes)}: the length of ${name}`);
    for (let i = 0; i < values.length; i++) {
      if (Object.is(values[i], values instanceof Float32Array ? Math.fround(wanted[i]) : wanted[i])) continue;
      if (bounds && Math.abs(values[i] - wanted[i]) <= bounds[name][i]) continue;
      const shape = kernel.outputs[name].map((axis) => sizes[axis]);
      const index = shape.length === 2 ? [Math.floor(i / shape[1]), i % shape[1]] : [i];
      const show = (value) => (Object.is(value, -0) ? '-0' : `${value}`);
      assert.fail(
        `${labelOf(variant, kernel, sizes)}: ${name} (${shape.join(', ')}) at (${index.join(', ')}): ` +
          `expected ${show(wanted[i])}, got ${show(values[i])}, ` +
          (bounds ? `off by ${Math.abs(values[i] - wanted[i])}, bound ${bounds[name][i]}` : 'bound 0: the same bits'),
      );
    }
  }
}
