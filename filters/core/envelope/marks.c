/**
 * A walk over the root's members finds the few entries whose key is among them; only their signs
 * are looked at.
 */
#include "filters/core/envelope/marks.h"

#include <string.h>

#include "filters/core/envelope/list.h"

/* One bit for each name in the list, by its length and its first or last byte: most members of an
 * event and most of its fields end here. */
#define NOTHING(name, entry)
#define SPOT(length, c)    (UINT64_C(1) << ((7 * (length) + (unsigned char)(c)) & 63))
#define FIRST(name, entry) | SPOT(sizeof(name) - 1, (name)[0])
#define LAST(name, entry)  | SPOT(sizeof(name) - 1, (name)[sizeof(name) - 2])

static const uint64_t member_firsts = 0
#define PEN_ENVELOPE       FIRST
#define PEN_ENVELOPE_FIELD NOTHING
#include "filters/core/envelope/list.def"
#undef PEN_ENVELOPE
#undef PEN_ENVELOPE_FIELD
    ;

static const uint64_t member_lasts = 0
#define PEN_ENVELOPE       LAST
#define PEN_ENVELOPE_FIELD NOTHING
#include "filters/core/envelope/list.def"
#undef PEN_ENVELOPE
#undef PEN_ENVELOPE_FIELD
    ;

static const uint64_t field_lasts = 0
#define PEN_ENVELOPE       NOTHING
#define PEN_ENVELOPE_FIELD LAST
#include "filters/core/envelope/list.def"
#undef PEN_ENVELOPE
#undef PEN_ENVELOPE_FIELD
    ;

static bool may_be_member(struct pen_str name)
{
    return name.len > 0 && (member_lasts & SPOT(name.len, name.ptr[name.len - 1])) != 0
           && (member_firsts & SPOT(name.len, name.ptr[0])) != 0;
}

/* In any case of letters. */
static bool may_be_field(struct pen_str name)
{
    return name.len > 0
           && (field_lasts & SPOT(name.len, pen_to_lower(name.ptr[name.len - 1]))) != 0;
}

/* The list's order: by length, then by bytes. Nearly always the first of them tells. */
static inline int compare_keys(struct pen_str key, struct pen_str member)
{
    if (key.len != member.len) return key.len < member.len ? -1 : 1;
    const int first = (unsigned char)key.ptr[0] - (unsigned char)member.ptr[0];
    return first != 0 ? first : memcmp(key.ptr, member.ptr, key.len);
}

/* The first entry of that member, or where it would be. */
static size_t lower_bound(struct pen_str member)
{
    size_t low = 0;
    size_t high = pen_envelope_member_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_keys(pen_envelope_members[middle].name, member) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_expected(const struct pen_marks *marks, const struct pen_envelope *envelope)
{
    for (size_t i = 0; i < marks->expected_count; i++) {
        if (pen_str_equal(marks->expected[i]->name, envelope->name)) return true;
    }
    return marks->expected_count == 0;
}

/* Is the value at `base` this envelope, and all that is asked of it there? */
static bool holds(const struct pen_marks *marks, const struct pen_envelope *envelope,
                  const struct pen_json *base)
{
    return is_expected(marks, envelope)
           && pen_envelope_members_hold(envelope->signs, envelope->sign_count, base)
           && (marks->expected_count == 0
               || pen_envelope_members_hold(envelope->required, envelope->required_count, base));
}

/* As pen_marks.lasts. */
static uint64_t lasts_of(const struct pen_envelope *envelope)
{
    uint64_t lasts = 0;
    for (size_t row = 0; row < envelope->coded_count; row++) {
        const struct pen_str path = envelope->coded[row].path;
        const char last = path.ptr[path.len - 1];
        lasts |= last == '*' ? UINT64_MAX : UINT64_C(1) << (last & 63);
    }
    return lasts;
}

static enum pen_status try_entry(struct pen_marks *marks, const struct pen_envelope *envelope,
                                 const struct pen_json *base)
{
    if (!holds(marks, envelope, base)) return PEN_OK;
    if (marks->active_count == PEN_MARKS_MOST) return PEN_ERR_LIMIT;

    marks->active[marks->active_count++] = (struct pen_mark){envelope, base};
    marks->lasts |= lasts_of(envelope);
    if (marks->first == NULL) marks->first = envelope;
    return PEN_OK;
}

static bool is_here(const struct pen_envelope *envelope, enum pen_envelope_at at)
{
    return envelope->at == at || (at == PEN_AT_ROOT && envelope->at == PEN_AT_ELEMENT);
}

/* Behind the last entry of the member whose first one is `first`. */
static size_t upper_bound(size_t first, struct pen_str member)
{
    size_t end = first;
    while (end < pen_envelope_member_count
           && compare_keys(pen_envelope_members[end].name, member) == 0) {
        end++;
    }
    return end;
}

static enum pen_status try_member(struct pen_marks *marks, const struct pen_json *member,
                                  enum pen_envelope_at at, const struct pen_json *base)
{
    const size_t first = lower_bound(member->name);
    const size_t end = upper_bound(first, member->name);
    for (size_t i = first; i < end; i++) {
        const struct pen_envelope *const envelope = pen_envelope_members[i].envelope;
        if (is_here(envelope, at)) PEN_TRY(try_entry(marks, envelope, base));
    }
    if (first < end && pen_envelope_members[first].envelope->at == PEN_AT_RECORD
        && at == PEN_AT_ROOT && member->type == PEN_JSON_ARRAY) {
        marks->batch = member;
        marks->record_first = first;
        marks->record_end = end;
    }
    return PEN_OK;
}

static enum pen_status try_members(struct pen_marks *marks, enum pen_envelope_at at,
                                   const struct pen_json *base)
{
    if (base->type != PEN_JSON_OBJECT) return PEN_OK;

    for (const struct pen_json *m = base->first; m != NULL; m = m->next) {
        if (may_be_member(m->name)) PEN_TRY(try_member(marks, m, at, base));
    }
    return PEN_OK;
}

/* Does this field tell the envelope at `index`? */
static bool tells(const struct pen_event_field *field, size_t index)
{
    const struct pen_envelope_key *const key = &pen_envelope_fields[index];
    return field->name.len == key->name.len && pen_to_lower(field->name.ptr[0]) == key->name.ptr[0]
           && pen_str_equal_fold(field->name, key->name)
           && pen_str_starts_fold(field->value, key->envelope->field_value);
}

static enum pen_status try_field(struct pen_marks *marks, const struct pen_event_field *field,
                                 const struct pen_json *root)
{
    for (size_t i = 0; i < pen_envelope_field_count; i++) {
        if (pen_envelope_fields[i].name.len != field->name.len || !tells(field, i)) continue;
        PEN_TRY(try_entry(marks, pen_envelope_fields[i].envelope, root));
    }
    return PEN_OK;
}

static enum pen_status try_fields(struct pen_marks *marks, const struct pen_json *root)
{
    for (size_t i = 0; i < marks->field_count; i++) {
        const struct pen_event_field *const field = &marks->fields[i];
        if (may_be_field(field->name)) PEN_TRY(try_field(marks, field, root));
    }
    return PEN_OK;
}

/* Each record is asked for itself later; a batch of none holds nothing that could be wrong. */
static bool expects_batch(const struct pen_marks *marks, const struct pen_json *root)
{
    const enum pen_envelope_at at = marks->batch == root ? PEN_AT_ELEMENT : PEN_AT_RECORD;
    for (size_t i = 0; marks->batch != NULL && i < pen_envelope_member_count; i++) {
        const struct pen_envelope *const envelope = pen_envelope_members[i].envelope;
        if (envelope->at == at && is_expected(marks, envelope)) return true;
    }
    return false;
}

enum pen_status pen_marks_begin(struct pen_marks *marks, const struct pen_json *root)
{
    if (root->type == PEN_JSON_ARRAY) marks->batch = root;
    PEN_TRY(try_members(marks, PEN_AT_ROOT, root));
    PEN_TRY(try_fields(marks, root));
    marks->of_document = marks->active_count;
    marks->lasts_of_document = marks->lasts;
    if (marks->expected_count == 0 || marks->active_count > 0) return PEN_OK;
    return expects_batch(marks, root) ? PEN_OK : PEN_ERR_INVALID;
}

/* The entries that have this source, or none. */
static enum pen_status try_source(struct pen_marks *marks, struct pen_str source,
                                  const struct pen_json *record)
{
    for (size_t i = marks->record_first; i < marks->record_end; i++) {
        const struct pen_envelope *const envelope = pen_envelope_members[i].envelope;
        const bool same = (envelope->source.len == 0) == (source.len == 0)
                          && envelope->source.len >= source.len
                          && pen_envelope_text_is(source, envelope->source);
        if (same) PEN_TRY(try_entry(marks, envelope, record));
    }
    return PEN_OK;
}

static enum pen_status try_record(struct pen_marks *marks, const struct pen_json *record)
{
    if (record->type != PEN_JSON_OBJECT) return PEN_OK;

    const struct pen_str source = PEN_S("eventSource"); /* SNS writes it with a capital */
    PEN_TRY(try_source(marks, PEN_S(""), record));
    for (const struct pen_json *m = record->first; m != NULL; m = m->next) {
        if (m->name.len != source.len || m->text.len == 0) continue;
        if (pen_str_equal_fold(m->name, source)) PEN_TRY(try_source(marks, m->text, record));
    }
    return PEN_OK;
}

enum pen_status pen_marks_enter(struct pen_marks *marks, const struct pen_json *record)
{
    marks->active_count = marks->of_document;
    marks->lasts = marks->lasts_of_document;
    if (marks->batch->parent == NULL) {
        PEN_TRY(try_members(marks, PEN_AT_ELEMENT, record));
    } else {
        PEN_TRY(try_record(marks, record));
    }
    return marks->expected_count > 0 && marks->active_count == 0 ? PEN_ERR_INVALID : PEN_OK;
}

/* The last byte of a path tells nearly every name apart. */
static bool may_match(struct pen_str path, struct pen_str name)
{
    const char last = path.ptr[path.len - 1];
    return last == '*' || (name.len > 0 && name.ptr[name.len - 1] == last);
}

const struct pen_envelope_leaf *pen_marks_look_up(const struct pen_marks *marks,
                                                  const struct pen_json *node)
{
    for (uint32_t i = 0; i < marks->active_count; i++) {
        const struct pen_mark *const mark = &marks->active[i];
        for (size_t row = 0; row < mark->envelope->coded_count; row++) {
            const struct pen_envelope_leaf *const leaf = &mark->envelope->coded[row];
            if (may_match(leaf->path, node->name)
                && pen_envelope_path_matches(leaf->path, node, mark->base)) {
                return leaf;
            }
        }
    }
    return NULL;
}

const struct pen_envelope *pen_marks_by_fields(const struct pen_marks *marks)
{
    for (size_t i = 0; i < marks->field_count; i++) {
        for (size_t k = 0; k < pen_envelope_field_count; k++) {
            const struct pen_envelope *const envelope = pen_envelope_fields[k].envelope;
            if (envelope->sign_count == 0 && is_expected(marks, envelope)
                && tells(&marks->fields[i], k)) {
                return envelope;
            }
        }
    }
    return NULL;
}
