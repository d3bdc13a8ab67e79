/**
 * The list of leaves, each followed by what was made of it, printed as the tree that it is.
 *
 * The leaves that lead to the one at hand are kept on a stack; it is no deeper than the layers that
 * the reader undoes. Steps that are no leaves (the gzip between base64 and text) are named on the
 * line of what came out.
 */
#include "gateway/cli/explain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "filters/core/envelope/envelope.h"
#include "filters/exception.h"
#include "gateway/cli/explain_measure.h"
#include "gateway/cli/shown.h"
#include "gateway/mask.h"

#define MAX_DEPTH    32 /* leaves that lead to one, and steps between two: more than layers */
#define INDENT       2
#define PATH_BYTES   4096
#define LINE_BYTES   16384
#define USUAL_WIDTH  100 /* where there is no terminal to ask */
#define LEAST_WIDTH  40
#define MOST_WIDTH   400
#define AROUND_BYTES 24 /* of the body, before and behind the place where reading stopped */

#define DIM    "2"
#define RED    "1;31"
#define GREEN  "1;32"
#define YELLOW "1;33"
#define CYAN   "36"

struct step {
    const struct pen_leaf *leaf;
    const struct pen_leaf *headed; /* the text whose document has its heading already */
    size_t indent;
};

struct tree {
    const struct pen_explain_view *view;
    const struct pen_event *event;
    const struct pen_scan *scan;
    struct step steps[MAX_DEPTH];
    size_t depth;
    bool marked; /* a text was, as one that whoever causes the event writes */
};

/* Lines. */

static void put_colour(const struct pen_explain_view *view, const char *colour)
{
    if (view->colour) fprintf(view->out, "\033[%sm", colour);
}

static void end_colour(const struct pen_explain_view *view)
{
    if (view->colour) fputs("\033[0m", view->out);
}

static void put_text(const struct pen_explain_view *view, struct pen_str text)
{
    if (text.len > 0) fwrite(text.ptr, 1, text.len, view->out);
}

static void put_spaces(const struct pen_explain_view *view, size_t count)
{
    fprintf(view->out, "%*s", (int)count, "");
}

/* `colour` NULL: as all other text. */
static void put_coloured(const struct pen_explain_view *view, const char *colour,
                         struct pen_str text)
{
    if (colour != NULL) put_colour(view, colour);
    put_text(view, text);
    if (colour != NULL) end_colour(view);
}

static size_t left_of(size_t columns, size_t taken)
{
    return columns > taken ? columns - taken : 0;
}

/* The text in what is left of its line, and how long it is when that is not enough. */
static void put_quoted(const struct pen_explain_view *view, struct pen_str text, size_t column)
{
    char memory[LINE_BYTES];
    char size[40];
    struct pen_buf bytes = pen_buf_over(size, sizeof(size));
    pen_buf_put(&bytes, PEN_S(" ("));
    pen_shown_count(&bytes, text.len);
    pen_buf_put(&bytes, PEN_S(" bytes)"));

    struct pen_buf line = pen_buf_over(memory, sizeof(memory));
    const size_t room = left_of(view->width, column);
    const bool whole = pen_shown_quoted(&line, text, room);
    const bool sized = !whole && room > 2 * bytes.len;
    if (sized) {
        line.len = 0;
        pen_shown_quoted(&line, text, room - bytes.len);
    }
    put_text(view, pen_buf_str(&line));
    if (sized) put_coloured(view, DIM, pen_buf_str(&bytes));
    fputc('\n', view->out);
}

/* `mark` behind the label, or nothing. */
static void put_leaf(const struct pen_explain_view *view, size_t indent, struct pen_str label,
                     struct pen_str mark, const char *colour, struct pen_str text)
{
    char memory[LINE_BYTES];
    struct pen_buf line = pen_buf_over(memory, sizeof(memory));
    const size_t text_column = view->width * 2 / 5;
    const size_t most = left_of(view->width * 3 / 5, indent + mark.len);
    const size_t column = indent + pen_shown_path(&line, label, most) + mark.len;
    put_spaces(view, indent);
    put_coloured(view, colour, pen_buf_str(&line));
    put_coloured(view, YELLOW, mark);

    const size_t gap = column + INDENT < text_column ? text_column - column : INDENT;
    put_spaces(view, gap);
    put_quoted(view, text, column + gap);
}

/* Findings. */

/* A piece of a leaf's text, without the secrets in it. Without memory to make it: nothing. */
static struct pen_str shown_piece(const struct pen_scan *scan, const struct pen_leaf *leaf,
                                  struct pen_span span)
{
    if (!pen_mask_applies(scan, leaf)) {
        return pen_str_slice(leaf->text, span.start, span.end);
    }
    char *const memory = pen_arena_bytes(scan->arena, span.end - span.start);
    if (memory == NULL) return PEN_S("");
    return pen_mask_piece(scan, leaf, span, memory);
}

static struct pen_str shown_text(const struct pen_scan *scan, const struct pen_leaf *leaf)
{
    return shown_piece(scan, leaf, (struct pen_span){0, leaf->text.len});
}

static void put_finding(const struct pen_explain_view *view, size_t indent,
                        const struct pen_scan *scan, const struct pen_finding *finding)
{
    char memory[LINE_BYTES];
    struct pen_buf line = pen_buf_over(memory, sizeof(memory));
    pen_buf_format(&line, "! %s %u", finding->rule, (unsigned)finding->score);
    put_spaces(view, indent);
    put_coloured(view, RED, pen_buf_str(&line));

    line.len = 0;
    pen_explain_put_measure(&line, finding);
    if (finding->leaf != NULL && finding->span.end > finding->span.start) {
        const size_t taken = indent + strlen(finding->rule) + line.len + INDENT * 10;
        pen_buf_format(&line, ", bytes %zu-%zu ", finding->span.start, finding->span.end);
        pen_shown_quoted(&line, shown_piece(scan, finding->leaf, finding->span),
                         left_of(view->width, taken));
    }
    pen_buf_byte(&line, '\n');
    put_text(view, pen_buf_str(&line));
    put_spaces(view, indent + INDENT);
    line.len = 0;
    pen_shown_path(&line, pen_str_from_c(finding->sentence), SIZE_MAX);
    pen_buf_byte(&line, '\n');
    put_text(view, pen_buf_str(&line));
    if (finding->excused == NULL) return;

    const struct pen_str excused = PEN_STR("excused: ");
    put_spaces(view, indent + INDENT);
    put_coloured(view, DIM, excused);
    put_quoted(view, finding->excused->reason, indent + INDENT + excused.len);
}

static bool has_findings(const struct tree *tree, const struct pen_leaf *leaf)
{
    for (uint32_t i = 0; i < tree->scan->finding_count; i++) {
        if (tree->scan->findings[i].leaf == leaf) return true;
    }
    return false;
}

static void put_findings(const struct tree *tree, const struct pen_leaf *leaf, size_t indent)
{
    for (uint32_t i = 0; i < tree->scan->finding_count; i++) {
        const struct pen_finding *const finding = &tree->scan->findings[i];
        if (finding->leaf == leaf) put_finding(tree->view, indent, tree->scan, finding);
    }
}

/* The tree. */

static bool leads_to(const struct pen_leaf *ancestor, const struct pen_leaf *leaf)
{
    while (leaf != NULL && leaf != ancestor) {
        leaf = leaf->from;
    }
    return leaf != NULL;
}

/* The steps from `ancestor` to `leaf` (both may be the same), oldest first: "base64|gzip". */
static void put_steps(struct pen_buf *buf, const struct pen_leaf *ancestor,
                      const struct pen_leaf *leaf)
{
    enum pen_coding codings[MAX_DEPTH];
    size_t count = 0;
    for (; leaf != ancestor && leaf != NULL && count < MAX_DEPTH; leaf = leaf->from) {
        codings[count++] = leaf->coding;
    }
    while (count-- > 0) {
        pen_buf_put(buf, pen_str_from_c(pen_coding_name(codings[count])));
        if (count > 0) pen_buf_byte(buf, '|');
    }
}

/* Where it stands in the innermost document: its whole path without the way to that document. */
static struct pen_str path_within(const struct pen_scan *scan, const struct pen_leaf *leaf,
                                  char memory[PATH_BYTES])
{
    struct pen_buf path = pen_buf_over(memory, PATH_BYTES);
    size_t outer = 0;
    if (leaf->from != NULL) {
        pen_leaf_path(leaf->from, &path);
        outer = path.len + 1 + strlen(pen_coding_name(leaf->coding));
        path.len = 0;
    }
    path.full = false;
    pen_leaf_path(leaf, &path);
    (void)pen_mask_path(scan, &path);
    return pen_str_slice(pen_buf_str(&path), outer, path.len);
}

/* Of known documents: the one within `holder`'s text; NULL for the body. */
static const struct pen_event_document *document_in(const struct pen_event *event,
                                                    const struct pen_leaf *holder)
{
    const struct pen_event_document *document = event->documents;
    while (document != NULL && document->holder != holder) {
        document = document->next;
    }
    return document;
}

/* Forms of a text are whose the text is; the mark stands at the text. */
static bool is_written(const struct pen_event *event, const struct pen_leaf *leaf)
{
    if (leaf->node == NULL || leaf->is_name) return false;

    const struct pen_event_document *const document = document_in(event, leaf->from);
    return document != NULL && pen_envelope_is_written(document, leaf->node);
}

static void put_heading(const struct tree *tree, struct step *holder, const struct pen_leaf *leaf,
                        size_t indent)
{
    const struct pen_explain_view *const view = tree->view;
    if (holder->headed == leaf->from) return;

    char memory[256];
    struct pen_buf line = pen_buf_over(memory, sizeof(memory));
    put_steps(&line, holder->leaf, leaf);
    const struct pen_event_document *const document = document_in(tree->event, leaf->from);
    if (document != NULL && leaf->coding == PEN_CODING_JSON) {
        pen_buf_put(&line, PEN_S(", "));
        pen_buf_put(&line, document->envelope->name);
    }
    pen_buf_byte(&line, '\n');
    put_spaces(view, indent);
    put_coloured(view, CYAN, pen_buf_str(&line));
    holder->headed = leaf->from;
}

static void put_line(struct tree *tree, struct step *holder, const struct pen_leaf *leaf,
                     size_t indent)
{
    char memory[PATH_BYTES];
    if (holder != NULL && !pen_coding_is_document(leaf->coding)) {
        struct pen_buf steps = pen_buf_over(memory, sizeof(memory));
        put_steps(&steps, holder->leaf, leaf);
        put_leaf(tree->view, indent, pen_buf_str(&steps), PEN_S(""), CYAN,
                 shown_text(tree->scan, leaf));
        return;
    }
    if (holder != NULL) put_heading(tree, holder, leaf, indent);
    const struct pen_str path = path_within(tree->scan, leaf, memory);
    const bool written = is_written(tree->event, leaf);
    put_leaf(tree->view, indent, path.len > 0 ? path : PEN_S("(whole)"),
             written ? PEN_S(" *") : PEN_S(""), NULL, shown_text(tree->scan, leaf));
    tree->marked = tree->marked || written;
}

/* A name says little beside its member's path, unless something was made of it or found in it. */
static bool is_worth_a_line(const struct tree *tree, uint32_t index)
{
    const struct pen_leaf *const leaf = pen_event_leaf(tree->event, index);
    if (!leaf->is_name || tree->view->all || has_findings(tree, leaf)) return true;
    if (leaf->from != NULL && !pen_coding_is_document(leaf->coding)) return true;
    return index + 1 < tree->event->leaf_count
           && leads_to(leaf, pen_event_leaf(tree->event, index + 1));
}

static void put_tree(struct tree *tree)
{
    for (uint32_t i = 0; i < tree->event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(tree->event, i);
        while (tree->depth > 0 && !leads_to(tree->steps[tree->depth - 1].leaf, leaf)) {
            tree->depth--;
        }
        if (!is_worth_a_line(tree, i)) continue;

        struct step *const holder = tree->depth > 0 ? &tree->steps[tree->depth - 1] : NULL;
        const size_t indent = holder != NULL ? holder->indent + INDENT : 0;
        put_line(tree, holder, leaf, indent);
        put_findings(tree, leaf, indent + INDENT);
        if (tree->depth < MAX_DEPTH) {
            tree->steps[tree->depth++] = (struct step){.leaf = leaf, .indent = indent};
        }
    }
}

/* The event. */

static void put_opening(const struct pen_explain_view *view, struct pen_str title,
                        struct pen_str body, const struct pen_inspection *inspection)
{
    char memory[PATH_BYTES];
    struct pen_buf line = pen_buf_over(memory, sizeof(memory));
    if (title.len > 0) {
        pen_shown_path(&line, title, view->width);
        pen_buf_put(&line, PEN_S(": "));
    }
    pen_buf_put(&line, PEN_S("event, "));
    if (inspection->taken_apart && inspection->event.envelope != NULL) {
        pen_buf_put(&line, inspection->event.envelope->name);
        pen_buf_put(&line, PEN_S(", "));
    }
    pen_shown_count(&line, body.len);
    pen_buf_put(&line, PEN_S(" bytes"));
    if (inspection->taken_apart) {
        pen_buf_put(&line, PEN_S(", "));
        pen_shown_count(&line, inspection->event.leaf_count);
        pen_buf_put(&line, inspection->event.leaf_count == 1 ? PEN_S(" leaf") : PEN_S(" leaves"));
    }
    pen_buf_byte(&line, '\n');
    put_text(view, pen_buf_str(&line));
}

/* What stands where the reader stopped. */
static void put_stop(const struct pen_explain_view *view, struct pen_str body, size_t offset)
{
    char memory[LINE_BYTES];
    struct pen_buf line = pen_buf_over(memory, sizeof(memory));
    pen_buf_format(&line, "%*sstopped at byte %zu, behind ", INDENT, "", offset);
    pen_shown_quoted(&line, pen_str_slice(body, left_of(offset, AROUND_BYTES), offset), SIZE_MAX);
    pen_buf_put(&line, PEN_S(", before "));
    pen_shown_quoted(&line, pen_str_slice(body, offset, offset + AROUND_BYTES), SIZE_MAX);
    pen_buf_byte(&line, '\n');
    put_text(view, pen_buf_str(&line));
}

static void put_legend(const struct pen_explain_view *view)
{
    put_coloured(view, YELLOW, PEN_S("*"));
    put_coloured(view, DIM, PEN_S(" is written by whoever causes the event\n"));
}

static const char *colour_of(enum pen_verdict verdict)
{
    switch (verdict) {
    case PEN_PASS:
        return GREEN;
    case PEN_FLAG:
        return YELLOW;
    case PEN_BLOCK:
        break;
    }
    return RED;
}

/* ", the function takes aws.sqs or cloudevents" */
static void put_expected(const struct pen_explain_view *view)
{
    for (size_t i = 0; i < view->expected_count; i++) {
        const char *const between = i + 1 < view->expected_count ? ", " : " or ";
        fputs(i == 0 ? ", the function takes " : between, view->out);
        put_text(view, view->expected[i]->name);
    }
}

static void put_verdict(const struct pen_explain_view *view,
                        const struct pen_inspection *inspection, const struct pen_scan *scan)
{
    put_colour(view, colour_of(inspection->verdict));
    fprintf(view->out, "%s", pen_verdict_name(inspection->verdict));
    end_colour(view);
    fprintf(view->out, " (%d, %s)", inspection->status, inspection->reason);
    if (strcmp(inspection->reason, "event.shape") == 0) put_expected(view);
    if (scan->dropped > 0) fprintf(view->out, ", %u more findings", (unsigned)scan->dropped);
    fputc('\n', view->out);
}

/* What of a schema it violates: place, keyword, place in the schema's file. */
static void put_violations(const struct pen_explain_view *view,
                           const struct pen_violations *violations)
{
    for (uint32_t i = 0; violations != NULL && i < violations->count; i++) {
        const struct pen_violation *const one = &violations->list[i];
        char memory[LINE_BYTES];
        struct pen_buf line = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&line, PEN_S("! "));
        pen_buf_put(&line, pen_str_from_c(violations->reason));
        pen_buf_byte(&line, ' ');
        put_coloured(view, RED, pen_buf_str(&line));
        line.len = 0;
        pen_shown_path(&line, one->pointer.len > 0 ? one->pointer : PEN_S("(whole)"), SIZE_MAX);
        pen_buf_put(&line, PEN_S(": "));
        pen_shown_path(&line, one->keyword, SIZE_MAX);
        if (one->sentence != NULL) {
            pen_buf_put(&line, PEN_S(", "));
            pen_shown_path(&line, pen_str_from_c(one->sentence), SIZE_MAX);
        }
        pen_buf_byte(&line, '\n');
        put_text(view, pen_buf_str(&line));
        put_spaces(view, INDENT);
        line.len = 0;
        pen_shown_path(&line, one->file, SIZE_MAX);
        pen_shown_path(&line, one->schema, SIZE_MAX);
        pen_buf_byte(&line, '\n');
        put_coloured(view, DIM, pen_buf_str(&line));
    }
}

/* Why there are none, and what there is instead. */
static void put_no_exceptions(const struct pen_explain_view *view, const struct pen_scan *scan)
{
    const struct pen_finding *const finding = pen_exception_unnamed(scan);
    if (finding != NULL) {
        fprintf(
            view->out,
            "no exception can name the place of %s; 'filters: { %s: detect }' records it only\n",
            finding->rule, finding->filter);
    } else if (scan->dropped > 0) {
        fputs("no exceptions are suggested for so many findings\n", view->out);
    }
}

/* As lines of the configuration; the reason is for whoever knows why it is harmless. */
static void put_exceptions(const struct pen_explain_view *view, const struct pen_scan *scan)
{
    char memory[PEN_EXCEPTION_PATH];
    char quoted[LINE_BYTES];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    const char *rule = NULL;
    uint32_t at = 0;
    bool any = false;
    while (pen_exception_suggest(scan, &at, &rule, &path)) {
        if (pen_mask_path(scan, &path)) continue;
        if (!any) put_coloured(view, DIM, PEN_S("with these it would pass:\n  exceptions:\n"));
        any = true;
        struct pen_buf line = pen_buf_over(quoted, sizeof(quoted));
        pen_buf_format(&line, "    - { rule: %s, path: \"", rule);
        pen_buf_json(&line, pen_buf_str(&path));
        pen_buf_put(&line, PEN_S("\", reason: \"\" }\n"));
        put_text(view, pen_buf_str(&line));
    }
    if (!any) put_no_exceptions(view, scan);
}

void pen_explain(const struct pen_explain_view *view, struct pen_str title, struct pen_str body,
                 const struct pen_inspection *inspection, const struct pen_scan *scan)
{
    struct tree tree = {.view = view, .event = &inspection->event, .scan = scan};
    put_opening(view, title, body, inspection);
    put_tree(&tree);
    put_findings(&tree, NULL, 0);
    put_violations(view, inspection->violations);
    if (!inspection->taken_apart && inspection->offset > 0) {
        put_stop(view, body, inspection->offset);
    }
    if (tree.marked) put_legend(view);
    put_verdict(view, inspection, scan);
    if (inspection->status == 403) put_exceptions(view, scan);
}

static size_t terminal_width(int fd)
{
    struct winsize size = {0};
    const char *const columns = getenv("COLUMNS");
    uint64_t width = USUAL_WIDTH;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        width = size.ws_col;
    } else if (columns != NULL && pen_str_to_u64(pen_str_from_c(columns), &width) != PEN_OK) {
        width = USUAL_WIDTH;
    }
    return width < LEAST_WIDTH ? LEAST_WIDTH : width > MOST_WIDTH ? MOST_WIDTH : (size_t)width;
}

/* https://no-color.org: set and not empty. */
static bool wants_colour(int fd)
{
    const char *const no = getenv("NO_COLOR");
    const char *const terminal = getenv("TERM");
    return isatty(fd) == 1 && (no == NULL || *no == '\0')
           && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

struct pen_explain_view pen_explain_view_for(FILE *out)
{
    const int fd = fileno(out);
    return (struct pen_explain_view){
        .out = out, .width = terminal_width(fd), .colour = wants_colour(fd)};
}
