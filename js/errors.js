// The errors that users meet. Each has a stable `code`; a message names the operation, what it expected and what it got.

/**
 * Gives a class of errors its name, and has `instanceof` go by the code: each entry of the package, imported or required, is a file
 * with its own copy of these classes, and an error of one is an instance of the others' class too.
 * @param {Function} type
 * @param {string} name
 * @param {string} code
 */
export function identify(type, name, code) {
  type.prototype.name = name; // on the prototype, so that the stack's first line has it
  Object.defineProperty(type, Symbol.hasInstance, {
    /** @this {Function} the class, or one that a user derives from it @param {any} error */
    value(error) {
      return this === type ? error?.code === code : this.prototype.isPrototypeOf(error);
    },
  });
}

/** Shapes that don't fit together, ragged arrays, a rank above 2. */
export class ShapeError extends RangeError {
  /** @readonly */
  code = 'ERR_LL_SHAPE';
  static {
    identify(this, 'ShapeError', 'ERR_LL_SHAPE');
  }
}

/** A value of the wrong type or outside its range, an unknown option. */
export class ArgumentError extends TypeError {
  /** @readonly */
  code = 'ERR_LL_ARGUMENT';
  static {
    identify(this, 'ArgumentError', 'ERR_LL_ARGUMENT');
  }
}

/** A call that comes too early or too late: backward before forward, a stale or disposed tensor, another runtime's tensor. */
export class StateError extends Error {
  /** @readonly */
  code = 'ERR_LL_STATE';
  static {
    identify(this, 'StateError', 'ERR_LL_STATE');
  }
}

/** The engine gives no more memory. What existed before stays usable. */
export class MemoryError extends RangeError {
  /** @readonly */
  code = 'ERR_LL_MEMORY';
  static {
    identify(this, 'MemoryError', 'ERR_LL_MEMORY');
  }
}

/** The kernels can't be loaded: no WebAssembly or SIMD, a Content-Security-Policy, a module that isn't ours. */
export class LoadError extends Error {
  /** @readonly */
  code = 'ERR_LL_LOAD';
  static {
    identify(this, 'LoadError', 'ERR_LL_LOAD');
  }
}
