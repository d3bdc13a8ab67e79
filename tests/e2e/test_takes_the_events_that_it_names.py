"""A function gets the events that its `event` names and no others; the record says what came."""
import json

import harness

MINIMUM = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}
BINARY = ["-H", "ce-specversion: 1.0", "-H", "ce-id: 1", "-H", "ce-source: /s", "-H", "ce-type: t"]
STRUCTURED = ["-H", "Content-Type: application/cloudevents+json"]
BATCH = ["-H", "Content-Type: application/cloudevents-batch+json"]
SQS = {"Records": [{"messageId": "1", "receiptHandle": "r", "body": "{}", "attributes": {}, "messageAttributes": {},
                    "md5OfBody": "99914b932bd37a50b983c5e7c90ae93b", "eventSource": "aws:sqs", "awsRegion": "eu-west-1",
                    "eventSourceARN": "arn:aws:sqs:eu-west-1:1:q"}]}
SNS = {"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": "hi",
       "Timestamp": "2012-05-02T00:54:06.655Z"}


class TakesTheEventsThatItNames(harness.Setting):
    def setUp(self):
        super().setUp()
        self.started = self.gateway(self.config(functions={
            "ce": {"route": "/ce", "event": "cloudevents"}, "two": {"route": "/two", "event": ["aws.sqs", "cloudevents"]},
            "sns": {"route": "/sns", "event": "aws.sns.http"}, "gql": {"route": "/gql", "event": "graphql"}, "any": {"route": "/any", "event": "json"}}))

    def send(self, path, event, *fields):
        return self.started.curl(path, *(fields or ("-H", harness.JSON)), data=json.dumps(event).encode())

    def test_cloudevents_in_every_mode_and_nothing_else(self):
        for event, fields in ((MINIMUM, STRUCTURED), ([MINIMUM, MINIMUM], BATCH), ([], BATCH),
                              ({"note": "hi"}, [*BINARY, "-H", harness.JSON])):
            with self.subTest(fields=fields[-1]):
                reply = self.send("/ce", event, *fields)
                self.assertEqual(reply.status, 200, reply.raw)
        self.assertEqual(self.started.curl("/ce", "-X", "POST", *BINARY).status, 200, "an event without data")
        self.seen.clear()
        for event, fields, status, reason in (
                ({"note": "hi"}, (), 422, "event.shape"), ([], (), 422, "event.shape"), (SQS, (), 422, "event.shape"),
                (MINIMUM, (), 422, "event.shape"), ({"note": "hi"}, STRUCTURED, 400, "cloudevents.id"),
                (MINIMUM | {"time": "x"}, STRUCTURED, 400, "cloudevents.time"),
                ({**MINIMUM, "data_base64": "%"}, STRUCTURED, 400, "cloudevents.data_base64"),
                ({"note": "hi"}, [*BINARY[2:], "-H", harness.JSON], 422, "event.shape")):
            with self.subTest(event=event, fields=fields):
                self.refused(self.send("/ce", event, *fields), status, reason)
        self.refused(self.started.curl("/ce", "-X", "POST"), 422, "event.shape")
        self.assertEqual(self.seen, [])

    def test_one_of_several(self):
        self.assertEqual(self.send("/two", SQS).status, 200)
        self.assertEqual(self.send("/two", MINIMUM, *STRUCTURED).status, 200)
        self.refused(self.send("/two", {"Records": [{"eventSource": "aws:s3"}]}), 422, "event.shape")
        self.refused(self.send("/two", MINIMUM), 422, "event.shape")
        self.assertEqual(len(self.seen), 2)

    def test_graphql_requests(self):
        self.assertEqual(self.send("/gql", {"query": "{ me { name } }"}).status, 200)
        self.refused(self.send("/gql", {"query": "cheap pizza"}), 400, "graphql.syntax")
        self.refused(self.send("/gql", {"note": "hi"}), 422, "graphql.request")
        self.assertEqual(len(self.seen), 1)

    def test_sns_is_json_whatever_its_type_says(self):
        fields = ["-H", "Content-Type: text/plain; charset=UTF-8", "-H", "x-amz-sns-message-type: Notification"]
        self.assertEqual(self.send("/sns", SNS, *fields).status, 200)
        self.refused(self.send("/sns", SNS, *fields[:2]), 415, "type.unsupported")
        self.refused(self.send("/sns", {"Message": "hi"}, *fields), 422, "event.shape")
        self.refused(self.send("/any", SNS, *fields), 415, "type.unsupported")

    def test_the_record_names_what_came(self):
        nested = {"Records": [SQS["Records"][0] | {"body": json.dumps(SNS)}]}
        for event, fields, named in ((SQS, (), ["aws.sqs"]), (nested, (), ["aws.sqs", "aws.sns.http"]),
                                     (MINIMUM, STRUCTURED, ["cloudevents"]), ({"a": 1}, (), None),
                                     ({"a": 1}, [*BINARY, "-H", harness.JSON], ["cloudevents"])):
            self.assertEqual(self.send("/any", event, *fields).status, 200)
            record = self.started.records(len(self.seen))[-1]
            self.assertEqual(record.get("event"), named)


if __name__ == "__main__":
    harness.main()
