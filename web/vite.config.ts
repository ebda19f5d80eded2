import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const src = fileURLToPath(new URL('./src', import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': src } },
  server: {
    proxy: {
      // `npm run dev` beside a running api.
      '/graphql': 'http://127.0.0.1:8080',
      '/api': 'http://127.0.0.1:8080',
    },
  },
  build: {
    // The content security policy allows no inline code: no polyfill script, no fonts as data URLs.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        index: fileURLToPath(new URL('./index.html', import.meta.url)),
        // The pages that the api renders itself link this sheet, so its name carries no hash.
        public: `${src}/components/styles/public.css`,
      },
      output: {
        assetFileNames: (asset) =>
          asset.names.includes('public.css') ? 'public.css' : 'assets/[name]-[hash][extname]',
      },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/testing.ts'],
  },
});
