// One peer in a page of its own, which the benchmark asks through `begin` and `answer`.

import { answerer } from './answer.js';

/** @param {string} name @param {string} option @param {string} files where the wasm files are */
window.begin = async (name, option, files) => {
  const { start } = await import(`./peers/${name}.js`);
  const answer = answerer((await start(option || undefined, files)).tasks);
  window.answer = (request) => answer(request).catch((/** @type {unknown} */ error) => ({ error: String(error) }));
};
