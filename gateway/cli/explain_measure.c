/** A finding's measure and what it came to, as said in docs/policy.md. */
#include "gateway/cli/explain_measure.h"

static void put_whose(struct pen_buf *buf, const struct pen_finding *finding)
{
    switch (finding->measure) {
    case PEN_MEASURE_DEFAULT:
        return;
    case PEN_MEASURE_FUNCTION:
        pen_buf_put(buf, PEN_S(": the function's threshold"));
        return;
    case PEN_MEASURE_FILTER:
        pen_buf_put(buf, PEN_S(": the filter's threshold"));
        return;
    case PEN_MEASURE_SINK:
        pen_buf_put(buf, PEN_S(": sink "));
        pen_buf_put(buf, finding->sink);
        return;
    case PEN_MEASURE_PROSE:
        pen_buf_put(buf, PEN_S(": running text"));
        return;
    }
}

void pen_explain_put_measure(struct pen_buf *buf, const struct pen_finding *finding)
{
    if (finding->excused != NULL) {
        pen_buf_put(buf, PEN_S(" (excused)"));
        return;
    }
    if (finding->blocks_from == 0) return;
    pen_buf_format(buf, " (blocks from %u", (unsigned)finding->blocks_from);
    put_whose(buf, finding);
    if (finding->held_back) pen_buf_put(buf, PEN_S(", but detect only records"));
    pen_buf_byte(buf, ')');
}
