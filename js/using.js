// Where a class meets the language's `using`.

/** The method that `using` calls at the end of its block; not all engines have its symbol yet. @type {typeof Symbol.dispose} */
export const endOfUse = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));
