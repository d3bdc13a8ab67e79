/**
 * What AWS hands to functions: Lambda's events of services, and what SNS and Firehose send over
 * HTTP.
 *
 * Source: the services' developer guides, "Using AWS Lambda with ...", and the sample events of
 * aws-lambda-go (events/testdata).
 */
#include "filters/core/envelope/list.h"
#include "filters/core/envelope/rows.h"

/* Object stores that speak S3's notifications name themselves. */
#define S3_SOURCES "aws:s3|minio:s3|ceph:s3"

/* In notices the key is form-encoded, in EventBridge's events it is not. */
const struct pen_envelope pen_envelope_aws_s3 = {
    .name = PEN_STR("aws.s3"),
    .at = PEN_AT_RECORD,
    .source = PEN_STR(S3_SOURCES),
    REQUIRED(HAS_TEXT("/eventName"), HAS_TEXT("/s3/bucket/name"), HAS_TEXT("/s3/object/key")),
    CODED(ENCODED("/s3/object/key", PEN_AS_FORM)),
    WRITTEN("/s3/object/contentType", "/s3/object/userMetadata/*", "/source/userAgent"),
};

/* What S3 sends when a notification is set up. */
const struct pen_envelope pen_envelope_aws_s3_test = {
    .name = PEN_STR("aws.s3"),
    SIGNS(SAYS("/Service", "Amazon S3"), SAYS("/Event", "s3:TestEvent")),
    REQUIRED(HAS_TEXT("/Bucket")),
};

const struct pen_envelope pen_envelope_aws_sns = {
    .name = PEN_STR("aws.sns"),
    .at = PEN_AT_RECORD,
    .source = PEN_STR("aws:sns"),
    REQUIRED(HAS_TEXT("/Sns/TopicArn"), HAS_TEXT("/Sns/MessageId"), HAS_TEXT("/Sns/Message")),
    CODED(BASE64_IF("/Sns/MessageAttributes/*/Value", "/Type", "Binary")),
    WRITTEN("/Sns/Message", "/Sns/Subject", "/Sns/MessageAttributes/*/Value"),
};

/* Over HTTPS as text/plain, and as the body of an SQS message without raw delivery. */
const struct pen_envelope pen_envelope_aws_sns_http = {
    .name = PEN_STR("aws.sns.http"),
    SIGNS(SAYS("/Type", "Notification|SubscriptionConfirmation|UnsubscribeConfirmation"),
          HAS_TEXT("/Message")),
    REQUIRED(HAS_TEXT("/TopicArn"), HAS_TEXT("/MessageId"), HAS_TEXT("/Timestamp")),
    CODED(BASE64_IF("/MessageAttributes/*/Value", "/Type", "Binary")),
    WRITTEN("/Message", "/Subject", "/SubscribeURL", "/MessageAttributes/*/Value"),
};

const struct pen_envelope pen_envelope_aws_sqs = {
    .name = PEN_STR("aws.sqs"),
    .at = PEN_AT_RECORD,
    .source = PEN_STR("aws:sqs"),
    REQUIRED(HAS_TEXT("/messageId"), HAS_TEXT("/body")),
    CODED(ENCODED("/messageAttributes/*/binaryValue", PEN_AS_BASE64),
          ENCODED("/messageAttributes/*/binaryListValues/*", PEN_AS_BASE64)),
    WRITTEN("/body", "/messageAttributes/*/stringValue", "/messageAttributes/*/stringListValues/*"),
};

const struct pen_envelope pen_envelope_aws_kinesis = {
    .name = PEN_STR("aws.kinesis"),
    .at = PEN_AT_RECORD,
    .source = PEN_STR("aws:kinesis"),
    REQUIRED(HAS_TEXT("/kinesis/data"), HAS_TEXT("/kinesis/partitionKey")),
    CODED(ENCODED("/kinesis/data", PEN_AS_BASE64)),
    WRITTEN("/kinesis/partitionKey"),
};

const struct pen_envelope pen_envelope_aws_dynamodb = {
    .name = PEN_STR("aws.dynamodb"),
    .at = PEN_AT_RECORD,
    .source = PEN_STR("aws:dynamodb"),
    REQUIRED(HAS_TEXT("/eventName"), HAS_OBJECT("/dynamodb")),
    CODED(ENCODED("/dynamodb/**/B", PEN_AS_BASE64), ENCODED("/dynamodb/**/BS/*", PEN_AS_BASE64)),
    WRITTEN("/dynamodb/**/S", "/dynamodb/**/SS/*"),
};

const struct pen_envelope pen_envelope_aws_ses = {
    .name = PEN_STR("aws.ses"),
    .at = PEN_AT_RECORD,
    .source = PEN_STR("aws:ses"),
    REQUIRED(HAS_OBJECT("/ses/mail")),
    CODED(ENCODED("/ses/mail/commonHeaders/**/*", PEN_AS_WORDS),
          ENCODED("/ses/mail/headers/*/value", PEN_AS_WORDS)),
    WRITTEN("/ses/mail/source", "/ses/mail/messageId", "/ses/mail/destination/*",
            "/ses/mail/headers/*/name", "/ses/receipt/recipients/*"),
};

/* SES through a topic: with the whole mail when the topic is the receipt rule's action. */
const struct pen_envelope pen_envelope_aws_ses_notification = {
    .name = PEN_STR("aws.ses.notification"),
    SIGNS(HAS_TEXT("/notificationType"), HAS_OBJECT("/mail")),
    CODED(BASE64_IF("/content", "/receipt/action/encoding", "BASE64"),
          ENCODED("/mail/commonHeaders/**/*", PEN_AS_WORDS),
          ENCODED("/mail/headers/*/value", PEN_AS_WORDS)),
    WRITTEN("/mail/source", "/mail/destination/*", "/mail/headers/*/name", "/content"),
};

const struct pen_envelope pen_envelope_aws_cloudfront = {
    .name = PEN_STR("aws.cloudfront"),
    .at = PEN_AT_RECORD,
    SIGNS(HAS_TEXT("/cf/request/uri")),
    REQUIRED(HAS_TEXT("/cf/request/method"), HAS_OBJECT("/cf/request/headers")),
    CODED(ENCODED("/cf/request/querystring", PEN_AS_QUERY),
          {.path = PEN_STR("/cf/request/body/data"),
           .coding = PEN_AS_BASE64_IF,
           .flag = PEN_STR("/encoding"),
           .value = PEN_STR("base64"),
           .type = PEN_STR("^/headers/content-type/0/value")}),
    WRITTEN("/cf/request/uri", "/cf/request/headers/*/*/value"),
};

const struct pen_envelope pen_envelope_aws_firehose = {
    .name = PEN_STR("aws.firehose"),
    SIGNS(HAS_TEXT("/deliveryStreamArn"), HAS_ARRAY("/records")),
    REQUIRED(HAS_TEXT("/invocationId")),
    CODED(ENCODED("/records/*/data", PEN_AS_BASE64)),
    WRITTEN("/records/*/kinesisRecordMetadata/partitionKey"),
};

/* What Firehose delivers to an HTTP endpoint. */
const struct pen_envelope pen_envelope_aws_firehose_http = {
    .name = PEN_STR("aws.firehose.http"),
    SIGNS(HAS_TEXT("/requestId"), HAS_ARRAY("/records")),
    REQUIRED(HAS("/timestamp")),
    CODED(ENCODED("/records/*/data", PEN_AS_BASE64)),
};

/* Base64 of gzip of a JSON document, which is the next one. */
const struct pen_envelope pen_envelope_aws_cloudwatch_logs = {
    .name = PEN_STR("aws.cloudwatch_logs"),
    SIGNS(HAS_TEXT("/awslogs/data")),
    CODED(ENCODED("/awslogs/data", PEN_AS_BASE64)),
};

const struct pen_envelope pen_envelope_aws_cloudwatch_logs_batch = {
    .name = PEN_STR("aws.cloudwatch_logs.batch"),
    SIGNS(HAS_ARRAY("/logEvents"), HAS_TEXT("/logGroup")),
    WRITTEN("/logEvents/*/message"),
};

const struct pen_envelope pen_envelope_aws_eventbridge = {
    .name = PEN_STR("aws.eventbridge"),
    SIGNS(HAS_TEXT("/detail-type"), HAS_TEXT("/source"), HAS_OBJECT("/detail")),
    REQUIRED(HAS_TEXT("/id"), HAS_TEXT("/account")),
    WRITTEN("/detail/**", "/resources/*"),
};

const struct pen_envelope pen_envelope_aws_apigateway_v1 = {
    .name = PEN_STR("aws.apigateway.v1"),
    SIGNS(HAS_TEXT("/httpMethod"), HAS_TEXT("/resource"), HAS_OBJECT("/requestContext")),
    REQUIRED(HAS_TEXT("/path")),
    CODED(TYPED("/body", PEN_AS_BODY, BY_HEADERS)),
    WRITTEN("/path", "/headers/*", "/multiValueHeaders/*/*", "/queryStringParameters/*",
            "/multiValueQueryStringParameters/*/*", "/pathParameters/*",
            "/requestContext/identity/userAgent"),
};

const struct pen_envelope pen_envelope_aws_apigateway_websocket = {
    .name = PEN_STR("aws.apigateway.websocket"),
    SIGNS(HAS_TEXT("/requestContext/connectionId"), HAS_TEXT("/requestContext/eventType")),
    CODED(ENCODED("/body", PEN_AS_BODY)),
    WRITTEN("/headers/*", "/queryStringParameters/*", "/requestContext/identity/userAgent"),
};

const struct pen_envelope pen_envelope_aws_apigateway_authorizer = {
    .name = PEN_STR("aws.apigateway.authorizer"),
    SIGNS(HAS_TEXT("/methodArn"), SAYS("/type", "TOKEN|REQUEST")),
    WRITTEN("/authorizationToken", "/path", "/headers/*", "/queryStringParameters/*",
            "/pathParameters/*"),
};

/* HTTP APIs and function URLs. */
const struct pen_envelope pen_envelope_aws_apigateway_v2 = {
    .name = PEN_STR("aws.apigateway.v2"),
    SIGNS(HAS_TEXT("/routeKey"), SAYS("/version", "2.0"), HAS_TEXT("/rawPath")),
    REQUIRED(HAS_TEXT("/requestContext/http/method")),
    CODED(TYPED("/body", PEN_AS_BODY, BY_HEADERS), ENCODED("/rawQueryString", PEN_AS_QUERY)),
    WRITTEN("/rawPath", "/cookies/*", "/headers/*", "/queryStringParameters/*", "/pathParameters/*",
            "/requestContext/http/path", "/requestContext/http/userAgent"),
};

/* A load balancer leaves the query encoded, as it came. */
const struct pen_envelope pen_envelope_aws_alb = {
    .name = PEN_STR("aws.alb"),
    SIGNS(HAS_TEXT("/httpMethod"), HAS_OBJECT("/requestContext/elb")),
    REQUIRED(HAS_TEXT("/path"), HAS_TEXT("/requestContext/elb/targetGroupArn")),
    CODED(TYPED("/body", PEN_AS_BODY, BY_HEADERS), ENCODED("/queryStringParameters/*", PEN_AS_FORM),
          ENCODED("/multiValueQueryStringParameters/*/*", PEN_AS_FORM)),
    WRITTEN("/path", "/headers/*", "/multiValueHeaders/*/*"),
};

const struct pen_envelope pen_envelope_aws_cognito = {
    .name = PEN_STR("aws.cognito"),
    SIGNS(HAS_TEXT("/triggerSource"), HAS_TEXT("/userPoolId")),
    REQUIRED(HAS_OBJECT("/request"), HAS_OBJECT("/callerContext")),
    WRITTEN("/userName", "/request/userAttributes/*", "/request/validationData/*",
            "/request/clientMetadata/*"),
};

/* A custom authorizer's question. What rules pass on has no shape of its own. */
const struct pen_envelope pen_envelope_aws_iot = {
    .name = PEN_STR("aws.iot"),
    SIGNS(HAS_OBJECT("/protocolData")),
    REQUIRED(HAS_ARRAY("/protocols")),
    CODED(ENCODED("/protocolData/mqtt/password", PEN_AS_BASE64),
          ENCODED("/protocolData/http/queryString", PEN_AS_QUERY)),
    WRITTEN("/token", "/protocolData/mqtt/username", "/protocolData/mqtt/clientId",
            "/protocolData/http/headers/*", "/protocolData/tls/serverName"),
};

const struct pen_envelope pen_envelope_aws_kafka = {
    .name = PEN_STR("aws.kafka"),
    SIGNS(SAYS("/eventSource", "aws:kafka|SelfManagedKafka"), HAS_OBJECT("/records")),
    CODED(ENCODED("/records/*/*/value", PEN_AS_BASE64), ENCODED("/records/*/*/key", PEN_AS_BASE64),
          ENCODED("/records/*/*/headers/*/*", PEN_AS_BYTES)),
};

const struct pen_envelope pen_envelope_aws_mq = {
    .name = PEN_STR("aws.mq"),
    SIGNS(SAYS("/eventSource", "aws:mq|aws:amq"), HAS_ARRAY("/messages")),
    CODED(ENCODED("/messages/*/data", PEN_AS_BASE64)),
    WRITTEN("/messages/*/properties/*", "/messages/*/correlationID", "/messages/*/type"),
};

const struct pen_envelope pen_envelope_aws_mq_rabbit = {
    .name = PEN_STR("aws.mq"),
    SIGNS(HAS_OBJECT("/rmqMessagesByQueue")),
    CODED(TYPED("/rmqMessagesByQueue/*/*/data", PEN_AS_BASE64, "/basicProperties/contentType"),
          ENCODED("/rmqMessagesByQueue/*/*/basicProperties/headers/*/bytes", PEN_AS_BYTES)),
    WRITTEN("/rmqMessagesByQueue/*/*/basicProperties/*"),
};

const struct pen_envelope pen_envelope_aws_lex_v1 = {
    .name = PEN_STR("aws.lex"),
    SIGNS(HAS_OBJECT("/currentIntent"), HAS_OBJECT("/bot")),
    WRITTEN("/inputTranscript", "/currentIntent/slots/*", "/sessionAttributes/*",
            "/requestAttributes/*"),
};

const struct pen_envelope pen_envelope_aws_lex_v2 = {
    .name = PEN_STR("aws.lex"),
    SIGNS(HAS_OBJECT("/sessionState"), HAS_OBJECT("/bot")),
    WRITTEN("/inputTranscript", "/sessionState/intent/slots/**",
            "/sessionState/sessionAttributes/*", "/requestAttributes/*"),
};

const struct pen_envelope pen_envelope_aws_connect = {
    .name = PEN_STR("aws.connect"),
    SIGNS(HAS_OBJECT("/Details/ContactData")),
    WRITTEN("/Details/ContactData/Attributes/*", "/Details/ContactData/CustomerEndpoint/Address",
            "/Details/Parameters/*"),
};

const struct pen_envelope pen_envelope_aws_appsync = {
    .name = PEN_STR("aws.appsync"),
    SIGNS(HAS_OBJECT("/arguments"), HAS_TEXT("/info/fieldName")),
    WRITTEN("/arguments/**", "/request/headers/*", "/info/selectionSetGraphQL",
            "/info/variables/**"),
};
