import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import Xor from './Xor.vue';

console.log(await renderToString(createSSRApp(Xor)));
