// Keeps the page's files for when there is no network. tools/site.js puts FILES and VERSION in front.
// @ts-nocheck: its globals are not those of a page

const scope = registration.scope; // other copies of the page may live on the same origin
const cacheName = `layerlens ${scope} ${VERSION}`;
const kept = new Set(FILES.map((file) => new URL(file, scope).href));

addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([...kept])));
  skipWaiting();
});

addEventListener('activate', (event) => {
  const outdated = (name) => name.startsWith(`layerlens ${scope} `) && name !== cacheName;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(outdated).map((name) => caches.delete(name)))));
});

// A page comes from the network if it can, so that a new version is seen at once; what it consists of has a hash in its name.
addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const href = url.origin + url.pathname.replace(/index\.html$/, '');
  if (event.request.method !== 'GET' || !kept.has(href)) return;
  const fromCache = () => caches.match(href, { cacheName });
  event.respondWith(
    event.request.mode === 'navigate'
      ? fetch(event.request).catch(fromCache)
      : fromCache().then((response) => response ?? fetch(event.request)),
  );
});
