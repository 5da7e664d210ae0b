// A Web Worker: it learns with its own kernels, or with the module that is posted to it.

import { load } from 'layerlens';
import * as formats from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import { xor } from './xor.mjs';

const fail = (error) => setTimeout(() => { throw error; }); // so that the page hears of it

onmessage = ({ data: module }) => load({ module }).then((ll) => xor(ll, formats, reference)).then(postMessage, fail);
