// What the tests of the formats share: networks, NumPy, and what is asked of an error.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

import { FormatError } from 'layerlens/formats';

import { interpreter } from '../python.js';

/** @typedef {import('layerlens').Runtime} Runtime */

/** A network with every kind of layer that has parameters, one inside another. */
export const everyLayer = (ll) =>
  ll.sequential(
    ll.affine(3, 5, { seed: 1, std: 0.7 }),
    ll.relu(),
    ll.sequential(ll.affine(5, 4, { seed: 2, std: 0.7 }), ll.nodes.addBias([0.5, -0.25, 0.125, 1]), ll.sigmoid()),
    ll.nodes.dot(ll.randn([4, 6], { seed: 3 })),
    ll.sequential(ll.nodes.multiply(-1), ll.sequential(ll.nodes.exp(), ll.nodes.add(1)), ll.nodes.reciprocal()),
    ll.affine(6, 2, { seed: 4, std: 0.7 }),
  );

/** The bits of each parameter, since NaN isn't equal to itself. */
export const bitsOf = (net) => net.parameters.map(({ name, value }) => [name, bits(value.data)]);
export const bits = (data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');

/**
 * @param {() => unknown} call
 * @param {string | RegExp} message
 */
export function assertFormatError(call, message, what = String(call)) {
  let error;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error, `${what}: threw nothing`);
  assert.ok(error instanceof FormatError, `${what}: expected a FormatError, got ${error?.stack ?? error}`);
  assert.deepEqual([error.name, error.code], ['FormatError', 'ERR_LL_FORMAT']);
  if (message instanceof RegExp) assert.match(error.message, message, what);
  else assert.equal(error.message, message, what);
}

// ---- Files, right or wrong ------------------------------------------------------------------------------------------------

/** A safetensors file with this header, as text or as an object, and this many bytes of data. */
export function safetensorsOf(header, data = 0, length) {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  return Buffer.concat([start, text, typeof data === 'number' ? new Uint8Array(data) : data]);
}

/** A .npy file with this header. */
export function npyOf(header, data = Buffer.alloc(0), { version = 1, length = header.length } = {}) {
  const sizes = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) sizes.writeUInt16LE(length);
  else sizes.writeUInt32LE(length);
  return Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]), sizes, Buffer.from(header), data]);
}

/**
 * A zip archive of these files. What an entry says of its file is right unless the entry gives something else, by the names below.
 * @param {Record<string, any>[]} files each with `name` and `bytes`
 * @param {{ count?: number, all?: number, size?: number, start?: number, disk?: number, comment?: string }} [end]
 */
export function zipOf(files, end = {}) {
  const [bodies, entries] = [[], []];
  let offset = 0;
  for (const file of files) {
    const { name, bytes, method = 0, packed = method ? deflateRawSync(bytes) : bytes, flags = 0 } = file;
    const local = Buffer.alloc(30);
    const ownName = Buffer.from(file.ownName ?? name);
    local.writeUInt32LE(file.signature ?? 0x04034b50);
    local.writeUInt16LE(file.ownMethod ?? method, 8);
    local.writeUInt16LE(ownName.length, 26);
    local.writeUInt16LE(file.ownExtra ?? 0, 28);
    const body = Buffer.concat([local, ownName, Buffer.alloc(file.ownExtra ?? 0), packed]);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(file.entrySignature ?? 0x02014b50);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(file.sum ?? crc32(bytes), 16);
    entry.writeUInt32LE(file.packedSize ?? packed.length, 20);
    entry.writeUInt32LE(file.size ?? bytes.length, 24);
    entry.writeUInt16LE(file.nameLength ?? Buffer.byteLength(name), 28);
    entry.writeUInt32LE(file.offset ?? offset, 42);
    bodies.push(body);
    entries.push(entry, Buffer.from(name));
    offset += body.length;
  }
  const directory = Buffer.concat(entries);
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50);
  record.writeUInt16LE(end.disk ?? 0, 4);
  record.writeUInt16LE(end.count ?? files.length, 8);
  record.writeUInt16LE(end.all ?? end.count ?? files.length, 10);
  record.writeUInt32LE(end.size ?? directory.length, 12);
  record.writeUInt32LE(end.start ?? offset, 16);
  record.writeUInt16LE(end.comment?.length ?? 0, 20);
  return Buffer.concat([...bodies, directory, record, Buffer.from(end.comment ?? '')]);
}

// ---- Python ---------------------------------------------------------------------------------------------------------------

/** How a safetensors file is read without its library. */
const reader = `
import json, sys
import numpy as np
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1"}
DTYPES |= {"U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1"}
def read_safetensors(path):
    file = open(path, "rb").read()
    start = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:start])
    metadata = header.pop("__metadata__", {})
    def array(dtype, shape, data_offsets):
        begin, end = data_offsets
        return np.frombuffer(file[start + begin:start + end], DTYPES[dtype]).reshape(shape)
    return {name: array(**entry) for name, entry in header.items()}, metadata
def show(arrays):
    return {name: [a.dtype.str, list(a.shape), np.ascontiguousarray(a).tobytes().hex()] for name, a in arrays.items()}
`;

/**
 * Runs Python, with NumPy, in a folder of its own.
 * @param {Record<string, string | Uint8Array>} files to find there
 * @param {string} code prints JSON
 * @param {string[]} [wanted] files that it leaves there
 * @returns {{ output: any, files: Buffer[] }}
 */
export function python(files, code, wanted = []) {
  const folder = mkdtempSync(join(tmpdir(), 'layerlens-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const output = execFileSync(interpreter(), ['-c', reader + code], { cwd: folder, maxBuffer: 2 ** 28, encoding: 'utf8' });
    return { output: output && JSON.parse(output), files: wanted.map((name) => readFileSync(join(folder, name))) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
