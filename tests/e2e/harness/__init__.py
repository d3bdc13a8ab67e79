"""The setting of an end-to-end test: a development PKI, a recording function behind an nginx that
demands a client certificate, and the real gateway, all on loopback ports that the system chooses.

Waits are on conditions and bounded; everything started is ended by its process id.
"""
from harness.common import ISSUER, JSON, PATIENCE, PENSTOCK, ROOT, b64url, free_port, openssl, wait_for
from harness.functions import Nginx, RawFunction, Recorder, Request
from harness.gateway import Gateway, Reply
from harness.pki import Certificates, Pki
from harness.setting import Setting, main
from harness.tokens import EcIssuer, Issuer, KeyServer
from harness.workshop import AUTHORITY, LEAF, Workshop

__all__ = ["AUTHORITY", "ISSUER", "JSON", "LEAF", "PATIENCE", "PENSTOCK", "ROOT", "Certificates", "EcIssuer", "Gateway", "Issuer",
           "KeyServer", "Nginx", "Pki", "RawFunction", "Recorder", "Reply", "Request", "Setting", "Workshop", "b64url", "free_port",
           "main", "openssl", "wait_for"]
