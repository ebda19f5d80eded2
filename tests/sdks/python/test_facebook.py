"""Meta's business SDK for Python against graph.facebook.com."""

import json
import unittest

import sandbox
from facebook_business.adobjects.application import Application
from facebook_business.adobjects.business import Business
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.instagraminsightsresult import InstagramInsightsResult as Insights
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.unifiedthread import UnifiedThread
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from sandbox import BAKERY, DAY, FACEBOOK_SCOPES, NORA, REDIRECT_URI, UNIX_NOW

PACIFIC_MIDNIGHT = UNIX_NOW - 4 * 3_600


class FacebookCase(sandbox.SandboxCase):
    def setUp(self):
        super().setUp()
        # All that an app changes: the host is an attribute of the session's class.
        before = FacebookSession.GRAPH
        FacebookSession.GRAPH = f'{self.sandbox.url}/graph.facebook.com'
        self.addCleanup(setattr, FacebookSession, 'GRAPH', before)

    def api(self, token, secret=None):
        return FacebookAdsApi(FacebookSession(self.sandbox.facebook_app[0], secret, token, timeout=10))

    def app_api(self):
        return self.api('|'.join(self.sandbox.facebook_app))

    def token_call(self, **params):
        app_id, secret = self.sandbox.facebook_app
        params = {'client_id': app_id, 'client_secret': secret, **params}
        return self.app_api().call('GET', ('oauth', 'access_token'), params=params).json()

    def short_token(self, person=NORA, scopes=FACEBOOK_SCOPES):
        code = self.sandbox.facebook_code(person, scopes)
        return self.token_call(code=code, redirect_uri=REDIRECT_URI)

    def long_token(self, short):
        return self.token_call(grant_type='fb_exchange_token', fb_exchange_token=short)

    def login(self, person=NORA, scopes=FACEBOOK_SCOPES):
        short = self.short_token(person, scopes)['access_token']
        return self.long_token(short)['access_token']

    def refused(self, act, *args, **kwargs):
        with self.assertRaises(FacebookRequestError) as caught:
            act(*args, **kwargs)
        return caught.exception

    def assert_code(self, error, status, code, subcode=None):
        self.assertEqual(
            (error.http_status(), error.api_error_code(), error.api_error_subcode()),
            (status, code, subcode),
            error.api_error_message(),
        )


class Tokens(FacebookCase):
    def test_a_login_becomes_a_short_and_then_a_long_lived_token(self):
        short = self.short_token()
        self.assertEqual((short['token_type'], short['expires_in']), ('bearer', 5_400))
        long = self.long_token(short['access_token'])
        self.assertEqual((long['token_type'], long['expires_in']), ('bearer', 5_183_944))
        self.assertNotEqual(long['access_token'], short['access_token'])

    def test_a_code_works_once(self):
        code = self.sandbox.facebook_code()
        self.token_call(code=code, redirect_uri=REDIRECT_URI)
        error = self.refused(self.token_call, code=code, redirect_uri=REDIRECT_URI)
        self.assert_code(error, 400, 100, 36009)

    def test_a_wrong_app_secret_is_refused(self):
        error = self.refused(self.token_call, client_secret='wrong', code='x', redirect_uri=REDIRECT_URI)
        self.assert_code(error, 400, 1)

    def test_a_token_is_inspected(self):
        token = self.login()
        answer = self.app_api().call('GET', ('debug_token',), params={'input_token': token})
        data = answer.json()['data']
        self.assertTrue(data['is_valid'])
        self.assertEqual((data['type'], data['user_id']), ('USER', NORA))
        self.assertEqual(data['app_id'], self.sandbox.facebook_app[0])
        self.assertEqual(data['expires_at'], UNIX_NOW + 5_183_944)
        self.assertLessEqual(set(FACEBOOK_SCOPES), set(data['scopes']))

    def test_permissions_are_read_and_one_is_given_back(self):
        me = User('me', api=self.api(self.login()))
        standing = {one['permission']: one['status'] for one in me.get_permissions()}
        self.assertEqual(standing['instagram_basic'], 'granted')
        me.delete_permissions(params={'permission': 'instagram_manage_insights'})
        standing = {one['permission']: one['status'] for one in me.get_permissions()}
        self.assertEqual(standing['instagram_manage_insights'], 'declined')
        self.assertEqual(standing['instagram_basic'], 'granted')

    def test_giving_all_permissions_back_ends_the_token(self):
        me = User('me', api=self.api(self.login()))
        me.delete_permissions()
        self.assert_code(self.refused(me.api_get), 400, 190, 458)


class AppSecretProof(FacebookCase):
    def test_the_sdks_proof_is_accepted_even_where_none_is_required(self):
        api = self.api(self.login(), self.sandbox.facebook_app[1])
        self.assertEqual(User('me', api=api).api_get()['id'], NORA)

    def test_a_proof_made_with_another_secret_is_refused(self):
        error = self.refused(User('me', api=self.api(self.login(), 'wrong')).api_get)
        self.assert_code(error, 400, 100)
        self.assertIn('Invalid appsecret_proof', error.api_error_message())

    def test_an_app_that_requires_proof_serves_only_calls_with_it(self):
        token = self.login()
        self.sandbox.control('POST', 'settings', {'require_appsecret_proof': True})
        error = self.refused(User('me', api=self.api(token)).api_get)
        self.assertIn('require an appsecret_proof', error.api_error_message())

        api = self.api(token, self.sandbox.facebook_app[1])
        self.assertEqual(User('me', api=api).api_get()['id'], NORA)
        self.assertEqual(len(list(User('me', api=api).get_accounts(params={'limit': 2}))), 8)

    def test_the_proof_of_a_batch_holds_for_its_items(self):
        token = self.login()
        self.sandbox.control('POST', 'settings', {'require_appsecret_proof': True})
        batch, answers = self.api(token, self.sandbox.facebook_app[1]).new_batch(), []
        User('me', api=batch._api).api_get(batch=batch, success=answers.append)
        self.assertIsNone(batch.execute())
        self.assertEqual([answer.json()['id'] for answer in answers], [NORA])


class Reading(FacebookCase):
    def setUp(self):
        super().setUp()
        self.fb = self.api(self.login())
        self.account = IGUser(BAKERY, api=self.fb)

    def truth(self, metric, day):
        return self.sandbox.control('GET', f'truth?account={BAKERY}&metric={metric}&day={day}')['value']

    def test_me_is_the_person_who_logged_in(self):
        me = User('me', api=self.fb).api_get(fields=[User.Field.id, User.Field.name])
        self.assertEqual((me['id'], me['name']), (NORA, 'Nora Lindqvist'))

    def test_pages_come_two_at_a_time_with_tokens_of_their_own(self):
        cursor = User('me', api=self.fb).get_accounts(
            fields=[Page.Field.id, Page.Field.name, Page.Field.access_token, 'instagram_business_account'],
            params={'limit': 2},
        )
        self.assertEqual((len(cursor), cursor.total()), (2, 8))
        pages = list(cursor)
        self.assertEqual(len({page['id'] for page in pages}), 8)
        self.assertEqual(len({page['access_token'] for page in pages}), 8)
        self.assertEqual(len(self.sandbox.calls('me/accounts')), 4)

        account = 'instagram_business_account'
        linked = {page[account]['id']: page for page in pages if account in page}
        self.assertEqual(len(linked), 7)
        page_api = self.api(linked[BAKERY]['access_token'])
        self.assertEqual(Page('me', api=page_api).api_get()['id'], linked[BAKERY]['id'])
        self.assertEqual(IGUser(BAKERY, api=page_api).api_get(fields=['username'])['username'], 'harbour.bakery')

    def test_the_account_is_a_node_with_its_fields(self):
        node = self.account.api_get(
            fields=[
                IGUser.Field.id,
                IGUser.Field.ig_id,
                IGUser.Field.username,
                IGUser.Field.name,
                IGUser.Field.biography,
                IGUser.Field.followers_count,
                IGUser.Field.follows_count,
                IGUser.Field.media_count,
                IGUser.Field.profile_picture_url,
            ]
        )
        self.assertEqual((node['id'], node['username']), (BAKERY, 'harbour.bakery'))
        for field in ('ig_id', 'followers_count', 'follows_count', 'media_count'):
            self.assertIsInstance(node[field], int, field)
        self.assertTrue(node['profile_picture_url'].startswith('https://'))

    def test_a_time_series_has_a_value_for_each_day(self):
        (reach,) = self.account.get_insights(
            params={
                'metric': [Insights.Metric.reach],
                'period': [Insights.Period.day],
                'metric_type': Insights.MetricType.time_series,
                'since': PACIFIC_MIDNIGHT - 10 * DAY,
                'until': PACIFIC_MIDNIGHT - 5 * DAY - 1,
            }
        )
        self.assertEqual((reach['name'], reach['period']), ('reach', 'day'))
        days = [f'2026-11-{day}' for day in range(10, 15)]
        self.assertEqual([one['value'] for one in reach['values']], [self.truth('reach', day) for day in days])
        self.assertEqual(reach['values'][0]['end_time'], '2026-11-11T08:00:00+0000')

    def test_totals_of_several_metrics_come_in_one_answer(self):
        day = {'since': PACIFIC_MIDNIGHT - 10 * DAY, 'until': PACIFIC_MIDNIGHT - 9 * DAY - 1}
        answer = self.account.get_insights(
            params={
                'metric': [Insights.Metric.views, Insights.Metric.likes],
                'period': Insights.Period.day,
                'metric_type': Insights.MetricType.total_value,
                **day,
            }
        )
        totals = {one['name']: one['total_value']['value'] for one in answer}
        expected = {name: self.truth(name, '2026-11-10') for name in ('views', 'likes')}
        self.assertEqual(totals, expected)

    def test_the_default_metric_type_is_the_series(self):
        (reach,) = self.account.get_insights(
            params={'metric': ['reach'], 'period': ['day'], 'metric_type': Insights.MetricType.value_default}
        )
        self.assertIn('values', reach)

    def test_a_breakdown_adds_up_to_its_total(self):
        (reach,) = self.account.get_insights(
            params={
                'metric': [Insights.Metric.reach],
                'period': [Insights.Period.day],
                'metric_type': Insights.MetricType.total_value,
                'breakdown': [Insights.Breakdown.follow_type],
            }
        )
        (breakdown,) = reach['total_value']['breakdowns']
        self.assertEqual(breakdown['dimension_keys'], ['follow_type'])
        parts = {result['dimension_values'][0]: result['value'] for result in breakdown['results']}
        self.assertIn('FOLLOWER', parts)
        self.assertEqual(sum(parts.values()), reach['total_value']['value'])

    def test_demographics_have_two_dimensions(self):
        (followers,) = self.account.get_insights(
            params={
                'metric': ['follower_demographics'],
                'period': [Insights.Period.lifetime],
                'metric_type': Insights.MetricType.total_value,
                'timeframe': Insights.Timeframe.this_month,
                'breakdown': ['age', 'gender'],
            }
        )
        (breakdown,) = followers['total_value']['breakdowns']
        self.assertEqual(breakdown['dimension_keys'], ['age', 'gender'])
        self.assertTrue(all(len(result['dimension_values']) == 2 for result in breakdown['results']))

    def test_media_are_walked_with_cursors_and_have_insights(self):
        count = self.account.api_get(fields=['media_count'])['media_count']
        media = list(
            self.account.get_media(
                fields=[IGMedia.Field.id, IGMedia.Field.timestamp, IGMedia.Field.media_product_type],
                params={'limit': 100},
            )
        )
        self.assertEqual(len({item['id'] for item in media}), len(media))
        # The node's own count may differ by a few, as on the real host.
        self.assertAlmostEqual(len(media), count, delta=3)
        self.assertGreater(len(self.sandbox.calls(f'{BAKERY}/media')), 1)
        times = [item['timestamp'] for item in media]
        self.assertEqual(times, sorted(times, reverse=True))

        reel = next(item for item in media if item['media_product_type'] == 'REELS')
        metrics = ['reach', 'ig_reels_avg_watch_time']
        answer = list(IGMedia(reel['id'], api=self.fb).get_insights(params={'metric': metrics}))
        self.assertEqual([one['name'] for one in answer], metrics)
        self.assertGreater(answer[0]['values'][0]['value'], 0)

    def test_stories_have_insights_with_a_breakdown(self):
        stories = list(self.account.get_stories(fields=['id', 'media_product_type', 'timestamp']))
        self.assertGreater(len(stories), 0)
        self.assertEqual({story['media_product_type'] for story in stories}, {'STORY'})
        (navigation,) = IGMedia(stories[-1]['id'], api=self.fb).get_insights(
            params={
                'metric': [Insights.Metric.navigation],
                'breakdown': [Insights.Breakdown.story_navigation_action_type],
            }
        )
        self.assertEqual(
            navigation['total_value']['breakdowns'][0]['dimension_keys'], ['story_navigation_action_type']
        )

    def test_usage_headers_reach_the_app(self):
        answer = self.fb.call('GET', ('me',))
        self.assertEqual(answer.headers()['facebook-api-version'], sandbox.VERSION)
        self.assertIn('call_count', json.loads(answer.headers()['X-App-Usage']))
        cursor = self.account.get_insights(params={'metric': ['reach'], 'period': ['day']})
        (usage,) = json.loads(cursor.headers()['X-Business-Use-Case-Usage'])[BAKERY]
        self.assertEqual((usage['type'], usage['estimated_time_to_regain_access']), ('instagram', 0))

    def test_an_unchanged_answer_is_not_sent_again(self):
        first = self.fb.call('GET', (BAKERY,), params={'fields': 'username'})
        second = self.fb.call(
            'GET', (BAKERY,), params={'fields': 'username'}, headers={'If-None-Match': first.etag()}
        )
        self.assertEqual((second.status(), second.is_success(), second.body()), (304, True, ''))


def every_field(kind):
    """All that the SDK's class enumerates."""
    return [value for name, value in vars(kind.Field).items() if not name.startswith('_')]


class EveryField(FacebookCase):
    def setUp(self):
        super().setUp()
        more = ['business_management', 'pages_manage_metadata']
        more += ['instagram_manage_messages', 'instagram_manage_comments']
        self.fb = self.api(self.login(scopes=FACEBOOK_SCOPES + more))

    def test_of_people_pages_portfolios_accounts_media_and_the_app_may_be_asked_for(self):
        me = User('me', api=self.fb)
        self.assertEqual(me.api_get(fields=every_field(User))['name'], 'Nora Lindqvist')
        (business,) = me.get_businesses()
        self.assertEqual(Business(business['id'], api=self.fb).api_get(fields=every_field(Business)), business)
        app = Application(self.sandbox.facebook_app[0], api=self.app_api())
        self.assertTrue(app.api_get(fields=every_field(Application))['name'])

        page = me.get_accounts(fields=every_field(Page))[0]
        self.assertEqual(page['instagram_business_account']['id'], BAKERY)
        # That one is asked about somebody, by name.
        fields = [field for field in every_field(IGUser) if field != IGUser.Field.business_discovery]
        account = IGUser(BAKERY, api=self.fb)
        self.assertEqual(account.api_get(fields=fields)['username'], 'harbour.bakery')
        media = account.get_media(fields=every_field(IGMedia), params={'limit': 10})
        busiest = max(media, key=lambda item: item['comments_count'])
        comments = IGMedia(busiest['id'], api=self.fb).get_comments(fields=every_field(IGComment))
        self.assertEqual(len(list(comments)), busiest['comments_count'])

    def test_of_conversations_may_be_asked_for(self):
        page = User('me', api=self.fb).get_accounts(fields=['access_token'])[0]
        page = Page(page['id'], api=self.api(page['access_token']))
        threads = page.get_conversations(
            fields=[*every_field(UnifiedThread), 'messages.limit(2){message,from}'],
            params={'platform': 'instagram'},
        )
        self.assertEqual(len(threads), 4)
        self.assertEqual(len(threads[0]['messages']['data']), 2)
        messages = UnifiedThread(threads[0]['id'], api=page.get_api()).get_messages(fields=['message', 'tags'])
        self.assertEqual(messages[0]['message'], threads[0]['messages']['data'][0]['message'])

    def test_of_subscriptions_may_be_subscribed_to(self):
        page = User('me', api=self.fb).get_accounts(fields=['access_token'])[0]
        page = Page(page['id'], api=self.api(page['access_token']))
        fields = [value for name, value in vars(Page.SubscribedFields).items() if not name.startswith('_')]
        fields.remove('invalid_topic_placeholder')
        page.create_subscribed_app(params={'subscribed_fields': fields})
        (app,) = page.get_subscribed_apps()
        self.assertEqual(app['id'], self.sandbox.facebook_app[0])


class Batches(FacebookCase):
    def setUp(self):
        super().setUp()
        self.fb = self.api(self.login())
        self.good, self.bad = [], []

    def ask(self, batch, account, metric):
        IGUser(account, api=self.fb).get_insights(
            params={'metric': [metric], 'period': ['day']},
            batch=batch,
            success=self.good.append,
            failure=self.bad.append,
        )

    def test_each_item_is_answered_on_its_own(self):
        batch = self.fb.new_batch()
        User('me', api=self.fb).api_get(fields=['name'], batch=batch, success=self.good.append)
        self.ask(batch, BAKERY, 'reach')
        self.ask(batch, BAKERY, 'nonsense')
        self.ask(batch, '17841400000000011', 'reach')
        self.assertIsNone(batch.execute())

        self.assertEqual(self.good[0].json()['name'], 'Nora Lindqvist')
        self.assertEqual(self.good[1].json()['data'][0]['name'], 'reach')
        self.assertEqual(len(self.good), 2)
        errors = [answer.error() for answer in self.bad]
        self.assert_code(errors[0], 400, 100)
        self.assert_code(errors[1], 400, 100, 33)

    def test_an_item_that_was_not_answered_is_asked_again(self):
        self.sandbox.control('POST', 'faults', {'kind': 'hang', 'path_contains': '/insights', 'times': 1})
        batch = self.fb.new_batch()
        self.ask(batch, BAKERY, 'reach')
        rest = batch.execute()
        self.assertEqual((len(rest), self.good), (1, []))
        self.assertIsNone(rest.execute())
        self.assertEqual(len(self.good), 1)

    def test_usage_headers_stand_in_each_item(self):
        batch = self.fb.new_batch()
        self.ask(batch, BAKERY, 'reach')
        batch.execute()
        headers = {one['name'].lower(): one['value'] for one in self.good[0].headers()}
        self.assertIn(BAKERY, json.loads(headers['x-business-use-case-usage']))


class Refusals(FacebookCase):
    def setUp(self):
        super().setUp()
        self.token = self.login()
        self.account = IGUser(BAKERY, api=self.api(self.token))

    def error(self):
        return self.refused(self.account.get_insights, params={'metric': ['reach'], 'period': ['day']})

    def test_a_token_that_ran_out_is_190_463(self):
        self.sandbox.advance(61 * DAY)
        error = self.error()
        self.assert_code(error, 400, 190, 463)
        self.assertEqual(error.api_error_type(), 'OAuthException')
        self.assertFalse(error.api_transient_error())

    def test_access_taken_away_is_190_458(self):
        self.sandbox.control('POST', 'revoke', {'person': NORA})
        self.assert_code(self.error(), 400, 190, 458)

    def test_a_changed_password_is_190_460(self):
        self.sandbox.control('POST', 'revoke', {'person': NORA, 'subcode': 460})
        self.assert_code(self.error(), 400, 190, 460)

    def test_a_throttled_account_is_80002_and_says_for_how_long(self):
        self.sandbox.control('POST', 'throttle', {'account': BAKERY, 'minutes': 7})
        error = self.error()
        self.assert_code(error, 400, 80002)
        self.assertTrue(error.api_transient_error())
        (usage,) = json.loads(error.http_headers()['x-business-use-case-usage'])[BAKERY]
        self.assertGreaterEqual(usage['estimated_time_to_regain_access'], 7)

    def test_a_throttled_app_is_4(self):
        self.sandbox.control('POST', 'throttle', {'app': True, 'minutes': 7})
        error = self.refused(User('me', api=self.api(self.token)).api_get)
        self.assert_code(error, 403, 4)
        self.assertTrue(error.api_transient_error())
        self.assertGreaterEqual(json.loads(error.http_headers()['x-app-usage'])['call_count'], 100)

    def test_an_unknown_metric_is_100_and_named(self):
        error = self.refused(
            self.account.get_insights, params={'metric': ['reach', 'nonsense'], 'period': ['day']}
        )
        self.assert_code(error, 400, 100)
        self.assertIn('metric[1] must be one of', error.api_error_message())

    def test_an_account_of_somebody_else_is_100_33(self):
        stranger = IGUser('17841400000000011', api=self.api(self.token))
        self.assert_code(self.refused(stranger.api_get), 400, 100, 33)

    def test_a_failure_on_metas_side_is_transient(self):
        self.sandbox.control('POST', 'faults', {'kind': 'error', 'code': 2, 'times': 1})
        error = self.error()
        self.assert_code(error, 500, 2)
        self.assertTrue(error.api_transient_error())

    def test_a_page_of_html_arrives_as_it_is(self):
        self.sandbox.control('POST', 'faults', {'kind': 'html_503', 'http_status': 500, 'times': 1})
        # The SDK judges by the body alone and takes a page without an error object for a success.
        answer = self.account._api.call('GET', (BAKERY,))
        self.assertEqual(answer.status(), 500)
        self.assertIn('<html>', answer.json())


if __name__ == '__main__':
    unittest.main()
