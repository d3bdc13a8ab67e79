"""An injection within JSON within a JSON string, or within base64, is refused, and the record names its path."""
import base64
import json

import harness
from harness import Setting

ATTACK = "x' OR 1=1 -- a"


def s3_notice(key):
    return {"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "in"}, "object": {"key": key, "size": 3}}}]}


def notice_in_topic_in_queue(key):
    message = {"Type": "Notification", "Subject": "Amazon S3 Notification", "Message": json.dumps(s3_notice(key))}
    return {"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": json.dumps(message)}]}


def stream(note):
    data = base64.b64encode(json.dumps({"note": note}).encode()).decode()
    return {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"partitionKey": "1", "data": data}}]}


class FindsWhatIsWrapped(Setting):
    def test_each_layer_is_opened_and_named(self):
        gateway = self.gateway()
        for event, path in ((notice_in_topic_in_queue, "/Records/0/body|json/Message|json/Records/0/s3/object/key"),
                            (stream, "/Records/0/kinesis/data|json/note")):
            with self.subTest(path):
                self.assertEqual(gateway.post("/open/x", json.dumps(event("photos/cat.jpg"))).status, 200)
                reply = gateway.post("/open/x", json.dumps(event(ATTACK)))
                self.refused(reply, 403, "filter.sqli")
                self.assertNotIn(path.encode(), reply.raw, "where it was is the operator's to know")
        paths = {finding["path"] for record in gateway.records(4) for finding in record.get("findings", [])}
        for path in ("/Records/0/body|json/Message|json/Records/0/s3/object/key", "/Records/0/kinesis/data|json/note"):
            self.assertIn(path, paths)
        self.assertEqual(len(self.seen), 2, "the clean ones alone reach the function")


if __name__ == "__main__":
    harness.main()
