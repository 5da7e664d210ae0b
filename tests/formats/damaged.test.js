// 2,000 damaged files of each format: an error of our own or, where the format can't show the damage, what the file now says.
// Nothing else: no other error, no change to the network, no memory kept, none asked for that the file has no bytes for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';
import { crc32, deflateRawSync } from 'node:zlib';

import { loadSync } from 'layerlens';
import { FormatError, loadNpz, loadSafetensors, readNpy, restoreNetwork, saveNpz, saveSafetensors, writeNpy } from 'layerlens/formats';

import { generator, seed } from '../random.js';
import { bits, bitsOf, npyOf, python, safetensorsOf, zipOf } from './harness.js';

const FILES = 2000;

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
/** What is in use when all that can be freed is. */
async function memoryAtRest() {
  for (let i = 0; i < 2; i++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve)); // buffers are freed a little later than their objects
  }
  return process.memoryUsage();
}

const random = generator();
/** A whole number from 0 to below n. */
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const randomBytes = (n) => Buffer.from(Array.from({ length: n }, () => below(256)));

// ---- Damage ---------------------------------------------------------------------------------------------------------------

/** @typedef {(file: Buffer) => Buffer} Damage */

/** @param {number} begin @param {number} end @returns {Damage} flips up to 3 bits there */
const flips = (begin, end) => (file) => {
  const copy = Buffer.from(file);
  for (let i = 0; i <= below(3); i++) copy[begin + below(end - begin)] ^= 1 << below(8);
  return copy;
};

/** @param {(file: Buffer, begin: number, end: number) => Buffer} change of up to 40 bytes somewhere @returns {Damage} */
const somewhere = (change) => (file) => {
  const begin = below(file.length);
  return change(Buffer.from(file), begin, Math.min(file.length, begin + 1 + below(40)));
};

/** Damage that any file may take. @type {Record<string, Damage>} */
const accidents = {
  truncated: (file) => file.subarray(0, below(file.length)),
  'with more after it': (file) => Buffer.concat([file, randomBytes(1 + below(40))]),
  'bits flipped': (file) => flips(0, file.length)(file),
  'bytes overwritten': somewhere((file, begin, end) => (randomBytes(end - begin).copy(file, begin), file)),
  'zeros written': somewhere((file, begin, end) => file.fill(0, begin, end)),
  'bytes lost': somewhere((file, begin, end) => Buffer.concat([file.subarray(0, begin), file.subarray(end)])),
  'bytes twice': somewhere((file, begin, end) => Buffer.concat([file.subarray(0, end), file.subarray(begin)])),
  'two halves exchanged': somewhere((file, begin) => Buffer.concat([file.subarray(begin), file.subarray(0, begin)])),
};

/** Numbers that a hostile header may have in the place of a size, as JSON and Python write them. */
const badNumbers = ['NaN', 'nan', 'null', '-1', '0.5', '1e400', '4294967296', '9007199254740993', '18446744073709551616', '"3"', '[]'];

/**
 * @typedef {object} Format
 * @property {Buffer} file a right one
 * @property {Record<string, Damage>} accidents that may go unseen
 * @property {Record<string, Damage>} attacks that must be seen
 * @property {Record<string, Damage>} unseen that the format has no means to show: such a file must be read as what it says
 * @property {(file: Buffer, kind: string) => void} read reads it, and checks what came of it
 * @property {() => unknown} state what must not change where a file is refused
 */

/**
 * Damages the file 2,000 times, by each means as often as by the others.
 * @param {import('node:test').TestContext} t
 * @param {Format} format
 */
async function survive(t, { file, read, state, ...kinds }) {
  const means = Object.entries(kinds).flatMap(([group, all]) => Object.entries(all).map(([kind, damage]) => ({ group, kind, damage })));
  const accepted = Object.fromEntries(means.map(({ kind }) => [kind, 0]));
  read(file, 'right');
  const before = await memoryAtRest();
  for (let i = 0; i < FILES; i++) {
    const { group, kind, damage } = means[i % means.length];
    let damaged = damage(file);
    while (damaged.equals(file)) damaged = damage(file);
    const what = `file ${i}, ${kind} (SEED=${seed})`;
    const unchanged = state();
    const { arrayBuffers } = process.memoryUsage();
    let error;
    try {
      read(damaged, kind);
      accepted[kind]++;
    } catch (thrown) {
      error = thrown;
    }
    // Deflate may unpack to 1032 times its size, so that no more can be known to be too much.
    const asked = process.memoryUsage().arrayBuffers - arrayBuffers;
    assert.ok(asked < 1100 * damaged.length + 2 ** 20, `${what}: asked for ${asked} bytes because of ${damaged.length}`);
    if (error) {
      assert.ok(error instanceof FormatError && error.code === 'ERR_LL_FORMAT', `${what}: ${error.stack}`);
      assert.match(error.message, /^(safetensors|npy|npz|zip|loadSafetensors|loadNpz|restoreNetwork): ./, what);
      assert.ok(error.message.length < 500, `${what}: ${error.message}`);
      assert.deepEqual(state(), unchanged, `${what}: refused, but something has changed`);
    }
    if (group === 'attacks') assert.ok(error, `${what}: accepted`);
    if (group === 'unseen') assert.equal(error, undefined, `${what}: ${error?.message}`);
  }
  t.diagnostic(`${FILES} files; read as what they say: ${JSON.stringify(accepted)}`);
  const after = await memoryAtRest();
  assert.ok(after.arrayBuffers - before.arrayBuffers < 2 ** 18, `${after.arrayBuffers - before.arrayBuffers} bytes of buffers are kept`);
  assert.ok(after.heapUsed - before.heapUsed < 2 ** 23, `${after.heapUsed - before.heapUsed} bytes of the heap are kept`);
}

/** A small network in the middle of its training. */
function trained() {
  const ll = loadSync();
  const net = ll.sequential(
    ll.affine(3, 4, { seed: 1, std: 1 }),
    ll.relu(),
    ll.sequential(ll.nodes.multiply(-0.5), ll.affine(4, 2, { seed: 2, std: 1 })),
  );
  const optimizer = ll.momentum();
  net.backward(net.forward([[1, 2, 3]]));
  optimizer.step(net);
  return { ll, net, optimizer };
}

// ---- safetensors ----------------------------------------------------------------------------------------------------------

/** Believes every word. */
function plainly(file) {
  const start = 8 + Number(file.readBigUInt64LE());
  const { __metadata__: metadata = {}, ...tensors } = JSON.parse(file.subarray(8, start).toString());
  const arrays = Object.entries(tensors).map(([name, { dtype, shape, data_offsets: [begin, end] }]) => [
    name,
    { dtype, shape, hex: file.subarray(start + begin, start + end).toString('hex') },
  ]);
  return { start, header: { ...tensors }, metadata, arrays: Object.fromEntries(arrays) };
}

test(`safetensors: ${FILES} damaged files`, async (t) => {
  const { ll, net, optimizer } = trained();
  const save = () => Buffer.from(saveSafetensors(net, { optimizer }));
  const file = save();
  const { start, header, metadata, arrays } = plainly(file);
  const data = file.subarray(start);
  restoreNetwork(ll, file).dispose(); // the memory has room for it from now on
  const memory = ll.memory();

  /** @param {(header: Record<string, any>, name: string) => void} change of one tensor's entry @returns {Damage} */
  const entry = (change) => () => {
    const copy = structuredClone(header);
    change(copy, pick(Object.keys(copy)));
    return safetensorsOf({ __metadata__: metadata, ...copy }, data);
  };
  const text = JSON.stringify({ __metadata__: metadata, ...header });

  await survive(t, {
    file,
    accidents: { ...accidents, 'bits of the header flipped': flips(0, start) },
    attacks: {
      'another length of the header': (file) => {
        const copy = Buffer.from(file);
        copy.writeBigUInt64LE(BigInt(pick([0, 1, start - 9, start - 7, file.length - 8, file.length, 2 ** 31, 2 ** 53, 2 ** 63])));
        return copy;
      },
      'offsets moved': entry((header, name) => {
        const by = pick([-8, -4, -1, 1, 4, 8, 1000, 2 ** 32, NaN, -(2 ** 53)]);
        const one = header[name].data_offsets;
        pick([() => (one[0] += by), () => (one[1] += by), () => (header[name].data_offsets = one.map((offset) => offset + by))])();
      }),
      'the offsets of another': entry((header, name) => {
        const other = pick(Object.keys(header).filter((key) => header[key].data_offsets[0] !== header[name].data_offsets[0]));
        header[name].data_offsets = header[other].data_offsets;
      }),
      'another size': () => {
        const place = pick([...text.matchAll(/(?<="shape":\[[\d,]*)\d+/g)]);
        return safetensorsOf(text.slice(0, place.index) + pick(badNumbers) + text.slice(place.index + place[0].length), data);
      },
      'another dtype': entry((header, name) => {
        header[name].dtype = pick(['F16', 'BF16', 'F8_E5M2', 'I32', 'I64', 'U32', 'BOOL', 'f32', '', null, 4]);
      }),
      'an axis more or less': entry((header, name) => {
        const { shape } = header[name];
        if (random() < 0.5 && shape.length) shape.pop();
        else shape.splice(below(shape.length + 1), 0, pick([0, 1, 2])); // (n, 1) has as many bytes as (n), but is refused too
      }),
      'a name twice': () => {
        const name = pick(Object.keys(header));
        const spelt = pick([JSON.stringify(name), `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`]);
        return safetensorsOf(`${text.slice(0, -1)}${pick(['', ' '])},${spelt}${pick(['', ' '])}:${JSON.stringify(header[name])}}`, data);
      },
      'a name changed': entry((header, name) => {
        header[pick([name.toUpperCase(), `${name} `, '__proto__', name.slice(1), ''])] = header[name];
        delete header[name];
      }),
      'a tensor lost': entry((header, name) => delete header[name]),
      'no metadata of text': () => {
        const other = pick([{ ...metadata, a: 1 }, { ...metadata, a: null }, [], 1, 'a', true]);
        return safetensorsOf({ __metadata__: other, ...header }, data);
      },
    },
    unseen: {
      'bits of weights flipped': flips(start + header['0.weight'].data_offsets[0], file.length),
      'the entries in another order': () => {
        const entries = Object.entries({ ...header, __metadata__: metadata });
        entries.unshift(...entries.splice(1 + below(entries.length - 1)));
        return safetensorsOf(Object.fromEntries(entries), data);
      },
    },
    state: () => [save().toString('hex'), ll.memory()],
    read: (damaged) => {
      // First the layers, which another network may be made of, then the weights of this one.
      let restored;
      try {
        restored = restoreNetwork(ll, damaged);
      } catch (error) {
        assert.ok(error instanceof FormatError, error.stack);
      }
      const says = () => plainly(damaged);
      if (restored) {
        const made = plainly(Buffer.from(saveSafetensors(restored)));
        restored.dispose();
        const weights = Object.entries(says().arrays).filter(([name]) => !name.startsWith('optimizer.'));
        assert.deepEqual(made.arrays, Object.fromEntries(weights));
        const [layers, wanted] = [made, says()].map(({ metadata }) => JSON.parse(metadata['layerlens.layers']));
        assert.deepEqual(layers, wanted);
      }
      loadSafetensors(damaged, net, { optimizer });
      const taken = plainly(save()).arrays;
      loadSafetensors(file, net, { optimizer });
      assert.deepEqual(taken, says().arrays);
      assert.deepEqual([Object.keys(taken).sort(), says().metadata['layerlens.optimizer']], [Object.keys(arrays).sort(), 'momentum']);
    },
  });
  assert.deepEqual(ll.memory(), memory);
  net.dispose();
  optimizer.dispose();
  assert.deepEqual(ll.memory(), { tensors: 0, bytes: 0, reserved: memory.reserved });
});

// ---- npy and npz ------------------------------------------------------------------------------------------------------------

/** What a header says, with other words in it. @returns {Buffer} */
function npyWith({ descr = "'<f4'", order = 'False', shape = '(2, 3)', more = '' }, data) {
  return npyOf(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, ${more}}\n`, data);
}

const numbers = Float32Array.of(1.5, -2.25, 3e-40, 4e38, NaN, -0);
const npy = Buffer.from(writeNpy({ shape: [2, 3], data: numbers }));
const npyStart = npy.length - numbers.byteLength;
const npyData = npy.subarray(npyStart);

const badTypes = ["'>f4'", "'<f2'", "'<f8'", "'|O'", "'<c8'", "'<U1'", "'|V4'", "'f4'", "''", "[('a', '<f4')]", '4', 'None'];

/** @type {Record<string, Damage>} */
const npyAttacks = {
  'another length of the header': (file) => {
    const copy = Buffer.from(file);
    copy.writeUInt16LE(pick([0, 1, npyStart - 9, npyStart - 11, file.length - 10, file.length, 0xffff, 10_001]), 8);
    return copy;
  },
  'a header of 4 GiB': (file) => npyOf(file.subarray(10, npyStart), npyData, { version: pick([2, 3]), length: 2 ** 32 - 1 - below(1000) }),
  'another size': () => npyWith({ shape: `(${pick([`2, ${pick(badNumbers)}`, `${pick(badNumbers)}, 3`])})` }, npyData),
  'another shape': () => npyWith({ shape: pick(['(2, 4)', '(6, 0)', '()', '(2, 3, 2)', '6', 'None', '(2**3,)', `(${'2, '.repeat(40)})`]) }, npyData),
  'another type': () => npyWith({ descr: pick(badTypes) }, npyData),
  'another order': () => npyWith({ order: pick(['None', "'False'", '0', 'false_', 'TRUE', '[]']) }, npyData),
  'one word more or twice': () => npyWith({ more: pick(["'shape': (2, 3)", "'descr': '<f4'", "'more': 1", '1', "__import__('os')"]) }, npyData),
};

/** @type {Record<string, Damage>} */
const npyUnseen = {
  'bits of numbers flipped': flips(npyStart, npy.length),
  'another shape of as many numbers': () => npyWith({ shape: pick(['(3, 2)', '(6,)', '(1, 6)', '(1, 2, 3)']) }, npyData),
  'the other order': () => npyWith({ order: 'True' }, npyData),
  'another type of the same size': () => npyWith({ descr: pick(["'<i4'", "'<u4'"]) }, npyData),
};

/**
 * NumPy reads the same from each of these files.
 * @param {string[]} accepted JSON of { hex, arrays }: the file, and [type, shape, hex] by name
 * @param {string} ending
 */
function assertNumPyAgrees(accepted, ending) {
  const all = accepted.map((text) => JSON.parse(text));
  const files = Object.fromEntries(all.map(({ hex }, i) => [`${i}.${ending}`, Buffer.from(hex, 'hex')]));
  const { output } = python(
    files,
    `
def arrays(path):
    try:
        file = np.load(path, allow_pickle=False)
        return show(file if path.endswith("z") else {"": file})
    except Exception as error:
        return repr(error)
print(json.dumps([arrays(f"{i}.${ending}") for i in range(${accepted.length})]))`,
  );
  for (const [i, { arrays }] of all.entries()) assert.deepEqual(arrays, output[i], `accepted file ${i} (SEED=${seed})`);
}

const descrs = { F32: '<f4', F16: '<f2', I32: '<i4', U32: '<u4' };

test(`npy: ${FILES} damaged files`, async (t) => {
  /** What was accepted, as text: the buffers themselves would count as kept. @type {string[]} */
  const accepted = [];
  await survive(t, {
    file: npy,
    accidents: { ...accidents, 'bits of the header flipped': flips(0, npyStart) },
    attacks: npyAttacks,
    unseen: npyUnseen,
    state: () => undefined,
    read: (file) => {
      const { dtype, shape, data } = readNpy(file);
      accepted.push(JSON.stringify({ hex: file.toString('hex'), arrays: { '': [descrs[dtype], shape, bits(data)] } }));
    },
  });
  assertNumPyAgrees(accepted, 'npy');
});

for (const [how, method] of Object.entries({ 'not packed': 0, packed: 8 })) {
  test(`npz: ${FILES} damaged files, ${how}`, async (t) => {
    const { ll, net, optimizer } = trained();
    const files = net.parameters.map(({ name, value }) => ({ name: `${name}.npy`, bytes: writeNpy(value), method }));
    const file = zipOf(files);
    const right = saveNpz(net);
    const before = bitsOf(net);

    /** @param {(file: any, all: any[]) => void} change of what the archive says of one file @returns {Damage} */
    const entry = (change) => () => {
      const copies = files.map((file) => ({ ...file }));
      change(pick(copies), copies);
      return zipOf(copies);
    };
    const another = (number, range) => (number + 1 + below(range - 1)) % range;
    const directory = file.readUInt32LE(file.length - 6);

    /** @type {Record<string, Damage>} */
    const unseen = {
      'other numbers, with the right sum': entry((file) => (file.bytes = flips(128, file.bytes.length)(Buffer.from(file.bytes)))),
      'a comment': () => zipOf(files, { comment: 'x'.repeat(1 + below(100)) }),
      'in another order': entry((file, all) => all.unshift(...all.splice(all.indexOf(file, 1)))),
      'one packed, one not': entry((file) => (file.method = 8 - method)),
    };
    /** @type {string[]} */
    const accepted = [];
    await survive(t, {
      file,
      accidents: { ...accidents, 'bits of the directory flipped': flips(directory, file.length) },
      attacks: {
        ...Object.fromEntries(
          Object.entries(npyAttacks).map(([kind, damage]) => [`${kind}, with the right sum`, entry((file) => (file.bytes = damage(npy)))]),
        ),
        'another size': entry((file) => (file.size = another(file.bytes.length, pick([1000, 2 ** 16, 2 ** 32])))),
        'another packed size': entry((file) => (file.packedSize = pick([0, 1, directory, 2 ** 31, 2 ** 32 - 1]))),
        'a bomb': entry((file) => Object.assign(file, { method: 8, packed: Buffer.alloc(1 + below(100), 0xff), size: 2 ** (16 + below(16)) })),
        'a bomb, perhaps': entry((file) => Object.assign(file, { method: 8, packed: deflateRawSync(Buffer.alloc(1 + below(1e6))) })),
        'another sum': entry((file) => (file.sum = another(crc32(file.bytes), 2 ** 32))),
        'another place': entry((file) => (file.offset = pick([1, 30, directory - 1, directory, 2 ** 31, 2 ** 32 - 1]))),
        'the place of another': entry((file, all) => {
          const offsets = all.map((_, i) => zipOf(all.slice(0, i)).readUInt32LE(zipOf(all.slice(0, i)).length - 6));
          file.offset = pick(offsets.filter((_, i) => all[i] !== file));
        }),
        'a file over another': entry((file, all) => {
          const inner = zipOf([{ ...file, name: 'inner.npy' }]);
          const bytes = inner.subarray(0, inner.readUInt32LE(inner.length - 6));
          Object.assign(all[0], { method: 0, bytes });
          all.push({ ...file, name: 'inner.npy', packed: Buffer.alloc(0), packedSize: bytes.length - 39, offset: 30 + all[0].name.length });
        }),
        'a name twice': entry((file, all) => all.push({ ...file })),
        'another name': entry((file) => (file.name = pick([`${file.name}x`, `x${file.name}`, '0.W', '', '/', '../0.W.npy', '__proto__.npy']))),
        'another name before the data': entry((file) => (file.ownName = pick(['', 'x', `${file.name} `, file.name.toUpperCase()]))),
        'another method': entry((file) => Object.assign(file, { method: pick([1, 12, 14, 99]), packed: file.bytes })),
        'encrypted': entry((file) => (file.flags = pick([1, 32, 64, 0x2000]))),
        'another end': () => zipOf(files, pick([{ disk: 1 }, { count: 3 }, { count: 0xffff }, { size: 2 ** 31 }, { start: 0 }, { start: 2 ** 32 - 1 }])),
        'a file less': entry((file, all) => all.splice(all.indexOf(file), 1)),
      },
      unseen,
      state: () => [bitsOf(net), ll.memory()],
      read: (damaged, kind) => {
        loadNpz(damaged, net);
        const arrays = Object.fromEntries(net.parameters.map(({ name, value }) => [name, ['<f4', [...value.shape], bits(value.data)]]));
        loadNpz(right, net);
        if (kind in unseen) accepted.push(JSON.stringify({ hex: damaged.toString('hex'), arrays }));
        else assert.deepEqual(Object.entries(arrays).map(([name, [, , hex]]) => [name, hex]), before); // the sums show all else
      },
    });
    assertNumPyAgrees(accepted, 'npz');
    const { reserved } = ll.memory();
    net.dispose();
    optimizer.dispose();
    assert.deepEqual(ll.memory(), { tensors: 0, bytes: 0, reserved });
  });
}
