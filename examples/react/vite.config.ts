import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const API = 'http://localhost:8000';

/** The app serves `dist` at `/shop/`. `npm run dev -w examples/react` shows changes at once, with the API of a running app. */
export default defineConfig({
  base: './',
  plugins: [react()],
  server: { proxy: { '/api': API, '/media': API } },
});
