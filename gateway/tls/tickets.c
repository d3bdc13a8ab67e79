/**
 * Two keys in a mutex: the current one issues, both open. The first handshake after a period's end
 * rotates, so no timer is needed; a process without handshakes keeps an old key, which then has
 * nothing new to protect.
 */
#include "gateway/tls/tickets.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"

#define NAME_BYTES 16 /* fixed by RFC 5077 section 4 and OpenSSL */
#define KEY_BYTES  32 /* AES-256 and HMAC-SHA-256 */
#define PERIOD_US  ((uint64_t)PEN_TICKETS_PERIOD_S * 1000000)

struct key {
    unsigned char name[NAME_BYTES];
    unsigned char cipher[KEY_BYTES];
    unsigned char mac[KEY_BYTES];
};

struct tickets {
    pthread_mutex_t lock;
    struct key current;
    struct key previous;
    uint64_t rotated_us; /* when `current` was made */
};

/* Where a context keeps its keys: OpenSSL wants such a place named once per process. */
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;
static int slot;

static void free_tickets(void *parent, void *ptr, CRYPTO_EX_DATA *data, int index, long argl,
                         void *argp)
{
    (void)parent;
    (void)data;
    (void)index;
    (void)argl;
    (void)argp;
    struct tickets *const tickets = ptr;
    if (tickets == NULL) return;

    (void)pthread_mutex_destroy(&tickets->lock);
    OPENSSL_cleanse(tickets, sizeof(*tickets));
    free(tickets);
}

static void name_slot(void)
{
    slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_tickets);
}

static bool make_key(struct key *key)
{
    return RAND_bytes(key->name, sizeof(key->name)) == 1
           && RAND_priv_bytes(key->cipher, sizeof(key->cipher)) == 1
           && RAND_priv_bytes(key->mac, sizeof(key->mac)) == 1;
}

/* With the lock held. */
static bool rotate(struct tickets *tickets, uint64_t now_us)
{
    struct key fresh;
    if (!make_key(&fresh)) return false;

    tickets->previous = tickets->current;
    tickets->current = fresh;
    tickets->rotated_us = now_us;
    OPENSSL_cleanse(&fresh, sizeof(fresh));
    return true;
}

/* With the lock held: forget keys whose time is over, however long no handshake came by. */
static bool keep_fresh(struct tickets *tickets)
{
    const uint64_t now_us = pen_clock_us();
    const uint64_t age_us = now_us - tickets->rotated_us;
    if (age_us < PERIOD_US) return true;
    if (!rotate(tickets, now_us)) return false;

    return age_us < 2 * PERIOD_US || make_key(&tickets->previous);
}

/* The key to use: OpenSSL's answer as SSL_CTX_set_tlsext_ticket_key_evp_cb wants it. */
static int choose_key(struct tickets *tickets, unsigned char name[NAME_BYTES], bool issue,
                      struct key *key)
{
    int answer = 0;
    if (pthread_mutex_lock(&tickets->lock) != 0) return -1;

    if (!keep_fresh(tickets)) {
        answer = -1;
    } else if (issue || memcmp(name, tickets->current.name, NAME_BYTES) == 0) {
        *key = tickets->current;
        answer = 1;
    } else if (memcmp(name, tickets->previous.name, NAME_BYTES) == 0) {
        *key = tickets->previous;
        answer = 2; /* opened; a new ticket is due */
    }
    return pthread_mutex_unlock(&tickets->lock) == 0 ? answer : -1;
}

static bool load_key(const struct key *key, const unsigned char *iv, bool issue,
                     EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
    const OSSL_PARAM hash[] = {
        OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 6),
        OSSL_PARAM_END,
    };
    if (EVP_MAC_init(mac, key->mac, sizeof(key->mac), hash) != 1) return false;

    return EVP_CipherInit_ex2(cipher, EVP_aes_256_cbc(), key->cipher, iv, issue ? 1 : 0, NULL) == 1;
}

static int key_for_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                          EVP_MAC_CTX *mac, int encrypt)
{
    struct tickets *const tickets = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slot);
    const bool issue = encrypt == 1;
    struct key key;
    int answer = choose_key(tickets, name, issue, &key);
    if (answer <= 0) return answer;

    if (issue) {
        memcpy(name, key.name, NAME_BYTES);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) answer = -1;
    }
    if (answer > 0 && !load_key(&key, iv, issue, cipher, mac)) answer = -1;
    OPENSSL_cleanse(&key, sizeof(key));
    return answer;
}

enum pen_status pen_tickets_attach(SSL_CTX *context)
{
    if (pthread_once(&slot_once, name_slot) != 0 || slot < 0) return PEN_ERR_INTERNAL;

    struct tickets *tickets = calloc(1, sizeof(*tickets));
    if (tickets == NULL) return PEN_ERR_NOMEM;

    if (pthread_mutex_init(&tickets->lock, NULL) != 0) {
        free(tickets);
        return PEN_ERR_NOMEM;
    }
    tickets->rotated_us = pen_clock_us();
    if (!make_key(&tickets->current) || !make_key(&tickets->previous)
        || SSL_CTX_set_ex_data(context, slot, tickets) != 1) {
        free_tickets(NULL, tickets, NULL, slot, 0, NULL);
        return PEN_ERR_INTERNAL;
    }
    if (SSL_CTX_set_tlsext_ticket_key_evp_cb(context, key_for_ticket) != 1) return PEN_ERR_INTERNAL;

    (void)SSL_CTX_set_timeout(context, PEN_TICKETS_PERIOD_S);
    return PEN_OK;
}

enum pen_status pen_tickets_rotate(SSL_CTX *context)
{
    struct tickets *const tickets = SSL_CTX_get_ex_data(context, slot);
    if (tickets == NULL || pthread_mutex_lock(&tickets->lock) != 0) return PEN_ERR_INTERNAL;

    const bool rotated = rotate(tickets, pen_clock_us());
    if (pthread_mutex_unlock(&tickets->lock) != 0) return PEN_ERR_INTERNAL;

    return rotated ? PEN_OK : PEN_ERR_INTERNAL;
}
