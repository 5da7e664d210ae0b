// TypeScript: the declarations, themselves checked, as each compiler and each way to resolve a module reads them.

import assert from 'node:assert/strict';

import { tool } from './project.js';

/** What a program may write, and, behind `@ts-expect-error`, what it may not. */
const typed = `
const options: LoadOptions = { variant: 'auto' };

function use(ll: Runtime): unknown[] {
  const tensor: Tensor = ll.tensor(new Float64Array([1, 2, 3, 4]), [2, 2]);
  const shape: readonly number[] = tensor.shape;
  const view: Float32Array = tensor.data;
  const list: number[] | number[][] = tensor.toArray();
  const affine: Affine = ll.affine(2, 3, { seed: 1, std: 0.5 });
  const layer: Layer = affine;
  const net: Sequential = ll.sequential(affine, ll.sigmoid(), ll.sequential(ll.nodes.multiply(-1)));
  const input: TensorLike = [[1, 2], [3, 4]];
  const y: Tensor = net.forward(input);
  const gradients: Tensor[] = net.parameters.map(({ grad }: Parameter) => grad);
  const steps: Step[] = trace(net, [1, 2], [1, 0, 0], { names: { x: 'X' } });
  const loss: Loss = ll.softmaxCrossEntropy();
  const optimizer: Optimizer = ll.adam({ lr: 0.1, beta1: 0.8 });
  const states: OptimizerState[] = optimizer.state(net);
  const settings: TrainOptions = { epochs: 2, signal: undefined };
  const training: AsyncGenerator<Progress, void, undefined> = ll.train(net, loss, optimizer, [[1, 2]], [0], settings);
  const table: string = net.summary();
  const right: boolean = reference.gradientCheck(ll.relu(), [1, 2], [1, 1]).ok;
  const { tensors, bytes, reserved }: { tensors: number; bytes: number; reserved: number } = ll.memory();
  const variant: Variant = ll.variant;
  const error: RangeError & { code: string } = new ShapeError('a message');
  const file: Uint8Array = saveSafetensors(net, { optimizer: ll.adam(), metadata: { by: 'me' } });
  const again: Sequential = restoreNetwork(ll, file);
  const metadata: Record<string, string> = loadSafetensors(file, again, { optimizer: ll.adam() });
  const stored: Record<string, StoredArray> = readNpz(writeNpz({ tensor, list: { shape: [2], data: Int32Array.of(1, 2) } }));
  const model: Uint8Array = toOnnx(net, { softmax: true });
  const complaint: Error & { code: 'ERR_LL_FORMAT' } = new FormatError('a message');
  const half: number = reference.sigmoid().forward([0]).data[0];
  {
    using disposable = ll.zeros([1]);
    using other: Disposable = net;
  }
  return [shape, view.length, list, layer.name, y.shape, gradients.length, steps.length > 0, reserved > bytes && bytes > tensors,
    variant.length > 0, error.code, half, ll.memory().bytes < bytes, metadata, stored.list.dtype, model.length > 0, complaint.code,
    states.length, typeof training.next, table.length > 0, right];
}

function misuse(ll: Runtime, tensor: Tensor, affine: Affine): void {
  // @ts-expect-error a shape is for reading
  tensor.shape[0] = 1;
  // @ts-expect-error so are a layer's parts
  affine.W = tensor;
  // @ts-expect-error tensors are made by a runtime
  new TensorClass();
  // @ts-expect-error there is no such option
  ll.randn([2], { sed: 1 });
  // @ts-expect-error neither here
  ll.sgd({ momentum: 0.9 });
  // @ts-expect-error there is no such initialisation
  ll.affine(2, 3, { std: 'glorot' });
  // @ts-expect-error a string is no tensor
  affine.forward('x');
  // @ts-expect-error a list is no typed array
  writeNpz({ list: { shape: [1], data: [1] } });
  // @ts-expect-error what is internal is not declared
  tensor._region;
  // @ts-expect-error
  ll._memory;
  // @ts-expect-error
  affine._forward;
}
void misuse;

async function withThreads(options: ThreadsOptions): Promise<number> {
  using ll: ThreadedRuntime = await loadThreads(options);
  const net: Sequential = ll.sequential(ll.affine(2, 3)); // the types of the main entry
  return net.parameters.length + ll.threads;
}
void withThreads;
`;
const expected = [[2, 2], 4, [[1, 2], [3, 4]], 'affine', [2, 3], 2, true, true, true, 'ERR_LL_SHAPE', 0.5, true, { by: 'me' }, 'I32', true,
  'ERR_LL_FORMAT', 2, 'function', true, true];

const names =
  'Affine, Layer, LoadOptions, Loss, Optimizer, OptimizerState, Parameter, Progress, Runtime, Sequential, Step, Tensor, TensorLike, ' +
  'TrainOptions, Variant';
const formats = 'FormatError, loadSafetensors, readNpz, restoreNetwork, saveSafetensors, toOnnx, writeNpz';
const module = `
import { load, ShapeError, Tensor as TensorClass, trace, type ${names.replaceAll(', ', ', type ')} } from 'layerlens';
import { ${formats}, type StoredArray } from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import { load as loadThreads, type ThreadedRuntime, type ThreadsOptions } from 'layerlens/threads';
${typed}
using ll = await load(options);
(globalThis as any).console.log(JSON.stringify(use(ll)));`;
const commonjs = `
import layerlens = require('layerlens');
import formats = require('layerlens/formats');
import layerlensReference = require('layerlens/reference');
import threads = require('layerlens/threads');
const { loadSync, ShapeError, Tensor: TensorClass, trace } = layerlens;
${names.split(', ').map((name) => `type ${name} = layerlens.${name};`).join('\n')}
const { ${formats} } = formats;
type StoredArray = formats.StoredArray;
const { reference } = layerlensReference;
const { load: loadThreads } = threads;
type ThreadedRuntime = threads.ThreadedRuntime;
type ThreadsOptions = threads.ThreadsOptions;
${typed}
(globalThis as any).console.log(JSON.stringify(use(loadSync(options))));`;

/** The ways to resolve, with the files that they are for: `node10` knows no ES modules. */
const ways = {
  node10: { flags: ['--module', 'commonjs', '--moduleResolution', 'node10'], files: ['commonjs.cts'] },
  node16: { flags: ['--module', 'node16'], files: ['module.mts', 'commonjs.cts'] },
  nodenext: { flags: ['--module', 'nodenext'], files: ['module.mts', 'commonjs.cts'] },
  bundler: { flags: ['--module', 'preserve', '--moduleResolution', 'bundler'], files: ['module.mts', 'commonjs.cts'] },
};

/**
 * @param {string} name of the compiler's package
 * @param {(keyof typeof ways)[]} wanted
 */
export const types = (name, ...wanted) => async (/** @type {import('./project.js').Project} */ { run, write }) => {
  const compile = (/** @type {string[]} */ ...args) =>
    run(process.execPath, tool(name).path('bin/tsc'), '--strict', '--skipLibCheck', 'false', '--target', 'es2022', ...args);
  await write('module.mts', module);
  await write('commonjs.cts', commonjs);
  for (const { flags, files } of wanted.map((way) => ways[way])) {
    // Each file alone, so that what one declaration file brings along doesn't help the other.
    for (const file of files) {
      assert.equal(await compile('--outDir', 'built', ...flags, file), '', `${flags.join(' ')} ${file}`);
      assert.deepEqual(JSON.parse(await run(process.execPath, `built/${file.replace('ts', 'js')}`)), expected);
    }
  }
};
