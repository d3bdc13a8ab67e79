"""Amazon SNS over HTTPS: a message counts by its topic, its time and its signature."""
import base64
import json

import harness
from harness.sns import TOPIC, SnsSetting

ATTACK = json.dumps({"note": "x' OR 1=1 -- a"})


class BelievesSnsByItsSignature(SnsSetting):
    def pinned(self, **webhook):
        return self.gateway(self.config(functions={"sns": self.function(certificates="sns-signing.pem", **webhook)}))

    def test_a_signed_message_reaches_the_function_as_it_came(self):
        gateway = self.pinned()
        for version in ("1", "2"):
            for subject in ("News", None):
                with self.subTest(version=version, subject=subject):
                    self.seen.clear()
                    message = self.sns.message(version=version, Subject=subject)
                    reply = self.send(gateway, message, f"x-amz-sns-topic-arn: {TOPIC}")
                    self.assertEqual(reply.status, 200, reply.raw)
                    self.assertEqual(self.seen[0].body, message.encode())
        record = gateway.records(4)[0]
        self.assertEqual((record["reason"], record["webhook"]), ("ok", {"sender": TOPIC}))

    def test_what_is_signed_is_still_inspected(self):
        gateway = self.pinned()
        self.refused(self.send(gateway, self.sns.message(Message=ATTACK)), 403, "filter.sqli")
        self.assertIn("/Message|json/note", [finding["path"] for finding in gateway.records(1)[0]["findings"]])
        self.assertEqual(self.seen, [])

    def test_whatever_is_not_signed_as_it_stands_is_refused(self):
        gateway = self.pinned()
        changed = json.loads(self.sns.message())
        for why, message, status, reason in (
                ("another key", self.stranger.message(), 403, "webhook.signature"),
                ("another text", json.dumps(changed | {"Message": "x"}), 403, "webhook.signature"),
                ("a subject more", json.dumps(changed | {"Subject": "x"}), 403, "webhook.signature"),
                ("another hash", json.dumps(changed | {"SignatureVersion": "1"}), 403, "webhook.signature"),
                ("half of it", json.dumps(changed | {"Signature": changed["Signature"][:100]}), 403, "webhook.signature"),
                ("no base64", json.dumps(changed | {"Signature": "!"}), 422, "sns.signature"),
                ("none", json.dumps({k: v for k, v in changed.items() if k != "Signature"}), 422, "sns.signature"),
                ("a version to come", self.sns.message(SignatureVersion="3"), 422, "sns.version"),
                ("a confirmation's signature as a notification's", self.sns.message(
                    "SubscriptionConfirmation", sign={"Type": "Notification"}), 403, "webhook.signature"),
                ("another topic", self.sns.message(TopicArn=TOPIC + "2"), 403, "webhook.topic"),
                ("a topic of another case", self.sns.message(TopicArn=TOPIC.replace("orders", "Orders")), 403, "webhook.topic"),
                ("no topic", self.sns.message(TopicArn="orders"), 422, "sns.topic"),
                ("too old", self.sns.message(age=4000), 403, "webhook.timestamp"),
                ("of tomorrow", self.sns.message(age=-86400), 403, "webhook.timestamp"),
                ("of no time", self.sns.message(Timestamp="now"), 422, "sns.timestamp"),
                ("no message", self.sns.message(Message=None), 422, "sns.message"),
                ("certificates of somebody else", self.sns.message(SigningCertURL="https://evil.example/x.pem"), 422,
                 "sns.certificate_url"),
                ("no JSON", "hello", 400, "json.syntax"), ("no object", "[]", 422, "sns.message")):
            with self.subTest(why):
                kind = "Notification" if message in ("hello", "[]") else None
                self.refused(self.send(gateway, message, kind=kind), status, reason)
        self.refused(self.send(gateway, self.sns.message(), kind="SubscriptionConfirmation"), 422, "sns.type")
        self.refused(self.send(gateway, self.sns.message(), "x-amz-sns-message-type: Notification"), 422, "sns.type")
        self.refused(self.send(gateway, self.sns.message(), "x-amz-sns-topic-arn: arn:aws:sns:eu-west-1:1:x"), 422, "sns.topic")
        self.assertEqual(self.seen, [])

    def test_without_sns_there_is_no_proof(self):
        gateway = self.pinned()
        self.refused(gateway.post("/sns"), 403, "webhook.missing")
        self.refused(gateway.post("/sns", token=self.issuer.token()), 403, "webhook.missing")
        self.assertEqual(self.seen, [])

    def test_an_old_message_may_be_late_but_not_for_ever(self):
        gateway = self.pinned()
        self.assertEqual(self.send(gateway, self.sns.message(age=3500)).status, 200)

    def test_without_confirm_nothing_follows_and_a_function_may_ask_for_the_question(self):
        gateway = self.pinned()
        self.assertEqual(self.send(gateway, self.sns.message("SubscriptionConfirmation")).status, 200)
        self.assertEqual(gateway.records(1)[0]["reason"], "webhook.unconfirmed")
        self.assertEqual(self.seen, [])
        gateway = self.pinned(forward_confirmations=True)
        message = self.sns.message("SubscriptionConfirmation")
        self.assertEqual(self.send(gateway, message).status, 200)
        self.assertEqual(self.seen[0].body, message.encode())

    def test_base64_in_signatures_is_strict(self):
        gateway = self.pinned()
        message = json.loads(self.sns.message())
        raw = base64.b64decode(message["Signature"])
        loose = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        self.refused(self.send(gateway, json.dumps(message | {"Signature": loose})), 422, "sns.signature")


if __name__ == "__main__":
    harness.main()
