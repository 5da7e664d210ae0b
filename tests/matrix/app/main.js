// A page: it has the element, and learns itself, in a Web Worker, in one that is given a compiled module, and with threads where it may have them.

import 'layerlens/element';
import { load } from 'layerlens';
import * as formats from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import { load as loadThreads } from 'layerlens/threads';
import { xor } from './xor.mjs';

const learn = (ll) => xor(ll, formats, reference);

const inWorker = (module) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(module);
  });

async function start() {
  const module = await WebAssembly.compile(await (await fetch('simd.wasm')).arrayBuffer());
  return {
    element: customElements.get('layer-lens') !== undefined,
    page: await learn(await load()),
    worker: await inWorker(undefined),
    posted: await inWorker(module),
    threads: globalThis.crossOriginIsolated ? await learn(await loadThreads({ threads: 2 })) : undefined,
  };
}

globalThis.result = start();
