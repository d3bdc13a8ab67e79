/** Columns as wide as their widest cell. */
#include "gateway/cli/table.h"

#include <stdarg.h>
#include <stdio.h>

void pen_table_row(struct pen_table *table)
{
    struct pen_table_row *row = pen_arena_calloc(table->arena, 1, sizeof(*row));
    if (row == NULL) {
        table->failed = true;
        return;
    }
    if (table->last == NULL) {
        table->first = row;
    } else {
        table->last->next = row;
    }
    table->last = row;
}

void pen_table_cell(struct pen_table *table, const char *format, ...)
{
    struct pen_table_row *const row = table->last;
    if (row == NULL || row->cell_count == PEN_TABLE_COLUMNS) return;

    char text[2048];
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    const size_t kept = length < 0                      ? 0
                        : (size_t)length < sizeof(text) ? (size_t)length
                                                        : sizeof(text) - 1;
    if (pen_arena_copy(table->arena, (struct pen_str){text, kept}, &row->cells[row->cell_count])
        != PEN_OK) {
        table->failed = true;
        return;
    }
    row->cell_count++;
}

void pen_table_print(const struct pen_table *table, const char *heading, FILE *out)
{
    if (table->first == NULL) return;

    size_t widths[PEN_TABLE_COLUMNS] = {0};
    for (const struct pen_table_row *row = table->first; row != NULL; row = row->next) {
        for (size_t i = 0; i < row->cell_count; i++) {
            if (row->cells[i].len > widths[i]) widths[i] = row->cells[i].len;
        }
    }
    fprintf(out, "\n%s\n", heading);
    for (const struct pen_table_row *row = table->first; row != NULL; row = row->next) {
        for (size_t i = 0; i < row->cell_count; i++) {
            const bool last = i + 1 == row->cell_count;
            const int width = last ? 0 : pen_str_print_length((struct pen_str){"", widths[i]});
            fprintf(out, "  %-*.*s", width, PEN_STR_ARGS(row->cells[i]));
        }
        fputc('\n', out);
    }
}
