import { mount } from 'svelte';
import Xor from './Xor.svelte';

mount(Xor, { target: document.querySelector('#app') });
