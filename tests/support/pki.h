/**
 * A throw-away certificate authority for tests: P-256 keys and certificates in a temporary folder.
 * Every function fails the running test when something does not work.
 */
#ifndef PEN_TESTS_PKI_H
#define PEN_TESTS_PKI_H

#include "filters/core/arena.h"

struct pki {
    char folder[64];
    struct pen_arena *arena; /* paths and pins */
    void *ca_key;            /* EVP_PKEY */
    void *ca;                /* X509 */
};

/** What a certificate is to say. */
struct pki_wish {
    const char *name; /* DNS name or IPv4 address in the subject alternative name */
    long from_s;      /* validity, relative to now; 0 = an hour ago */
    long until_s;     /* 0 = in a day */
    bool client;      /* extended key usage clientAuth instead of serverAuth */
    bool rsa;         /* an RSA key of 2,048 bits */
};

/** Make the folder and "ca.pem". */
void pki_init(struct pki *pki);
/** Remove the folder with all in it. */
void pki_deinit(struct pki *pki);

/** Write "<file>.pem" and "<file>.key", signed by the authority. */
void pki_issue(struct pki *pki, const char *file, const struct pki_wish *wish);
/** Write any bytes into the folder. */
void pki_write(struct pki *pki, const char *file, struct pen_str bytes);
/** "sha256//...": the pin of "<file>.pem"'s public key. */
struct pen_str pki_pin(struct pki *pki, const char *file);

/** Path of a file in the folder, followed by a NUL; valid until pki_deinit. */
struct pen_str pki_path(struct pki *pki, const char *file);

#endif
