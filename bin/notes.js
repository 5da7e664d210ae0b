// What a saved network tells of its training beside the weights: kept as JSON in the file's metadata.

import * as v from 'valibot';

import { Failure } from './failure.js';

/** The optimisers, and the learning rate that each takes if none is given. */
export const optimizers = Object.freeze({ sgd: 0.1, momentum: 0.01, adagrad: 0.05, adam: 0.01 });

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const numbers = v.array(v.pipe(v.number(), v.finite()));

/** What `predict` needs: the table's columns, its classes in the order of the network's outputs, the scale of the features. */
const Data = v.pipe(
  v.object({
    columns: count,
    names: v.optional(v.array(v.string())),
    label: v.optional(v.object({ column: count, name: v.optional(v.string()) })),
    classes: v.array(v.string()),
    scale: v.object({ shift: numbers, scale: v.array(v.pipe(v.number(), v.finite(), v.gtValue(0))) }),
  }),
  v.check(({ columns, names, label, scale: { shift, scale } }) => {
    const fits = shift.length === scale.length && [1, columns].includes(scale.length);
    return fits && (!names || names.length === columns) && (!label || label.column <= columns);
  }, 'Its parts do not fit together'),
);

/** What `train --resume` needs: how the network is trained, how far it is, and on which samples. */
const Run = v.object({
  optimizer: v.picklist(/** @type {(keyof typeof optimizers)[]} */ (Object.keys(optimizers))),
  lr: v.pipe(v.number(), v.gtValue(0)),
  epochs: count,
  batch: v.pipe(count, v.minValue(1)),
  seed: count,
  test: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  iteration: count,
  samples: v.string(), // their fingerprint
});

/** @typedef {v.InferOutput<typeof Data>} Data */
/** @typedef {v.InferOutput<typeof Run>} Run */

/**
 * @param {Data} data
 * @param {Run} run
 * @returns {Record<string, string>} metadata
 */
export const toMetadata = (data, run) => ({ 'training.data': JSON.stringify(data), 'training.run': JSON.stringify(run) });

/**
 * @param {string} name of the file
 * @param {Record<string, string>} metadata
 * @returns {{ data?: Data, run?: Run }} neither, if the network was saved by other means
 */
export const fromMetadata = (name, metadata) => ({
  data: read(name, metadata, 'training.data', Data),
  run: read(name, metadata, 'training.run', Run),
});

/**
 * @template {v.GenericSchema} T
 * @param {string} name
 * @param {Record<string, string>} metadata
 * @param {string} key
 * @param {T} schema
 * @returns {v.InferOutput<T> | undefined}
 */
function read(name, metadata, key, schema) {
  if (!Object.hasOwn(metadata, key)) return undefined;
  const { success, output, issues } = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), metadata[key]);
  if (!success) throw new Failure(`${name}: its metadata ${key} are damaged: ${issues[0].message}`);
  return output;
}
