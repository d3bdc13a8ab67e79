"""Amazon SNS as its subscribers see it, signed and served by the openssl command line and Python."""
import base64
import datetime
import http.server
import json
import ssl
import threading

from harness.common import openssl
from harness.setting import Setting

REGION = "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:orders"
HOST = f"sns.{REGION}.amazonaws.com"
CERTIFICATE = f"https://{HOST}/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE = f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=SECRET"
SIGNED = {"Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]}
CONFIRMATION = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]


class Sns:
    """A signing key, its certificate by our CA, and the servers that give it away."""

    def __init__(self, pki, name="sns-signing", names="DNS:sns.amazonaws.com", days=90, bits=2048, ca="ca"):
        self.pki, self.key, self.pem = pki, pki.path(name + ".key"), pki.path(name + ".pem")
        openssl("req", "-newkey", f"rsa:{bits}", "-nodes", "-keyout", self.key, "-out", pki.path(name + ".csr"), "-subj",
                "/CN=sns.amazonaws.com")
        with open(pki.path(name + ".ext"), "w", encoding="ascii") as extensions:
            extensions.write(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                             "authorityKeyIdentifier=keyid\n")
        openssl("x509", "-req", "-in", pki.path(name + ".csr"), "-CA", pki.path(ca + ".pem"), "-CAkey",
                pki.path(ca + ".key"), "-CAcreateserial", "-days", str(days), "-extfile", pki.path(name + ".ext"), "-out",
                self.pem)

    def message(self, kind="Notification", version="2", age=0, sign=None, **members):
        """What SNS would send now; `sign` replaces members before they are signed and not after."""
        now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age)
        message = {"Type": kind, "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "TopicArn": TOPIC,
                   "Message": '{"note":"hello"}', "Timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.") + "655Z",
                   "SignatureVersion": version, "SigningCertURL": CERTIFICATE}
        if kind != "Notification":
            message |= {"Token": "SECRET", "SubscribeURL": SUBSCRIBE}
        message |= members
        message = {name: value for name, value in message.items() if value is not None}
        signed = message | (sign or {})
        text = "".join(f"{name}\n{signed[name]}\n" for name in SIGNED.get(kind, CONFIRMATION) if name in signed)
        digest = "-sha1" if version == "1" else "-sha256"
        signature = openssl("dgst", digest, "-sign", self.key, data=text.encode())
        return json.dumps({"Signature": base64.b64encode(signature).decode()} | message)


class SnsServer:
    """Serves `files` by path over HTTPS under SNS's name, and remembers who asked for what."""

    def __init__(self, pki, names=f"DNS:{HOST}"):
        self.asked, self.files, answers = [], {}, self
        pki.issue("sns-server", "serverAuth", names=names)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answers.asked.append(self.path)
                body = answers.files.get(self.path.split("?")[0])
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.path("sns-server.pem"), pki.path("sns-server.key"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class SnsSetting(Setting):
    """A function that SNS alone may call, proven by its signature."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sns = Sns(cls.pki)
        cls.stranger = Sns(cls.pki, "stranger")

    def function(self, **webhook):
        return {"route": "/sns", "allow": {"webhook": "aws.sns"}, "webhook": {"topics": [TOPIC]} | webhook}

    def send(self, gateway, message, *fields, kind=None):
        kind = kind or json.loads(message).get("Type", "Notification")
        arguments = ["-H", "Content-Type: text/plain; charset=UTF-8", "-H", f"x-amz-sns-message-type: {kind}"]
        for field in fields:
            arguments += ["-H", field]
        return gateway.curl("/sns", *arguments, data=message.encode())
