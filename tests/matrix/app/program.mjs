// A program of any runtime.

import { load } from 'layerlens';
import * as formats from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import { xor } from './xor.mjs';

console.log(JSON.stringify(await xor(await load(), formats, reference)));
