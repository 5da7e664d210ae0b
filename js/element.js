/**
 * `<layer-lens src="…" scene="batch" preset="book" n="4" step="17">`: the page's stage in a frame, as high as it needs to be.
 * @module layerlens/element
 */

/** What a link to the page holds; each is an attribute. */
const settings = ['scene', 'preset', 'n', 'in', 'out', 'seed', 'step'];

/** Where there are no elements, as on a server, the class can still be imported. */
const Base = globalThis.HTMLElement ?? /** @type {typeof HTMLElement} */ (class {});

/**
 * The stage of the page as an element. `src` is the address of the page's folder, which the package has as `site/`; `zh/` in it is
 * the Chinese one. The frame is a sandbox: it can run its scripts, and nothing else.
 *
 * It fires `ready` and `step`, whose `detail` is `{ scene, step, steps, pass, playing }`.
 */
export class LayerLens extends Base {
  static observedAttributes = ['src', ...settings];
  /** @type {HTMLIFrameElement | undefined} */
  #frame;

  connectedCallback() {
    const frame = this.ownerDocument.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.title = 'layerlens';
    frame.style.cssText = 'display: block; width: 100%; height: 40rem; border: 0';
    this.#frame = frame;
    addEventListener('message', this.#told);
    this.#open();
    this.append(frame);
  }

  disconnectedCallback() {
    removeEventListener('message', this.#told);
    this.#frame?.remove();
    this.#frame = undefined;
  }

  attributeChangedCallback() {
    this.#open();
  }

  play() {
    this.#ask({ type: 'play' });
  }

  pause() {
    this.#ask({ type: 'pause' });
  }

  /** @param {number} step */
  seek(step) {
    this.#ask({ type: 'seek', step });
  }

  /**
   * Other numbers for one of the tensors that a reader gives, in its shape.
   * @param {string} tensor `X`, `W`, `b`, `dY`, …
   * @param {number | number[] | number[][]} values
   */
  set(tensor, values) {
    this.#ask({ type: 'set', tensor, values });
  }

  #open() {
    const src = this.getAttribute('src');
    if (!this.#frame || src === null) return;
    const url = new URL(src, this.ownerDocument.baseURI);
    url.searchParams.set('embed', '1');
    for (const name of settings) {
      const value = this.getAttribute(name);
      if (value !== null) url.searchParams.set(name, value);
    }
    this.#frame.src = url.href;
  }

  /** @param {object} message */
  #ask(message) {
    this.#frame?.contentWindow?.postMessage(message, '*'); // a sandbox has no origin that could be named
  }

  /** @param {MessageEvent} event */
  #told = ({ source, data }) => {
    if (!this.#frame || source !== this.#frame.contentWindow || data?.source !== 'layerlens') return;
    const { source: _, type, ...detail } = data;
    if (type === 'height') this.#frame.style.height = `${detail.height}px`;
    else if (type === 'ready' || type === 'step') this.dispatchEvent(new CustomEvent(type, { detail }));
  };
}

if (globalThis.customElements && !customElements.get('layer-lens')) customElements.define('layer-lens', LayerLens);
