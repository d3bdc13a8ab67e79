/**
 * Webhooks: told by a header that their senders add, or by members that no other has.
 *
 * Source: docs.github.com, docs.gitlab.com, forgejo.org, support.atlassian.com (Bitbucket),
 * docs.stripe.com, docs.slack.dev, shopify.dev, twilio.com/docs, standardwebhooks.com,
 * core.telegram.org.
 */
#include "filters/core/envelope/list.h"
#include "filters/core/envelope/rows.h"

#define GITHUB_TEXTS                                                                               \
    "/ref", "/head_commit/message", "/commits/*/message", "/commits/*/author/name",                \
        "/commits/*/added/*", "/commits/*/modified/*", "/pull_request/title",                      \
        "/pull_request/body", "/pull_request/head/ref", "/pull_request/head/label",                \
        "/issue/title", "/issue/body", "/issue/labels/*/name", "/comment/body", "/review/body",    \
        "/label/name", "/release/name", "/release/body", "/release/tag_name", "/discussion/title", \
        "/discussion/body", "/pages/*/page_name", "/sender/login"

const struct pen_envelope pen_envelope_github = {
    .name = PEN_STR("github"),
    WRITTEN(GITHUB_TEXTS),
};

const struct pen_envelope pen_envelope_github_shape = {
    .name = PEN_STR("github"),
    SIGNS(HAS_TEXT("/sender/login"), HAS_TEXT("/repository/full_name")),
    WRITTEN(GITHUB_TEXTS),
};

const struct pen_envelope pen_envelope_gitea = {
    .name = PEN_STR("gitea"),
    WRITTEN(GITHUB_TEXTS),
};

#define GITLAB_TEXTS                                                                             \
    "/ref", "/commits/*/message", "/commits/*/title", "/commits/*/author/name",                  \
        "/object_attributes/title", "/object_attributes/description", "/object_attributes/note", \
        "/object_attributes/source_branch", "/object_attributes/last_commit/message",            \
        "/merge_request/source_branch", "/labels/*/title", "/user_name", "/user/name",           \
        "/project/name", "/commit/message", "/name", "/username"

const struct pen_envelope pen_envelope_gitlab = {
    .name = PEN_STR("gitlab"),
    WRITTEN(GITLAB_TEXTS),
};

const struct pen_envelope pen_envelope_gitlab_shape = {
    .name = PEN_STR("gitlab"),
    SIGNS(HAS_TEXT("/object_kind"), HAS_OBJECT("/project")),
    WRITTEN(GITLAB_TEXTS),
};

const struct pen_envelope pen_envelope_bitbucket = {
    .name = PEN_STR("bitbucket"),
    SIGNS(HAS_OBJECT("/actor"), HAS_OBJECT("/repository")),
    WRITTEN("/push/changes/*/new/name", "/push/changes/*/commits/*/message", "/pullrequest/title",
            "/pullrequest/description", "/pullrequest/source/branch/name", "/comment/content/raw",
            "/issue/title", "/issue/content/raw", "/actor/display_name"),
};

const struct pen_envelope pen_envelope_stripe = {
    .name = PEN_STR("stripe"),
    SIGNS(HAS("/livemode"), SAYS("/object", "event"), HAS_OBJECT("/data/object")),
    REQUIRED(HAS_TEXT("/id"), HAS_TEXT("/type")),
    WRITTEN("/data/object/**"),
};

/* The Events API. Interactive payloads and slash commands come as a form. */
const struct pen_envelope pen_envelope_slack = {
    .name = PEN_STR("slack"),
    SIGNS(HAS_TEXT("/api_app_id"), SAYS("/type", "event_callback|app_rate_limited")),
    WRITTEN("/event/**"),
};

const struct pen_envelope pen_envelope_slack_verification = {
    .name = PEN_STR("slack"),
    SIGNS(HAS_TEXT("/challenge"), SAYS("/type", "url_verification")),
    WRITTEN("/challenge"),
};

const struct pen_envelope pen_envelope_slack_form = {
    .name = PEN_STR("slack"),
    WRITTEN("/text", "/user_name", "/channel_name", "/response_url", "/message/text", "/actions/**",
            "/view/state/**", "/state/**"),
};

const struct pen_envelope pen_envelope_shopify = {
    .name = PEN_STR("shopify"),
    WRITTEN("/note", "/note_attributes/*/*", "/customer/**", "/email", "/phone",
            "/billing_address/*", "/shipping_address/*", "/line_items/*/properties/*/*",
            "/line_items/*/title", "/title", "/body_html", "/tags"),
};

/* Form fields. */
const struct pen_envelope pen_envelope_twilio = {
    .name = PEN_STR("twilio"),
    WRITTEN("/Body", "/ProfileName", "/From", "/FromCity", "/MediaUrl0", "/SpeechResult",
            "/CallerName", "/Digits"),
};

const struct pen_envelope pen_envelope_standardwebhooks = {
    .name = PEN_STR("standardwebhooks"),
    WRITTEN("/data/**"),
};

const struct pen_envelope pen_envelope_standardwebhooks_svix = {
    .name = PEN_STR("standardwebhooks"),
    WRITTEN("/data/**"),
};

const struct pen_envelope pen_envelope_telegram = {
    .name = PEN_STR("telegram"),
    SIGNS(HAS("/update_id")),
    WRITTEN("/message/text", "/message/caption", "/message/from/first_name",
            "/message/from/username", "/callback_query/data", "/inline_query/query",
            "/edited_message/text"),
};

/* The body is the function's own; the header is all that OpenFaaS adds. */
const struct pen_envelope pen_envelope_openfaas = {
    .name = PEN_STR("openfaas"),
};
