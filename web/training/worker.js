// The Web Worker in which scene 5 trains, so that the stage stays free. Its name is the build of the kernels that the page runs.

import { loadBackend } from '../backend.js';
import { createTrainer } from './trainer.js';

const trainer = loadBackend(self.name).then(createTrainer);

/** @param {MessageEvent<{ question: 'at' | 'update', given: [any, any, any], port: MessagePort }>} event */
onmessage = async ({ data: { question, given, port } }) => {
  try {
    port.postMessage({ answer: await (await trainer)[question](...given) });
  } catch (error) {
    port.postMessage({ reason: /** @type {Error} */ (error).message });
  }
};
