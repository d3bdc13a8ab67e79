/** A sorted table of names, and the groups of certificates that they lead to. */
#include "gateway/tls/hosts.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/tls/names.h"

#define NAME_BYTES 253 /* the longest DNS name */

/* One certificate of the listener. */
struct card {
    struct pen_str file;
    struct pen_pem_identity identity;
    struct pen_tls_staple staple;
    size_t kind; /* of its key: the place in `kinds` */
    bool named;  /* it has a DNS name */
    bool shown;
};

static const int kinds[] = {EVP_PKEY_RSA, EVP_PKEY_EC, EVP_PKEY_ED25519, EVP_PKEY_ED448,
                            EVP_PKEY_RSA_PSS};
#define KINDS PEN_COUNT_OF(kinds)

/* Certificates that are shown together: at most one of each kind. */
struct group {
    struct card *cards[KINDS];
    SSL_CTX *context;
};

/* A name of a certificate, in lower case; "*.example.com" as such. */
struct host {
    struct pen_str name;
    struct card *card;
    SSL_CTX *context; /* once built, on the first of equal names */
};

struct pen_tls_hosts {
    struct pen_arena *arena;
    struct card *cards;
    size_t card_count;
    struct host *hosts; /* sorted by name, then by card */
    size_t host_count;
    struct group *groups;
    size_t group_count;
    SSL_CTX *fallback;
    struct pen_tls_date *dates;
    size_t date_count;
};

static void free_names(GENERAL_NAMES **names)
{
    GENERAL_NAMES_free(*names);
}

/* A DNS name that SNI can ask for; others of a certificate do not matter here. */
static bool read_host(const GENERAL_NAME *general, struct pen_str *out)
{
    int type = 0;
    const ASN1_IA5STRING *const text = GENERAL_NAME_get0_value(general, &type);
    if (type != GEN_DNS || ASN1_STRING_length(text) <= 0) return false;

    *out = (struct pen_str){(const char *)ASN1_STRING_get0_data(text),
                            (size_t)ASN1_STRING_length(text)};
    return pen_tls_rule_problem((struct pen_tls_name){PEN_TLS_NAME_DNS, *out}) == NULL;
}

static void lower(struct pen_str name, char *into)
{
    for (size_t i = 0; i < name.len; i++) {
        into[i] = pen_to_lower(name.ptr[i]);
    }
}

static enum pen_status add_host(struct pen_tls_hosts *hosts, size_t room, struct card *card,
                                struct pen_str name)
{
    if (hosts->host_count == room) return PEN_ERR_LIMIT;

    char *const text = pen_arena_bytes(hosts->arena, name.len);
    if (text == NULL) return PEN_ERR_NOMEM;

    lower(name, text);
    card->named = true;
    hosts->hosts[hosts->host_count++] = (struct host){.name = {text, name.len}, .card = card};
    return PEN_OK;
}

/* With `room` 0 they are only counted. */
static enum pen_status each_host(struct pen_tls_hosts *hosts, size_t room, size_t *count)
{
    *count = 0;
    for (size_t c = 0; c < hosts->card_count; c++) {
        struct card *const card = &hosts->cards[c];
        int critical = 0;
        PEN_CLEANUP(free_names)
        GENERAL_NAMES *names =
            X509_get_ext_d2i(card->identity.certificate, NID_subject_alt_name, &critical, NULL);
        for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
            struct pen_str name;
            if (!read_host(sk_GENERAL_NAME_value(names, i), &name)) continue;
            if (room > 0) PEN_TRY(add_host(hosts, room, card, name));
            ++*count;
        }
    }
    return PEN_OK;
}

static int compare_hosts(const void *a, const void *b)
{
    const struct host *const one = a;
    const struct host *const other = b;
    const int order = pen_str_compare(one->name, other->name);
    if (order != 0) return order;
    return one->card < other->card ? -1 : one->card > other->card;
}

static enum pen_status list_hosts(struct pen_tls_hosts *hosts)
{
    size_t count = 0;
    PEN_TRY(each_host(hosts, 0, &count));
    hosts->hosts = pen_arena_calloc(hosts->arena, count, sizeof(*hosts->hosts));
    if (hosts->hosts == NULL) return PEN_ERR_NOMEM;
    if (count > 0) PEN_TRY(each_host(hosts, count, &count));

    qsort(hosts->hosts, hosts->host_count, sizeof(*hosts->hosts), compare_hosts);
    return PEN_OK;
}

static enum pen_status note_date(struct pen_tls_hosts *hosts, struct pen_str file,
                                 enum pen_tls_date_kind kind, int64_t until_s)
{
    struct pen_tls_date *const date = &hosts->dates[hosts->date_count++];
    *date = (struct pen_tls_date){.kind = kind, .until_s = until_s};
    return pen_arena_copy(hosts->arena, file, &date->file);
}

static enum pen_status load_card(struct pen_tls_hosts *hosts,
                                 const struct pen_tls_certificate *files, struct card *card,
                                 struct pen_error *err)
{
    PEN_TRY(pen_pem_identity_read(files->certificate, files->key, &card->identity, err));
    const int id = EVP_PKEY_get_base_id(card->identity.key);
    while (card->kind < KINDS && kinds[card->kind] != id) {
        card->kind++;
    }
    if (card->kind == KINDS) {
        pen_error_set(err, "'%.*s': a kind of key that TLS does not prove servers with",
                      PEN_STR_ARGS(files->key));
        return PEN_ERR_INVALID;
    }
    if (files->ocsp.len > 0) {
        PEN_TRY(pen_tls_staple_read(files->ocsp, &card->identity, &card->staple, err));
        PEN_TRY(note_date(hosts, files->ocsp, PEN_TLS_DATE_OCSP, card->staple.until_s));
    }
    PEN_TRY(note_date(hosts, files->certificate, PEN_TLS_DATE_CERTIFICATE, card->identity.until_s));
    return pen_arena_copy(hosts->arena, files->certificate, &card->file);
}

enum pen_status pen_tls_hosts_load(const struct pen_tls_certificate *certificates, size_t count,
                                   struct pen_arena *arena, struct pen_tls_hosts **out,
                                   struct pen_error *err)
{
    struct pen_tls_hosts *const hosts = pen_arena_calloc(arena, 1, sizeof(*hosts));
    if (hosts == NULL) return PEN_ERR_NOMEM;

    hosts->arena = arena;
    hosts->cards = pen_arena_calloc(arena, count, sizeof(*hosts->cards));
    hosts->dates = pen_arena_calloc(arena, 2 * count, sizeof(*hosts->dates));
    if (hosts->cards == NULL || hosts->dates == NULL) return PEN_ERR_NOMEM;

    enum pen_status status = PEN_OK;
    while (hosts->card_count < count && status == PEN_OK) {
        const size_t i = hosts->card_count++;
        status = load_card(hosts, &certificates[i], &hosts->cards[i], err);
    }
    if (status == PEN_OK) status = list_hosts(hosts);
    if (status != PEN_OK) {
        pen_tls_hosts_destroy(hosts);
        return status;
    }
    *out = hosts;
    return PEN_OK;
}

void pen_tls_hosts_destroy(struct pen_tls_hosts *hosts)
{
    if (hosts == NULL) return;

    for (size_t i = 0; i < hosts->card_count; i++) {
        pen_pem_identity_deinit(&hosts->cards[i].identity);
        pen_tls_staple_deinit(&hosts->cards[i].staple);
    }
    for (size_t i = 0; i < hosts->group_count; i++) {
        SSL_CTX_free(hosts->groups[i].context);
    }
}

bool pen_tls_hosts_digest(const struct pen_tls_hosts *hosts, EVP_MD_CTX *digest)
{
    for (size_t i = 0; i < hosts->host_count; i++) {
        const struct pen_str name = hosts->hosts[i].name;
        if (i > 0 && pen_str_equal(name, hosts->hosts[i - 1].name)) continue;
        /* A DNS name has no blank: no two lists of names read alike. */
        if (EVP_DigestUpdate(digest, name.ptr, name.len) != 1
            || EVP_DigestUpdate(digest, " ", 1) != 1) {
            return false;
        }
    }
    return true;
}

/* The context with exactly these certificates. */
static enum pen_status context_of(struct pen_tls_hosts *hosts, const struct group *wanted,
                                  enum pen_status (*prepare)(void *data, SSL_CTX *context),
                                  void *data, SSL_CTX **out, struct pen_error *err)
{
    for (size_t i = 0; i < hosts->group_count; i++) {
        if (memcmp(hosts->groups[i].cards, wanted->cards, sizeof(wanted->cards)) != 0) continue;

        *out = hosts->groups[i].context;
        return PEN_OK;
    }
    SSL_CTX *const context = SSL_CTX_new(TLS_server_method());
    if (context == NULL) return PEN_ERR_NOMEM;

    struct group *const group = &hosts->groups[hosts->group_count++];
    *group = *wanted;
    group->context = context;
    PEN_TRY(prepare(data, context));
    for (size_t k = 0; k < KINDS; k++) {
        struct card *const card = group->cards[k];
        if (card == NULL) continue;
        PEN_TRY(pen_pem_identity_use(context, &card->identity, card->file, err));
        card->shown = true;
    }
    *out = context;
    return PEN_OK;
}

/* The first certificate of each kind with the name at `first`; where the next name begins. */
static size_t gather(const struct pen_tls_hosts *hosts, size_t first, struct group *group)
{
    size_t i = first;
    *group = (struct group){.context = NULL};
    for (; i < hosts->host_count && pen_str_equal(hosts->hosts[i].name, hosts->hosts[first].name);
         i++) {
        struct card *const card = hosts->hosts[i].card;
        if (group->cards[card->kind] == NULL) group->cards[card->kind] = card;
    }
    return i;
}

/* What the first certificate is shown with, and beside it those that no name leads to. */
static struct group gather_default(const struct pen_tls_hosts *hosts)
{
    struct group group = {.context = NULL};
    for (size_t i = 0; i < hosts->host_count; i++) {
        if (hosts->hosts[i].card != &hosts->cards[0]) continue;
        while (i > 0 && pen_str_equal(hosts->hosts[i - 1].name, hosts->hosts[i].name)) {
            i--;
        }
        (void)gather(hosts, i, &group);
        break;
    }
    for (size_t i = 0; i < hosts->card_count; i++) {
        struct card *const card = &hosts->cards[i];
        const bool eligible = i == 0 || !card->named;
        if (eligible && group.cards[card->kind] == NULL) group.cards[card->kind] = card;
    }
    return group;
}

enum pen_status pen_tls_hosts_build(struct pen_tls_hosts *hosts,
                                    enum pen_status (*prepare)(void *data, SSL_CTX *context),
                                    void *data, struct pen_error *err)
{
    hosts->groups = pen_arena_calloc(hosts->arena, hosts->host_count + 1, sizeof(*hosts->groups));
    if (hosts->groups == NULL) return PEN_ERR_NOMEM;

    struct group group = gather_default(hosts);
    PEN_TRY(context_of(hosts, &group, prepare, data, &hosts->fallback, err));
    for (size_t i = 0; i < hosts->host_count;) {
        const size_t next = gather(hosts, i, &group);
        PEN_TRY(context_of(hosts, &group, prepare, data, &hosts->hosts[i].context, err));
        i = next;
    }
    for (size_t i = 0; i < hosts->card_count; i++) {
        if (hosts->cards[i].shown) continue;
        pen_error_set(err,
                      "'%.*s' would never be shown: certificates before it have its names and "
                      "its kind of key",
                      PEN_STR_ARGS(hosts->cards[i].file));
        return PEN_ERR_INVALID;
    }
    return PEN_OK;
}

SSL_CTX *pen_tls_hosts_default(const struct pen_tls_hosts *hosts)
{
    return hosts->fallback;
}

/* The first of equal names carries the context, so the lower bound is looked for. */
static SSL_CTX *look_up(const struct pen_tls_hosts *hosts, struct pen_str name)
{
    size_t low = 0;
    size_t high = hosts->host_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (pen_str_compare(hosts->hosts[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == hosts->host_count || !pen_str_equal(hosts->hosts[low].name, name)) return NULL;
    return hosts->hosts[low].context;
}

SSL_CTX *pen_tls_hosts_find(const struct pen_tls_hosts *hosts, struct pen_str name)
{
    /* RFC 6066 section 3: a fully qualified name without a trailing dot; also no address. */
    if (name.len > NAME_BYTES
        || !pen_tls_name_is_sound((struct pen_tls_name){PEN_TLS_NAME_DNS, name})) {
        return NULL;
    }
    char memory[NAME_BYTES];
    lower(name, memory);
    SSL_CTX *const exact = look_up(hosts, (struct pen_str){memory, name.len});
    const size_t dot = pen_str_find(name, '.', 0);
    if (exact != NULL || dot == name.len) return exact;

    /* "shop.example.com" becomes "*.example.com" in place: a label has a character at least. */
    memory[dot - 1] = '*';
    return look_up(hosts, (struct pen_str){memory + dot - 1, name.len - dot + 1});
}

const struct pen_tls_staple *pen_tls_hosts_staple(const struct pen_tls_hosts *hosts,
                                                  const X509 *certificate)
{
    for (size_t i = 0; i < hosts->card_count; i++) {
        if (hosts->cards[i].identity.certificate == certificate) return &hosts->cards[i].staple;
    }
    return NULL;
}

const struct pen_tls_date *pen_tls_hosts_dates(const struct pen_tls_hosts *hosts, size_t *count)
{
    *count = hosts->date_count;
    return hosts->dates;
}
