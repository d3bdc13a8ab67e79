/** Keywords and dialects, as tables. */
#include "filters/schema/dialect.h"

#include "filters/core/nearest.h"
#include "filters/schema/meta.h"

#define LONG_WORD 8 /* letters from which on two slips are believed to be slips */

enum drafts {
    OLD = 1,
    NEW = 2,
    BOTH = 3,
};

struct keyword {
    struct pen_str name;
    enum drafts drafts;
    enum pen_vocabulary vocabulary;
    enum pen_keyword_form form;
    unsigned rank;
};

#define PEN_KEYWORD(id, name, drafts, vocabulary, form, rank) \
    {PEN_STR(name), drafts, PEN_VOCABULARY_##vocabulary, PEN_FORM_##form, rank},
static const struct keyword keywords[] = {
#include "filters/schema/keywords.def"
    {PEN_STR(""), BOTH, PEN_VOCABULARY_CORE, PEN_FORM_PLAIN, 1},
};
#undef PEN_KEYWORD

#define ALL_OF_2020_12                                                              \
    (PEN_VOCABULARY_CORE | PEN_VOCABULARY_APPLICATOR | PEN_VOCABULARY_UNEVALUATED   \
     | PEN_VOCABULARY_VALIDATION | PEN_VOCABULARY_META_DATA | PEN_VOCABULARY_FORMAT \
     | PEN_VOCABULARY_CONTENT)

const struct pen_dialect pen_dialect_2020_12 = {.vocabularies = ALL_OF_2020_12};
const struct pen_dialect pen_dialect_draft_7 = {.old = true, .vocabularies = ALL_OF_2020_12};

enum pen_keyword pen_keyword_find(struct pen_dialect dialect, struct pen_str name)
{
    const enum drafts draft = dialect.old ? OLD : NEW;
    for (size_t i = 0; i < PEN_KEYWORD_UNKNOWN; i++) {
        const struct keyword *const k = &keywords[i];
        if (!pen_str_equal(k->name, name)) continue;
        const bool known = (k->drafts & draft) != 0 && (dialect.vocabularies & k->vocabulary) != 0;
        return known ? (enum pen_keyword)i : PEN_KEYWORD_UNKNOWN;
    }
    return PEN_KEYWORD_UNKNOWN;
}

static bool holds_something(const struct keyword *k)
{
    return k->rank > 0 && k->vocabulary != PEN_VOCABULARY_META_DATA
           && k->vocabulary != PEN_VOCABULARY_CONTENT;
}

/* "not" and "if" are near too many words. */
static bool is_slip(struct pen_str name, struct pen_str keyword)
{
    if (keyword.len < 4 || name.len < 3) return false;
    const size_t distance = pen_nearest_distance(name, keyword);
    return distance <= (name.len < LONG_WORD ? 1 : 2);
}

enum pen_keyword pen_keyword_meant(struct pen_dialect dialect, struct pen_str name)
{
    const enum drafts draft = dialect.old ? OLD : NEW;
    for (size_t i = 0; i < PEN_KEYWORD_UNKNOWN; i++) {
        const struct keyword *const k = &keywords[i];
        if (!pen_str_equal(k->name, name)) continue;
        /* A dialect that leaves a vocabulary out means to. */
        const bool foreign = (k->drafts & draft) == 0 && holds_something(k);
        return foreign ? (enum pen_keyword)i : PEN_KEYWORD_UNKNOWN;
    }
    for (size_t i = 0; i < PEN_KEYWORD_UNKNOWN; i++) {
        const struct keyword *const k = &keywords[i];
        const bool known = (k->drafts & draft) != 0 && (dialect.vocabularies & k->vocabulary) != 0;
        if (known && holds_something(k) && is_slip(name, k->name)) return (enum pen_keyword)i;
    }
    return PEN_KEYWORD_UNKNOWN;
}

struct pen_str pen_keyword_name(enum pen_keyword keyword)
{
    return keywords[keyword].name;
}

enum pen_keyword_form pen_keyword_form(enum pen_keyword keyword)
{
    return keywords[keyword].form;
}

unsigned pen_keyword_rank(enum pen_keyword keyword)
{
    return keywords[keyword].rank;
}

/* Schemas are written with either scheme and with or without the empty fragment; nobody means a
 * different dialect by it. */
static struct pen_str bare(struct pen_str uri)
{
    if (pen_str_ends(uri, PEN_S("#"))) uri.len--;
    if (pen_str_starts(uri, PEN_S("https:"))) return pen_str_slice(uri, 6, uri.len);
    if (pen_str_starts(uri, PEN_S("http:"))) return pen_str_slice(uri, 5, uri.len);
    return uri;
}

bool pen_dialect_find(struct pen_str uri, struct pen_dialect *out)
{
    const struct pen_str name = bare(uri);
    if (pen_str_equal(name, bare(PEN_S(PEN_META_2020_12)))) {
        *out = pen_dialect_2020_12;
        return true;
    }
    if (pen_str_equal(name, bare(PEN_S(PEN_META_DRAFT_7)))) {
        *out = pen_dialect_draft_7;
        return true;
    }
    return false;
}

bool pen_dialect_is_foreign(struct pen_str uri)
{
    static const struct pen_str foreign[] = {
        PEN_STR("//json-schema.org/draft/2019-09/schema"),
        PEN_STR("//json-schema.org/draft-06/schema"),
        PEN_STR("//json-schema.org/draft-04/schema"),
        PEN_STR("//json-schema.org/draft-03/schema"),
        PEN_STR("//json-schema.org/v1"),
        PEN_STR("//json-schema.org/draft/next/schema"),
    };
    return pen_str_is_among(bare(uri), foreign, PEN_COUNT_OF(foreign));
}

uint8_t pen_vocabulary_find(struct pen_str uri)
{
    static const struct {
        struct pen_str name;
        uint8_t bits;
    } known[] = {
        {PEN_STR("core"), PEN_VOCABULARY_CORE},
        {PEN_STR("applicator"), PEN_VOCABULARY_APPLICATOR},
        {PEN_STR("unevaluated"), PEN_VOCABULARY_UNEVALUATED},
        {PEN_STR("validation"), PEN_VOCABULARY_VALIDATION},
        {PEN_STR("meta-data"), PEN_VOCABULARY_META_DATA},
        {PEN_STR("format-annotation"), PEN_VOCABULARY_FORMAT},
        {PEN_STR("format-assertion"), PEN_VOCABULARY_FORMAT | PEN_VOCABULARY_FORMAT_ASSERTION},
        {PEN_STR("content"), PEN_VOCABULARY_CONTENT},
    };
    const struct pen_str prefix = PEN_S("https://json-schema.org/draft/2020-12/vocab/");
    if (!pen_str_starts(uri, prefix)) return 0;
    const struct pen_str name = pen_str_slice(uri, prefix.len, uri.len);
    for (size_t i = 0; i < PEN_COUNT_OF(known); i++) {
        if (pen_str_equal(known[i].name, name)) return known[i].bits;
    }
    return 0;
}
