"""What most tests start from: PKI, issuer, recorder behind nginx, and a configuration."""
import json
import shutil
import sys
import tempfile
import unittest

from harness.functions import Nginx, RawFunction, Recorder
from harness.gateway import Gateway
from harness.pki import Pki
from harness.tokens import Issuer, KeyServer

CONFIG = """
listen:
  - address: 127.0.0.1:0
    tls: {{ certificate: server.pem, key: server.key }}
admin: {{ address: "127.0.0.1:0" }}
workers: 2
issuers:
  corp:
    issuer: https://id.example.com/
    audience: functions
    jwks: {{ file: jwks.json }}
upstreams:
  faas:
    url: https://localhost:{port}
    mtls: {{ certificate: client.pem, key: client.key, ca: ca.pem }}
{upstream}
functions:
{functions}
  orders:
    route: /function/orders
    upstream: faas
    allow: {{ issuer: corp, scopes: ["orders:write"], methods: [POST] }}
    claims_to_headers: {{ X-Tenant: tenant }}
  open:
    route: /open/*
    upstream: faas
    methods: [GET, HEAD, POST, PUT]
    allow: anyone
  closed:
    route: /closed
    upstream: faas
audit: {{ file: AUDIT }}
{more}
"""


class Setting(unittest.TestCase):
    """PKI, issuer, recorder and nginx for a class of tests; each test starts its own gateway."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="penstock-e2e-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.pki = Pki(cls.folder)
        cls.issuer = Issuer(cls.pki)
        cls.issuer.write()
        cls.recorder = Recorder(cls.folder)
        cls.addClassCleanup(cls.recorder.close)
        cls.script = cls.recorder.script
        cls.nginx = Nginx(cls.pki, cls.recorder)
        cls.addClassCleanup(cls.nginx.close)

    def setUp(self):
        self.recorder.requests.clear()
        self.recorder.script = type(self).script
        self.recorder.gone = 0

    @property
    def seen(self):
        return self.recorder.requests

    def config(self, upstream="", more="", port=None, functions=None):
        """`functions` by name are added to those that every test has; YAML takes JSON as it is."""
        added = "\n".join(f"  {name}: {json.dumps({'upstream': 'faas', 'allow': 'anyone'} | function)}"
                          for name, function in (functions or {}).items())
        return CONFIG.format(port=port or self.nginx.port, upstream=upstream, more=more, functions=added)

    def gateway(self, config=None, **options):
        gateway = Gateway(self, config or self.config(), **options)
        self.addCleanup(gateway.close)
        return gateway

    def function(self, *answer, **options):
        function = RawFunction(self.pki, answer, **options)
        self.addCleanup(function.close)
        return function

    def mtls_recorder(self):
        """A recorder without nginx: what it sees of connections is what the gateway does with them."""
        recorder = Recorder(self.folder, self.pki)
        self.addCleanup(recorder.close)
        return recorder

    def key_server(self, document):
        server = KeyServer(self.pki, document)
        self.addCleanup(server.close)
        return server

    def with_keys_from(self, port):
        """The configuration with its key set by URL."""
        return self.config().replace("jwks: { file: jwks.json }",
                                     f"jwks: {{ url: 'https://localhost:{port}/jwks.json', ca: ca.pem }}")

    def refused(self, reply, status, reason):
        self.assertEqual(reply.status, status, reply.raw)
        self.assertEqual(set(reply.problem), {"type", "title", "status", "detail", "reason", "request_id"})
        self.assertRegex(reply.get("X-Request-Id"), "^[0-9a-f]{32}$")
        problem = reply.problem
        self.assertEqual(problem["reason"], reason)
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["request_id"], reply.get("X-Request-Id"))


def main():
    unittest.main(module=sys.modules["__main__"], verbosity=2)
