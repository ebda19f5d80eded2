import type { Provider } from '@/gql/graphql';

type Asked = { name: string; why: string };

/** What each login is for and what it asks, in the words of the person who is asked. */
export const logins: Record<Provider, { title: string; when: string; action: string; asks: Asked[] }> = {
  FACEBOOK_LOGIN: {
    title: 'Facebook Login',
    when: 'For accounts that belong to a Facebook Page. One login adds all the Pages you manage, hundreds if need be.',
    action: 'Continue with Facebook',
    asks: [
      { name: 'Your Pages and the Instagram accounts behind them', why: 'to list what you can choose from' },
      { name: 'Profile and insights of the accounts you choose', why: 'to collect their numbers every hour' },
      { name: 'Pages in your business portfolios', why: 'to find those that are not listed otherwise' },
    ],
  },
  INSTAGRAM_LOGIN: {
    title: 'Instagram Login',
    when: 'For one account without a Facebook Page. You sign in as that account.',
    action: 'Continue with Instagram',
    asks: [
      { name: 'Profile of this professional account', why: 'to know which account it is' },
      { name: 'Its insights', why: 'to collect its numbers every hour' },
    ],
  },
};
