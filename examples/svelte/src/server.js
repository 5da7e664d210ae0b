import { render } from 'svelte/server';
import Xor from './Xor.svelte';

console.log(render(Xor).body);
