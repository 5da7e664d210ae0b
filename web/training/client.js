// The page's side of the training: a Worker, which is there from the first question on.

/** @typedef {import('./trainer.js').Trainer} Trainer */

/**
 * @param {string} variant of the kernels
 * @param {(reason: string) => void} failed is told why there is no answer
 */
export function createTraining(variant, failed) {
  /** @type {Worker | undefined} */
  let worker;
  /** @type {Promise<never>} */
  let broken;

  const start = () => {
    const started = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: variant });
    broken = new Promise((_, reject) => {
      started.onerror = ({ message }) => reject(new Error(message || 'Worker'));
    });
    return started;
  };

  /** Each question has a channel for its answer. @param {keyof Trainer} question @param {unknown[]} given @returns {Promise<any>} */
  const ask = async (question, given) => {
    const { port1, port2 } = new MessageChannel();
    try {
      worker ??= start();
      const answered = new Promise((resolve, reject) => {
        port1.onmessage = ({ data: { answer, reason } }) => (reason === undefined ? resolve(answer) : reject(new Error(reason)));
      });
      worker.postMessage({ question, given, port: port2 }, [port2]);
      return await Promise.race([answered, broken]);
    } catch (error) {
      worker = undefined; // the next question tries again
      failed(/** @type {Error} */ (error).message);
    } finally {
      port1.close();
    }
  };

  return {
    /** @type {(...given: Parameters<Trainer['at']>) => Promise<import('./trainer.js').Learned | undefined>} */
    at: (...given) => ask('at', given),
    /** @type {(...given: Parameters<Trainer['update']>) => Promise<import('../scenes.js').Inputs | undefined>} */
    update: (...given) => ask('update', given),
  };
}
