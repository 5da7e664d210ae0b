// Layers in a row.

import { show, showShape } from './check.js';
import { ArgumentError, StateError } from './errors.js';
import { Layer, wantsInputGradient } from './layer.js';
import { table } from './table.js';
import { endOfUse } from './using.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./layer.js').Parameter} Parameter */
/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('./tensor.js').Tensor} Tensor */
/** @typedef {import('./tensor.js').TensorLike} TensorLike */

/** @param {readonly Parameter[]} parameters how many numbers they are */
const numberOf = (parameters) => parameters.reduce((sum, { value }) => sum + value.size, 0);

/** Each layer's output is the next one's input, and backward goes the other way. A sequential can stand in another one. */
export class Sequential {
  /**
   * @internal
   * @param {Runtime} runtime
   * @param {(Layer | Sequential)[]} layers
   */
  constructor(runtime, layers) {
    if (layers.length === 0) throw new ArgumentError('sequential: expected at least one layer, got none');
    layers.forEach((layer, i) => {
      if (!(layer instanceof Layer || layer instanceof Sequential)) {
        throw new ArgumentError(`sequential: expected a layer as argument ${i}, got ${show(layer)}`);
      }
      if (layer.runtime !== runtime) throw new StateError(`sequential: the layer ${layer.label} belongs to another runtime`);
    });
    /** The layers, those of inner sequentials among them. @internal @type {Layer[]} */
    this._flat = layers.flatMap((layer) => (layer instanceof Sequential ? layer._flat : layer));
    const twice = this._flat.find((layer, i) => this._flat.indexOf(layer) !== i);
    if (twice) {
      throw new ArgumentError(`sequential: the layer ${twice.label} stands in it twice; it can remember one pass only`);
    }
    /** The runtime that it belongs to. */
    this.runtime = runtime;
    /** @readonly */
    this.name = 'sequential';
    /** In the order of the forward pass. @readonly */
    this.layers = Object.freeze(layers);
    /** @type {string} @readonly */
    this.label = `sequential(${layers.map((layer) => layer.label).join(', ')})`;
    /** Those of all layers, named by the layer's place: `0.W`, `0.b`, … @readonly @type {readonly Parameter[]} */
    this.parameters = Object.freeze(
      layers.flatMap((layer, i) => layer.parameters.map((parameter) => ({ ...parameter, name: `${i}.${parameter.name}` }))),
    );
  }

  /**
   * @param {TensorLike} x the first layer's input
   * @returns {Tensor} the last layer's output, which that layer owns: readable until its next `forward`
   * @throws as the layers' own `forward`
   */
  forward(x) {
    const input = this.runtime._read('sequential.forward', x);
    // The checks of all layers come before the first kernel, so that a shape that doesn't fit changes nothing.
    this._fit(input._shape);
    /** @type {any} */
    let value = input;
    for (const layer of this._flat) value = layer.forward(value);
    return value;
  }

  /**
   * @internal
   * @param {Shape} x
   * @returns {Shape} that of the output
   * @throws {ShapeError} if x doesn't fit a layer
   */
  _fit(x) {
    let shape = x;
    for (const layer of this._flat) shape = layer._fit(shape);
    return shape;
  }

  /**
   * The backward pass of all layers.
   * @overload
   * @param {TensorLike} dout the gradient with respect to the last layer's output
   * @returns {Tensor} the gradient with respect to the first layer's input, which that layer owns
   * @throws as the layers' own `backward`
   */
  /**
   * The backward pass of all layers, without the gradient with respect to the first one's input where `dx` is false.
   * @overload
   * @param {TensorLike} dout as above
   * @param {{ dx?: boolean }} options
   * @returns {Tensor | undefined} the gradient with respect to the first layer's input, or undefined where that is left out
   * @throws as above; ArgumentError for other options
   */
  /**
   * @param {TensorLike} dout
   * @param {{ dx?: boolean }} [options]
   * @returns {Tensor | undefined}
   */
  backward(dout, options) {
    wantsInputGradient('sequential.backward', options); // checked before the first kernel
    /** @type {any} */
    let value = dout;
    for (let i = this._flat.length - 1; i > 0; i--) value = this._flat[i].backward(value);
    return this._flat[0].backward(value, /** @type {any} */ (options));
  }

  /**
   * A table of the layers: what each is, the shape of its output for a batch of N, and its parameters; the last line counts them.
   * @returns {string}
   */
  summary() {
    let features = '…'; // until a layer fixes them
    const rows = this._flat.map((layer) => {
      const own = this.parameters.filter(({ grad }) => layer.parameters.some((parameter) => parameter.grad === grad));
      features = own[0]?.value._shape.at(-1)?.toString() ?? features;
      const shapes = own.map(({ name, value }) => `${name} ${showShape(value._shape)}`);
      return [layer.label, `(N, ${features})`, own.length ? numberOf(own) : '', shapes.join(', ')];
    });
    return table([['layer', 'output', 'parameters', ''], ...rows, ['all', '', numberOf(this.parameters), '']]);
  }

  /** Disposes of all layers. Disposing twice is harmless. */
  dispose() {
    for (const layer of this.layers) layer.dispose();
  }

  [endOfUse]() {
    this.dispose();
  }
}
