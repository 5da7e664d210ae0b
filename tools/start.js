// Serves the built page on this machine: node tools/start.js PORT

import { preview } from 'vite';

const port = Number(process.argv[2]);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error(`layerlens: PORT must be a whole number from 1 to 65535, got ${process.argv[2]}`);
  process.exit(2);
}
try {
  const server = await preview({ root: 'web', configFile: 'web/vite.config.js', preview: { port, strictPort: true } });
  console.log('layerlens: the page is served here; Ctrl+C ends it.');
  server.printUrls();
} catch (error) {
  if (!/already in use/.test(String(error))) throw error;
  console.error(`layerlens: port ${port} is already in use; try another one: make start PORT=${port + 1}`);
  process.exit(1);
}
