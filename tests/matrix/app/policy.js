// A page under a Content-Security-Policy, which forbids all but scripts of its own.

import { load } from 'layerlens';
import * as formats from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import { xor } from './xor.mjs';

globalThis.result = load().then((ll) => xor(ll, formats, reference));
