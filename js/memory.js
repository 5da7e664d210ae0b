// The wasm memory, shared out in JavaScript: regions of a few size classes, each with a list of free ones.

import { MemoryError } from './errors.js';

/**
 * A part of the memory that one tensor or one layer's output holds. It may move when it grows.
 * `version` counts how often its numbers were replaced: a tensor remembers the version that it stands for.
 */
export class Region {
  version = 0;
  /**
   * What readers of an older version are told.
   * @param {Memory} memory
   * @param {string} gone
   */
  constructor(memory, gone) {
    this.memory = memory;
    this.gone = gone;
    /** The finaliser gets this object, since it must not hold the region itself. */
    this.place = { offset: 0, bytes: 0 };
    memory.registry?.register(this, this.place);
  }

  /** Address of the first element, in bytes. */
  get offset() {
    return this.place.offset;
  }

  /**
   * Makes room for new numbers. What was there is lost, unless there is no memory: then nothing has changed.
   * @param {number} size elements
   */
  resize(size) {
    if (4 * size > this.place.bytes || this.place.bytes === 0) {
      const bytes = classOf(4 * size);
      const offset = this.memory.allocate(bytes);
      this.memory.free(this.place);
      this.place.offset = offset;
      this.place.bytes = bytes;
    }
    this.version++;
  }

  /** Gives the memory back; again is harmless. */
  dispose() {
    this.memory.free(this.place);
    this.version++;
  }
}

/**
 * The size class of a number of bytes: four classes for each doubling, so that at most a fifth is left unused, or 12 bytes.
 * @param {number} bytes
 */
function classOf(bytes) {
  const step = Math.max(16, 2 ** (Math.floor(Math.log2(bytes || 1)) - 2));
  return Math.max(16, Math.ceil(bytes / step) * step);
}

export class Memory {
  tensors = 0;
  bytes = 0;
  /** @type {Map<number, number[]>} offsets of free regions, by size class */
  #free = new Map();
  /** @type {Float32Array<ArrayBuffer> | undefined} */
  #floats;

  /**
   * @param {WebAssembly.Memory} wasm
   * @param {number} start the first byte that the module itself does not use
   */
  constructor(wasm, start) {
    this.wasm = wasm;
    this.top = Math.ceil(start / 16) * 16;
    /** Frees the regions of tensors and layers that were forgotten; some engines have none. */
    this.registry =
      typeof FinalizationRegistry === 'undefined'
        ? undefined
        : new FinalizationRegistry((/** @type {Region['place']} */ place) => this.free(place));
  }

  /** All of the memory as floats: an element's index is its address divided by 4. Taken anew once memory has grown. */
  get floats() {
    if (this.#floats?.buffer !== this.wasm.buffer) {
      this.#floats = new Float32Array(/** @type {ArrayBuffer} */ (this.wasm.buffer));
    }
    return this.#floats;
  }

  /** Lets go of the WebAssembly memory, for good. */
  release() {
    this.wasm = /** @type {WebAssembly.Memory} */ ({});
    this.#floats = undefined;
  }

  /**
   * @param {number} bytes a size class
   * @returns {number} the offset of a region of that size
   */
  allocate(bytes) {
    let offset = this.#free.get(bytes)?.pop();
    if (offset === undefined && this.top + bytes > this.wasm.buffer.byteLength) offset = this.#merge(bytes);
    if (offset === undefined) {
      offset = this.top;
      this.#reserve(offset + bytes);
      this.top += bytes;
    }
    this.tensors++;
    this.bytes += bytes;
    return offset;
  }

  /**
   * Joins free regions that lie side by side, before more memory is asked for.
   * @param {number} bytes
   * @returns {number | undefined} the offset of one that is large enough now
   */
  #merge(bytes) {
    const all = [...this.#free].flatMap(([bytes, offsets]) => offsets.map((offset) => ({ offset, bytes })));
    /** @type {Region['place'][]} */
    const joined = [];
    for (const region of all.sort((a, b) => a.offset - b.offset)) {
      const last = joined[joined.length - 1];
      if (last && last.offset + last.bytes === region.offset) last.bytes += region.bytes;
      else joined.push(region);
    }
    const last = joined[joined.length - 1];
    if (last && last.offset + last.bytes === this.top) this.top = /** @type {Region['place']} */ (joined.pop()).offset;
    const found = joined.find((region) => region.bytes >= bytes);
    const offset = found?.offset;
    if (found) {
      found.offset += bytes;
      found.bytes -= bytes;
    }
    this.#free.clear();
    for (const region of joined) if (region.bytes) this.#put(region);
    return offset;
  }

  /** @param {Region['place']} place */
  #put({ offset, bytes }) {
    const list = this.#free.get(bytes);
    if (list) list.push(offset);
    else this.#free.set(bytes, [offset]);
  }

  /** @param {Region['place']} place emptied, so that again is harmless */
  free(place) {
    if (place.bytes === 0) return;
    this.#put(place);
    this.tensors--;
    this.bytes -= place.bytes;
    place.bytes = 0;
  }

  /**
   * Grows the memory to at least `end` bytes: by a quarter where the engine gives it, since each growth costs.
   * @param {number} end
   */
  #reserve(end) {
    const page = 65536;
    const { byteLength } = this.wasm.buffer;
    if (end <= byteLength) return;
    for (const wanted of [Math.max(end, byteLength * 1.25), end]) {
      try {
        this.wasm.grow(Math.ceil((wanted - byteLength) / page));
        return;
      } catch {
        // The next, smaller wish, or the error below.
      }
    }
    const mebibytes = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(1);
    throw new MemoryError(
      `memory: the engine gives no more: ${mebibytes(end - this.top)} MiB wanted, ` +
        `${mebibytes(this.bytes)} MiB in use, ${mebibytes(byteLength)} MiB reserved`,
    );
  }
}
