"""requests-oauthlib, a general OAuth 2 client, at both logins."""

import os
import unittest
from unittest import mock

import requests
import sandbox
from oauthlib.oauth2 import OAuth2Error
from oauthlib.oauth2.rfc6749.errors import MismatchingStateError
from requests_oauthlib import OAuth2Session
from requests_oauthlib.compliance_fixes import facebook_compliance_fix, instagram_compliance_fix
from sandbox import BAKERY, FACEBOOK_SCOPES, INSTAGRAM_SCOPES, NORA, REDIRECT_URI, VERSION


class OAuthCase(sandbox.SandboxCase):
    def setUp(self):
        super().setUp()
        # oauthlib's own switch for plain http.
        http = mock.patch.dict(os.environ, OAUTHLIB_INSECURE_TRANSPORT='1')
        http.start()
        self.addCleanup(http.stop)

    def session(self, **changes):
        session = OAuth2Session(
            self.app[0], redirect_uri=REDIRECT_URI, scope=','.join(self.scopes), **changes
        )
        return self.fix(session)

    def agreed(self, session):
        address, state = session.authorization_url(f'{self.sandbox.url}/{self.dialog}')
        back = self.sandbox.decide(address, self.person)
        self.assertIn(f'state={state}', back)
        return back

    def fetch(self, session, back):
        return session.fetch_token(
            f'{self.sandbox.url}/{self.token}',
            authorization_response=back,
            client_secret=self.app[1],
            # api.instagram.com reads the app's id and secret from the form only.
            include_client_id=True,
        )

    def cancelled(self):
        session = self.session()
        address, _ = session.authorization_url(f'{self.sandbox.url}/{self.dialog}')
        with self.assertRaises(OAuth2Error) as caught:
            self.fetch(session, self.sandbox.decide(address, self.person, 'cancel'))
        return caught.exception


class Facebook(OAuthCase):
    dialog = f'www.facebook.com/{VERSION}/dialog/oauth'
    token = f'graph.facebook.com/{VERSION}/oauth/access_token'
    fix = staticmethod(facebook_compliance_fix)
    person, scopes = NORA, FACEBOOK_SCOPES

    def setUp(self):
        super().setUp()
        self.app = self.sandbox.facebook_app

    def test_the_authorization_code_flow_gives_a_token_that_reads(self):
        session = self.session()
        token = self.fetch(session, self.agreed(session))
        self.assertEqual((token['token_type'], token['expires_in']), ('bearer', 5_400))
        me = session.get(f'{self.sandbox.url}/graph.facebook.com/{VERSION}/me')
        self.assertEqual(me.json()['id'], NORA)

    def test_its_own_example_for_facebook_works_with_nothing_but_the_hosts_changed(self):
        client_id, client_secret = self.app
        authorization_base_url = f'{self.sandbox.url}/www.facebook.com/dialog/oauth'
        token_url = f'{self.sandbox.url}/graph.facebook.com/oauth/access_token'

        facebook = OAuth2Session(client_id, redirect_uri=REDIRECT_URI)
        facebook = facebook_compliance_fix(facebook)
        authorization_url, _ = facebook.authorization_url(authorization_base_url)
        redirect_response = self.sandbox.decide(authorization_url, NORA)
        # The app's id and secret go out with HTTP Basic, for the example asks for nothing else.
        facebook.fetch_token(
            token_url, client_secret=client_secret, authorization_response=redirect_response
        )
        me = facebook.get(f'{self.sandbox.url}/graph.facebook.com/me?')
        self.assertEqual(me.json()['name'], 'Nora Lindqvist')

    def test_an_answer_to_another_request_is_refused_by_the_client(self):
        back = self.agreed(self.session())
        with self.assertRaises(MismatchingStateError):
            self.fetch(self.session(state='of another request'), back)

    def test_a_cancelled_dialog_is_access_denied(self):
        self.assertEqual(self.cancelled().error, 'access_denied')

    def test_a_used_code_is_refused(self):
        session = self.session()
        back = self.agreed(session)
        self.fetch(session, back)
        with self.assertRaises(OAuth2Error) as caught:
            self.fetch(session, back)
        # Where OAuth 2 has a word, Meta has its error object.
        self.assertEqual(caught.exception.error['error_subcode'], 36009)


class Instagram(OAuthCase):
    dialog = 'www.instagram.com/oauth/authorize'
    token = 'api.instagram.com/oauth/access_token'
    fix = staticmethod(instagram_compliance_fix)
    person, scopes = BAKERY, INSTAGRAM_SCOPES

    def setUp(self):
        super().setUp()
        self.app = self.sandbox.instagram_app

    def test_the_authorization_code_flow_gives_a_token_that_reads(self):
        session = self.session()
        token = self.fetch(session, self.agreed(session))
        self.assertEqual(str(token['user_id']), BAKERY)
        me = requests.get(
            f'{self.sandbox.url}/graph.instagram.com/me',
            params={'fields': 'username', 'access_token': token['access_token']},
            timeout=10,
        )
        self.assertEqual(me.json()['username'], 'harbour.bakery')

    def test_a_cancelled_dialog_is_access_denied(self):
        self.assertEqual(self.cancelled().error, 'access_denied')


if __name__ == '__main__':
    unittest.main()
