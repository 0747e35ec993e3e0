import './styles/base.css'; // first: the pages' own styles come after it
import './layout/theme';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { configureClient } from './api/client';
import { App } from './app';
import { SHOP_URL } from './base';

configureClient();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <BrowserRouter basename={SHOP_URL.pathname}>
      <App />
    </BrowserRouter>
  </StrictMode>,
);
