/** One element after another; whatever could be read in two ways is refused. */
#include "gateway/wire/forwarded.h"

#include "gateway/wire/wire.h"

static enum pen_status add(struct pen_hops *hops, const struct pen_hop *hop)
{
    if (hops->count == PEN_FORWARDED_HOPS) return PEN_ERR_LIMIT;
    hops->list[hops->count++] = *hop;
    return PEN_OK;
}

/* node-port: digits, or an obfuscated port. */
static bool is_port(struct pen_str text)
{
    uint64_t port = 0;
    if (text.len > 1 && text.ptr[0] == '_') return pen_wire_is_token(text);
    return text.len > 0 && text.len <= 5 && pen_str_to_u64(text, &port) == PEN_OK && port <= 65535;
}

/* node = nodename [ ":" node-port ] (RFC 7239 section 6) */
static enum pen_status read_node(struct pen_str text, struct pen_hop *out)
{
    struct pen_str name = text;
    struct pen_str rest = {.ptr = NULL};
    const bool bracketed = text.len > 0 && text.ptr[0] == '[';
    if (bracketed) {
        const size_t end = pen_str_find(text, ']', 0);
        if (end == text.len) return PEN_ERR_SYNTAX;
        name = pen_str_slice(text, 1, end);
        rest = pen_str_slice(text, end + 1, text.len);
        if (pen_str_find(name, ':', 0) == name.len) return PEN_ERR_SYNTAX;
    } else {
        const size_t colon = pen_str_find(text, ':', 0);
        name = pen_str_slice(text, 0, colon);
        rest = pen_str_slice(text, colon, text.len);
    }
    if (rest.len > 0 && (rest.ptr[0] != ':' || !is_port(pen_str_slice(rest, 1, rest.len)))) {
        return PEN_ERR_SYNTAX;
    }
    const bool hidden = !bracketed
                        && (pen_str_equal_fold(name, PEN_S("unknown"))
                            || (name.len > 1 && name.ptr[0] == '_' && pen_wire_is_token(name)));
    *out = (struct pen_hop){.known = !hidden};
    return hidden || pen_address_read(name, &out->address) == PEN_OK ? PEN_OK : PEN_ERR_SYNTAX;
}

/* The value of a parameter at `*at`, without its quotes; escapes in it are refused. */
static enum pen_status read_value(struct pen_str text, size_t *at, struct pen_str *out)
{
    const size_t start = *at;
    if (start < text.len && text.ptr[start] == '"') {
        const size_t end = pen_str_find(text, '"', start + 1);
        if (end == text.len) return PEN_ERR_SYNTAX;
        *out = pen_str_slice(text, start + 1, end);
        *at = end + 1;
        return pen_str_find(*out, '\\', 0) == out->len ? PEN_OK : PEN_ERR_SYNTAX;
    }
    size_t end = start;
    while (end < text.len && pen_wire_is_token(pen_str_slice(text, end, end + 1))) {
        end++;
    }
    *out = pen_str_slice(text, start, end);
    *at = end;
    return end > start ? PEN_OK : PEN_ERR_SYNTAX;
}

/* What one element says. */
struct element {
    bool has_for;
    struct pen_hop hop;
    struct pen_str proto; /* empty: nothing */
};

static enum pen_status take_parameter(struct element *element, struct pen_str name,
                                      struct pen_str value)
{
    if (pen_str_equal_fold(name, PEN_S("for"))) {
        if (element->has_for) return PEN_ERR_SYNTAX;
        element->has_for = true;
        return read_node(value, &element->hop);
    }
    if (pen_str_equal_fold(name, PEN_S("proto"))) {
        if (element->proto.len > 0) return PEN_ERR_SYNTAX;
        element->proto = value;
        return pen_forwarded_is_proto(value) ? PEN_OK : PEN_ERR_SYNTAX;
    }
    return PEN_OK; /* by, host, and what is not known: nothing here depends on them */
}

/* forwarded-pair = token "=" value (RFC 7239 section 4) */
static enum pen_status read_parameter(struct pen_str text, size_t *at, struct element *element)
{
    *at = pen_str_skip_blank(text, *at);
    const size_t equals = pen_str_find(text, '=', *at);
    const struct pen_str name = pen_str_slice(text, *at, equals);
    if (equals == text.len || !pen_wire_is_token(name)) return PEN_ERR_SYNTAX;

    struct pen_str value;
    *at = equals + 1;
    PEN_TRY(read_value(text, at, &value));
    return take_parameter(element, name, value);
}

/* Parameters parted by semicolons. */
static enum pen_status read_element(struct pen_str text, size_t *at, struct pen_hops *hops)
{
    struct element element = {.has_for = false};
    PEN_TRY(read_parameter(text, at, &element));
    while (*at < text.len && text.ptr[*at] == ';') {
        (*at)++;
        PEN_TRY(read_parameter(text, at, &element));
    }
    if (!element.has_for) return PEN_ERR_SYNTAX;
    if (hops->proto.len == 0) hops->proto = element.proto;
    return add(hops, &element.hop);
}

bool pen_forwarded_is_proto(struct pen_str text)
{
    return pen_str_equal_fold(text, PEN_S("http")) || pen_str_equal_fold(text, PEN_S("https"));
}

enum pen_status pen_forwarded_read(struct pen_str value, struct pen_hops *hops)
{
    for (size_t at = 0;; at++) {
        PEN_TRY(read_element(value, &at, hops));
        at = pen_str_skip_blank(value, at);
        if (at == value.len) return PEN_OK;
        if (value.ptr[at] != ',') return PEN_ERR_SYNTAX;
    }
}

enum pen_status pen_forwarded_for_read(struct pen_str value, struct pen_hops *hops)
{
    for (size_t start = 0; start <= value.len;) {
        const size_t comma = pen_str_find(value, ',', start);
        struct pen_str text = pen_str_trim(pen_str_slice(value, start, comma));
        struct pen_hop hop = {.known = true};
        const bool bracketed = text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']';
        if (bracketed) text = pen_str_slice(text, 1, text.len - 1);
        if (pen_str_equal_fold(text, PEN_S("unknown"))) {
            hop.known = false;
        } else if (pen_address_read(text, &hop.address) != PEN_OK) {
            return PEN_ERR_SYNTAX;
        }
        PEN_TRY(add(hops, &hop));
        start = comma + 1;
    }
    return PEN_OK;
}
