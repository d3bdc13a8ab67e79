"""Certificates of Amazon SNS are fetched where they must be from, and a subscription is confirmed once."""
import time

import harness
from harness.sns import CERTIFICATE, SUBSCRIBE, TOPIC, Sns, SnsServer, SnsSetting

PATH = CERTIFICATE[CERTIFICATE.index("/", 8):]


class FetchesWhatSnsPublishes(SnsSetting):
    def fetching(self, **webhook):
        server = SnsServer(self.pki)
        self.addCleanup(server.close)
        with open(self.sns.pem, "rb") as pem:
            server.files[PATH] = pem.read()
        function = self.function(connect=f"localhost:{server.port}", ca="ca.pem", **webhook)
        return server, self.gateway(self.config(functions={"sns": function}))

    def test_certificates_are_fetched_once_while_the_message_comes_again(self):
        server, gateway = self.fetching()
        reply = self.send(gateway, self.sns.message())
        self.refused(reply, 503, "webhook.certificate")
        self.assertEqual(reply.get("Retry-After"), "5")
        harness.wait_for("the certificate is used", lambda: gateway.said(r"SNS: the certificate at .* is used"))
        harness.wait_for("the message passes", lambda: self.send(gateway, self.sns.message()).status == 200)
        for _ in range(5):
            self.assertEqual(self.send(gateway, self.sns.message(version="1")).status, 200)
        self.assertEqual(server.asked, [PATH])
        gateway.hang_up()
        harness.wait_for("the reload is done", lambda: gateway.said("generation 2 of the configuration is in force"))
        self.assertEqual(self.send(gateway, self.sns.message()).status, 200, "a reload forgets no certificate")
        self.refused(self.send(gateway, self.stranger.message()), 403, "webhook.signature")

    def test_a_certificate_that_is_not_of_sns_is_not_used(self):
        for why, options, said in (("another name", {"names": "DNS:evil.example"}, "it names somebody else"),
                                   ("a small key", {"bits": 1024}, "its key is not RSA"),
                                   ("an authority of its own", {"ca": "other-ca", "chain": True}, "self-signed certificate")):
            with self.subTest(why):
                chain = options.pop("chain", False)
                other = Sns(self.pki, "other-sns", **options)
                server, gateway = self.fetching()
                with open(other.pem, "rb") as pem:
                    server.files[PATH] = pem.read()
                if chain:
                    with open(self.pki.path("other-ca.pem"), "rb") as pem:
                        server.files[PATH] += pem.read()
                self.refused(self.send(gateway, other.message()), 503, "webhook.certificate")
                harness.wait_for("it says why", lambda: gateway.said(said))
                self.refused(self.send(gateway, other.message()), 503, "webhook.certificate")
                time.sleep(0.1)
                self.assertEqual(len(server.asked), 1, "what has failed is not asked for again at once")
        self.assertEqual(self.seen, [])

    def test_a_server_that_is_not_sns_is_not_asked(self):
        self.pki.issue("sns-server", "serverAuth")
        server = SnsServer(self.pki, names="DNS:localhost")
        self.addCleanup(server.close)
        function = self.function(connect=f"localhost:{server.port}", ca="ca.pem")
        gateway = self.gateway(self.config(functions={"sns": function}))
        self.refused(self.send(gateway, self.sns.message()), 503, "webhook.certificate")
        harness.wait_for("it says why", lambda: gateway.said("the certificate is not used"))
        self.assertEqual(server.asked, [])

    def test_strangers_cause_no_fetch(self):
        server, gateway = self.fetching()
        for message, reason in ((self.sns.message(TopicArn=TOPIC + "2"), "webhook.topic"),
                                (self.sns.message(age=4000), "webhook.timestamp")):
            self.refused(self.send(gateway, message), 403, reason)
        self.refused(self.send(gateway, self.sns.message(
            SigningCertURL=CERTIFICATE.replace("eu-west-1", "us-east-1"))), 422, "sns.certificate_url")
        time.sleep(0.2)
        self.assertEqual(server.asked, [])

    def test_a_subscription_is_confirmed_where_it_is_wanted(self):
        server, gateway = self.fetching(confirm=True)
        server.files["/"] = b"<ConfirmSubscriptionResponse/>"
        question = "SubscriptionConfirmation"
        self.refused(self.send(gateway, self.sns.message(question)), 503, "webhook.certificate")
        harness.wait_for("the certificate is used", lambda: gateway.said("is used"))
        reply = harness.wait_for("it is answered", lambda: (r := self.send(gateway, self.sns.message(question))).status == 200 and r)
        self.assertEqual(reply.body, b"")
        harness.wait_for("it is confirmed", lambda: gateway.said("a subscription is confirmed"))
        self.assertEqual(server.asked[1:], [SUBSCRIBE[SUBSCRIBE.index("/?"):]])
        self.refused(self.send(gateway, self.stranger.message(question)), 403, "webhook.signature")
        self.refused(self.send(gateway, self.sns.message(question, SubscribeURL="https://evil.example/?Action=ConfirmSubscription&x=1")),
                     422, "sns.subscribe_url")
        reply = self.send(gateway, self.sns.message("UnsubscribeConfirmation"))
        self.assertEqual(reply.status, 200, reply.raw)
        reasons = [record["reason"] for record in gateway.records(5)]
        self.assertIn("webhook.confirmed", reasons)
        self.assertIn("webhook.unsubscribed", reasons)
        self.assertNotIn("SECRET", "\n".join(gateway.lines))
        self.assertEqual(len(server.asked), 2)
        self.assertEqual(self.seen, [])


if __name__ == "__main__":
    harness.main()
