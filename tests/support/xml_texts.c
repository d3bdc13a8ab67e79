/**
 * What the XML reader makes of documents, for a test to hold against another reader: for each
 * document on standard input (its length as four bytes, little end first, then its bytes) one line
 * of JSON: {"refused":"xml.syntax"} or {"tree":[["start","a"],["attribute","b","c"],["text","d"],
 * ["comment","e"],["instruction","f","g"],["end"]]}.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filters/core/body/xml.h"

#define LONGEST ((size_t)1 << 20)

static void put(struct pen_buf *buf, const char *kind, struct pen_str a, struct pen_str b)
{
    pen_buf_format(buf, "%s[\"%s\"", buf->ptr[buf->len - 1] == '[' ? "" : ",", kind);
    if (a.ptr != NULL) {
        pen_buf_put(buf, PEN_S(",\""));
        pen_buf_json(buf, a);
        pen_buf_byte(buf, '"');
    }
    if (b.ptr != NULL) {
        pen_buf_put(buf, PEN_S(",\""));
        pen_buf_json(buf, b);
        pen_buf_byte(buf, '"');
    }
    pen_buf_byte(buf, ']');
}

static void put_node(struct pen_buf *buf, const struct pen_json *node)
{
    const struct pen_str none = {0};
    const struct pen_str text = {node->text.len > 0 ? node->text.ptr : "", node->text.len};
    const struct pen_str name = pen_str_slice(node->name, 1, node->name.len);
    if (node->type == PEN_JSON_OBJECT) {
        put(buf, "start", node->name, none);
    } else if (node->name.ptr[0] == '@') {
        put(buf, "attribute", name, text);
    } else if (node->name.ptr[0] == '?') {
        put(buf, "instruction", name, text);
    } else if (pen_str_equal(node->name, PEN_S("#text"))) {
        put(buf, "text", text, none);
    } else if (pen_str_equal(node->name, PEN_S("#comment"))) {
        put(buf, "comment", text, none);
    }
}

static void put_tree(struct pen_buf *buf, const struct pen_json *document)
{
    const struct pen_str none = {0};
    const struct pen_json *node = document->first;
    pen_buf_put(buf, PEN_S("{\"tree\":["));
    while (node != NULL) {
        put_node(buf, node);
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        if (node->type == PEN_JSON_OBJECT) put(buf, "end", none, none);
        while (node->next == NULL && node->parent != document) {
            node = node->parent;
            put(buf, "end", none, none);
        }
        node = node->next;
    }
    pen_buf_put(buf, PEN_S("]}\n"));
}

static bool next_document(char *memory, size_t *length)
{
    unsigned char head[4];
    if (fread(head, 1, sizeof(head), stdin) != sizeof(head)) return false;
    *length =
        (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    return *length <= LONGEST && fread(memory, 1, *length, stdin) == *length;
}

int main(void)
{
    static char source[LONGEST];
    static char line[LONGEST * 8];
    struct pen_arena *arena = NULL;
    if (pen_arena_create((size_t)256 << 20, 65536, &arena) != PEN_OK) return 1;

    size_t length;
    while (next_document(source, &length)) {
        struct pen_buf buf = pen_buf_over(line, sizeof(line));
        const struct pen_json *document = NULL;
        struct pen_json_error error = {0};
        const struct pen_str text = {source, length};
        if (pen_xml_read(text, NULL, arena, &document, &error) == PEN_OK) {
            put_tree(&buf, document);
        } else {
            pen_buf_format(&buf, "{\"refused\":\"%s\"}\n", error.code);
        }
        if (buf.full || fwrite(buf.ptr, 1, buf.len, stdout) != buf.len) return 1;
        pen_arena_reset(arena);
    }
    pen_arena_destroy(arena);
    return ferror(stdin) || fflush(stdout) != 0;
}
