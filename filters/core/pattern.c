/** The one file that knows Vectorscan and PCRE2. */
#include "filters/core/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs.h>
#include <pcre2.h>
#include <stdlib.h>

/* PCRE2 counts from each place in the text anew, and a loop over single bytes as one step, so these
   alone bound nothing; what an item costs is counted by on_item(). */
#define MATCH_STEPS     1000000
#define MATCH_DEPTH     1000
#define MATCH_HEAP_KIB  1024
#define ITEM_STEPS      8 /* of the scan's budget: an item takes as long as a lexer's eight bytes */
#define BYTES           (PCRE2_NEVER_UTF | PCRE2_NO_AUTO_CAPTURE)
#define JIT_STACK_START ((size_t)32 << 10)
#define JIT_STACK_MOST  ((size_t)256 << 10)

struct pen_patterns {
    hs_database_t *database;
};

struct pen_scratch {
    hs_scratch_t *scratch;
    pcre2_match_context *limits;
    pcre2_match_data *match;
    pcre2_jit_stack *stack;
};

struct pen_regex {
    pcre2_code *code;
    bool of_text; /* valid UTF-8, so that it is not checked again with each search */
};

/* What a search has moved over. */
struct paying {
    uint64_t *steps_left;
    size_t at;
};

struct match_context {
    void (*found)(void *context, uint32_t id, size_t end);
    void *context;
};

static int on_match(unsigned int id, unsigned long long from, unsigned long long to,
                    unsigned int flags, void *context)
{
    (void)from;
    (void)flags;
    const struct match_context *const match = context;
    match->found(match->context, id, (size_t)to);
    return 0;
}

/* The arrays that the engine's compiler wants: one entry a literal. */
struct literals {
    const char **texts;
    size_t *lengths;
    unsigned int *flags;
    unsigned int *ids;
};

static enum pen_status compile(const struct pen_pattern *patterns, size_t count,
                               const struct literals *literals, hs_database_t **out,
                               struct pen_error *err)
{
    for (size_t i = 0; i < count; i++) {
        literals->texts[i] = patterns[i].literal.ptr;
        literals->lengths[i] = patterns[i].literal.len;
        literals->flags[i] = patterns[i].caseless ? HS_FLAG_CASELESS : 0;
        literals->ids[i] = patterns[i].id;
    }
    hs_compile_error_t *problem = NULL;
    if (hs_compile_lit_multi(literals->texts, literals->flags, literals->ids, literals->lengths,
                             (unsigned int)count, HS_MODE_BLOCK, NULL, out, &problem)
        == HS_SUCCESS) {
        return PEN_OK;
    }
    const bool known = problem != NULL && problem->expression >= 0;
    const struct pen_str literal =
        known ? patterns[problem->expression].literal : (struct pen_str){"?", 1};
    pen_error_set(err, "trigger \"%.*s\" does not compile: %s", PEN_STR_ARGS(literal),
                  problem != NULL ? problem->message : "no memory");
    hs_free_compile_error(problem);
    return PEN_ERR_INVALID;
}

enum pen_status pen_patterns_create(const struct pen_pattern *patterns, size_t count,
                                    struct pen_patterns **out, struct pen_error *err)
{
    struct pen_patterns *made = calloc(1, sizeof(*made));
    const struct literals literals = {
        .texts = calloc(count + 1, sizeof(*literals.texts)),
        .lengths = calloc(count + 1, sizeof(*literals.lengths)),
        .flags = calloc(count + 1, sizeof(*literals.flags)),
        .ids = calloc(count + 1, sizeof(*literals.ids)),
    };
    enum pen_status status = PEN_ERR_NOMEM;
    if (made != NULL && literals.texts != NULL && literals.lengths != NULL && literals.flags != NULL
        && literals.ids != NULL) {
        status = count == 0 ? PEN_OK : compile(patterns, count, &literals, &made->database, err);
    } else {
        pen_error_set(err, "not enough memory for the filters' triggers");
    }
    free(literals.ids);
    free(literals.flags);
    free(literals.lengths);
    free(literals.texts);
    if (status != PEN_OK) {
        free(made);
        return status;
    }
    *out = made;
    return PEN_OK;
}

void pen_patterns_destroy(struct pen_patterns *patterns)
{
    if (patterns == NULL) return;

    /* Frees NULL too, and cannot fail for a database that it made. */
    (void)hs_free_database(patterns->database);
    free(patterns);
}

static bool make_match_memory(struct pen_scratch *scratch)
{
    scratch->limits = pcre2_match_context_create(NULL);
    scratch->match = pcre2_match_data_create(1, NULL); /* the whole match, no groups */
    scratch->stack = pcre2_jit_stack_create(JIT_STACK_START, JIT_STACK_MOST, NULL);
    if (scratch->limits == NULL || scratch->match == NULL || scratch->stack == NULL) return false;

    pcre2_jit_stack_assign(scratch->limits, NULL, scratch->stack);
    return pcre2_set_match_limit(scratch->limits, MATCH_STEPS) == 0
           && pcre2_set_depth_limit(scratch->limits, MATCH_DEPTH) == 0
           && pcre2_set_heap_limit(scratch->limits, MATCH_HEAP_KIB) == 0;
}

enum pen_status pen_patterns_scratch(const struct pen_patterns *patterns, struct pen_scratch **out)
{
    struct pen_scratch *made = calloc(1, sizeof(*made));
    if (made == NULL) return PEN_ERR_NOMEM;

    const bool scans = patterns->database == NULL
                       || hs_alloc_scratch(patterns->database, &made->scratch) == HS_SUCCESS;
    if (!scans || !make_match_memory(made)) {
        pen_patterns_scratch_destroy(made);
        return PEN_ERR_NOMEM;
    }
    *out = made;
    return PEN_OK;
}

enum pen_status pen_patterns_scratch_grow(const struct pen_patterns *patterns,
                                          struct pen_scratch *scratch)
{
    if (patterns->database == NULL) return PEN_OK;
    const hs_error_t result = hs_alloc_scratch(patterns->database, &scratch->scratch);
    return result == HS_SUCCESS ? PEN_OK : PEN_ERR_NOMEM;
}

void pen_patterns_scratch_destroy(struct pen_scratch *scratch)
{
    if (scratch == NULL) return;

    pcre2_jit_stack_free(scratch->stack);
    pcre2_match_data_free(scratch->match);
    pcre2_match_context_free(scratch->limits);
    (void)hs_free_scratch(scratch->scratch); /* frees NULL too, and cannot fail for its own */
    free(scratch);
}

enum pen_status pen_patterns_scan(const struct pen_patterns *patterns, struct pen_scratch *scratch,
                                  struct pen_str text,
                                  void (*found)(void *context, uint32_t id, size_t end),
                                  void *context)
{
    if (text.len > UINT32_MAX) return PEN_ERR_LIMIT;
    if (patterns->database == NULL || text.len == 0) return PEN_OK;

    struct match_context match = {.found = found, .context = context};
    const hs_error_t result = hs_scan(patterns->database, text.ptr, (unsigned int)text.len, 0,
                                      scratch->scratch, on_match, &match);
    return result == HS_SUCCESS ? PEN_OK : PEN_ERR_INTERNAL;
}

/* The library's own bounds on what it compiles. */
static bool is_too_large(int code)
{
    return code == PCRE2_ERROR_PATTERN_TOO_LARGE || code == PCRE2_ERROR_PATTERN_STRING_TOO_LONG
           || code == PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED
           || code == PCRE2_ERROR_LOOKBEHIND_TOO_LONG
           || code == PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP
           || code == PCRE2_ERROR_PATTERN_TOO_COMPLICATED;
}

static enum pen_status create(struct pen_str expression, uint32_t options, struct pen_regex **out,
                              struct pen_error *err)
{
    struct pen_regex *made = calloc(1, sizeof(*made));
    if (made == NULL) return PEN_ERR_NOMEM;

    int code = 0;
    PCRE2_SIZE place = 0;
    const PCRE2_SPTR text = (PCRE2_SPTR)(expression.len > 0 ? expression.ptr : "");
    made->code = pcre2_compile(text, expression.len, options | PCRE2_DOTALL | PCRE2_AUTO_CALLOUT,
                               &code, &place, NULL);
    if (made->code == NULL) {
        PCRE2_UCHAR message[128];
        /* A message that does not fit is cut, and NUL-terminated all the same. */
        (void)pcre2_get_error_message(code, message, sizeof(message));
        pen_error_set(err, "expression \"%.*s\" does not compile at %zu: %s",
                      PEN_STR_ARGS(expression), (size_t)place, (const char *)message);
        free(made);
        return is_too_large(code) ? PEN_ERR_LIMIT : PEN_ERR_INVALID;
    }
    *out = made;
    return PEN_OK;
}

enum pen_status pen_regex_hasten(struct pen_regex *regex, size_t *bytes)
{
    /* Where the machine has no JIT the interpreter obeys the same limits. */
    const int jit = pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE);
    if (jit != 0) return jit == PCRE2_ERROR_JIT_BADOPTION ? PEN_OK : PEN_ERR_NOMEM;
    size_t size = 0;
    if (pcre2_pattern_info(regex->code, PCRE2_INFO_JITSIZE, &size) == 0) *bytes += size;
    return PEN_OK;
}

static enum pen_status create_fast(struct pen_str expression, uint32_t options,
                                   struct pen_regex **out, struct pen_error *err)
{
    struct pen_regex *made = NULL;
    size_t bytes = 0;
    PEN_TRY(create(expression, options, &made, err));
    const enum pen_status status = pen_regex_hasten(made, &bytes);
    if (status != PEN_OK) {
        pen_regex_destroy(made);
        return status;
    }
    *out = made;
    return PEN_OK;
}

enum pen_status pen_regex_parse(struct pen_str expression, struct pen_regex **out,
                                struct pen_error *err)
{
    return create(expression, BYTES, out, err);
}

enum pen_status pen_regex_create(struct pen_str expression, bool caseless, struct pen_regex **out,
                                 struct pen_error *err)
{
    return create_fast(expression, BYTES | (caseless ? PCRE2_CASELESS : 0), out, err);
}

enum pen_status pen_regex_create_text(struct pen_str expression, struct pen_regex **out,
                                      struct pen_error *err)
{
    /* Up to 10.42 the library may take the first character of what looks ahead for one that a match
       begins with, and look for its last one behind it: /(?=ba)a?b/ is then not found in "ba". */
    const uint32_t options = PCRE2_UTF | PCRE2_NO_START_OPTIMIZE | PCRE2_NEVER_UCP
                             | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_UNSET_BACKREF;
    PEN_TRY(create_fast(expression, options, out, err));
    (*out)->of_text = true;
    return PEN_OK;
}

void pen_regex_destroy(struct pen_regex *regex)
{
    if (regex == NULL) return;

    pcre2_code_free(regex->code);
    free(regex);
}

static bool pay(uint64_t *steps_left, uint64_t steps)
{
    const bool enough = steps <= *steps_left;
    *steps_left = enough ? *steps_left - steps : 0;
    return enough;
}

/* What the group holds that the item refers to, as an expression over text says by its number; of
   other items it is PCRE2's 255, or 0. */
static size_t referred_bytes(const pcre2_callout_block *item)
{
    const uint32_t group = item->callout_number;
    if (group == 0 || group == UINT8_MAX || group >= item->capture_top) return 0;
    const PCRE2_SIZE start = item->offset_vector[(size_t)group * 2];
    const PCRE2_SIZE end = item->offset_vector[(size_t)group * 2 + 1];
    return start == PCRE2_UNSET || end < start ? 0 : end - start;
}

/* Called by PCRE2 before each item of the expression that it tries. */
static int on_item(pcre2_callout_block *item, void *data)
{
    struct paying *const paying = data;
    const size_t at = item->current_position;
    const size_t moved = at > paying->at ? at - paying->at : paying->at - at;
    paying->at = at;
    const uint64_t steps = ITEM_STEPS + (uint64_t)moved + (uint64_t)referred_bytes(item);
    return pay(paying->steps_left, steps) ? 0 : PCRE2_ERROR_MATCHLIMIT;
}

/* The place of a match stands in the scratch's match data. */
static enum pen_status search(const struct pen_regex *regex, struct pen_scratch *scratch,
                              struct pen_str text, size_t from, uint64_t *steps_left, bool *matches)
{
    /* To the first place at which a match may begin no item is tried. */
    if (!pay(steps_left, text.len - from)) return PEN_ERR_LIMIT;

    struct paying paying = {.steps_left = steps_left, .at = from};
    if (pcre2_set_callout(scratch->limits, on_item, &paying) != 0) return PEN_ERR_INTERNAL;
    const PCRE2_SPTR subject = (PCRE2_SPTR)(text.len > 0 ? text.ptr : "");
    const uint32_t options = regex->of_text ? PCRE2_NO_UTF_CHECK : 0;
    const int result =
        pcre2_match(regex->code, subject, text.len, from, options, scratch->match, scratch->limits);
    *matches = result >= 0;
    switch (result) {
    case PCRE2_ERROR_NOMATCH:
        return PEN_OK;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT:
        return PEN_ERR_LIMIT;
    default:
        return result < 0 ? PEN_ERR_INTERNAL : PEN_OK;
    }
}

enum pen_status pen_regex_find(const struct pen_regex *regex, struct pen_scratch *scratch,
                               struct pen_str text, size_t from, uint64_t *steps_left,
                               struct pen_span *out)
{
    *out = (struct pen_span){text.len, text.len};
    if (from > text.len) return PEN_OK;

    bool matches = false;
    PEN_TRY(search(regex, scratch, text, from, steps_left, &matches));
    if (!matches) return PEN_OK;
    const PCRE2_SIZE *const place = pcre2_get_ovector_pointer(scratch->match);
    *out = (struct pen_span){place[0], place[1]};
    return PEN_OK;
}

enum pen_status pen_regex_matches(const struct pen_regex *regex, struct pen_scratch *scratch,
                                  struct pen_str text, uint64_t *steps_left, bool *out)
{
    bool matches = false;
    PEN_TRY(search(regex, scratch, text, 0, steps_left, &matches));
    *out = matches;
    return PEN_OK;
}
