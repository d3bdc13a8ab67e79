/** Edit distance in three rows of a table, and the sentence made of the closest word. */
#include "filters/core/nearest.h"

#define LONGEST 64 /* no key of ours is longer than thirty */
#define FAR     ((size_t)1000)

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: row i of the table needs the two rows above it. */
size_t pen_nearest_distance(struct pen_str a, struct pen_str b)
{
    if (a.len > LONGEST || b.len > LONGEST) return FAR;

    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *const row = rows[i % 3];
        const size_t *const above = rows[(i - 1) % 3];
        const size_t *const above_that = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            const char x = pen_to_lower(a.ptr[i - 1]);
            const char y = pen_to_lower(b.ptr[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x == y ? 0 : 1));
            if (i > 1 && j > 1 && x == pen_to_lower(b.ptr[j - 2])
                && y == pen_to_lower(a.ptr[i - 2])) {
                row[j] = least(row[j], above_that[j - 2] + 1);
            }
        }
    }
    return rows[a.len % 3][b.len];
}

void pen_nearest_init(struct pen_nearest *nearest, struct pen_str word)
{
    nearest->word = word;
    nearest->best = (struct pen_str){NULL, 0};
    nearest->distance = FAR;
    nearest->known = pen_buf_over(nearest->known_memory, sizeof(nearest->known_memory));
}

/* Beyond a third of its letters a word is another word. */
static size_t tolerated(struct pen_str word)
{
    return word.len < 3 ? 1 : least((word.len + 2) / 3, 3);
}

void pen_nearest_consider(struct pen_nearest *nearest, struct pen_str known)
{
    if (nearest->known.len > 0) pen_buf_put(&nearest->known, PEN_S(", "));
    pen_buf_put(&nearest->known, known);

    size_t distance = pen_nearest_distance(nearest->word, known);
    /* Abbreviations: "cert" for "certificate". */
    const bool begins = nearest->word.len >= 3 && pen_str_starts_fold(known, nearest->word);
    if (begins && distance > 1) distance = 1;
    if (distance > tolerated(nearest->word) || distance >= nearest->distance) return;
    nearest->best = known;
    nearest->distance = distance;
}

const char *pen_nearest_hint(struct pen_nearest *nearest)
{
    struct pen_buf hint = pen_buf_over(nearest->hint, sizeof(nearest->hint) - 1);
    if (nearest->best.ptr != NULL) {
        pen_buf_format(&hint, "; did you mean '%.*s'?", PEN_STR_ARGS(nearest->best));
    } else if (nearest->known.len > 0 && !nearest->known.full) {
        pen_buf_format(&hint, "; known: %.*s", PEN_STR_ARGS(pen_buf_str(&nearest->known)));
    }
    nearest->hint[hint.full ? 0 : hint.len] = '\0';
    return nearest->hint;
}
