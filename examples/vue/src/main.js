import { createApp } from 'vue';
import Xor from './Xor.vue';

createApp(Xor).mount('#app');
