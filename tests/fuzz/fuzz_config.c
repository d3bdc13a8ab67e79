/**
 * Any text as a configuration: refused at a place within it, or a configuration that holds
 * together.
 *
 * No file is looked at and no variable is set. The published schema lets nothing through that no
 * reader takes. What is accepted must route: a function's own exact route leads to it, and every
 * target can be filled in.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/config/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static void check_place(struct pen_str yaml, const struct pen_error *err)
{
    size_t lines = 1;
    size_t column = 1;
    size_t columns = 1; /* of line err->line */
    for (size_t i = 0; i < yaml.len; i++) {
        if (lines == err->line) columns = column + 1;
        column++;
        if (yaml.ptr[i] != '\n') continue;
        lines++;
        column = 1;
    }
    if (lines == err->line && column > columns) columns = column;
    require(memchr(err->text, '\0', sizeof(err->text)) != NULL && err->text[0] != '\0');
    require(err->line >= 1 && err->line <= lines);
    require(err->column >= 1 && err->column <= columns);
}

static void check_text(struct pen_str text)
{
    require(text.len == 0 || (text.ptr[text.len] == '\0' && strlen(text.ptr) == text.len));
}

static void check_function(const struct pen_config *config, const struct pen_router *router,
                           const struct pen_config_function *function)
{
    struct pen_route_match match;
    char memory[8192];
    struct pen_buf target = pen_buf_over(memory, sizeof(memory));
    check_text(function->name);
    check_text(function->route);
    check_text(function->target);
    check_text(function->allow_field);
    require(function->upstream >= config->upstreams
            && function->upstream < config->upstreams + config->upstream_count);
    require(function->method_count > 0 && function->body_count > 0);
    require(function->limits.body_bytes > 0 && function->limits.depth > 0);
    require(!function->has_allow || function->allow.anyone || function->allow.issuer_count > 0);
    require(function->has_allow || (!function->allow.anyone && function->allow.issuer_count == 0));
    pen_router_find(router, function->host, function->route, &match);
    if (function->route_kind == PEN_ROUTE_EXACT) require(match.function == function);
    if (match.function != NULL) pen_route_target(&match, function->route, &target);
    require(match.function == NULL || target.full || (target.len > 0 && target.ptr[0] == '/'));
}

static void check_config(const struct pen_config *config)
{
    const struct pen_router *router;
    struct pen_error err = {.text = ""};
    require(config->listen_count > 0 && config->function_count > 0);
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct pen_config_listen *const listen = &config->listens[i];
        check_text(listen->address);
        check_text(listen->host);
        check_text(listen->unix_path);
        require((listen->host.len > 0) != (listen->unix_path.len > 0));
        require(!listen->tls || (listen->certificate_count > 0 && !listen->plaintext));
        require(listen->min_version == 12 || listen->min_version == 13);
    }
    for (size_t i = 0; i < config->issuer_count; i++) {
        const struct pen_config_issuer *const issuer = &config->issuers[i];
        check_text(issuer->issuer);
        require(issuer->audience_count > 0 && issuer->algorithms != 0);
        require((issuer->jwks_file.len > 0) != (issuer->jwks_url.len > 0));
    }
    for (size_t i = 0; i < config->upstream_count; i++) {
        check_text(config->upstreams[i].host);
        check_text(config->upstreams[i].base_path);
        require(config->upstreams[i].authority.len > 0);
    }
    require(pen_router_create(config, config->arena, &router, &err) == PEN_OK);
    for (size_t i = 0; i < config->function_count; i++) {
        check_function(config, router, &config->functions[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_config_options options = {.look_at_files = false};
    const struct pen_str yaml = {(const char *)data, size};
    struct pen_config *config = NULL;
    struct pen_error err = {.text = ""};
    const enum pen_status status =
        pen_config_parse_with(yaml, PEN_S("/nowhere"), &options, &config, &err);
    if (status == PEN_OK) {
        check_config(config);
        pen_config_destroy(config);
    } else if (status != PEN_ERR_NOMEM) {
        /* What the published schema lets through, some reader takes. */
        require(status != PEN_ERR_INTERNAL && config == NULL);
        check_place(yaml, &err);
    }
    return 0;
}
