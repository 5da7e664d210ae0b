// What a reader chooses for a training. With these and a number of updates, everything that scene 5 shows is given.

/** @typedef {'sgd' | 'momentum' | 'adagrad' | 'adam'} OptimizerName */

/**
 * @typedef {object} Training
 * @property {number} seed of the points, the first weights and the order of the samples
 * @property {number} hidden size of the hidden layer
 * @property {OptimizerName} optimizer
 * @property {number} lr learning rate
 */

export const FIGURES = ['xor', 'moons', 'circles', 'spiral'];
export const HIDDEN_SIZES = [2, 3, 4, 6, 8, 16];
/** @type {OptimizerName[]} */
export const OPTIMIZERS = ['sgd', 'momentum', 'adagrad', 'adam'];
export const LEARNING_RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
export const LARGEST_SEED = 9999;

/** Whether a setting can have a value. @type {Record<keyof Training, (value: any) => boolean>} */
const takes = {
  seed: (value) => Number.isInteger(value) && value >= 0 && value <= LARGEST_SEED,
  hidden: (value) => HIDDEN_SIZES.includes(value),
  optimizer: (value) => OPTIMIZERS.includes(value),
  lr: (value) => LEARNING_RATES.includes(value),
};

/** As a training is from the start. @type {Training} */
export const TRAINING = { seed: 1, hidden: 6, optimizer: 'adam', lr: 0.1 };

export const BATCH_SIZE = 8;
export const POINTS = 192;
export const EPOCHS = 100;
/** The last one: a training is that long. */
export const UPDATES = (EPOCHS * POINTS) / BATCH_SIZE;

/** Half the side of the square that is shown. The points lie within −1 … 1, but for stray ones. */
export const REACH = 1.1;
/** Places along each side of it at which the network is asked. */
export const GRID = 48;
/** @param {number} i */
export const placeOnGrid = (i) => ((2 * i) / (GRID - 1) - 1) * REACH;

/** Of a wider hidden layer, the Affine scene shows the first units. */
export const SHOWN_UNITS = 6;

/**
 * The settings that a link holds.
 * @param {URLSearchParams} query
 * @returns {{ training: Training, odd: boolean }} those that are missing or odd are as from the start
 */
export function readTraining(query) {
  const names = /** @type {(keyof Training)[]} */ (Object.keys(takes)).filter((name) => query.has(name));
  const given = names.map((name) => ({ name, value: name === 'optimizer' ? query.get(name) : Number(query.get(name)) }));
  const taken = given.filter(({ name, value }) => takes[name](value));
  return {
    training: { ...TRAINING, ...Object.fromEntries(taken.map(({ name, value }) => [name, value])) },
    odd: taken.length < given.length,
  };
}
