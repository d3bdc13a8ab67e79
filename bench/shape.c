/** Lines of a file, texts of some size, and back. */
#include "bench/shape.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 40 /* bytes of a part: enough to know it by */

/* Undoes the escapes in place. */
static struct pen_str unescape(char *field)
{
    char *out = field;
    for (const char *in = field; *in != '\0'; in++) {
        if (*in != '\\' || in[1] == '\0') {
            *out++ = *in;
            continue;
        }
        in++;
        if (*in == 'x' && pen_hex_value(in[1]) >= 0 && pen_hex_value(in[2]) >= 0) {
            *out++ = (char)(pen_hex_value(in[1]) * 16 + pen_hex_value(in[2]));
            in += 2;
            continue;
        }
        *out++ = *in == 'n' ? '\n' : *in == 'r' ? '\r' : *in == 't' ? '\t' : *in == '0' ? 0 : *in;
    }
    return (struct pen_str){field, (size_t)(out - field)};
}

bool pen_shape_read(char *line, struct pen_shape *out)
{
    char *fields[3] = {line, NULL, NULL};
    for (size_t i = 1; i < 3; i++) {
        char *const tab = strchr(fields[i - 1], '\t');
        if (tab == NULL) break;
        *tab = '\0';
        fields[i] = tab + 1;
    }
    struct pen_shape shape = {.halves = false};
    if (fields[1] == NULL) {
        shape.piece = unescape(fields[0]);
    } else {
        shape.head = unescape(fields[0]);
        shape.piece = unescape(fields[1]);
        if (fields[2] != NULL) shape.tail = unescape(fields[2]);
    }
    if (shape.piece.len == 0) return false;
    *out = shape;
    return true;
}

struct pen_str pen_shape_build(const struct pen_shape *shape, char *text, size_t bytes)
{
    struct pen_buf buf = pen_buf_over(text, bytes);
    const size_t room = bytes > shape->tail.len ? bytes - shape->tail.len : bytes;
    pen_buf_put(&buf, shape->head);
    for (size_t i = 0;; i++) {
        const bool second = shape->halves ? buf.len >= bytes / 2 : i % 2 == 1;
        const struct pen_str piece = shape->second.len > 0 && second ? shape->second : shape->piece;
        if (buf.len + piece.len > room) break;
        pen_buf_put(&buf, piece);
    }
    pen_buf_put(&buf, shape->tail);
    return pen_buf_str(&buf);
}

static void print_text(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\\') {
            printf("\\\\");
        } else if (c >= ' ' && c < 0x7f) {
            printf("%c", c);
        } else {
            printf("\\x%02x", c);
        }
    }
}

static void show_text(struct pen_str text)
{
    print_text(pen_str_slice(text, 0, SHOWN));
}

void pen_shape_show(const struct pen_shape *shape)
{
    if (shape->head.len > 0) {
        show_text(shape->head);
        printf(" + ");
    }
    show_text(shape->piece);
    if (shape->second.len > 0) {
        printf(shape->halves ? " then " : " and ");
        show_text(shape->second);
    }
    if (shape->tail.len > 0) {
        printf(" + ");
        show_text(shape->tail);
    }
    printf("\n");
}

void pen_shape_write(const struct pen_shape *shape)
{
    const bool framed = shape->head.len > 0 || shape->tail.len > 0;
    if (framed) {
        print_text(shape->head);
        printf("\t");
    }
    print_text(shape->piece);
    print_text(shape->second);
    if (shape->tail.len > 0) {
        printf("\t");
        print_text(shape->tail);
    }
    printf("\n");
}
