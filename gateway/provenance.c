/** Two fields into one list of hops, and the walk back along it. */
#include "gateway/provenance.h"

#include <string.h>

static enum pen_status read_fields(const struct pen_wire_head *head, struct pen_hops *forwarded,
                                   struct pen_hops *forwarded_for)
{
    for (uint32_t i = 0; i < head->field_count; i++) {
        const struct pen_event_field *const field = &head->fields[i];
        if (head->ids[i] == PEN_FIELD_FORWARDED) {
            PEN_TRY(pen_forwarded_read(field->value, forwarded));
        } else if (head->ids[i] == PEN_FIELD_X_FORWARDED
                   && pen_str_equal_fold(field->name, PEN_S("x-forwarded-for"))) {
            PEN_TRY(pen_forwarded_for_read(field->value, forwarded_for));
        }
    }
    return PEN_OK;
}

/* X-Forwarded-Proto counts where Forwarded says nothing; once, and one of the two words. */
static enum pen_status read_proto(const struct pen_wire_head *head, struct pen_hops *hops)
{
    struct pen_str proto = {.ptr = NULL};
    for (uint32_t i = 0; i < head->field_count; i++) {
        const struct pen_event_field *const field = &head->fields[i];
        if (head->ids[i] != PEN_FIELD_X_FORWARDED
            || !pen_str_equal_fold(field->name, PEN_S("x-forwarded-proto"))) {
            continue;
        }
        if (proto.ptr != NULL || !pen_forwarded_is_proto(field->value)) return PEN_ERR_SYNTAX;
        proto = field->value;
    }
    if (hops->proto.len == 0) hops->proto = proto;
    return PEN_OK;
}

static bool agree(const struct pen_hops *a, const struct pen_hops *b)
{
    if (a->count != b->count) return false;

    for (size_t i = 0; i < a->count; i++) {
        const struct pen_hop *const x = &a->list[i];
        const struct pen_hop *const y = &b->list[i];
        if (x->known != y->known) return false;
        if (x->known && memcmp(&x->address, &y->address, sizeof(x->address)) != 0) return false;
    }
    return true;
}

/* The nearest hop that is no trusted proxy, or else the farthest one. */
static const struct pen_hop *find_caller(const struct pen_hops *hops,
                                         const struct pen_networks *trusted)
{
    size_t i = hops->count - 1;
    while (i > 0 && hops->list[i].known && pen_networks_hold(trusted, &hops->list[i].address)) {
        i--;
    }
    return &hops->list[i];
}

static enum pen_status name_caller(const struct pen_hop *hop, struct pen_arena *arena,
                                   struct pen_str *out)
{
    if (!hop->known) {
        *out = PEN_S("unknown");
        return PEN_OK;
    }
    char *const memory = pen_arena_bytes(arena, PEN_ADDRESS_BYTES);
    if (memory == NULL) return PEN_ERR_NOMEM;

    struct pen_buf buf = pen_buf_over(memory, PEN_ADDRESS_BYTES);
    pen_address_put(&buf, &hop->address);
    *out = pen_buf_str(&buf);
    return PEN_OK;
}

enum pen_status pen_provenance_find(const struct pen_wire_head *head,
                                    const struct pen_networks *trusted,
                                    const struct pen_address *peer, struct pen_arena *arena,
                                    struct pen_provenance *out, const char **code)
{
    struct pen_provenance found = {.hops = NULL};
    if (!pen_networks_hold(trusted, peer)) {
        *out = found;
        return PEN_OK;
    }
    struct pen_hops *const hops = pen_arena_calloc(arena, 2, sizeof(*hops));
    if (hops == NULL) return PEN_ERR_NOMEM;

    struct pen_hops *const forwarded = &hops[0];
    struct pen_hops *const forwarded_for = &hops[1];
    *code = "forwarded.malformed";
    if (read_fields(head, forwarded, forwarded_for) != PEN_OK) return PEN_ERR_SYNTAX;
    if (forwarded->count > 0 && forwarded_for->count > 0 && !agree(forwarded, forwarded_for)) {
        *code = "forwarded.conflict";
        return PEN_ERR_SYNTAX;
    }
    struct pen_hops *const said = forwarded->count > 0 ? forwarded : forwarded_for;
    if (read_proto(head, said) != PEN_OK) return PEN_ERR_SYNTAX;

    found.hops = said;
    found.proto = said->proto;
    if (said->count > 0) PEN_TRY(name_caller(find_caller(said, trusted), arena, &found.caller));
    *out = found;
    return PEN_OK;
}
