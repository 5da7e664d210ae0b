// `layerlens page`: serves the page that the package brings along.

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

import { Failure } from './failure.js';

const types = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
]);

const headers = {
  // The page computes with WebAssembly and sets custom properties in style attributes; it needs nothing else.
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'unsafe-inline'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin', // with the next line, SharedArrayBuffer is there
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
};

/**
 * The files of a folder by their addresses. They are few and small, so that they are read once: what isn't among them, by
 * whatever address or symbolic link, can't be reached.
 * @param {string} folder
 */
function readFolder(folder) {
  /** @type {Map<string, { type: string, body: Buffer }>} */
  const files = new Map();
  for (const path of filesBelow(folder)) {
    const type = types.get(extname(path));
    const address = `/${relative(folder, path).split(sep).join('/')}`.replace(/\/index\.html$/, '/');
    if (type) files.set(address, { type, body: readFileSync(path) });
  }
  return files;
}

/**
 * @param {string} folder
 * @returns {Generator<string>}
 */
function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/**
 * @param {string} folder of the built page
 * @param {{ port: number, host: string }} options
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export function serve(folder, { port, host }) {
  const files = readFolder(folder);
  const server = createServer(({ method, url = '' }, response) => {
    const file = files.get(url.replace(/[?#].*/s, ''));
    if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { ...headers, Allow: 'GET, HEAD' }).end();
    else if (!file) response.writeHead(404, { ...headers, 'Content-Type': 'text/plain' }).end('There is no such page here.\n');
    else response.writeHead(200, { ...headers, 'Content-Type': file.type, 'Content-Length': file.body.length }).end(file.body);
  });
  return new Promise((resolve, reject) => {
    server.on('error', (/** @type {NodeJS.ErrnoException} */ { code, message }) => {
      if (code !== 'EADDRINUSE') reject(new Failure(`the page can't be served at ${host}: ${message}`));
      else reject(new Failure(`port ${port} is already in use; --port 0 takes any free one`));
    });
    server.listen(port, host, () => {
      const { family, address, port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      const name = family === 'IPv6' ? `[${address}]` : address;
      const close = () => new Promise((closed) => server.close(() => closed(undefined)));
      resolve({ address: `http://${name}:${port}/`, close });
    });
  });
}
