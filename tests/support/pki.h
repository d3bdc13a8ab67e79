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
    /* What strays from the ordinary; NULL or false: nothing. */
    const char *names;  /* the whole subject alternative name: "DNS:a.example,URI:spiffe://b/c" */
    const char *issuer; /* file of an authority made before, instead of the root */
    bool authority;     /* may sign others */
    bool any_use;       /* no extended key usage */
    bool chain;         /* the issuer's certificate stands behind it in the file */
    bool rsa_1024;      /* a key that is too small */
};

/** Make the folder and "ca.pem". */
void pki_init(struct pki *pki);
/** Remove the folder with all in it. */
void pki_deinit(struct pki *pki);

/** Write "<file>.pem" and "<file>.key", signed by the authority. */
void pki_issue(struct pki *pki, const char *file, const struct pki_wish *wish);
/** Write "<file>": a revocation list of `issuer` (NULL: the root) that names `revoked` (or NULL).
 */
void pki_revoke(struct pki *pki, const char *file, const char *issuer, const char *revoked,
                long until_s);

/** What an OCSP response is to say. */
struct pki_word {
    const char *about;  /* file of a certificate signed by the root */
    int status;         /* V_OCSP_CERTSTATUS_... */
    long from_s;        /* relative to now; 0 = an hour ago */
    long until_s;       /* 0 = in a day; -1 = not said */
    const char *signer; /* file of another certificate that signs it; NULL = the root */
};
/** Write "<file>": a response in DER form. */
void pki_say(struct pki *pki, const char *file, const struct pki_word *word);

/** Write any bytes into the folder. */
void pki_write(struct pki *pki, const char *file, struct pen_str bytes);
/** "sha256//...": the pin of "<file>.pem"'s public key. */
struct pen_str pki_pin(struct pki *pki, const char *file);

/** Path of a file in the folder, followed by a NUL; valid until pki_deinit. */
struct pen_str pki_path(struct pki *pki, const char *file);

#endif
