/**
 * Certificates by OpenSSL's X.509 calls.
 *
 * The extensions are those of RFC 5280 and of the CA/Browser Forum's baseline: names stand in the
 * subject alternative name only, every leaf says CA:FALSE and one extended key usage, so that a
 * client certificate cannot pose as a server. What is left out: revocation, intermediate
 * authorities, and everything else that a throw-away authority has no use for.
 */
#include "gateway/devcerts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/file.h"

#define NAME_BYTES   253 /* a DNS name, RFC 1035 section 2.3.4 */
#define SAN_BYTES    (PEN_DEVCERTS_NAMES * (NAME_BYTES + sizeof("DNS:,")))
#define PATH_BYTES   4096
#define SERIAL_BYTES 16   /* RFC 5280 section 4.1.2.2 allows 20; 64 random bits are demanded */
#define SKEW_S       3600 /* a peer whose clock is behind accepts them, too */
#define SECONDS_DAY  86400L

/* One certificate with its key; both are freed by `discard`. */
struct identity {
    X509 *certificate;
    EVP_PKEY *key;
};

/* What sets one certificate apart from the others. */
struct part {
    const char *file;
    const char *common_name;
    const char *basic_constraints;
    const char *key_usage;
    const char *extended_key_usage; /* NULL: none, for the authority */
    const char *alternative_name;   /* NULL: none */
};

static const char *const files[] = {"ca.pem",     "ca.key",     "server.pem",   "server.key",
                                    "client.pem", "client.key", "function.pem", "function.key"};

static void discard(struct identity *identity)
{
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
}

static bool is_address(const char *name)
{
    struct in6_addr address;
    return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

/* Letters, digits, '-' and '.', and "*." in front: nothing that OpenSSL's notation would take for
 * more than a name. */
static bool is_dns_name(const char *name)
{
    const char *const rest = strncmp(name, "*.", 2) == 0 ? name + 2 : name;
    const size_t length = strlen(rest);
    return length > 0 && length + 2 <= NAME_BYTES && rest[0] != '.' && rest[0] != '-'
           && strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
                  == length;
}

static enum pen_status write_names(const struct pen_devcerts_wish *wish, struct pen_buf *out,
                                   struct pen_error *err)
{
    for (size_t i = 0; i < wish->name_count; i++) {
        const char *const name = wish->names[i];
        const bool address = is_address(name);
        if (!address && !is_dns_name(name)) {
            pen_error_set(err, "'%s' is neither a DNS name nor an IP address", name);
            return PEN_ERR_INVALID;
        }
        if (i > 0) pen_buf_byte(out, ',');
        pen_buf_put(out, address ? PEN_S("IP:") : PEN_S("DNS:"));
        pen_buf_put(out, pen_str_from_c(name));
    }
    pen_buf_byte(out, '\0');
    return PEN_OK;
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    if (value == NULL) return true;

    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *const extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    const bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[SERIAL_BYTES];
    if (RAND_bytes(bytes, sizeof(bytes)) != 1) return false;

    bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40); /* positive, and of constant length */
    BIGNUM *const number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    const bool set =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

static bool set_fields(X509 *certificate, const struct part *part, EVP_PKEY *key, uint32_t days)
{
    X509_NAME *const subject = X509_get_subject_name(certificate);
    const unsigned char *const name = (const unsigned char *)part->common_name;
    const long until_s = (long)days * SECONDS_DAY - SKEW_S;
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate)
           && X509_gmtime_adj(X509_getm_notBefore(certificate), -SKEW_S) != NULL
           && X509_gmtime_adj(X509_getm_notAfter(certificate), until_s) != NULL
           && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0) == 1
           && X509_set_pubkey(certificate, key) == 1;
}

static bool set_extensions(X509 *certificate, X509 *issuer, const struct part *part)
{
    return add_extension(certificate, issuer, NID_basic_constraints, part->basic_constraints)
           && add_extension(certificate, issuer, NID_key_usage, part->key_usage)
           && add_extension(certificate, issuer, NID_subject_key_identifier, "hash")
           && add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always")
           && add_extension(certificate, issuer, NID_ext_key_usage, part->extended_key_usage)
           && add_extension(certificate, issuer, NID_subject_alt_name, part->alternative_name);
}

/* Make key and certificate; the authority signs itself (`authority` is then `out`, still empty). */
static bool issue(const struct part *part, uint32_t days, const struct identity *authority,
                  struct identity *out)
{
    out->key = EVP_EC_gen("P-256");
    out->certificate = X509_new();
    if (out->key == NULL || out->certificate == NULL) return false;

    X509 *const certificate = out->certificate;
    X509 *const issuer = authority->certificate;
    return set_fields(certificate, part, out->key, days)
           && X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1
           && set_extensions(certificate, issuer, part)
           && X509_sign(certificate, authority->key, EVP_sha256()) > 0;
}

static enum pen_status join(const char *folder, const char *file, const char *ending,
                            char path[PATH_BYTES], struct pen_error *err)
{
    struct pen_buf out = pen_buf_over(path, PATH_BYTES);
    pen_buf_format(&out, "%s/%s%s", folder, file, ending);
    pen_buf_byte(&out, '\0');
    if (!out.full) return PEN_OK;

    pen_error_set(err, "the folder's name is too long");
    return PEN_ERR_INVALID;
}

/* A new file of our own: never somebody else's, never through a link, never open to others. */
static BIO *create_file(const char *path, mode_t mode, bool replace, struct pen_error *err)
{
    if (replace) (void)unlink(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) {
        pen_error_set(err, "cannot create %s: %s", path, strerror(errno));
        return NULL;
    }
    BIO *const file = BIO_new_fd(fd, BIO_CLOSE);
    if (file == NULL) (void)close(fd);
    return file;
}

static enum pen_status write_identity(const struct identity *identity, const char *file,
                                      const struct pen_devcerts_wish *wish, struct pen_error *err)
{
    char path[PATH_BYTES];
    PEN_TRY(join(wish->folder, file, ".pem", path, err));
    BIO *out = create_file(path, 0644, wish->replace, err);
    if (out == NULL) return PEN_ERR_IO;
    int written = PEM_write_bio_X509(out, identity->certificate);
    BIO_free_all(out);

    if (written == 1) {
        PEN_TRY(join(wish->folder, file, ".key", path, err));
        out = create_file(path, 0600, wish->replace, err);
        if (out == NULL) return PEN_ERR_IO;
        written = PEM_write_bio_PKCS8PrivateKey(out, identity->key, NULL, NULL, 0, NULL, NULL);
        BIO_free_all(out);
    }
    if (written == 1) return PEN_OK;

    pen_error_set(err, "cannot write %s: %s", path, strerror(errno));
    return PEN_ERR_IO;
}

static enum pen_status check_wish(const struct pen_devcerts_wish *wish, struct pen_error *err)
{
    if (wish->days < 1 || wish->days > PEN_DEVCERTS_MAX) {
        pen_error_set(err, "certificates live 1 to %d days", PEN_DEVCERTS_MAX);
        return PEN_ERR_INVALID;
    }
    if (wish->name_count < 1 || wish->name_count > PEN_DEVCERTS_NAMES) {
        pen_error_set(err, "a server has 1 to %d names", PEN_DEVCERTS_NAMES);
        return PEN_ERR_INVALID;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(files) && !wish->replace; i++) {
        char path[PATH_BYTES];
        PEN_TRY(join(wish->folder, files[i], "", path, err));
        struct stat found;
        if (lstat(path, &found) == 0) {
            pen_error_set(err, "%s is there already; --force replaces it", path);
            return PEN_ERR_IO;
        }
    }
    return PEN_OK;
}

static enum pen_status make_part(const struct part *part, const struct pen_devcerts_wish *wish,
                                 const struct identity *authority, struct identity *made,
                                 struct pen_error *err)
{
    if (!issue(part, wish->days, authority, made)) {
        pen_error_set(err, "OpenSSL could not make %s", part->file);
        return PEN_ERR_INTERNAL;
    }
    return write_identity(made, part->file, wish, err);
}

enum pen_status pen_devcerts_make(const struct pen_devcerts_wish *wish, struct pen_error *err)
{
    char names_memory[SAN_BYTES];
    struct pen_buf names = pen_buf_over(names_memory, sizeof(names_memory));
    PEN_TRY(check_wish(wish, err));
    PEN_TRY(write_names(wish, &names, err));
    PEN_TRY(pen_file_make_folder(pen_str_from_c(wish->folder), err));

    const struct part ca = {"ca",
                            "Penstock development CA",
                            "critical,CA:TRUE,pathlen:0",
                            "critical,keyCertSign,cRLSign",
                            NULL,
                            NULL};
    const char *const leaf = "critical,CA:FALSE";
    const char *const signs = "critical,digitalSignature";
    const struct part leaves[] = {
        {"server", "Penstock", leaf, signs, "serverAuth", names_memory},
        {"client", "Penstock towards functions", leaf, signs, "clientAuth", "DNS:penstock"},
        {"function", "Function", leaf, signs, "serverAuth", names_memory},
    };
    struct identity authority = {0};
    enum pen_status status = make_part(&ca, wish, &authority, &authority, err);
    for (size_t i = 0; i < PEN_COUNT_OF(leaves) && status == PEN_OK; i++) {
        struct identity made = {0};
        status = make_part(&leaves[i], wish, &authority, &made, err);
        discard(&made);
    }
    discard(&authority);
    return status;
}
