/**
 * Names out of foreign certificates, and rules: the bytes are a rule, a line end, and a name.
 *
 * A rule without '*' admits exactly the names that are equal to it but for the case of hosts; what
 * a rule with '*' admits ends or begins with the rule's fixed part; nothing unsound is compared.
 */
#include <stdlib.h>

#include "gateway/tls/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static void compare(struct pen_tls_name rule, struct pen_tls_name name)
{
    const bool admitted = pen_tls_rule_admits(rule, name);
    require(admitted == pen_tls_rule_admits(rule, name));
    const size_t star = pen_str_find(rule.text, '*', 0);
    if (!admitted) {
        require(rule.kind != name.kind || !pen_str_equal(rule.text, name.text));
        return;
    }
    require(rule.kind == name.kind);
    if (star == rule.text.len) {
        require(pen_str_equal_fold(rule.text, name.text));
        return;
    }
    const struct pen_str before = pen_str_slice(rule.text, 0, star);
    const struct pen_str behind = pen_str_slice(rule.text, star + 1, rule.text.len);
    require(name.text.len >= rule.text.len);
    require(pen_str_starts(name.text, before));
    require(pen_str_equal_fold(pen_str_slice(name.text, name.text.len - behind.len, name.text.len),
                               behind));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str text = {(const char *)data, size};
    const size_t split = pen_str_find(text, '\n', 0);
    struct pen_tls_name rule;
    struct pen_tls_name name;
    if (!pen_tls_name_split(pen_str_slice(text, 0, split), &rule)
        || !pen_tls_name_split(pen_str_slice(text, split + 1, size), &name)) {
        return 0;
    }
    if (pen_tls_name_is_sound(name)) {
        for (size_t i = 0; i < name.text.len; i++) {
            require(name.text.ptr[i] > 0x20 && name.text.ptr[i] < 0x7f);
        }
        /* A sound name without a star is a rule that admits itself. */
        if (pen_str_find(name.text, '*', 0) == name.text.len) {
            require(pen_tls_rule_problem(name) == NULL && pen_tls_rule_admits(name, name));
        }
        if (pen_tls_rule_problem(rule) == NULL) compare(rule, name);
    }
    return 0;
}
