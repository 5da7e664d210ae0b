// The errors that users meet. Each has a stable `code`; a message names the operation, what it expected and what it got.

/** Shapes that don't fit together, ragged arrays, a rank above 2. */
export class ShapeError extends RangeError {
  /** @readonly */
  code = 'ERR_LL_SHAPE';
  static {
    this.prototype.name = 'ShapeError'; // on the prototype, so that the stack's first line has it
  }
}

/** A value of the wrong type or outside its range, an unknown option. */
export class ArgumentError extends TypeError {
  /** @readonly */
  code = 'ERR_LL_ARGUMENT';
  static {
    this.prototype.name = 'ArgumentError';
  }
}

/** A call that comes too early or too late: backward before forward, a stale or disposed tensor, another runtime's tensor. */
export class StateError extends Error {
  /** @readonly */
  code = 'ERR_LL_STATE';
  static {
    this.prototype.name = 'StateError';
  }
}

/** The engine gives no more memory. What existed before stays usable. */
export class MemoryError extends RangeError {
  /** @readonly */
  code = 'ERR_LL_MEMORY';
  static {
    this.prototype.name = 'MemoryError';
  }
}

/** The kernels can't be loaded: no WebAssembly or SIMD, a Content-Security-Policy, a module that isn't ours. */
export class LoadError extends Error {
  /** @readonly */
  code = 'ERR_LL_LOAD';
  static {
    this.prototype.name = 'LoadError';
  }
}
