/**
 * `penstock schema --batch`: one test a line in, one verdict a line out, in the same order.
 *
 * In: {"id":1,"draft":"2020-12"|"7","schema":...,"instance":...,"assert_format":true|false}. Of
 * these only `schema` and `instance` must be there. In draft-07 contentEncoding and
 * contentMediaType are checked, too. Out: "valid", "invalid" or "error REASON", in which what would
 * end the line is a space.
 */
#ifndef PEN_GATEWAY_CLI_SCHEMA_BATCH_H
#define PEN_GATEWAY_CLI_SCHEMA_BATCH_H

#include <stdio.h>

#include "gateway/cli/schema_bench.h"

/** Exit status: 0 every line has its verdict, 2 reading or writing failed. */
int pen_schema_batch(struct pen_schema_bench *bench, FILE *in, FILE *out);

#endif
