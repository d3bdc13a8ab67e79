/**
 * The configuration, typed: what the one YAML file says, with every default filled in.
 *
 * Read once, checked whole (unknown keys, wrong types, dangling names, unsafe combinations), and
 * immutable from then on. Everything hangs in one arena; strings are followed by a NUL, so that
 * libraries may take them as C strings. Any thread may read it.
 */
#ifndef PEN_GATEWAY_CONFIG_H
#define PEN_GATEWAY_CONFIG_H

#include "filters/chain.h"
#include "gateway/net.h"
#include "gateway/tls/server.h"

/** A certificate chain and its private key. */
struct pen_config_identity {
    struct pen_str certificate; /* PEM file, leaf first; resolved against the file's own folder */
    struct pen_str key;         /* PEM file */
};

/** What a caller gets who names no host that is served: the first certificate, or an alert. */
enum pen_unknown_names { PEN_UNKNOWN_NAMES_DEFAULT, PEN_UNKNOWN_NAMES_REFUSE };

/** Where in the file it stands, for what only shows when its files are used. */
struct pen_config_place {
    size_t line;   /* 1-based */
    size_t column; /* 1-based, in bytes */
};

struct pen_config_listen {
    struct pen_config_place place; /* of its TLS */
    struct pen_str address;   /* as written: "0.0.0.0:8443", "[::1]:8080", "unix:/run/p.sock" */
    struct pen_str host;      /* numeric IPv4 or IPv6 without brackets; empty for a Unix socket */
    uint16_t port;            /* 0 = chosen by the system (tests, demo) */
    struct pen_str unix_path; /* empty unless "unix:" */
    uint32_t unix_mode;       /* 0660 */
    bool tls;
    bool plaintext; /* "plaintext: true" was spelled out; needed off loopback without tls */
    struct pen_networks proxies; /* their connections begin with a PROXY header */
    const struct pen_tls_certificate *certificates; /* with `tls` at least one; the first is the
                                                       default one */
    size_t certificate_count;
    enum pen_unknown_names unknown_names;
    int min_version;            /* 12 or 13 */
    struct pen_str ticket_keys; /* file; empty = keys in memory */
    enum pen_client_auth client_auth;
    struct pen_str client_ca;                /* PEM file; empty = none */
    struct pen_str client_crl;               /* PEM file; empty = none */
    const struct pen_tls_name *client_names; /* one of them must be the caller's; none = any */
    size_t client_name_count;
};

/** Bits of a set of JWS algorithms. */
enum pen_jws_alg {
    PEN_JWS_NONE_KNOWN = 0, /* not an algorithm of ours; never accepted */
    PEN_JWS_RS256 = 1 << 0,
    PEN_JWS_RS384 = 1 << 1,
    PEN_JWS_RS512 = 1 << 2,
    PEN_JWS_PS256 = 1 << 3,
    PEN_JWS_PS384 = 1 << 4,
    PEN_JWS_PS512 = 1 << 5,
    PEN_JWS_ES256 = 1 << 6,
    PEN_JWS_ES384 = 1 << 7,
    PEN_JWS_ES512 = 1 << 8,
    PEN_JWS_EDDSA = 1 << 9,
    PEN_JWS_HS256 = 1 << 10,
    PEN_JWS_HS384 = 1 << 11,
    PEN_JWS_HS512 = 1 << 12,
};

enum pen_token_profile { PEN_PROFILE_ANY, PEN_PROFILE_RFC9068, PEN_PROFILE_OIDC };

struct pen_config_issuer {
    struct pen_config_place place; /* of its keys */
    struct pen_str name;           /* the key in the file: "corp" */
    uint32_t index;                /* position in pen_config.issuers */
    struct pen_str issuer;
    const struct pen_str *audiences; /* at least one */
    size_t audience_count;
    uint32_t algorithms; /* set of pen_jws_alg; default RS256 ES256 PS256 EdDSA */
    enum pen_token_profile profile;
    uint32_t leeway_s;       /* 60 */
    uint32_t max_lifetime_s; /* exp - iat at most; 86,400; 0 = unbounded */
    struct pen_str jwks_file;
    struct pen_str jwks_url; /* exactly one of file and url */
    struct pen_str jwks_ca;  /* PEM file for the URL's server; empty = the system's */
    uint32_t refresh_s;      /* 600 */
    uint32_t stale_s;        /* 86,400: old keys stay usable while the URL fails */
};

enum pen_upstream_scheme { PEN_UPSTREAM_HTTPS, PEN_UPSTREAM_HTTP, PEN_UPSTREAM_UNIX };

struct pen_config_upstream {
    struct pen_str name;
    struct pen_config_place place; /* of its TLS */
    uint32_t index;
    enum pen_upstream_scheme scheme; /* http only to loopback unless "plaintext: true" */
    struct pen_str host;             /* name or address without brackets; "localhost" for unix */
    uint16_t port;
    struct pen_str authority; /* Host field: host[:port] as in the URL */
    struct pen_str base_path; /* of the URL, without trailing '/'; put before the target */
    struct pen_str unix_path;
    struct pen_config_identity identity; /* empty certificate = none */
    struct pen_str ca;                   /* PEM file; empty = the system's */
    struct pen_str crl;                  /* PEM file; empty = revocation is not looked at */
    struct pen_str server_name;          /* expected instead of host; empty = host */
    struct pen_str pin;                  /* "sha256//base64" of the public key; empty = none */
    int min_version;                     /* 12 or 13 */
    uint32_t connect_timeout_ms;         /* 2,000 */
    uint32_t first_byte_timeout_ms;      /* 30,000 */
    uint32_t timeout_ms;                 /* 60,000: the whole exchange */
    uint32_t idle_ms;                    /* 30,000: an unused connection is closed */
    uint32_t resolve_ms;                 /* 60,000: the host's addresses are used */
    uint32_t connections;                /* per worker; 128 */
    uint64_t response_bytes;             /* largest answer passed on; 0 = unbounded (streamed) */
};

struct pen_config_claim_rule {
    struct pen_str claim; /* JSON Pointer or plain member name: "tenant", "/realm/roles" */
    const struct pen_str *values;
    size_t value_count;
};

/** Who may call. A function without it is unreachable. */
struct pen_config_allow {
    bool anyone;                      /* "allow: anyone": spelled out, listed by check */
    bool sns;                         /* SNS's signature proves the caller */
    bool certificate;                 /* the caller must have proven one in the handshake */
    const struct pen_tls_name *names; /* one of them must be the certificate's; none = any */
    size_t name_count;
    const struct pen_config_issuer *const *issuers;
    size_t issuer_count;
    const struct pen_str *scopes; /* all of them */
    size_t scope_count;
    const struct pen_str *subjects; /* one of them; none = any */
    size_t subject_count;
    const struct pen_config_claim_rule *claims; /* each of them */
    size_t claim_count;
};

/** Content codings of requests (RFC 9110 section 8.4.1), as bits. */
enum pen_content_coding {
    PEN_CONTENT_IDENTITY = 0,
    PEN_CONTENT_GZIP = 1,
    PEN_CONTENT_DEFLATE = 2,
};

enum pen_authorization { PEN_AUTHORIZATION_STRIP, PEN_AUTHORIZATION_FORWARD };

struct pen_config_claim_header {
    struct pen_str header;
    struct pen_str claim;
};

/** An exact path, a prefix (trailing asterisk), or with "{name}" segments; on the raw path. */
enum pen_route_kind { PEN_ROUTE_EXACT, PEN_ROUTE_PREFIX, PEN_ROUTE_TEMPLATE };

struct pen_config_limits {
    uint64_t body_bytes;   /* 1 MiB */
    uint32_t depth;        /* 32 */
    uint32_t leaves;       /* 10,000 */
    uint32_t fields;       /* of a form, a query, or parts of a multipart body; 256 */
    uint64_t string_bytes; /* 64 KiB */
};

/** Which senders of webhooks are answered when they ask whether they may send, and believed. */
struct pen_config_webhook {
    size_t origin_count;
    size_t topic_count;
    const struct pen_str *origins; /* CloudEvents senders by their DNS names; "*" = any */
    const struct pen_str *topics;  /* Event Grid topics and ARNs of SNS topics */
    uint32_t rate;                 /* requests a minute that they are told; 0 = no limit is told */
    bool confirm;                  /* SNS subscriptions to these topics are confirmed by us */
    bool forward_confirmations;    /* messages about subscriptions go to the function, too */
    struct pen_config_place place;
    struct pen_str certificates; /* PEM file that proves SNS messages; empty = as AWS publishes */
    struct pen_str connect;      /* "host:port" that is asked instead of SNS; empty = SNS itself */
    struct pen_str ca;           /* PEM file that proves SNS's servers; empty = the system's */
};

enum pen_response_mode {
    PEN_RESPONSE_OFF,
    PEN_RESPONSE_DETECT,  /* recorded; the answer goes on while it comes */
    PEN_RESPONSE_REDACT,  /* what is found is struck out */
    PEN_RESPONSE_ENFORCE, /* 502 instead of an answer in which something is found */
};

/** What of a function's answers is looked at (filters/answer.h). */
struct pen_config_response {
    enum pen_response_mode secrets; /* off */
    enum pen_response_mode traces;
    enum pen_response_mode errors;
    bool any;            /* one of them is not off */
    uint64_t kinds;      /* of secrets, as bits of pen_secrets_kind; 0 = all */
    uint64_t body_bytes; /* looked at, at most; 1 MiB */
};

/** Documents that schemas refer to by URI: a file, or a folder for all URIs that begin so. */
struct pen_config_mapping {
    struct pen_config_place place;
    struct pen_str uri;  /* without fragment; a folder's ends in '/' */
    struct pen_str path; /* of the file or folder */
    bool is_folder;
};

/** Which part of a request a schema speaks about. */
enum pen_part {
    PEN_PART_BODY,
    PEN_PART_DATA,    /* of a CloudEvent, in every mode */
    PEN_PART_RECORDS, /* of an envelope: each of them */
    PEN_PART_AT,      /* what a path leads to */
    PEN_PART_QUERY,
    PEN_PART_HEADERS,
};

/** One schema and what it is held against. */
struct pen_config_schema_use {
    struct pen_str file;
    struct pen_str pointer; /* JSON Pointer of the schema within the file; empty = all of it */
    struct pen_config_place place;
    enum pen_part part;
    struct pen_str at; /* PEN_PART_AT: "/Records/", an asterisk, "/body|json" */
};

#define PEN_CONFIG_SCHEMAS 16 /* of one function; each is held against every event */

enum pen_dataschema {
    PEN_DATASCHEMA_IGNORE,
    PEN_DATASCHEMA_USE,     /* where the event names one that is mapped */
    PEN_DATASCHEMA_REQUIRE, /* and it must */
};

/** What events of a function must look like. */
struct pen_config_schema {
    struct pen_config_place place;
    const struct pen_config_schema_use *uses;
    size_t use_count;
    bool annotate;     /* "format" is not checked */
    bool detects;      /* violations are recorded, and the event goes on */
    bool shows_values; /* a refusal says which value it was */
    enum pen_dataschema dataschema;
};

/** What a function's answers must look like: JSON of those that say that all went well. */
struct pen_config_response_schema {
    bool enforces;
    struct pen_config_schema_use use; /* without a file: nothing */
};

/** An OpenAPI document that says which requests a function takes, and what it answers. */
struct pen_config_openapi {
    struct pen_config_place place;
    struct pen_str file;            /* empty = none */
    struct pen_str base;            /* of the document's paths */
    bool has_base;                  /* else it is its first server's path */
    enum pen_response_mode answers; /* off, detect or enforce */
};

/*
 * What every event reads comes first and takes a few cache lines that follow each other: where each
 * event asks another one of thousands, each line is a miss.
 */
struct pen_config_function {
    const struct pen_config_upstream *upstream;
    uint32_t index;
    uint32_t timeout_ms; /* 0 = the upstream's */
    unsigned codings;    /* of bodies, undone before they are looked into: pen_content_coding */
    enum pen_authorization authorization; /* strip */
    bool has_allow;
    enum pen_route_kind route_kind;
    const struct pen_str *methods; /* default POST (also GET when "methods" says so) */
    size_t method_count;
    struct pen_config_allow allow;
    struct pen_config_limits limits;
    const struct pen_envelope *const *events; /* one of them; none = any */
    size_t event_count;
    const enum pen_body_kind *bodies; /* accepted kinds; default json */
    size_t body_count;
    const struct pen_config_claim_header *claim_headers;
    size_t claim_header_count;
    struct pen_config_response response;
    struct pen_str name;
    struct pen_str route;  /* as written */
    struct pen_str target; /* path at the function; empty = the caller's raw path; "{name}" and a
                              trailing "*" are filled from the route */
    struct pen_config_webhook webhook;
    struct pen_config_openapi openapi;                 /* its end is read for each event, */
    struct pen_config_response_schema response_schema; /* and this one's beginning */
    struct pen_config_schema schema;
    struct pen_policy *policy;  /* the same for all that say nothing about it; see
                                   pen_config_policy */
    struct pen_str host;        /* lower case, without port; empty = any */
    struct pen_str allow_field; /* "POST, PUT": the Allow field of a 405, ready made */
};

struct pen_config_audit {
    struct pen_str file;          /* "-" = standard output; empty = off */
    bool refuse_when_full;        /* on_full: refuse | drop (default: drop and count) */
    const struct pen_str *redact; /* leaf paths whose excerpts are never written */
    size_t redact_count;
};

struct pen_config_timeouts {
    uint32_t handshake_ms;   /* 5,000 */
    uint32_t head_ms;        /* 10,000 */
    uint32_t body_ms;        /* 60,000: the whole body */
    uint32_t idle_ms;        /* 60,000: between requests */
    uint32_t linger_ms;      /* 5,000: for a caller to read a last answer while it still sends */
    uint32_t drain_ms;       /* 30,000 */
    uint32_t exchange_ms;    /* from a request's first byte to its answer's last; 0 = by the others,
                                pen_config_exchange_ms */
    uint32_t body_min_rate;  /* bytes a second after 5 s; 500 */
    uint32_t reply_min_rate; /* bytes a second while the caller is what holds the answer up; 500 */
};

struct pen_config {
    struct pen_arena *arena; /* owns everything, itself included */
    struct pen_str file;     /* as named on the command line */

    const struct pen_config_listen *listens;
    size_t listen_count;
    struct pen_networks trusted_proxies; /* whose Forwarded and X-Forwarded-For are believed */
    bool admin;
    struct pen_config_listen admin_listen; /* loopback or Unix socket, plaintext */
    const struct pen_config_issuer *issuers;
    size_t issuer_count;
    const struct pen_config_upstream *upstreams;
    size_t upstream_count;
    const struct pen_patch_rule *patches;
    size_t patch_count;
    const struct pen_config_mapping *mappings;
    size_t mapping_count;
    const struct pen_config_function *functions;
    size_t function_count;
    struct pen_config_audit audit;
    struct pen_config_timeouts timeouts;
    uint32_t workers;             /* 0 = as many as the process may use CPUs */
    uint32_t connections;         /* of callers, all workers together; 10,000 */
    uint32_t address_connections; /* of one caller's address (IPv6: of its /64); 0 = no limit */
    uint32_t connection_requests; /* on one connection; 1,000 */
    uint32_t hsts_s;              /* max-age of Strict-Transport-Security; 0 = not said; a year */
    size_t memory_bytes;          /* of bodies in flight, all workers together; 256 MiB */
    size_t process_bytes;         /* of the whole process; 0 = the cgroup's or machine's memory */
};

/**
 * Read and check a file.
 *
 * On success `*out` owns everything through its arena: pen_config_destroy. On error `err` says
 * line, column, what was expected and the nearest known key; without a line, the file itself could
 * not be read.
 *
 * @param file  followed by a NUL that is not counted
 *
 * Errors: PEN_ERR_IO (cannot be read), PEN_ERR_SYNTAX (no YAML), PEN_ERR_INVALID, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_config_load(struct pen_str file, struct pen_config **out,
                                             struct pen_error *err);

/** The same from memory; `folder` resolves relative file names. */
PEN_MUST_USE enum pen_status pen_config_parse(struct pen_str yaml, struct pen_str folder,
                                              struct pen_config **out, struct pen_error *err);

/** What reading a configuration may touch besides its own text. */
struct pen_config_options {
    /* Value of an environment variable, or NULL; NULL = no variable is set. */
    const char *(*variable)(const char *name);
    bool look_at_files;  /* false: files named need not exist, and `file:` values are refused */
    size_t memory_bytes; /* limit of the configuration's arena; 0 = 256 MiB */
};

/** As pen_config_parse, which uses the real environment and files. For tests and the fuzzer. */
PEN_MUST_USE enum pen_status pen_config_parse_with(struct pen_str yaml, struct pen_str folder,
                                                   const struct pen_config_options *options,
                                                   struct pen_config **out, struct pen_error *err);

/**
 * What one exchange with a caller may take as a whole. Where it is not configured: as long as head,
 * body, the slowest function and 60 s for the rest of the answer may take together.
 */
uint64_t pen_config_exchange_ms(const struct pen_config *config);

/** An error that has no place yet gets this one. Returns `status`; nothing happens at PEN_OK. */
enum pen_status pen_config_placed(enum pen_status status, struct pen_config_place place,
                                  struct pen_error *err);

/** The word for a kind of body: "json". Empty for PEN_BODY_NONE. */
struct pen_str pen_config_body_name(enum pen_body_kind kind);

/** A function's policy, with its name. */
struct pen_policy pen_config_policy(const struct pen_config_function *function);

/** What the certificate of an upstream must name. */
struct pen_str pen_config_proven_name(const struct pen_config_upstream *upstream);

/** NULL is fine. */
void pen_config_destroy(struct pen_config *config);

#endif
