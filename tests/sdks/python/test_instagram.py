"""The Instagram-login classes of Meta's business SDK against graph.instagram.com."""

import json
import unittest

import requests
import sandbox
from facebook_business.adobjects.igaccesstokenforigonlyapi import IGAccessTokenForIGOnlyAPI
from facebook_business.adobjects.igmediaforigonlyapi import IGMediaForIGOnlyAPI
from facebook_business.adobjects.igrefreshaccesstokenforigonlyapi import IGRefreshAccessTokenForIGOnlyAPI
from facebook_business.adobjects.iguserforigonlyapi import IGUserForIGOnlyAPI
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from sandbox import BAKERY, DAY, REDIRECT_URI


class InstagramCase(sandbox.SandboxCase):
    def api(self, token, secret=None):
        session = FacebookSession(self.sandbox.instagram_app[0], secret, token, timeout=10)
        # An app has to do the same for the real host: the SDK's default is graph.facebook.com.
        session.GRAPH = f'{self.sandbox.url}/graph.instagram.com'
        return FacebookAdsApi(session)

    def short_token(self, account=BAKERY):
        # The SDK has no class for api.instagram.com.
        app_id, secret = self.sandbox.instagram_app
        form = {
            'client_id': app_id,
            'client_secret': secret,
            'grant_type': 'authorization_code',
            'redirect_uri': REDIRECT_URI,
            'code': self.sandbox.instagram_code(account),
        }
        url = f'{self.sandbox.url}/api.instagram.com/oauth/access_token'
        return requests.post(url, data=form, timeout=10).json()['access_token']

    def long_token(self, short):
        return IGAccessTokenForIGOnlyAPI('access_token', api=self.api(short)).api_get(
            params={'grant_type': 'ig_exchange_token', 'client_secret': self.sandbox.instagram_app[1]}
        )

    def refresh(self, token):
        return IGRefreshAccessTokenForIGOnlyAPI('refresh_access_token', api=self.api(token)).api_get(
            params={'grant_type': 'ig_refresh_token'}
        )

    def login(self, account=BAKERY):
        return self.long_token(self.short_token(account))['access_token']

    def refused(self, act, *args, **kwargs):
        with self.assertRaises(FacebookRequestError) as caught:
            act(*args, **kwargs)
        return caught.exception


class Tokens(InstagramCase):
    def test_a_short_token_becomes_a_long_lived_one(self):
        short = self.short_token()
        long = self.long_token(short)
        self.assertEqual((long['token_type'], long['expires_in']), ('bearer', 60 * DAY))
        self.assertNotEqual(long['access_token'], short)

    def test_a_long_lived_token_is_refreshed_after_a_day(self):
        token = self.login()
        self.sandbox.advance(DAY + 1)
        fresh = self.refresh(token)
        self.assertEqual(fresh['expires_in'], 60 * DAY)
        self.assertIn('instagram_business_basic', fresh['permissions'].split(','))
        self.sandbox.advance(59 * DAY + 1)
        me = IGUserForIGOnlyAPI('me', api=self.api(fresh['access_token']))
        self.assertEqual(me.api_get(fields=['username'])['username'], 'harbour.bakery')

    def test_a_token_younger_than_a_day_is_not_refreshed(self):
        error = self.refused(self.refresh, self.login())
        self.assertEqual((error.http_status(), error.api_error_code()), (400, 100))
        self.assertEqual(error.api_error_type(), 'IGApiException')

    def test_a_token_that_ran_out_is_190_without_a_subcode(self):
        token = self.login()
        self.sandbox.advance(61 * DAY)
        error = self.refused(self.refresh, token)
        self.assertEqual((error.api_error_code(), error.api_error_subcode()), (190, None))

    def test_the_sdks_proof_is_made_with_the_instagram_secret(self):
        token = self.login()
        right = IGUserForIGOnlyAPI('me', api=self.api(token, self.sandbox.instagram_app[1]))
        self.assertEqual(right.api_get(fields=['user_id'])['user_id'], BAKERY)
        wrong = IGUserForIGOnlyAPI('me', api=self.api(token, self.sandbox.facebook_app[1]))
        self.assertEqual(self.refused(wrong.api_get).api_error_code(), 100)


class Reading(InstagramCase):
    def setUp(self):
        super().setUp()
        self.ig = self.api(self.login())
        self.me = IGUserForIGOnlyAPI('me', api=self.ig)

    def test_the_account_has_two_ids_and_its_fields(self):
        fields = IGUserForIGOnlyAPI.Field
        me = self.me.api_get(
            fields=[
                fields.id,
                fields.user_id,
                fields.username,
                fields.account_type,
                fields.followers_count,
                fields.media_count,
            ]
        )
        self.assertEqual((me['user_id'], me['username']), (BAKERY, 'harbour.bakery'))
        self.assertNotEqual(me['id'], BAKERY)
        self.assertIn(me['account_type'], ('BUSINESS', 'MEDIA_CREATOR'))
        self.assertIsInstance(me['followers_count'], int)

    def test_insights_are_those_of_the_other_login(self):
        cursor = self.me.get_insights(
            params={
                'metric': ['reach', 'views'],
                'period': ['day'],
                'metric_type': 'total_value',
                'since': sandbox.UNIX_NOW - 5 * DAY,
                'until': sandbox.UNIX_NOW - 4 * DAY,
            }
        )
        (usage,) = json.loads(cursor.headers()['X-Business-Use-Case-Usage'])[BAKERY]
        self.assertEqual(usage['type'], 'instagram')
        self.assertEqual([one['name'] for one in cursor], ['reach', 'views'])

    def test_media_are_walked_with_cursors_and_have_insights(self):
        media = list(self.me.get_media(fields=['id', 'timestamp'], params={'limit': 100}))
        self.assertGreater(len(media), 100)
        self.assertEqual(len({item['id'] for item in media}), len(media))
        item = IGMediaForIGOnlyAPI(media[5]['id'], api=self.ig)
        self.assertTrue(item.api_get(fields=['permalink'])['permalink'].startswith('https://'))
        (reach,) = item.get_insights(params={'metric': ['reach']})
        self.assertGreater(reach['values'][0]['value'], 0)

    def test_stories_are_listed(self):
        self.assertGreater(len(list(self.me.get_stories(fields=['id']))), 0)

    def test_a_throttled_account_is_80002(self):
        self.sandbox.control('POST', 'throttle', {'account': BAKERY, 'minutes': 3})
        error = self.refused(self.me.api_get)
        self.assertEqual(error.api_error_code(), 80002)
        self.assertTrue(error.api_transient_error())

    def test_access_taken_away_is_190(self):
        self.sandbox.control('POST', 'revoke', {'account': BAKERY})
        self.assertEqual(self.refused(self.me.api_get).api_error_code(), 190)


if __name__ == '__main__':
    unittest.main()
