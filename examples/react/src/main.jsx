import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Xor } from './Xor.jsx';

createRoot(document.querySelector('#app')).render(<StrictMode><Xor /></StrictMode>);
