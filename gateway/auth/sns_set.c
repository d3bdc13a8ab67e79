/** A short list, searched from its start; entries own copies of their origins. */
#include "gateway/auth/sns_set.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct pen_sns_origin origin; /* points into `memory` */
    char *memory;
    struct pen_signing_certificate *certificate;
    int64_t fresh_until_s;
};

struct pen_sns_set {
    atomic_size_t references;
    size_t count;
    struct entry entries[PEN_SNS_SET_MOST]; /* newest first */
};

static bool is_same(const struct pen_sns_origin *a, const struct pen_sns_origin *b)
{
    return pen_str_equal(a->url, b->url) && pen_str_equal(a->connect, b->connect)
           && pen_str_equal(a->ca, b->ca);
}

static struct pen_str copy(struct pen_buf *buf, struct pen_str text)
{
    const size_t start = buf->len;
    pen_buf_put(buf, text);
    return (struct pen_str){buf->ptr + start, text.len};
}

static bool add(struct pen_sns_set *set, const struct pen_sns_origin *origin,
                struct pen_signing_certificate *certificate, int64_t fresh_until_s)
{
    const size_t room = origin->url.len + origin->connect.len + origin->ca.len + 1;
    struct entry *const entry = &set->entries[set->count];
    entry->memory = malloc(room);
    if (entry->memory == NULL) return false;

    struct pen_buf buf = pen_buf_over(entry->memory, room);
    entry->origin.url = copy(&buf, origin->url);
    entry->origin.connect = copy(&buf, origin->connect);
    entry->origin.ca = copy(&buf, origin->ca);
    entry->certificate = pen_signing_certificate_acquire(certificate);
    entry->fresh_until_s = fresh_until_s;
    set->count++;
    return true;
}

enum pen_status pen_sns_set_with(const struct pen_sns_set *old, const struct pen_sns_origin *origin,
                                 struct pen_signing_certificate *certificate, int64_t fresh_until_s,
                                 struct pen_sns_set **out)
{
    struct pen_sns_set *const set = calloc(1, sizeof(*set));
    if (set == NULL) return PEN_ERR_NOMEM;

    atomic_init(&set->references, 1);
    bool good = add(set, origin, certificate, fresh_until_s);
    for (size_t i = 0; old != NULL && i < old->count; i++) {
        const struct entry *const entry = &old->entries[i];
        if (!good || set->count == PEN_SNS_SET_MOST) break;
        if (is_same(&entry->origin, origin)) continue;
        good = add(set, &entry->origin, entry->certificate, entry->fresh_until_s);
    }
    if (!good) {
        pen_sns_set_release(set);
        return PEN_ERR_NOMEM;
    }
    *out = set;
    return PEN_OK;
}

struct pen_sns_set *pen_sns_set_acquire(struct pen_sns_set *set)
{
    atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void pen_sns_set_release(struct pen_sns_set *set)
{
    if (set == NULL) return;
    if (atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) != 1) return;

    for (size_t i = 0; i < set->count; i++) {
        pen_signing_certificate_release(set->entries[i].certificate);
        free(set->entries[i].memory);
    }
    free(set);
}

const struct pen_signing_certificate *pen_sns_set_find(const struct pen_sns_set *set,
                                                       const struct pen_sns_origin *origin,
                                                       int64_t *fresh_until_s)
{
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        const struct entry *const entry = &set->entries[i];
        if (!is_same(&entry->origin, origin)) continue;
        *fresh_until_s = entry->fresh_until_s;
        return entry->certificate;
    }
    return NULL;
}
