// The same as CommonJS.

const { loadSync } = require('layerlens');
const formats = require('layerlens/formats');
const { reference } = require('layerlens/reference');

import('./xor.mjs').then(({ xor }) => xor(loadSync(), formats, reference)).then((result) => console.log(JSON.stringify(result)));
