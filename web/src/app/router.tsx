import { createBrowserRouter, Outlet, ScrollRestoration } from 'react-router';
import { LoadingPage } from '@/components/LoadingPage';
import { AccountsPage } from '@/features/accounts/AccountsPage';
import { CheckMailPage } from '@/features/auth/CheckMailPage';
import { ConfirmPage } from '@/features/auth/ConfirmPage';
import { RequireSession } from '@/features/auth/RequireSession';
import { SignInPage } from '@/features/auth/SignInPage';
import { SignUpPage } from '@/features/auth/SignUpPage';
import { ChooserPage } from '@/features/connect/ChooserPage';
import { ConnectFailedPage } from '@/features/connect/ConnectFailedPage';
import { ConnectPage } from '@/features/connect/ConnectPage';
import { IncidentsPage } from '@/features/incidents/IncidentsPage';
import { CreateWorkspacePage } from '@/features/workspaces/CreateWorkspacePage';
import { HomePage } from '@/features/workspaces/HomePage';
import { CrashPage } from './CrashPage';
import { NotFoundPage } from './NotFoundPage';
import { WorkspaceLayout } from './WorkspaceLayout';

function Root() {
  return (
    <>
      <Outlet />
      <ScrollRestoration />
    </>
  );
}

export const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <LoadingPage />,
    children: [
      { path: '/sign-in', element: <SignInPage /> },
      { path: '/sign-up', element: <SignUpPage /> },
      { path: '/check-mail', element: <CheckMailPage /> },
      { path: '/confirm', element: <ConfirmPage /> },
      { path: '/connect/failed', element: <ConnectFailedPage /> },
      {
        element: <RequireSession />,
        children: [
          { path: '/', element: <HomePage /> },
          { path: '/new-workspace', element: <CreateWorkspacePage /> },
          { path: '/connect/:sessionId', element: <ChooserPage /> },
          {
            path: '/w/:workspaceId',
            element: <WorkspaceLayout />,
            children: [
              { path: 'accounts', element: <AccountsPage /> },
              {
                path: 'accounts/:accountId',
                // The charts are the heaviest part, so they come when they are first looked at.
                lazy: async () => ({ Component: (await import('./pages/AccountPage')).AccountPage }),
              },
              { path: 'connect', element: <ConnectPage /> },
              { path: 'incidents', element: <IncidentsPage /> },
            ],
          },
        ],
      },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
]);
