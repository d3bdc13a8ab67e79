/**
 * The mappings of the configuration file: which file of this folder reads which.
 *
 * Each function reads the value of one key into `target`, the struct that the shape around it
 * fills; they are the `read` of a table's row.
 */
#ifndef PEN_GATEWAY_SHAPES_H
#define PEN_GATEWAY_SHAPES_H

#include "gateway/config/reader.h"

extern const struct pen_shape pen_shape_listen;
extern const struct pen_shape pen_shape_listen_tls;
extern const struct pen_shape pen_shape_certificate;
extern const struct pen_shape pen_shape_admin;
extern const struct pen_shape pen_shape_issuer;
extern const struct pen_shape pen_shape_jwks;
extern const struct pen_shape pen_shape_upstream;
extern const struct pen_shape pen_shape_upstream_tls;
extern const struct pen_shape pen_shape_upstream_mtls;
extern const struct pen_shape pen_shape_function;
extern const struct pen_shape pen_shape_defaults;
extern const struct pen_shape pen_shape_limits;
extern const struct pen_shape pen_shape_thresholds;
extern const struct pen_shape pen_shape_exception;
extern const struct pen_shape pen_shape_allow;
extern const struct pen_shape pen_shape_webhook;
extern const struct pen_shape pen_shape_response;
extern const struct pen_shape pen_shape_schema;
extern const struct pen_shape pen_shape_schema_use;
extern const struct pen_shape pen_shape_response_schema;
extern const struct pen_shape pen_shape_openapi;
extern const struct pen_shape pen_shape_audit;
extern const struct pen_shape pen_shape_timeouts;
extern const struct pen_shape pen_shape_patch;
extern const struct pen_shape pen_shape_patch_match;
extern const struct pen_shape pen_shape_patch_header;
extern const struct pen_shape pen_shape_patch_when;
extern const struct pen_shape pen_shape_root;

/** All of them, for the test that compares them with the published schema. */
const struct pen_shape *const *pen_config_shapes(size_t *count);

/** What functions start from when the file has no `defaults`. */
PEN_MUST_USE enum pen_status pen_read_start(struct pen_reader *reader);

/**
 * A function's policy, to be written: the defaults' is its own from now on. Errors: PEN_ERR_NOMEM,
 * told.
 */
PEN_MUST_USE enum pen_status pen_reader_policy(struct pen_reader *reader,
                                               struct pen_config_function *function,
                                               struct pen_policy **out);

/**
 * Lists that say what those of the function before say become the same ones. Functions by the
 * thousand are generated, and then most ask for what their neighbours ask.
 */
void pen_share_lists(const struct pen_config_function *before,
                     struct pen_config_function *function);

/**
 * Names and routes, which are read for each event, taken out of the file's tree, where a page has
 * few, and put side by side. Errors: PEN_ERR_NOMEM, told.
 */
PEN_MUST_USE enum pen_status pen_gather_texts(struct pen_reader *reader,
                                              struct pen_config_function *functions, size_t count);

/** Into struct pen_config; `defaults` into the reader. */
PEN_MUST_USE enum pen_status pen_read_defaults(struct pen_reader *reader,
                                               const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_listens(struct pen_reader *reader,
                                              const struct pen_json *value, void *target);
/** Of a listener: whose connections begin with a PROXY header. */
PEN_MUST_USE enum pen_status pen_read_proxy_protocol(struct pen_reader *reader,
                                                     const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_trusted_proxies(struct pen_reader *reader,
                                                      const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_admin(struct pen_reader *reader, const struct pen_json *value,
                                            void *target);
PEN_MUST_USE enum pen_status pen_read_issuers(struct pen_reader *reader,
                                              const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_upstreams(struct pen_reader *reader,
                                                const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_patches(struct pen_reader *reader,
                                              const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_mappings(struct pen_reader *reader,
                                               const struct pen_json *value, void *target);
/** When all is read: are there the functions that patches name? */
PEN_MUST_USE enum pen_status pen_check_patches(struct pen_reader *reader,
                                               const struct pen_json *root);
PEN_MUST_USE enum pen_status pen_read_functions(struct pen_reader *reader,
                                                const struct pen_json *value, void *target);

/** Into struct pen_config_listen. */
PEN_MUST_USE enum pen_status pen_read_listen_tls(struct pen_reader *reader,
                                                 const struct pen_json *value, void *target);

/** Into struct pen_config_function. */
PEN_MUST_USE enum pen_status pen_read_allow(struct pen_reader *reader, const struct pen_json *value,
                                            void *target);
PEN_MUST_USE enum pen_status pen_read_allow_certificate(struct pen_reader *reader,
                                                        const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_methods(struct pen_reader *reader,
                                              const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_claim_headers(struct pen_reader *reader,
                                                    const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_event(struct pen_reader *reader, const struct pen_json *value,
                                            void *target);
PEN_MUST_USE enum pen_status pen_read_filters(struct pen_reader *reader,
                                              const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_sinks(struct pen_reader *reader, const struct pen_json *value,
                                            void *target);
PEN_MUST_USE enum pen_status pen_read_thresholds(struct pen_reader *reader,
                                                 const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_exceptions(struct pen_reader *reader,
                                                 const struct pen_json *value, void *target);

PEN_MUST_USE enum pen_status pen_read_schema(struct pen_reader *reader,
                                             const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_response_schema(struct pen_reader *reader,
                                                      const struct pen_json *value, void *target);
PEN_MUST_USE enum pen_status pen_read_openapi(struct pen_reader *reader,
                                              const struct pen_json *value, void *target);

/** After all else of the function: can its schemas be held against what it takes? */
PEN_MUST_USE enum pen_status pen_check_schema(struct pen_reader *reader,
                                              const struct pen_json *value,
                                              const struct pen_config_function *function);

/** After all else of the function: is there anything that its exceptions could excuse? */
PEN_MUST_USE enum pen_status pen_check_exceptions(struct pen_reader *reader,
                                                  const struct pen_json *value,
                                                  const struct pen_policy *policy);

/** An envelope by its name. */
PEN_MUST_USE enum pen_status pen_read_envelope(struct pen_reader *reader,
                                               const struct pen_json *value, struct pen_str name,
                                               const struct pen_envelope **out);

/** A filter by its name; `at_name`: it is the name of `value`, not its text. */
PEN_MUST_USE enum pen_status pen_read_filter_name(struct pen_reader *reader,
                                                  const struct pen_json *value, struct pen_str name,
                                                  bool at_name, size_t *out);

/** The day (UTC) at which something ends, as its first second. */
PEN_MUST_USE enum pen_status pen_read_until(struct pen_reader *reader, const struct pen_json *value,
                                            int64_t *out);

/** One rule about names in certificates, or a list of them: "dns:*.example.com". */
PEN_MUST_USE enum pen_status pen_read_name_rules(struct pen_reader *reader,
                                                 const struct pen_json *value,
                                                 const struct pen_tls_name **out, size_t *count);

/** A claim: a member's name, or a JSON Pointer into the claims. */
PEN_MUST_USE enum pen_status pen_read_claim(struct pen_reader *reader, const struct pen_json *value,
                                            struct pen_str text);

#endif
