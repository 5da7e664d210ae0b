// Writes an ONNX model: protobuf messages by the field numbers of onnx.proto, as far as these models need them.

const [FLOAT, INT64] = [1, 7]; // of TensorProto.DataType
const INT = 2; // of AttributeProto.AttributeType

/** @param {number} n @returns {number[]} a base-128 varint */
const varint = (n) => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))]);

/** A field: an integer, a text, bytes, or a message, which is a list of fields. */
function field(/** @type {number} */ number, /** @type {number | string | Uint8Array | Uint8Array[]} */ value) {
  if (typeof value === 'number') return Uint8Array.from([...varint(number * 8), ...varint(value)]);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : Array.isArray(value) ? joined(value) : value;
  return joined([Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
}

function joined(/** @type {Uint8Array[]} */ parts) {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A node of the graph: operator, names of its inputs and outputs, integer attributes. */
export const node = (/** @type {string} */ operator, inputs, outputs, attributes = {}) => [
  ...inputs.map((name) => field(1, name)),
  ...outputs.map((name) => field(2, name)),
  field(4, operator),
  ...Object.entries(attributes).map(([name, value]) => field(5, [field(1, name), field(3, value), field(20, INT)])),
];

const valueInfo = (/** @type {string} */ name, /** @type {number[]} */ shape) => {
  const dimensions = shape.map((size) => field(1, [field(1, size)]));
  return [field(1, name), field(2, [field(1, [field(1, FLOAT), field(2, dimensions)])])];
};

const initializer = (/** @type {string} */ name, { shape, data }) => [
  ...shape.map((size) => field(1, size)),
  field(2, data instanceof BigInt64Array ? INT64 : FLOAT),
  field(8, name),
  field(9, new Uint8Array(data.buffer)),
];

/**
 * @param {Uint8Array[][]} nodes in the order of computation
 * @param {Record<string, number[]>} inputs shapes by name
 * @param {Record<string, number[]>} outputs shapes by name
 * @param {Record<string, { shape: number[], data: Float32Array | BigInt64Array }>} constants by name
 */
export function model(nodes, inputs, outputs, constants = {}) {
  const graph = [
    ...nodes.map((fields) => field(1, fields)),
    field(2, 'bench'),
    ...Object.entries(constants).map(([name, tensor]) => field(5, initializer(name, tensor))),
    ...Object.entries(inputs).map(([name, shape]) => field(11, valueInfo(name, shape))),
    ...Object.entries(outputs).map(([name, shape]) => field(12, valueInfo(name, shape))),
  ];
  return joined([field(1, 8), field(7, graph), field(8, [field(2, 17)])]); // IR version 8, operator set 17
}
