/** What the connections of a pool share: whom they reach, by which name and identity. */
#include <stdlib.h>

#include "gateway/upstream/libcurl.h"

static bool is_ipv6(struct pen_str host)
{
    return pen_str_find(host, ':', 0) < host.len;
}

static bool name_server(struct pen_connector *connector)
{
    const struct pen_config_upstream *const upstream = connector->upstream;
    const struct pen_str name = pen_config_proven_name(upstream);
    const bool renamed = !pen_str_equal(name, upstream->host);
    const char *const scheme = upstream->scheme == PEN_UPSTREAM_HTTPS ? "https" : "http";
    struct pen_buf url = pen_buf_over(connector->url, sizeof(connector->url) - 1);
    pen_buf_format(&url, is_ipv6(name) ? "%s://[%.*s]" : "%s://%.*s", scheme, PEN_STR_ARGS(name));
    if (upstream->port != 0) pen_buf_format(&url, ":%u", (unsigned)upstream->port);
    if (url.full) return false;

    url.ptr[url.len] = '\0';
    if (!renamed) return true;

    /* An empty host and port on the left: for whatever the URL names. */
    char text[320];
    struct pen_buf to = pen_buf_over(text, sizeof(text) - 1);
    pen_buf_format(&to, is_ipv6(upstream->host) ? "::[%.*s]:%u" : "::%.*s:%u",
                   PEN_STR_ARGS(upstream->host), (unsigned)upstream->port);
    if (to.full) return false;

    text[to.len] = '\0';
    connector->connect_to = curl_slist_append(NULL, text);
    return connector->connect_to != NULL;
}

static bool init_share(struct pen_connector *connector)
{
    connector->share = curl_share_init();
    return connector->share != NULL
           && curl_share_setopt(connector->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION)
                  == CURLSHE_OK;
}

enum pen_status pen_connector_create(struct pen_loop *loop,
                                     const struct pen_config_upstream *upstream,
                                     struct pen_tls_client *tls, struct pen_resolver *resolver,
                                     const struct pen_connection_hooks *hooks, void *owner,
                                     struct pen_connector **out, struct pen_error *err)
{
    struct pen_connector *connector = calloc(1, sizeof(*connector));
    if (connector == NULL) return PEN_ERR_NOMEM;

    *connector = (struct pen_connector){
        .loop = loop,
        .upstream = upstream,
        .tls = tls == NULL ? NULL : pen_tls_client_acquire(tls),
        .hooks = hooks,
        .owner = owner,
    };
    pen_naming_init(connector, resolver);
    enum pen_status status = PEN_ERR_NOMEM;
    connector->curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (!connector->curl_ready || !init_share(connector)) goto fail;

    if (!name_server(connector)) {
        pen_error_set(err, "upstream '%.*s': the host name is too long",
                      PEN_STR_ARGS(upstream->name));
        status = PEN_ERR_INVALID;
        goto fail;
    }
    *out = connector;
    return PEN_OK;

fail:
    pen_connector_destroy(connector);
    return status;
}

void pen_connector_destroy(struct pen_connector *connector)
{
    if (connector == NULL) return;

    pen_curl_destroy_multis(connector);
    if (connector->share != NULL) (void)curl_share_cleanup(connector->share);
    curl_slist_free_all(connector->connect_to);
    pen_naming_deinit(connector);
    pen_tls_client_release(connector->tls);
    if (connector->curl_ready) curl_global_cleanup();
    free(connector);
}

void *pen_connector_owner(const struct pen_connector *connector)
{
    return connector->owner;
}
