// The computational graph of the Affine scenes: what flows along its edges are matrices. Values go to the right, gradients back.

import { html, svg } from 'lit-html';
import { refOf, scenes } from '../scenes.js';
import { linked } from './link.js';

/** @typedef {import('../main.js').Page} Page */

/** Edges from one point to another, each with the tensor that goes along it and the gradient that comes back. */
const edges = {
  X: { gradient: 'dX', from: [4, 78], to: [41, 78] },
  W: { gradient: 'dW', from: [54, 18], to: [54, 65] },
  b: { gradient: 'db', from: [108, 18], to: [108, 65] },
  Y: { gradient: 'dY', from: [121, 78], to: [148, 78] },
  out: { gradient: 'dout', from: [174, 78], to: [212, 78] },
};

const nodes = { '·': [54, 78], '+': [108, 78], σ: [161, 78] };

/** Between an edge's two lines, half of it; how far from the edge its names reach; of a node. */
const [GAP, SIDE, RADIUS] = [3, 24, 12];

/**
 * One of an edge's two lines.
 * @param {Page} page
 * @param {string} tensor
 * @param {number[]} from
 * @param {number[]} to
 * @param {boolean} back
 */
function strand(page, tensor, [x0, y0], [x1, y1], back) {
  const { state, picture } = page;
  const down = x0 === x1;
  const side = back ? GAP : -GAP;
  const [dx, dy] = down ? [side, 0] : [0, side];
  const [x, y] = back ? [x0 + dx, y0 + dy] : [x1 + dx, y1 + dy];
  const turn = (down ? 90 : 0) + (back ? 180 : 0);
  const there = picture.values.has(refOf(scenes[state.scene], tensor, 0, 0));
  const [textX, textY] = down ? [x0 + (back ? 9 : -9), y0 + 12] : [(x0 + x1) / 2, y0 + (back ? 18 : -10)];
  const area = down
    ? { x: x0 + (back ? 0 : -SIDE), y: y0, width: SIDE, height: y1 - y0 }
    : { x: x0, y: y0 + (back ? 0 : -SIDE), width: x1 - x0, height: SIDE };
  return svg`<g
    class="strand ${back ? 'backward' : 'forward'} ${there ? 'there' : ''} ${linked(page, tensor)}"
    data-link=${tensor}
    tabindex="0"
  >
    <rect x=${area.x} y=${area.y} width=${area.width} height=${area.height} rx="3" />
    <line x1=${x0 + dx} y1=${y0 + dy} x2=${x1 + dx} y2=${y1 + dy} />
    <path d="M-5 -3.5 0 0 -5 3.5" transform="translate(${x} ${y}) rotate(${turn})" />
    <text x=${textX} y=${textY} text-anchor=${down ? (back ? 'start' : 'end') : 'middle'}>${tensor}</text>
  </g>`;
}

/** @param {Page} page */
export function affineGraph(page) {
  const { t, state, picture } = page;
  const sigmoid = 'dout' in state.inputs;
  const { layer, op } = picture.current ?? {};
  const active = layer === 'sigmoid' ? 'σ' : { broadcast: '+', y: '·+', dx: '·', dW: '·', db: '+' }[/** @type {string} */ (op)];
  return html`<svg class="affine-graph" viewBox="0 0 216 108" role="group" aria-label=${t.affineGraphLabel}>
    <line class="joint" x1="66" y1="78" x2="96" y2="78" />
    ${Object.entries(edges).map(([tensor, { gradient, from, to }]) =>
      tensor === 'out' && !sigmoid
        ? ''
        : svg`${strand(page, tensor, from, to, false)}${strand(page, gradient, from, to, true)}`,
    )}
    ${Object.entries(nodes).map(([sign, [x, y]]) =>
      sign === 'σ' && !sigmoid
        ? ''
        : svg`<g class="knot ${active?.includes(sign) ? `active ${picture.pass}` : ''}">
            <circle cx=${x} cy=${y} r=${RADIUS} />
            <text x=${x} y=${y + 4.5} text-anchor="middle">${sign}</text>
          </g>`,
    )}
  </svg>`;
}
