// ONNX out (https://onnx.ai): a model is one protobuf message, of which a network needs so little that it is written here.
// The names and numbers of fields are those of onnx.proto.

import { checkOptions, show } from './check.js';
import { beyondFloat32 } from './elements.js';
import { ArgumentError, ShapeError } from './errors.js';
import { checkNetwork, flatten } from './network.js';

/** @typedef {import('./network.js').Network} Network */

// ---- Protobuf: a message is a row of fields, each with its number and how its value is written ------------------------------

/** A whole number, 7 bits a byte, the low ones first. @param {number} value @returns {number[]} */
const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);

/** @param {number} number @param {number} value */
const integer = (number, value) => Uint8Array.from([...varint(number * 8), ...varint(value)]);

/**
 * @param {number} number
 * @param {Uint8Array | string | Uint8Array[]} value bytes, text, or a message as its fields
 */
function field(number, value) {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : Array.isArray(value) ? join(value) : value;
  return join([Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
}

/** @param {Uint8Array[]} parts */
function join(parts) {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

// ---- onnx.proto -----------------------------------------------------------------------------------------------------------

const FLOAT = 1;
const OPSET = 17;
const IR_VERSION = 8; // the one of that opset

/** @param {string} type @param {string[]} inputs @param {string} output */
const nodeProto = (type, inputs, output) => [
  ...inputs.map((name) => field(1, name)), // input
  field(2, output),
  field(3, output), // name
  field(4, type), // op_type
];

/** @param {string} name @param {readonly number[]} shape @param {Float32Array} data */
const tensorProto = (name, shape, data) => [
  ...shape.map((size) => integer(1, size)), // dims
  integer(2, FLOAT), // data_type
  field(8, name),
  field(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)), // raw_data
];

/** An input or output of (N, width). @param {string} name @param {number | string} width a symbol where any will do */
function valueInfoProto(name, width) {
  const dimension = (/** @type {number | string} */ size) =>
    typeof size === 'number' ? integer(1, size) : field(2, size); // dim_value, dim_param
  const shape = ['N', width].map((size) => field(1, [dimension(size)])); // dim
  const tensorType = [integer(1, FLOAT), field(2, shape)]; // elem_type, shape
  return [field(1, name), field(2, [field(1, tensorType)])]; // name, type; tensor_type
}

/** @param {Uint8Array[][]} nodes @param {Uint8Array[][]} initializers @param {Uint8Array[]} input @param {Uint8Array[]} output */
const graphProto = (nodes, initializers, input, output) => [
  ...nodes.map((node) => field(1, node)),
  field(2, 'layerlens'), // name
  ...initializers.map((tensor) => field(5, tensor)),
  field(11, input),
  field(12, output),
];

/** @param {Uint8Array[]} graph */
const modelProto = (graph) => [
  integer(1, IR_VERSION),
  field(2, 'layerlens'), // producer_name
  field(7, graph),
  field(8, [integer(2, OPSET)]), // opset_import; version, of the domain that has no name
];

// ---- Networks -------------------------------------------------------------------------------------------------------------

/** ONNX's operators by our layers. Each takes x, then the layer's parameters or its constant. @type {Record<string, string>} */
const operators = {
  affine: 'Gemm',
  dot: 'MatMul',
  addBias: 'Add',
  sigmoid: 'Sigmoid',
  relu: 'Relu',
  multiply: 'Mul',
  add: 'Add',
  exp: 'Exp',
  reciprocal: 'Reciprocal',
};

/**
 * Writes a network as an ONNX model of opset 17: input `x` (N, in), output `y` (N, out), for any N.
 * @param {Network} net
 * @param {{ softmax?: boolean }} [options] softmax: end with a Softmax over axis 1, so that y is probabilities; false if left out
 * @returns {Uint8Array<ArrayBuffer>} the model's bytes
 * @throws ShapeError if a layer doesn't fit the one before; ArgumentError if net is no network, has another kind of layer, or
 *   float64 numbers beyond float32
 * @example
 * import { load } from 'layerlens';
 * import { toOnnx } from 'layerlens/formats';
 *
 * const ll = await load();
 * const file = toOnnx(ll.sequential(ll.affine(4, 3), ll.sigmoid()), { softmax: true });
 * console.log(file instanceof Uint8Array); // true
 */
export function toOnnx(net, options) {
  checkNetwork('toOnnx', net);
  const { softmax } = checkOptions('toOnnx', options, { softmax: false });
  if (typeof softmax !== 'boolean') throw new ArgumentError(`toOnnx: softmax must be true or false, got ${show(softmax)}`);
  const layers = flatten(net);
  const [width, outWidth] = widths(layers.map(({ layer }) => layer));
  const constants = layers.map(({ layer, path }) => constantsOf(layer, path));
  const steps = layers.map(({ layer }, i) => ({ type: operatorOf(layer), inputs: constants[i].map(({ name }) => name) }));
  if (softmax) steps.push({ type: 'Softmax', inputs: [] });

  const output = (/** @type {number} */ i) => (i === steps.length - 1 ? 'y' : `y${i}`);
  const nodes = steps.map(({ type, inputs }, i) => nodeProto(type, [i === 0 ? 'x' : output(i - 1), ...inputs], output(i)));
  const initializers = constants.flat().map(({ name, shape, data }) => tensorProto(name, shape, data));
  return join(modelProto(graphProto(nodes, initializers, valueInfoProto('x', width), valueInfoProto('y', outWidth))));
}

/** @param {Network} layer */
function operatorOf({ name, label }) {
  if (!Object.hasOwn(operators, name)) throw new ArgumentError(`toOnnx: no operator of ONNX is known for the layer ${label}`);
  return operators[name];
}

/** What an operator takes beside x. @param {Network} layer @param {string} path */
function constantsOf(layer, path) {
  const constants = layer.parameters.map(({ name, value: { shape, data } }) => {
    const beyond = beyondFloat32(data);
    if (beyond !== undefined) throw new ArgumentError(`toOnnx: ${path}${name} holds ${beyond}, which is beyond float32`);
    return { name: path + name, shape, data: new Float32Array(data) };
  });
  return layer.c === undefined ? constants : [{ name: `${path}c`, shape: [], data: Float32Array.of(layer.c) }];
}

/**
 * @param {Network[]} layers
 * @returns {[number | string, number | string]} how wide x and y are; a symbol where no layer says it
 */
function widths(layers) {
  /** @type {(number | undefined)[]} */
  let [first, width] = [undefined, undefined];
  for (const { label, parameters } of layers) {
    if (parameters.length === 0) continue;
    const { shape } = parameters[0].value; // (in, out), or (out) of a bias alone
    first ??= shape[0];
    if (width !== undefined && width !== shape[0]) {
      throw new ShapeError(`toOnnx: the layer ${label} gets (N, ${width}), from those before it`);
    }
    width = shape[shape.length - 1];
  }
  return [first ?? 'M', width ?? 'M'];
}
