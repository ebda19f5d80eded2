"""A sandbox of our own for one test class: its process, its control API, a person at its dialogs."""

import json
import os
import secrets
import subprocess
import unittest
import warnings
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = os.environ.get('MOORING_SANDBOX_BIN', str(ROOT / 'target/debug/mooring-sandbox'))

# The SDK's version has to be alive, and "yesterday" always the same day.
NOW = '2026-11-20T12:00:00Z'
UNIX_NOW = 1_795_176_000
DAY = 86_400

VERSION = 'v26.0'
REDIRECT_URI = 'http://127.0.0.1/callback'

NORA = '10160000000000001'
BAKERY = '17841400000000001'
FACEBOOK_SCOPES = [
    'instagram_basic',
    'instagram_manage_insights',
    'pages_show_list',
    'pages_read_engagement',
]
INSTAGRAM_SCOPES = ['instagram_business_basic', 'instagram_business_manage_insights']

# Whatever proxy this machine uses, loopback is not behind it.
os.environ['NO_PROXY'] = os.environ['no_proxy'] = '127.0.0.1'


class Sandbox:
    def __init__(self):
        self.facebook_app = ('2718281828', secrets.token_hex(16))
        self.instagram_app = ('3141592653', secrets.token_hex(16))
        arguments = {
            'listen': '127.0.0.1:0',
            'smtp-listen': '127.0.0.1:0',
            'facebook-app-id': self.facebook_app[0],
            'facebook-app-secret': self.facebook_app[1],
            'instagram-app-id': self.instagram_app[0],
            'instagram-app-secret': self.instagram_app[1],
            'log': 'error',
        }
        self.process = subprocess.Popen(
            [PROGRAM, *(f'--{name}={value}' for name, value in arguments.items())],
            stdout=subprocess.PIPE,
            text=True,
            # Settings for a sandbox that somebody else runs must not reach this one.
            env={name: value for name, value in os.environ.items() if not name.startswith('SANDBOX_')},
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f'{PROGRAM} ended with status {self.process.wait()}')
        self.url = 'http://' + json.loads(line)['http']

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def control(self, method, path, body=None):
        answer = requests.request(method, f'{self.url}/_sandbox/{path}', json=body, timeout=10)
        assert answer.ok, f'{method} {path}: {answer.text}'
        return answer.json()

    def begin(self):
        """Back to the first moment, with the clock standing still."""
        self.control('POST', 'reset', {})
        self.control('POST', 'clock', {'now': NOW, 'frozen': True})

    def advance(self, seconds):
        self.control('POST', 'clock', {'advance_seconds': seconds})

    def calls(self, part_of_path):
        """Which calls arrived since the beginning, as the sandbox saw them."""
        return self.control('GET', f'ledger?limit=1000&path_contains={part_of_path}')['entries']

    def decide(self, address, person, decision='continue'):
        """Answers a login dialog as a person, and gives the address that it leads back to."""
        form = {'person': person, 'decision': decision, 'all': '1'}
        answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, f'the dialog answered {answer.status_code}: {answer.text}'
        return answer.headers['location']

    def facebook_code(self, person=NORA, scopes=FACEBOOK_SCOPES):
        address = self._dialog(f'www.facebook.com/{VERSION}/dialog/oauth', self.facebook_app, scopes)
        return code_of(self.decide(address, person))

    def instagram_code(self, account=BAKERY, scopes=INSTAGRAM_SCOPES):
        address = self._dialog('www.instagram.com/oauth/authorize', self.instagram_app, scopes)
        return code_of(self.decide(address, account))

    def _dialog(self, path, app, scopes):
        query = {
            'client_id': app[0],
            'redirect_uri': REDIRECT_URI,
            'response_type': 'code',
            'scope': ','.join(scopes),
            'state': 'as-sent',
        }
        return requests.Request('GET', f'{self.url}/{path}', params=query).prepare().url


def code_of(location):
    return parse_qs(urlsplit(location).query)['code'][0]


class SandboxCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox()
        cls.addClassCleanup(cls.sandbox.stop)
        # The SDK warns of fields and metrics that it does not know yet and the hosts do.
        warnings.filterwarnings('ignore', category=UserWarning, module='facebook_business')

    def setUp(self):
        self.sandbox.begin()
