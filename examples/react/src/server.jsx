import { renderToString } from 'react-dom/server';
import { Xor } from './Xor.jsx';

console.log(renderToString(<Xor />));
