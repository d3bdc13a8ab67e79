/** Everything that somebody would otherwise have to prepare by hand before a first request. */
#include "gateway/cli/demo/setting.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/auth/mint.h"
#include "gateway/clock.h"
#include "gateway/devcerts.h"

#define READY_MS     15000
#define LOG_BYTES    16384
#define PATH_BYTES   512
#define DAY_S        86400
#define ISSUER       "https://issuer.demo.invalid/"
#define TOKEN_LIFE_S 43200

static const char *const function_names[PEN_DEMO_FUNCTIONS] = {"orders", "resize-image", "hooks"};

static enum pen_status make_path(const struct pen_demo_setting *setting, const char *name,
                                 char path[PATH_BYTES])
{
    const int length = snprintf(path, PATH_BYTES, "%s/%s", setting->folder, name);
    return length > 0 && length < PATH_BYTES ? PEN_OK : PEN_ERR_LIMIT;
}

static enum pen_status write_file(const struct pen_demo_setting *setting, const char *name,
                                  struct pen_str text, struct pen_error *err)
{
    char path[PATH_BYTES];
    PEN_TRY(make_path(setting, name, path));
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len;
    if (fd >= 0 && close(fd) == 0 && written) return PEN_OK;

    pen_error_set(err, "cannot write %s: %s", path, strerror(errno));
    return PEN_ERR_IO;
}

static enum pen_status mint(const struct pen_signer *signer, const char *scope, int64_t from,
                            char out[2048], struct pen_arena *arena, struct pen_error *err)
{
    const struct pen_str audience = PEN_STR("functions");
    const struct pen_mint_claim tenant = {.name = PEN_STR("tenant"), .value = PEN_STR("acme")};
    const struct pen_mint_request request = {
        .kid = PEN_STR("demo"),
        .issuer = PEN_STR(ISSUER),
        .audiences = &audience,
        .audience_count = 1,
        .subject = PEN_STR("demo-caller"),
        .scope = pen_str_from_c(scope),
        .issued_at = from,
        .expires_at = from + TOKEN_LIFE_S,
        .claims = &tenant,
        .claim_count = 1,
    };
    struct pen_str token;
    PEN_TRY(pen_mint_token(signer, &request, arena, &token, err));
    if (token.len >= 2048) return PEN_ERR_LIMIT;
    memcpy(out, token.ptr, token.len + 1);
    return PEN_OK;
}

static enum pen_status make_tokens(struct pen_demo_setting *setting, const struct pen_signer *known,
                                   const struct pen_signer *unknown, struct pen_arena *arena,
                                   struct pen_error *err)
{
    const int64_t now = pen_clock_unix_s();
    const char *const scopes = "orders:write images:write hooks:send";
    PEN_TRY(mint(known, scopes, now, setting->tokens[PEN_DEMO_SHOP], arena, err));
    PEN_TRY(mint(known, "tea:make", now, setting->tokens[PEN_DEMO_INTERN], arena, err));
    PEN_TRY(mint(known, scopes, now - DAY_S, setting->tokens[PEN_DEMO_EXPIRED], arena, err));
    PEN_TRY(mint(unknown, scopes, now, setting->tokens[PEN_DEMO_STRANGER], arena, err));

    const struct pen_str kid = PEN_STR("demo");
    struct pen_str keys;
    PEN_TRY(pen_mint_key_set(&known, &kid, 1, arena, &keys));
    PEN_TRY(write_file(setting, "jwks.json", keys, err));
    return write_file(setting, "token", pen_str_from_c(setting->tokens[PEN_DEMO_SHOP]), err);
}

static enum pen_status make_keys(struct pen_demo_setting *setting, struct pen_error *err)
{
    struct pen_signer *known = NULL;
    struct pen_signer *unknown = NULL;
    struct pen_arena *arena = NULL;
    enum pen_status status = pen_arena_create((size_t)1 << 20, 16384, &arena);
    if (status == PEN_OK) status = pen_signer_generate(PEN_JWS_ES256, &known);
    if (status == PEN_OK) status = pen_signer_generate(PEN_JWS_ES256, &unknown);
    if (status == PEN_OK) status = make_tokens(setting, known, unknown, arena, err);
    pen_signer_destroy(unknown);
    pen_signer_destroy(known);
    pen_arena_destroy(arena);
    return status;
}

static enum pen_status write_config(const struct pen_demo_setting *setting, struct pen_error *err)
{
    char memory[4096];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("# Written by `penstock demo`; gone when it ends.\n"
                            "listen:\n"
                            "  - address: 127.0.0.1:0\n"
                            "    tls: { certificate: server.pem, key: server.key }\n"
                            "admin: { address: \"127.0.0.1:0\" }\n"
                            "issuers:\n"
                            "  demo:\n"
                            "    issuer: " ISSUER "\n"
                            "    audience: functions\n"
                            "    jwks: { file: jwks.json }\n"
                            "upstreams:\n"));
    for (size_t i = 0; i < PEN_DEMO_FUNCTIONS; i++) {
        pen_buf_format(&buf,
                       "  %s:\n"
                       "    url: https://localhost:%u\n"
                       "    mtls: { certificate: client.pem, key: client.key, ca: ca.pem }\n",
                       function_names[i], pen_demo_function_port(setting->functions[i]));
    }
    pen_buf_put(&buf, PEN_S("functions:\n"
                            "  orders:\n"
                            "    route: /function/orders\n"
                            "    upstream: orders\n"
                            "    sinks: [sql]\n"
                            "    allow: { issuer: demo, scopes: [\"orders:write\"] }\n"
                            "    claims_to_headers: { X-Tenant: tenant }\n"
                            "  resize-image:\n"
                            "    route: /function/resize-image\n"
                            "    upstream: resize-image\n"
                            "    sinks: [path]\n"
                            "    allow: { issuer: demo, scopes: [\"images:write\"] }\n"
                            "  hooks:\n"
                            "    route: /hooks/{source}\n"
                            "    upstream: hooks\n"
                            "    allow: { issuer: demo, scopes: [\"hooks:send\"] }\n"
                            "audit: { file: audit.jsonl }\n"));
    if (buf.full) return PEN_ERR_LIMIT;
    return write_file(setting, "penstock.yaml", pen_buf_str(&buf), err);
}

/* The gateway's log from `fd` until it has said where it listens, or ended. */
static bool read_ports(struct pen_demo_setting *setting, int fd, struct pen_error *err)
{
    char log[LOG_BYTES];
    size_t length = 0;
    const uint64_t end_us = pen_clock_us() + (uint64_t)READY_MS * 1000;
    while (length < sizeof(log) - 1 && pen_clock_us() < end_us) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, 100) <= 0) continue;
        const ssize_t got = read(fd, log + length, sizeof(log) - 1 - length);
        if (got <= 0) break;
        length += (size_t)got;
        log[length] = '\0';
        const char *const tls = strstr(log, "listening on 127.0.0.1:");
        const char *const admin = strstr(log, "admin on 127.0.0.1:");
        if (tls == NULL || admin == NULL || strstr(log, " runs with ") == NULL) continue;
        setting->port = (uint16_t)strtoul(tls + 23, NULL, 10);
        setting->admin = (uint16_t)strtoul(admin + 19, NULL, 10);
        return true;
    }
    pen_error_set(err, "the gateway did not start: %.400s", length > 0 ? log : "it said nothing");
    return false;
}

static enum pen_status start_gateway(struct pen_demo_setting *setting, struct pen_error *err)
{
    char config[PATH_BYTES];
    int log[2];
    PEN_TRY(make_path(setting, "penstock.yaml", config));
    if (pipe2(log, O_CLOEXEC) != 0) return PEN_ERR_IO;

    const pid_t child = fork();
    if (child == 0) {
        char program[] = "penstock";
        char command[] = "run";
        char option[] = "-c";
        char *const arguments[] = {program, command, option, config, NULL};
        /* Its own group: Ctrl-C is the demo's, which then drains the gateway. */
        if (setpgid(0, 0) == 0 && dup2(log[1], STDERR_FILENO) >= 0) {
            (void)execv("/proc/self/exe", arguments);
        }
        _exit(127);
    }
    (void)close(log[1]);
    bool started = false;
    if (child > 0) {
        setting->gateway = child;
        started = read_ports(setting, log[0], err);
    }
    /* Kept open on purpose: the gateway's log must have somewhere to go while the demo runs. */
    if (!started) (void)close(log[0]);
    return started ? PEN_OK : PEN_ERR_IO;
}

enum pen_status pen_demo_setting_begin(struct pen_demo_setting *setting, struct pen_error *err)
{
    static const char *const names[] = {"localhost", "127.0.0.1"};
    const char template[] = "/tmp/penstock-demo-XXXXXX";
    pen_error_set(err, "not enough memory for the demo");
    memcpy(setting->folder, template, sizeof(template));
    if (mkdtemp(setting->folder) == NULL) {
        setting->folder[0] = '\0';
        pen_error_set(err, "cannot make a folder in /tmp: %s", strerror(errno));
        return PEN_ERR_IO;
    }
    const struct pen_devcerts_wish wish = {
        .folder = setting->folder, .names = names, .name_count = 2, .days = 2};
    PEN_TRY(pen_devcerts_make(&wish, err));
    PEN_TRY(make_keys(setting, err));
    for (size_t i = 0; i < PEN_DEMO_FUNCTIONS; i++) {
        PEN_TRY(pen_demo_function_start(function_names[i], setting->folder, &setting->functions[i],
                                        err));
    }
    PEN_TRY(write_config(setting, err));
    return start_gateway(setting, err);
}

static void remove_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    if (entries == NULL) return;

    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        /* "." and ".." are refused by unlinkat as folders. */
        (void)unlinkat(dirfd(entries), entry->d_name, 0);
    }
    (void)closedir(entries);
    (void)rmdir(folder);
}

void pen_demo_setting_end(struct pen_demo_setting *setting)
{
    if (setting->gateway > 0 && kill(setting->gateway, SIGTERM) == 0) {
        int status = 0;
        while (waitpid(setting->gateway, &status, 0) < 0 && errno == EINTR) {
        }
    }
    for (size_t i = 0; i < PEN_DEMO_FUNCTIONS; i++) {
        pen_demo_function_stop(setting->functions[i]);
    }
    if (setting->folder[0] != '\0') remove_folder(setting->folder);
}
