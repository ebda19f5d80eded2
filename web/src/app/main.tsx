import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { ToastProvider } from '@/components/Toasts';
import { queryClient } from '@/lib/queryClient';
import { refreshSession } from '@/lib/session';
import '@/components/styles/index.css';
import { router } from './router';

// Whether there is a session only the HttpOnly cookie knows, so the first thing is to ask the server.
void refreshSession();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <ToastProvider>
        <RouterProvider router={router} />
      </ToastProvider>
    </QueryClientProvider>
  </StrictMode>,
);
