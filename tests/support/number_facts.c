/**
 * What is true of pairs of numbers, for a test to hold against another arithmetic: for each line
 * "A B" on standard input one line "COMPARE EQUAL INTEGER MULTIPLE HASHES_EQUAL", the third of A
 * alone, each a number.
 */
#include <stdio.h>
#include <string.h>

#include "filters/schema/number.h"

#define LONGEST 4096
#define STEPS   10000000 /* more than numbers of a line's length need */

static int facts(struct pen_str a_text, struct pen_str b_text)
{
    struct pen_number a;
    struct pen_number b;
    if (pen_number_read(a_text, &a) != PEN_OK || pen_number_read(b_text, &b) != PEN_OK) return -1;

    bool multiple = false;
    uint64_t steps = STEPS;
    if (pen_number_is_multiple(&a, &b, &steps, &multiple) != PEN_OK) return -1;
    return printf("%d %d %d %d %d\n", pen_number_compare(&a, &b), pen_number_equal(&a, &b),
                  pen_number_is_integer(&a), multiple, pen_number_hash(&a) == pen_number_hash(&b));
}

int main(void)
{
    char line[LONGEST];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        const struct pen_str text = {line, strcspn(line, "\n")};
        const size_t space = pen_str_find(text, ' ', 0);
        if (facts(pen_str_slice(text, 0, space), pen_str_slice(text, space + 1, text.len)) < 0) {
            fprintf(stderr, "cannot: %s", line);
            return 1;
        }
    }
    return 0;
}
