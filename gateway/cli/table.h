/**
 * Text in aligned columns under a heading, for people at a terminal.
 *
 * Cells are copied into the arena; the table is printed once all are known. One thread.
 */
#ifndef PEN_GATEWAY_CLI_TABLE_H
#define PEN_GATEWAY_CLI_TABLE_H

#include <stdio.h>

#include "filters/core/arena.h"

#define PEN_TABLE_COLUMNS 6

struct pen_table_row {
    struct pen_table_row *next;
    struct pen_str cells[PEN_TABLE_COLUMNS];
    size_t cell_count;
};

struct pen_table {
    struct pen_arena *arena;
    struct pen_table_row *first;
    struct pen_table_row *last;
    bool failed; /* memory ran out: look once, before printing */
};

/** Begin a row; cells are added to the newest one. */
void pen_table_row(struct pen_table *table);

/** Add a cell: printf. Beyond PEN_TABLE_COLUMNS it is dropped. */
void pen_table_cell(struct pen_table *table, const char *format, ...) PEN_PRINTF(2, 3);

/** Print heading and rows, or nothing when there are no rows. */
void pen_table_print(const struct pen_table *table, const char *heading, FILE *out);

#endif
