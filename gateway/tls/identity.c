/** One heap block: the struct, its table of names, their texts. */
#include "gateway/tls/identity.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MOST 64
#define TEXT_BYTES 8192

static void free_names(GENERAL_NAMES **names)
{
    GENERAL_NAMES_free(*names);
}

/* False: a kind that does not count, or text that cannot be trusted to have one reading. */
static bool read_name(const GENERAL_NAME *general, struct pen_tls_name *out)
{
    int type = 0;
    const ASN1_IA5STRING *const text = GENERAL_NAME_get0_value(general, &type);
    if (type == GEN_URI) {
        out->kind = PEN_TLS_NAME_URI;
    } else if (type == GEN_DNS) {
        out->kind = PEN_TLS_NAME_DNS;
    } else if (type == GEN_EMAIL) {
        out->kind = PEN_TLS_NAME_EMAIL;
    } else {
        return false;
    }
    const int length = ASN1_STRING_length(text);
    if (length <= 0) return false;

    out->text = (struct pen_str){(const char *)ASN1_STRING_get0_data(text), (size_t)length};
    return pen_tls_name_is_sound(*out);
}

/* The names that count, still in the certificate's memory; how many bytes they have. */
static size_t collect(const GENERAL_NAMES *all, struct pen_tls_name names[NAMES_MOST],
                      size_t *bytes)
{
    size_t count = 0;
    *bytes = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(all) && count < NAMES_MOST; i++) {
        if (!read_name(sk_GENERAL_NAME_value(all, i), &names[count])) continue;
        if (names[count].text.len > TEXT_BYTES - *bytes) break;

        *bytes += names[count].text.len;
        count++;
    }
    return count;
}

static struct pen_tls_identity *copy_names(const struct pen_tls_name *names, size_t count,
                                           size_t bytes)
{
    struct pen_tls_identity *identity =
        calloc(1, sizeof(*identity) + count * sizeof(*names) + bytes);
    if (identity == NULL) return NULL;

    struct pen_tls_name *const table = (struct pen_tls_name *)(void *)(identity + 1);
    char *text = (char *)(table + count);
    for (size_t i = 0; i < count; i++) {
        table[i] = (struct pen_tls_name){names[i].kind, {text, names[i].text.len}};
        memcpy(text, names[i].text.ptr, names[i].text.len);
        text += names[i].text.len;
    }
    identity->names = table;
    identity->name_count = count;
    return identity;
}

enum pen_status pen_tls_identity_of(const X509 *certificate, struct pen_tls_identity **out)
{
    struct pen_tls_name names[NAMES_MOST];
    size_t bytes = 0;
    size_t count = 0;
    int critical = 0;
    PEN_CLEANUP(free_names)
    GENERAL_NAMES *all = X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, NULL);
    if (all != NULL) count = collect(all, names, &bytes);

    struct pen_tls_identity *const identity = copy_names(names, count, bytes);
    if (identity == NULL) return PEN_ERR_NOMEM;

    unsigned int length = 0;
    if (X509_digest(certificate, EVP_sha256(), identity->fingerprint, &length) != 1) {
        free(identity);
        return PEN_ERR_INTERNAL;
    }
    *out = identity;
    return PEN_OK;
}

enum pen_status pen_tls_identity_of_peer(const SSL *ssl, struct pen_tls_identity **out)
{
    const X509 *const certificate = SSL_get0_peer_certificate(ssl);
    if (certificate == NULL) {
        *out = NULL;
        return PEN_OK;
    }
    /* A handshake does not succeed with one that was not proven; nothing may rest on that alone. */
    if (SSL_get_verify_result(ssl) != X509_V_OK) return PEN_ERR_INTERNAL;

    return pen_tls_identity_of(certificate, out);
}

void pen_tls_identity_destroy(struct pen_tls_identity *identity)
{
    free(identity);
}

const struct pen_tls_name *pen_tls_identity_find(const struct pen_tls_identity *identity,
                                                 const struct pen_tls_name *rules, size_t count)
{
    for (size_t i = 0; identity != NULL && i < identity->name_count; i++) {
        for (size_t k = 0; k < count; k++) {
            if (pen_tls_rule_admits(rules[k], identity->names[i])) return &identity->names[i];
        }
    }
    return NULL;
}
