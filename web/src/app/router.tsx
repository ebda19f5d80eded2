import { createBrowserRouter, Outlet, ScrollRestoration } from 'react-router';
import { AccountsPage } from '@/features/accounts/AccountsPage';
import { CheckMailPage } from '@/features/auth/CheckMailPage';
import { ConfirmPage } from '@/features/auth/ConfirmPage';
import { RequireSession } from '@/features/auth/RequireSession';
import { SignInPage } from '@/features/auth/SignInPage';
import { SignUpPage } from '@/features/auth/SignUpPage';
import { ChannelPage } from '@/features/channels/ChannelPage';
import { ChannelsPage } from '@/features/channels/ChannelsPage';
import { ChooserPage } from '@/features/connect/ChooserPage';
import { ConnectFailedPage } from '@/features/connect/ConnectFailedPage';
import { ConnectPage } from '@/features/connect/ConnectPage';
import { IncidentsPage } from '@/features/incidents/IncidentsPage';
import { OperatorPage } from '@/features/operator/OperatorPage';
import { AlertsSwitch } from '@/features/workspaces/AlertsSwitch';
import { CreateWorkspacePage } from '@/features/workspaces/CreateWorkspacePage';
import { HomePage } from '@/features/workspaces/HomePage';
import { paths } from '@/lib/paths';
import { AccountFoot } from './AccountFoot';
import { CrashNotice, CrashPage } from './CrashPage';
import { NotFoundPage } from './NotFoundPage';
import { AccountRoute } from './pages/AccountRoute';
import { WorkspaceLayout } from './WorkspaceLayout';

function Root() {
  return (
    <>
      <Outlet />
      <ScrollRestoration />
    </>
  );
}

// Facebook appends this to where its dialog leads back to; it means nothing and would stay in the address.
if (window.location.hash === '#_=_') {
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
}

export const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <CrashPage />,
    children: [
      { path: '/sign-in', element: <SignInPage /> },
      { path: '/sign-up', element: <SignUpPage /> },
      { path: '/check-mail', element: <CheckMailPage /> },
      { path: '/confirm', element: <ConfirmPage /> },
      { path: '/connect/failed', element: <ConnectFailedPage /> },
      {
        element: <RequireSession />,
        children: [
          { path: '/', element: <HomePage foot={<AccountFoot />} /> },
          { path: '/new-workspace', element: <CreateWorkspacePage foot={<AccountFoot />} /> },
          {
            path: paths.operator,
            element: <OperatorPage foot={<AccountFoot />} otherwise={<NotFoundPage />} />,
          },
          { path: '/connect/:sessionId', element: <ChooserPage /> },
          {
            path: '/w/:workspaceId',
            element: <WorkspaceLayout />,
            children: [
              {
                // What breaks on one page leaves the frame and the other pages usable.
                errorElement: <CrashNotice />,
                children: [
                  { path: 'accounts', element: <AccountsPage /> },
                  { path: 'accounts/:accountId', element: <AccountRoute /> },
                  { path: 'connect', element: <ConnectPage /> },
                  { path: 'incidents', element: <IncidentsPage alerts={<AlertsSwitch />} /> },
                  { path: 'channels', element: <ChannelsPage /> },
                  { path: 'channels/:channelId', element: <ChannelPage /> },
                ],
              },
            ],
          },
        ],
      },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
]);
