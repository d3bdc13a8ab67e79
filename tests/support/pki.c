/** Certificates straight from OpenSSL's X509 functions: no command to run, a millisecond each. */
#include "tests/support/pki.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct pen_str pki_path(struct pki *pki, const char *file)
{
    char path[160];
    const int len = snprintf(path, sizeof(path), "%s/%s", pki->folder, file);
    assert_in_range(len, 1, sizeof(path) - 1);
    struct pen_str copy;
    assert_int_equal(pen_arena_copy(pki->arena, (struct pen_str){path, (size_t)len}, &copy),
                     PEN_OK);
    return copy;
}

static FILE *open_file(struct pki *pki, const char *file, const char *ending)
{
    char path[160];
    const int len = snprintf(path, sizeof(path), "%s/%s%s", pki->folder, file, ending);
    assert_in_range(len, 1, sizeof(path) - 1);
    FILE *const stream = fopen(path, "w");
    assert_non_null(stream);
    return stream;
}

void pki_write(struct pki *pki, const char *file, struct pen_str bytes)
{
    FILE *const stream = open_file(pki, file, "");
    if (bytes.len > 0) assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, stream), bytes.len);
    assert_int_equal(fclose(stream), 0);
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *const extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static X509 *new_certificate(EVP_PKEY *key, const char *name, long from_s, long until_s)
{
    X509 *const certificate = X509_new();
    assert_non_null(certificate);
    uint64_t serial;
    assert_int_equal(RAND_bytes((unsigned char *)&serial, sizeof(serial)), 1);
    assert_int_equal(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1), 1);
    assert_int_equal(X509_set_version(certificate, X509_VERSION_3), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), from_s));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), until_s));
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    X509_NAME *const subject = X509_get_subject_name(certificate);
    assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                                (const unsigned char *)name, -1, -1, 0),
                     1);
    return certificate;
}

static void write_certificate(struct pki *pki, const char *file, X509 *certificate, X509 *issuer)
{
    FILE *const stream = open_file(pki, file, ".pem");
    assert_int_equal(PEM_write_X509(stream, certificate), 1);
    if (issuer != NULL) assert_int_equal(PEM_write_X509(stream, issuer), 1);
    assert_int_equal(fclose(stream), 0);
}

void pki_init(struct pki *pki)
{
    memset(pki, 0, sizeof(*pki));
    memcpy(pki->folder, "/tmp/pen-test-XXXXXX", sizeof("/tmp/pen-test-XXXXXX"));
    assert_non_null(mkdtemp(pki->folder));
    assert_int_equal(pen_arena_create((size_t)1 << 20, 4096, &pki->arena), PEN_OK);

    EVP_PKEY *const key = EVP_EC_gen("P-256");
    assert_non_null(key);
    X509 *const ca = new_certificate(key, "Penstock test CA", -7200, 7 * 86400L);
    assert_int_equal(X509_set_issuer_name(ca, X509_get_subject_name(ca)), 1);
    add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(ca, ca, NID_subject_key_identifier, "hash");
    assert_true(X509_sign(ca, key, EVP_sha256()) > 0);
    write_certificate(pki, "ca", ca, NULL);
    pki->ca_key = key;
    pki->ca = ca;
}

void pki_deinit(struct pki *pki)
{
    EVP_PKEY_free(pki->ca_key);
    X509_free(pki->ca);
    pen_arena_destroy(pki->arena);
    DIR *const folder = opendir(pki->folder);
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') assert_int_equal(unlinkat(dirfd(folder), entry->d_name, 0), 0);
    }
    assert_int_equal(closedir(folder), 0);
    assert_int_equal(rmdir(pki->folder), 0);
}

static FILE *read_back(struct pki *pki, const char *file, const char *ending)
{
    char path[160];
    const int len = snprintf(path, sizeof(path), "%s/%s%s", pki->folder, file, ending);
    assert_in_range(len, 1, sizeof(path) - 1);
    FILE *const stream = fopen(path, "r");
    assert_non_null(stream);
    return stream;
}

/* A certificate made before, to be freed; NULL means the root. */
static X509 *certificate_of(struct pki *pki, const char *file)
{
    if (file == NULL) {
        assert_int_equal(X509_up_ref(pki->ca), 1);
        return pki->ca;
    }
    FILE *const stream = read_back(pki, file, ".pem");
    X509 *const certificate = PEM_read_X509(stream, NULL, NULL, NULL);
    assert_non_null(certificate);
    assert_int_equal(fclose(stream), 0);
    return certificate;
}

static EVP_PKEY *key_of(struct pki *pki, const char *file)
{
    if (file == NULL) {
        assert_int_equal(EVP_PKEY_up_ref(pki->ca_key), 1);
        return pki->ca_key;
    }
    FILE *const stream = read_back(pki, file, ".key");
    EVP_PKEY *const key = PEM_read_PrivateKey(stream, NULL, NULL, NULL);
    assert_non_null(key);
    assert_int_equal(fclose(stream), 0);
    return key;
}

static void describe(X509 *certificate, X509 *issuer, const struct pki_wish *wish)
{
    char names[128];
    const bool address = strspn(wish->name, "0123456789.") == strlen(wish->name);
    (void)snprintf(names, sizeof(names), "%s:%s", address ? "IP" : "DNS", wish->name);
    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
    if (wish->authority) {
        add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
        add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
        return;
    }
    add_extension(certificate, issuer, NID_subject_alt_name,
                  wish->names != NULL ? wish->names : names);
    if (wish->any_use) return;
    add_extension(certificate, issuer, NID_ext_key_usage,
                  wish->client ? "clientAuth" : "serverAuth");
}

void pki_issue(struct pki *pki, const char *file, const struct pki_wish *wish)
{
    EVP_PKEY *const key = wish->rsa_1024 ? EVP_RSA_gen(1024)
                          : wish->rsa    ? EVP_RSA_gen(2048)
                                         : EVP_EC_gen("P-256");
    assert_non_null(key);
    X509 *const issuer = certificate_of(pki, wish->issuer);
    EVP_PKEY *const issuer_key = key_of(pki, wish->issuer);
    X509 *const certificate =
        new_certificate(key, wish->name, wish->from_s != 0 ? wish->from_s : -3600,
                        wish->until_s != 0 ? wish->until_s : 86400);
    assert_int_equal(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)), 1);
    describe(certificate, issuer, wish);
    assert_true(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
    write_certificate(pki, file, certificate, wish->chain ? issuer : NULL);

    FILE *const stream = open_file(pki, file, ".key");
    assert_int_equal(PEM_write_PKCS8PrivateKey(stream, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(stream), 0);
    X509_free(certificate);
    X509_free(issuer);
    EVP_PKEY_free(issuer_key);
    EVP_PKEY_free(key);
}

static ASN1_TIME *in_seconds(long seconds)
{
    ASN1_TIME *const time = X509_gmtime_adj(NULL, seconds);
    assert_non_null(time);
    return time;
}

void pki_revoke(struct pki *pki, const char *file, const char *issuer, const char *revoked,
                long until_s)
{
    X509 *const authority = certificate_of(pki, issuer);
    EVP_PKEY *const key = key_of(pki, issuer);
    ASN1_TIME *const from = in_seconds(-7200);
    ASN1_TIME *const until = in_seconds(until_s);
    X509_CRL *const list = X509_CRL_new();
    assert_non_null(list);
    assert_int_equal(X509_CRL_set_version(list, 1), 1);
    assert_int_equal(X509_CRL_set_issuer_name(list, X509_get_subject_name(authority)), 1);
    assert_int_equal(X509_CRL_set1_lastUpdate(list, from), 1);
    assert_int_equal(X509_CRL_set1_nextUpdate(list, until), 1);
    if (revoked != NULL) {
        X509 *const certificate = certificate_of(pki, revoked);
        X509_REVOKED *const entry = X509_REVOKED_new();
        assert_non_null(entry);
        assert_int_equal(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)),
                         1);
        assert_int_equal(X509_REVOKED_set_revocationDate(entry, from), 1);
        assert_int_equal(X509_CRL_add0_revoked(list, entry), 1);
        X509_free(certificate);
    }
    assert_int_equal(X509_CRL_sort(list), 1);
    assert_true(X509_CRL_sign(list, key, EVP_sha256()) > 0);
    FILE *const stream = open_file(pki, file, "");
    assert_int_equal(PEM_write_X509_CRL(stream, list), 1);
    assert_int_equal(fclose(stream), 0);
    X509_CRL_free(list);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    X509_free(authority);
    EVP_PKEY_free(key);
}

void pki_say(struct pki *pki, const char *file, const struct pki_word *word)
{
    X509 *const about = certificate_of(pki, word->about);
    X509 *const signer = certificate_of(pki, word->signer);
    EVP_PKEY *const key = key_of(pki, word->signer);
    ASN1_TIME *const from = in_seconds(word->from_s != 0 ? word->from_s : -3600);
    ASN1_TIME *const until = in_seconds(word->until_s != 0 ? word->until_s : 86400);
    OCSP_CERTID *const id = OCSP_cert_to_id(EVP_sha1(), about, pki->ca);
    OCSP_BASICRESP *const basic = OCSP_BASICRESP_new();
    assert_non_null(id);
    assert_non_null(basic);
    assert_non_null(OCSP_basic_add1_status(basic, id, word->status, 0, from, from,
                                           word->until_s == -1 ? NULL : until));
    assert_int_equal(OCSP_basic_sign(basic, signer, key, EVP_sha256(), NULL, 0), 1);
    OCSP_RESPONSE *const response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    assert_non_null(response);
    unsigned char *der = NULL;
    const int length = i2d_OCSP_RESPONSE(response, &der);
    assert_true(length > 0);
    pki_write(pki, file, (struct pen_str){(const char *)der, (size_t)length});
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    X509_free(about);
    X509_free(signer);
    EVP_PKEY_free(key);
}

struct pen_str pki_pin(struct pki *pki, const char *file)
{
    X509 *const certificate = certificate_of(pki, file);

    unsigned char *der = NULL;
    const int der_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    assert_true(der_len > 0);
    unsigned char digest[32];
    assert_int_equal(EVP_Digest(der, (size_t)der_len, digest, NULL, EVP_sha256(), NULL), 1);
    OPENSSL_free(der);
    X509_free(certificate);

    char pin[64] = "sha256//";
    const int len = EVP_EncodeBlock((unsigned char *)pin + 8, digest, sizeof(digest));
    struct pen_str copy;
    assert_int_equal(pen_arena_copy(pki->arena, (struct pen_str){pin, 8 + (size_t)len}, &copy),
                     PEN_OK);
    return copy;
}
