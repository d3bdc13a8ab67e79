/**
 * JWKS documents: which keys of a set may be used, for what, and finding them again.
 *
 * A key that we cannot or may not use is left out and said so, for sets hold keys for other readers
 * too (RFC 7517 section 5); a set that could be read in two ways is refused whole.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/json.h"
#include "gateway/auth/key.h"
#include "gateway/file.h"

#define MAX_DOCUMENT   ((size_t)256 << 10)
#define MAX_KEYS       64
#define MAX_DEPTH      16
#define MAX_NODES      16384             /* 64 keys with a hundred members or certificates each */
#define SCRATCH_LIMIT  ((size_t)8 << 20) /* the nodes above and every member decoded */
#define SCRATCH_BLOCK  ((size_t)16 << 10)
#define SHOWN_KID      64 /* bytes of a kid in a sentence */
#define SHOWN_KID_ROOM 400

struct entry {
    char *kid; /* NULL when the key has none */
    size_t kid_len;
    uint32_t position; /* in the document, for what is said about it */
    struct pen_key *key;
};

struct pen_keyset {
    atomic_size_t references;
    size_t count;
    struct entry entries[MAX_KEYS];
};

/* "key 3 (kid "x")": the kid is foreign text, so it is cut and escaped. */
static void say(struct pen_error *err, uint32_t position, struct pen_str kid, const char *what)
{
    char shown[SHOWN_KID_ROOM];
    struct pen_buf buf = pen_buf_over(shown, sizeof(shown));
    pen_buf_json(&buf, pen_str_slice(kid, 0, SHOWN_KID));
    pen_error_set(err, "key %u (kid \"%.*s\"): %s", position, PEN_STR_ARGS(pen_buf_str(&buf)),
                  what);
}

static void note_skipped(struct pen_keyset_notes *notes, uint32_t position, struct pen_str kid,
                         const char *why)
{
    if (notes->skipped++ == 0) say(&notes->first_skipped, position, kid, why);
}

/* An empty kid says nothing, so it is none. */
static struct pen_str kid_of(const struct pen_json *jwk)
{
    return pen_json_string_or(pen_json_member(jwk, PEN_S("kid")), PEN_S(""));
}

static struct pen_str entry_kid(const struct entry *entry)
{
    return (struct pen_str){entry->kid, entry->kid_len};
}

static bool clashes(const struct pen_keyset *set, struct pen_str kid, uint32_t algorithms)
{
    for (size_t i = 0; i < set->count && kid.len > 0; i++) {
        if (pen_str_equal(entry_kid(&set->entries[i]), kid)
            && (set->entries[i].key->algorithms & algorithms) != 0) {
            return true;
        }
    }
    return false;
}

/* Takes the key over. */
static enum pen_status add(struct pen_keyset *set, uint32_t position, struct pen_str kid,
                           struct pen_key *key)
{
    struct entry entry = {.kid_len = kid.len, .position = position, .key = key};
    if (kid.len > 0) {
        entry.kid = malloc(kid.len);
        if (entry.kid == NULL) {
            pen_key_destroy(key);
            return PEN_ERR_NOMEM;
        }
        memcpy(entry.kid, kid.ptr, kid.len);
    }
    set->entries[set->count++] = entry;
    return PEN_OK;
}

static enum pen_status read_entry(struct pen_keyset *set, const struct pen_json *jwk,
                                  uint32_t allowed, struct pen_arena *scratch,
                                  struct pen_keyset_notes *notes, struct pen_error *err)
{
    const uint32_t position = jwk->index;
    const struct pen_str kid = kid_of(jwk);
    const char *why = "";
    struct pen_key *key = NULL;
    const enum pen_status status = pen_key_from_jwk(jwk, allowed, scratch, &key, &why);
    if (status == PEN_ERR_INVALID) {
        note_skipped(notes, position, kid, why);
        return PEN_OK;
    }
    PEN_TRY(status);
    if (clashes(set, kid, key->algorithms)) {
        pen_key_destroy(key);
        say(err, position, kid, "another key of the set has the same kid and algorithm");
        return PEN_ERR_INVALID;
    }
    return add(set, position, kid, key);
}

static void drop_entry(struct entry *entry)
{
    pen_key_destroy(entry->key);
    free(entry->kid);
}

/*
 * A secret beside public keys has been published with them: whoever can read the set can sign.
 * Sets of secrets alone are files of one's own.
 */
static void drop_published_secrets(struct pen_keyset *set, struct pen_keyset_notes *notes)
{
    size_t public_keys = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (set->entries[i].key->secret == NULL) public_keys++;
    }
    if (public_keys == 0) return;

    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct entry *const entry = &set->entries[i];
        if (entry->key->secret != NULL) {
            note_skipped(notes, entry->position, entry_kid(entry), "a secret beside public keys");
            drop_entry(entry);
        } else {
            set->entries[kept++] = *entry;
        }
    }
    set->count = kept;
}

static enum pen_status read_document(struct pen_str document, struct pen_arena *scratch,
                                     const struct pen_json **keys, struct pen_error *err)
{
    const struct pen_json_limits limits = {.depth = MAX_DEPTH, .nodes = MAX_NODES};
    const struct pen_json *root;
    struct pen_json_error trouble = {0};
    const enum pen_status status = pen_json_read(document, &limits, scratch, &root, &trouble);
    if (status != PEN_OK) {
        pen_error_set(err, "the key set is no JSON that we read: %s at byte %zu", trouble.code,
                      trouble.offset);
        return status;
    }
    *keys = pen_json_member(root, PEN_S("keys"));
    if (*keys == NULL || (*keys)->type != PEN_JSON_ARRAY) {
        pen_error_set(err, "the key set has no array \"keys\"");
        return PEN_ERR_SYNTAX;
    }
    if ((*keys)->count > MAX_KEYS) {
        pen_error_set(err, "the key set holds %u keys, at most %d are read", (*keys)->count,
                      MAX_KEYS);
        return PEN_ERR_LIMIT;
    }
    return PEN_OK;
}

static enum pen_status fill(struct pen_keyset *set, struct pen_str document, uint32_t allowed,
                            struct pen_arena *scratch, struct pen_keyset_notes *notes,
                            struct pen_error *err)
{
    const struct pen_json *keys;
    PEN_TRY(read_document(document, scratch, &keys, err));
    for (const struct pen_json *jwk = keys->first; jwk != NULL; jwk = jwk->next) {
        PEN_TRY(read_entry(set, jwk, allowed, scratch, notes, err));
    }
    drop_published_secrets(set, notes);
    if (set->count == 0) {
        pen_error_set(err, "the key set holds no key that can be used%s%s",
                      notes->skipped > 0 ? "; " : "",
                      notes->skipped > 0 ? notes->first_skipped.text : "");
        return PEN_ERR_INVALID;
    }
    notes->used = (uint32_t)set->count;
    return PEN_OK;
}

enum pen_status pen_keyset_parse(struct pen_str document, uint32_t allowed_algorithms,
                                 struct pen_keyset **out, struct pen_keyset_notes *notes,
                                 struct pen_error *err)
{
    struct pen_keyset_notes unwanted;
    if (notes == NULL) notes = &unwanted;
    *notes = (struct pen_keyset_notes){0};
    if (document.len > MAX_DOCUMENT) {
        pen_error_set(err, "the key set is longer than %zu bytes", MAX_DOCUMENT);
        return PEN_ERR_LIMIT;
    }
    struct pen_keyset *set = calloc(1, sizeof(*set));
    if (set == NULL) return PEN_ERR_NOMEM;

    atomic_init(&set->references, 1);
    struct pen_arena *scratch;
    enum pen_status status = pen_arena_create(SCRATCH_LIMIT, SCRATCH_BLOCK, &scratch);
    if (status == PEN_OK) {
        status = fill(set, document, allowed_algorithms, scratch, notes, err);
        pen_arena_destroy(scratch);
    }
    if (status != PEN_OK) {
        pen_keyset_release(set);
        return status;
    }
    *out = set;
    return PEN_OK;
}

enum pen_status pen_keyset_load(struct pen_str file, uint32_t allowed_algorithms,
                                struct pen_keyset **out, struct pen_keyset_notes *notes,
                                struct pen_error *err)
{
    struct pen_str document;
    PEN_TRY(pen_file_read(file, MAX_DOCUMENT, &document, err));
    const enum pen_status status = pen_keyset_parse(document, allowed_algorithms, out, notes, err);
    pen_file_wipe(&document);
    return status;
}

struct pen_keyset *pen_keyset_acquire(struct pen_keyset *set)
{
    atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void pen_keyset_release(struct pen_keyset *set)
{
    if (set == NULL) return;
    if (atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) > 1) return;

    for (size_t i = 0; i < set->count; i++) {
        drop_entry(&set->entries[i]);
    }
    free(set);
}

size_t pen_keyset_count(const struct pen_keyset *set)
{
    return set->count;
}

const struct pen_key *pen_keyset_find(const struct pen_keyset *set, struct pen_str kid,
                                      enum pen_jws_alg alg)
{
    const struct pen_key *found = NULL;
    for (size_t i = 0; i < set->count; i++) {
        const struct entry *const entry = &set->entries[i];
        if ((entry->key->algorithms & (uint32_t)alg) == 0) continue;
        if (kid.ptr != NULL && !pen_str_equal(entry_kid(entry), kid)) continue;
        if (found != NULL) return NULL; /* without kid only an only key is meant */

        found = entry->key;
    }
    return found;
}

bool pen_keyset_has_kid(const struct pen_keyset *set, struct pen_str kid)
{
    for (size_t i = 0; i < set->count; i++) {
        if (kid.len > 0 && pen_str_equal(entry_kid(&set->entries[i]), kid)) return true;
    }
    return false;
}
