/**
 * A few keys in a mutex: the first issues, all open. The first handshake after a period's end
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
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/file.h"

#define NAME_BYTES 16 /* fixed by RFC 5077 section 4 and OpenSSL */
#define KEY_BYTES  32 /* AES-256 and HMAC-SHA-256 */
#define PERIOD_US  ((uint64_t)PEN_TICKETS_PERIOD_S * 1000000)
#define KEYS_MOST  8    /* of a file: each ticket's name is looked for among them */
#define OWN_KEYS   2    /* made here: the one that issues, and the one before it */
#define FILE_BYTES 4096 /* eight keys, line ends, and then some */

struct key {
    unsigned char name[NAME_BYTES];
    unsigned char cipher[KEY_BYTES];
    unsigned char mac[KEY_BYTES];
};

struct pen_tickets {
    atomic_size_t references;
    pthread_mutex_t lock;
    struct key keys[KEYS_MOST];
    size_t count;
    bool shared;         /* from a file: never rotated here */
    uint64_t rotated_us; /* when the first was made */
};

/* Where a context keeps its keys: OpenSSL wants such a place named once per process. */
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;
static int slot;

static void leave_context(void *parent, void *ptr, CRYPTO_EX_DATA *data, int index, long argl,
                          void *argp)
{
    (void)parent;
    (void)data;
    (void)index;
    (void)argl;
    (void)argp;
    pen_tickets_release(ptr);
}

static void name_slot(void)
{
    slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, leave_context);
}

static bool make_key(struct key *key)
{
    return RAND_bytes(key->name, sizeof(key->name)) == 1
           && RAND_priv_bytes(key->cipher, sizeof(key->cipher)) == 1
           && RAND_priv_bytes(key->mac, sizeof(key->mac)) == 1;
}

/* With the lock held. */
static bool rotate(struct pen_tickets *tickets, uint64_t now_us)
{
    struct key fresh;
    if (!make_key(&fresh)) return false;

    tickets->keys[1] = tickets->keys[0];
    tickets->keys[0] = fresh;
    tickets->rotated_us = now_us;
    OPENSSL_cleanse(&fresh, sizeof(fresh));
    return true;
}

/* With the lock held: forget keys whose time is over, however long no handshake came by. */
static bool keep_fresh(struct pen_tickets *tickets)
{
    if (tickets->shared) return true;

    const uint64_t now_us = pen_clock_us();
    const uint64_t age_us = now_us - tickets->rotated_us;
    if (age_us < PERIOD_US) return true;
    if (!rotate(tickets, now_us)) return false;

    return age_us < 2 * PERIOD_US || make_key(&tickets->keys[1]);
}

static size_t find_key(const struct pen_tickets *tickets, const unsigned char name[NAME_BYTES])
{
    size_t i = 0;
    while (i < tickets->count && memcmp(name, tickets->keys[i].name, NAME_BYTES) != 0) {
        i++;
    }
    return i;
}

/* The key to use: OpenSSL's answer as SSL_CTX_set_tlsext_ticket_key_evp_cb wants it. */
static int choose_key(struct pen_tickets *tickets, const unsigned char name[NAME_BYTES], bool issue,
                      struct key *key)
{
    int answer = 0;
    if (pthread_mutex_lock(&tickets->lock) != 0) return -1;

    const bool fresh = keep_fresh(tickets);
    const size_t found = issue ? 0 : find_key(tickets, name);
    if (!fresh) {
        answer = -1;
    } else if (found < tickets->count) {
        *key = tickets->keys[found];
        answer = found == 0 ? 1 : 2; /* 2: opened by an older one; a new ticket is due */
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
    struct pen_tickets *const tickets = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slot);
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

static enum pen_status new_tickets(struct pen_tickets **out)
{
    struct pen_tickets *tickets = calloc(1, sizeof(*tickets));
    if (tickets == NULL) return PEN_ERR_NOMEM;

    if (pthread_mutex_init(&tickets->lock, NULL) != 0) {
        free(tickets);
        return PEN_ERR_NOMEM;
    }
    atomic_init(&tickets->references, 1);
    *out = tickets;
    return PEN_OK;
}

enum pen_status pen_tickets_create(struct pen_tickets **out)
{
    struct pen_tickets *tickets = NULL;
    PEN_TRY(new_tickets(&tickets));

    tickets->rotated_us = pen_clock_us();
    tickets->count = OWN_KEYS;
    if (!make_key(&tickets->keys[0]) || !make_key(&tickets->keys[1])) {
        pen_tickets_release(tickets);
        return PEN_ERR_INTERNAL;
    }
    *out = tickets;
    return PEN_OK;
}

/* Hexadecimal digits of exactly one key: name, cipher, mac. */
static bool read_key(struct pen_str line, struct key *key)
{
    unsigned char *const bytes = (unsigned char *)key;
    if (line.len != 2 * sizeof(*key)) return false;

    for (size_t i = 0; i < sizeof(*key); i++) {
        const int high = pen_hex_value(line.ptr[2 * i]);
        const int low = pen_hex_value(line.ptr[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}

static enum pen_status read_keys(struct pen_str text, struct pen_str file,
                                 struct pen_tickets *tickets, struct pen_error *err)
{
    size_t number = 0;
    for (size_t start = 0; start < text.len;) {
        const size_t end = pen_str_find(text, '\n', start);
        struct pen_str line = pen_str_slice(text, start, end);
        if (pen_str_ends(line, PEN_S("\r"))) line.len--;
        start = end + 1;
        number++;
        if (line.len == 0) continue;

        if (tickets->count == KEYS_MOST) {
            pen_error_set(err, "'%.*s': more than %d keys", PEN_STR_ARGS(file), KEYS_MOST);
            return PEN_ERR_INVALID;
        }
        struct key *const key = &tickets->keys[tickets->count];
        if (!read_key(line, key)) {
            pen_error_set(err,
                          "'%.*s': line %zu is no key: 160 hexadecimal digits, as `openssl "
                          "rand -hex 80` makes them",
                          PEN_STR_ARGS(file), number);
            return PEN_ERR_INVALID;
        }
        if (find_key(tickets, key->name) < tickets->count) {
            pen_error_set(err,
                          "'%.*s': the key on line %zu has the name (its first 32 digits) of "
                          "one before it",
                          PEN_STR_ARGS(file), number);
            return PEN_ERR_INVALID;
        }
        tickets->count++;
    }
    if (tickets->count > 0) return PEN_OK;

    pen_error_set(err, "'%.*s': no key in it", PEN_STR_ARGS(file));
    return PEN_ERR_INVALID;
}

enum pen_status pen_tickets_load(struct pen_str file, struct pen_tickets **out,
                                 struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str text = {.ptr = NULL};
    PEN_TRY(pen_file_read(file, FILE_BYTES, &text, err));

    struct pen_tickets *tickets = NULL;
    PEN_TRY(new_tickets(&tickets));
    tickets->shared = true;
    const enum pen_status status = read_keys(text, file, tickets, err);
    if (status != PEN_OK) {
        pen_tickets_release(tickets);
        return status;
    }
    *out = tickets;
    return PEN_OK;
}

struct pen_tickets *pen_tickets_acquire(struct pen_tickets *tickets)
{
    (void)atomic_fetch_add_explicit(&tickets->references, 1, memory_order_relaxed);
    return tickets;
}

void pen_tickets_release(struct pen_tickets *tickets)
{
    if (tickets == NULL) return;
    if (atomic_fetch_sub_explicit(&tickets->references, 1, memory_order_acq_rel) > 1) return;

    (void)pthread_mutex_destroy(&tickets->lock);
    OPENSSL_cleanse(tickets, sizeof(*tickets));
    free(tickets);
}

bool pen_tickets_are_shared(const struct pen_tickets *tickets)
{
    return tickets->shared;
}

enum pen_status pen_tickets_attach(struct pen_tickets *tickets, SSL_CTX *context)
{
    if (pthread_once(&slot_once, name_slot) != 0 || slot < 0) return PEN_ERR_INTERNAL;
    if (SSL_CTX_set_ex_data(context, slot, pen_tickets_acquire(tickets)) != 1) {
        pen_tickets_release(tickets);
        return PEN_ERR_INTERNAL;
    }
    if (SSL_CTX_set_tlsext_ticket_key_evp_cb(context, key_for_ticket) != 1) return PEN_ERR_INTERNAL;

    (void)SSL_CTX_set_timeout(context, PEN_TICKETS_PERIOD_S);
    return PEN_OK;
}

enum pen_status pen_tickets_rotate(struct pen_tickets *tickets)
{
    if (tickets->shared || pthread_mutex_lock(&tickets->lock) != 0) return PEN_ERR_INTERNAL;

    const bool rotated = rotate(tickets, pen_clock_us());
    if (pthread_mutex_unlock(&tickets->lock) != 0) return PEN_ERR_INTERNAL;

    return rotated ? PEN_OK : PEN_ERR_INTERNAL;
}
