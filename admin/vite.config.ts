import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const API = 'http://localhost:8000';

/** The app serves `dist` at `/admin/`. `npm run dev -w admin` shows changes at once, on an API that runs beside it. */
export default defineConfig({
  base: './',
  plugins: [react()],
  server: { proxy: { '/api': API, '/media': API } },
});
