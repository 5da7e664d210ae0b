// The same inside a worker thread of Node, by the kernels of its own and by a module that is posted to it.

import { readFile } from 'node:fs/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import { load } from 'layerlens';
import * as formats from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import { xor } from './xor.mjs';

if (isMainThread) {
  const module = await WebAssembly.compile(await readFile(new URL(import.meta.resolve('layerlens/wasm/simd.wasm'))));
  const results = [undefined, module].map(
    (workerData) =>
      new Promise((resolve, reject) => {
        new Worker(new URL(import.meta.url), { workerData }).once('message', resolve).once('error', reject);
      }),
  );
  console.log(JSON.stringify(await Promise.all(results)));
} else {
  parentPort.postMessage(await xor(await load({ module: workerData }), formats, reference));
}
