/** One function a kind of name: what a call with these arguments is worth. */
#include "filters/code_values.h"

#include <string.h>

static bool is_global(const struct pen_code_value *value)
{
    return !value->owned || value->literal || (value->leads & PEN_CODE_ROOT) != 0;
}

static enum pen_code_strength runs(const struct pen_code_value *f,
                                   const struct pen_code_arguments *a)
{
    const unsigned flags = f->name->flags;
    const bool taken = (f->leads & (PEN_CODE_TAKEN | PEN_CODE_MACHINE_LEAD)) != 0;
    if (a->count == 0) return taken && (flags & PEN_CODE_OWNED) != 0 ? PEN_CODE_CERTAIN : 0;

    const bool module = (f->leads & PEN_CODE_COMMANDS) != 0;
    if (!taken && !module && (!is_global(f) || (flags & PEN_CODE_OWNED) != 0)) return 0;
    if ((a->leads & (PEN_CODE_SENT | PEN_CODE_DECODED)) != 0) return PEN_CODE_SHELL;
    if (taken) return PEN_CODE_CERTAIN;
    if ((a->has & PEN_CODE_HAS_CALL) != 0) return PEN_CODE_CERTAIN; /* Python's exec() */
    if ((a->has & PEN_CODE_HAS_COMMAND) != 0) return PEN_CODE_STRONG;
    if ((a->has & PEN_CODE_HAS_TEXT) != 0) {
        if (!module && (flags & (PEN_CODE_SURE | PEN_CODE_COMMAND)) == 0) return PEN_CODE_NONE;
        return (flags & PEN_CODE_SURE) != 0 && !module ? PEN_CODE_STRONG : PEN_CODE_HINT;
    }
    return (a->has & PEN_CODE_HAS_VALUE) != 0 ? PEN_CODE_HINT : PEN_CODE_BARE;
}

static enum pen_code_strength evaluates(const struct pen_code_value *f,
                                        const struct pen_code_arguments *a)
{
    const unsigned flags = f->name->flags;
    if (a->count == 0) return PEN_CODE_NONE;
    if ((f->leads & PEN_CODE_TAKEN) != 0) return PEN_CODE_CERTAIN;
    if ((f->leads & PEN_CODE_ENGINE) != 0) {
        /* runInNewContext('[]') is what documentation shows. */
        const unsigned enough =
            (flags & PEN_CODE_ANY) != 0 ? PEN_CODE_HAS_CODE | PEN_CODE_HAS_CALL : PEN_CODE_HAS_TEXT;
        return (a->has & enough) != 0 ? PEN_CODE_CERTAIN : PEN_CODE_HINT;
    }
    if ((flags & PEN_CODE_OWNED) != 0 || (!is_global(f) && (flags & PEN_CODE_ANY) == 0)) return 0;
    if ((a->leads & (PEN_CODE_SENT | PEN_CODE_DECODED)) != 0) return PEN_CODE_SHELL;
    if ((a->leads & PEN_CODE_MADE) != 0) return PEN_CODE_CERTAIN;
    if ((a->has & PEN_CODE_HAS_CALL) != 0) return PEN_CODE_CERTAIN;

    const bool always = (flags & (PEN_CODE_SURE | PEN_CODE_COMMAND)) != 0;
    if (pen_str_starts(f->name->name, PEN_S("set"))) return PEN_CODE_NONE; /* setTimeout() */
    if ((a->has & PEN_CODE_HAS_CODE) != 0) return always ? PEN_CODE_STRONG : PEN_CODE_HINT;
    if (!always) return PEN_CODE_NONE;
    if ((a->has & (PEN_CODE_HAS_TEXT | PEN_CODE_HAS_VALUE)) != 0) return PEN_CODE_HINT;
    return PEN_CODE_BARE;
}

static enum pen_code_strength loads(const struct pen_code_value *f,
                                    const struct pen_code_arguments *a)
{
    const bool includes = pen_str_starts(f->name->name, PEN_S("include"))
                          || pen_str_starts(f->name->name, PEN_S("require"));
    const bool sure = (f->name->flags & PEN_CODE_SURE) != 0;
    const bool taken = (f->leads & (PEN_CODE_PROCESS | PEN_CODE_TAKEN)) != 0;
    if (!sure && !taken && !is_global(f)) {
        return pen_str_equal(f->name->name, PEN_S("loadlib")) && (a->has & PEN_CODE_HAS_TEXT) != 0
                   ? PEN_CODE_STRONG
                   : PEN_CODE_NONE;
    }
    if (a->module != 0) {
        if (taken) return PEN_CODE_CERTAIN;
        if (sure) return PEN_CODE_STRONG;
        const struct pen_str module = pen_code_text_of(&a->first);
        const bool runs = pen_str_ends(module, PEN_S("child_process"));
        return runs ? PEN_CODE_PROBE : PEN_CODE_BARE; /* anybody's program asks for 'os' */
    }
    if (!includes) return PEN_CODE_NONE;
    if ((a->leads & PEN_CODE_SENT) != 0) return PEN_CODE_SHELL;
    return (a->has & (PEN_CODE_HAS_STREAM | PEN_CODE_HAS_SECRET | PEN_CODE_HAS_URL)) != 0
               ? PEN_CODE_STRONG
               : PEN_CODE_NONE;
}

static enum pen_code_strength calls_back(const struct pen_code_value *f,
                                         const struct pen_code_arguments *a)
{
    const bool any = (f->name->flags & PEN_CODE_ANY) != 0;
    if ((a->has & PEN_CODE_HAS_SINK) != 0) {
        if (any) return a->count > 1 ? PEN_CODE_STRONG : PEN_CODE_NONE;
        return PEN_CODE_CERTAIN;
    }
    /* What calls its first argument: array_map(), not array_filter(). */
    const bool first = pen_str_starts(f->name->name, PEN_S("call_user"))
                       || pen_str_starts(f->name->name, PEN_S("array_map"))
                       || pen_str_starts(f->name->name, PEN_S("register"));
    return !any && first && (a->first.leads & PEN_CODE_SENT) != 0 ? PEN_CODE_SHELL : PEN_CODE_NONE;
}

static enum pen_code_strength reads(const struct pen_code_value *f,
                                    const struct pen_code_arguments *a)
{
    const bool sure = (f->name->flags & PEN_CODE_SURE) != 0;
    const bool taken = (f->leads & PEN_CODE_TAKEN) != 0;
    if (taken && (a->has & PEN_CODE_HAS_TEXT) != 0) return PEN_CODE_CERTAIN;
    if ((a->has & PEN_CODE_HAS_PIPE) != 0 && !pen_str_equal(f->name->name, PEN_S("glob"))
        && (!f->owned || (f->leads & PEN_CODE_COMMANDS) != 0)) {
        return PEN_CODE_CERTAIN;
    }
    if ((a->has & PEN_CODE_HAS_SECRET) != 0) return PEN_CODE_STRONG;
    if (!sure || !is_global(f) || a->count == 0) return PEN_CODE_NONE;
    if ((a->has & PEN_CODE_HAS_STREAM) != 0) return PEN_CODE_HINT;
    return (a->leads & PEN_CODE_SENT) != 0 ? PEN_CODE_STRONG : PEN_CODE_BARE;
}

static enum pen_code_strength writes(const struct pen_code_value *f,
                                     const struct pen_code_arguments *a)
{
    if ((a->has & PEN_CODE_HAS_PAGE) != 0) return PEN_CODE_SHELL;
    if (a->count > 1 && (a->leads & (PEN_CODE_SENT | PEN_CODE_DECODED)) != 0
        && (is_global(f) || (a->has & PEN_CODE_HAS_SCRIPT) != 0)) {
        return PEN_CODE_STRONG;
    }
    if ((f->leads & PEN_CODE_TAKEN) != 0 && a->count > 0) return PEN_CODE_CERTAIN;
    return is_global(f) && a->count > 0 ? PEN_CODE_BARE : PEN_CODE_NONE;
}

static enum pen_code_strength machine(const struct pen_code_arguments *a, unsigned leads)
{
    if ((leads & PEN_CODE_MACHINE_LEAD) == 0) return PEN_CODE_NONE;
    if ((a->leads & PEN_CODE_SENT) != 0) return PEN_CODE_SHELL;
    if ((a->has & PEN_CODE_HAS_COMMAND) != 0) return PEN_CODE_STRONG;
    return (a->has & PEN_CODE_HAS_TEXT) != 0 ? PEN_CODE_HINT : PEN_CODE_NONE;
}

static enum pen_code_strength classes(const struct pen_code_value *f,
                                      const struct pen_code_arguments *a)
{
    const unsigned found =
        (a->module | a->leads) & (PEN_CODE_MACHINE_LEAD | PEN_CODE_ENGINE | PEN_CODE_JAVA);
    if (pen_str_equal(f->name->name, PEN_S("lookup"))) {
        return (a->has & PEN_CODE_HAS_REMOTE) != 0 ? PEN_CODE_CERTAIN : PEN_CODE_NONE;
    }
    if ((a->leads & PEN_CODE_DECODED) != 0 && pen_str_equal(f->name->name, PEN_S("defineclass"))) {
        return PEN_CODE_CERTAIN;
    }
    if (pen_str_equal(f->name->name, PEN_S("urlclassloader"))) {
        return (a->has & PEN_CODE_HAS_URL) != 0 ? PEN_CODE_STRONG : PEN_CODE_NONE;
    }
    if ((f->leads & PEN_CODE_WALKED) != 0 && (a->has & PEN_CODE_HAS_TEXT) != 0) {
        return PEN_CODE_CERTAIN;
    }
    return found != 0 ? PEN_CODE_STRONG : PEN_CODE_NONE;
}

static enum pen_code_strength fetches(const struct pen_code_value *f,
                                      const struct pen_code_arguments *a)
{
    const unsigned leads = f->leads | a->leads;
    const bool sink = (a->has & PEN_CODE_HAS_SINK) != 0
                      || (a->named != NULL && a->named->kind == PEN_CODE_MACHINE);
    if (a->named != NULL && a->named->kind == PEN_CODE_WALKS
        && (a->named->flags & PEN_CODE_SURE) != 0) {
        return PEN_CODE_STRONG;
    }
    return sink
                   && (leads
                       & (PEN_CODE_COMMANDS | PEN_CODE_TAKEN | PEN_CODE_MACHINE_LEAD | PEN_CODE_ROOT
                          | PEN_CODE_JAVA | PEN_CODE_WALKED))
                          != 0
               ? PEN_CODE_CERTAIN
               : PEN_CODE_NONE;
}

static enum pen_code_strength named_call(const struct pen_code_value *f,
                                         const struct pen_code_arguments *a)
{
    const bool global = is_global(f);
    const bool sure = (f->name->flags & PEN_CODE_SURE) != 0;
    switch (f->name->kind) {
    case PEN_CODE_RUNS:
        return runs(f, a);
    case PEN_CODE_EVALUATES:
        return evaluates(f, a);
    case PEN_CODE_REPLACES:
        if ((a->has & PEN_CODE_HAS_E) == 0) return PEN_CODE_NONE;
        return (a->leads & PEN_CODE_SENT) != 0 ? PEN_CODE_SHELL : PEN_CODE_STRONG;
    case PEN_CODE_LOADS:
        return loads(f, a);
    case PEN_CODE_BINDS:
        return (f->leads & PEN_CODE_PROCESS) != 0 ? PEN_CODE_CERTAIN : PEN_CODE_NONE;
    case PEN_CODE_CALLS_BACK:
        return calls_back(f, a);
    case PEN_CODE_FETCHES:
        return fetches(f, a);
    case PEN_CODE_TELLS:
        if (!global || a->count > 1) return PEN_CODE_NONE;
        return sure ? PEN_CODE_STRONG : PEN_CODE_BARE;
    case PEN_CODE_READS:
        return reads(f, a);
    case PEN_CODE_WRITES:
        return writes(f, a);
    case PEN_CODE_WAITS:
        if ((a->has & PEN_CODE_HAS_NUMBER) == 0 || a->count > 2) return PEN_CODE_NONE;
        return global ? PEN_CODE_PROBE : PEN_CODE_BARE;
    case PEN_CODE_SHOWS:
        return global && (a->has & (PEN_CODE_HAS_NUMBER | PEN_CODE_HAS_TEXT)) != 0 ? PEN_CODE_BARE
                                                                                   : PEN_CODE_NONE;
    case PEN_CODE_MACHINE:
        return machine(a, f->leads);
    case PEN_CODE_CLASSES:
        return classes(f, a);
    case PEN_CODE_BUILDER:
        if ((a->has & (PEN_CODE_HAS_CODE | PEN_CODE_HAS_CALL)) == 0) return PEN_CODE_NONE;
        return (f->leads & PEN_CODE_TAKEN) != 0 ? PEN_CODE_CERTAIN : PEN_CODE_PROBE;
    case PEN_CODE_KEYWORD: /* ERB.new("<%= ... %>") */
        return (f->leads & PEN_CODE_ENGINE) != 0 && (a->has & PEN_CODE_HAS_PAGE) != 0
                   ? PEN_CODE_CERTAIN
                   : PEN_CODE_NONE;
    case PEN_CODE_DECODES:
    case PEN_CODE_CHARACTERS:
    case PEN_CODE_INPUT:
    case PEN_CODE_OWNER:
    case PEN_CODE_WALKS:
        return PEN_CODE_NONE;
    }
    return PEN_CODE_NONE;
}

/* What the call gives. */
static void become_result(struct pen_code_value *f, const struct pen_code_arguments *a)
{
    const struct pen_code_name *const name = f->name;
    unsigned leads = f->leads;
    if (name == NULL && f->shape == PEN_CODE_NAMED && a->count > 0
        && pen_str_equal(pen_code_text_of(f), PEN_S("Seq"))) { /* of Scala */
        pen_code_become_list(f, &a->first);
        return;
    }
    f->shape = PEN_CODE_RESULT;
    f->length = 0;
    if (name == NULL) return;
    switch (name->kind) {
    case PEN_CODE_EVALUATES:
        leads = name->leads;
        break;
    case PEN_CODE_LOADS:
        leads = a->module != 0 ? a->module | PEN_CODE_TAKEN : 0;
        break;
    case PEN_CODE_DECODES:
        leads = PEN_CODE_DECODED | (a->leads & PEN_CODE_SENT);
        break;
    case PEN_CODE_CHARACTERS:
        if (a->characters == 0) break;
        f->shape = PEN_CODE_TEXTUAL;
        f->length = a->characters;
        memcpy(f->text, a->character, a->characters);
        leads = PEN_CODE_DECODED;
        break;
    case PEN_CODE_READS:
        leads = (a->has & PEN_CODE_HAS_STREAM) != 0 ? PEN_CODE_SENT : a->leads & PEN_CODE_SENT;
        break;
    case PEN_CODE_CALLS_BACK:
        leads = (a->has & PEN_CODE_HAS_SINK) != 0 ? PEN_CODE_MADE : 0;
        break;
    case PEN_CODE_FETCHES:
        if (a->named != NULL || a->module != 0) {
            f->shape = PEN_CODE_NAMED;
            f->name = a->named;
            f->owned = (a->leads & PEN_CODE_ROOT) == 0;
            f->leads =
                leads | a->leads | a->module
                | (a->named != NULL && a->named->kind == PEN_CODE_WALKS ? a->named->leads : 0);
            return;
        }
        break;
    case PEN_CODE_CLASSES:
        if ((a->module | a->leads) != 0) leads |= a->module | a->leads | PEN_CODE_TAKEN;
        break;
    case PEN_CODE_BUILDER:
        leads = (a->has & PEN_CODE_HAS_TEXT) != 0 ? PEN_CODE_MADE | PEN_CODE_TAKEN : leads;
        break;
    case PEN_CODE_SHOWS:
        if ((a->has & PEN_CODE_HAS_NUMBER) != 0) f->shape = PEN_CODE_NUMERIC;
        leads = 0;
        break;
    case PEN_CODE_INPUT:
        leads = PEN_CODE_SENT;
        break;
    case PEN_CODE_KEYWORD:
    case PEN_CODE_RUNS:
    case PEN_CODE_REPLACES:
    case PEN_CODE_BINDS:
    case PEN_CODE_TELLS:
    case PEN_CODE_WRITES:
    case PEN_CODE_WAITS:
    case PEN_CODE_OWNER:
    case PEN_CODE_MACHINE:
    case PEN_CODE_WALKS:
        break;
    }
    f->leads = leads;
    f->owned = true;
    f->name = NULL;
}

enum pen_code_strength pen_code_call(struct pen_code_value *f, const struct pen_code_arguments *a)
{
    enum pen_code_strength strength = PEN_CODE_NONE;
    if (f->shape == PEN_CODE_NAMED && f->name != NULL) {
        strength = named_call(f, a);
    } else if (f->shape == PEN_CODE_TEXTUAL) {
        const bool sink = pen_code_is_sink(pen_code_name_of(pen_code_text_of(f)));
        strength = sink || (f->leads & PEN_CODE_DECODED) != 0 ? PEN_CODE_CERTAIN : PEN_CODE_NONE;
    } else if (f->shape == PEN_CODE_HELD || f->shape == PEN_CODE_RESULT) {
        if ((f->leads & (PEN_CODE_MADE | PEN_CODE_DECODED)) != 0) strength = PEN_CODE_CERTAIN;
        if ((f->leads & PEN_CODE_SENT) != 0) strength = PEN_CODE_SHELL;
        const bool held = f->shape == PEN_CODE_HELD && (a->has & PEN_CODE_HAS_COMMAND) != 0;
        if (strength == PEN_CODE_NONE && held) strength = PEN_CODE_HINT;
    }
    become_result(f, a);
    return strength;
}
