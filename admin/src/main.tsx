import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app';
import { applyTheme } from './shell/theme';
import './styles/base.css';
import './styles/components.css';
import './styles/shell.css';
import './styles/screens.css';

applyTheme();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
