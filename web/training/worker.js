// The Web Worker in which scene 5 trains, so that the stage stays free. Its name is the build of the kernels that the page runs.

import { expose } from 'comlink';
import { loadBackend } from '../backend.js';
import { createTrainer } from './trainer.js';

/** @typedef {import('./trainer.js').Trainer} Trainer */

const trainer = loadBackend(self.name).then(createTrainer);

/** @type {Trainer} */
const questions = {
  at: async (...question) => (await trainer).at(...question),
  update: async (...question) => (await trainer).update(...question),
};
expose(questions);
