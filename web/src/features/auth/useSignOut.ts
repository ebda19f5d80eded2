import { useNavigate } from 'react-router';
import { execute } from '@/lib/graphql';
import { paths } from '@/lib/paths';
import { queryClient } from '@/lib/queryClient';
import { endSession } from '@/lib/session';
import { SignOut } from './mutations';

export function useSignOut(): () => Promise<void> {
  const navigate = useNavigate();
  return async () => {
    await execute(SignOut).catch(() => {});
    endSession();
    queryClient.clear();
    await navigate(paths.signIn);
  };
}
