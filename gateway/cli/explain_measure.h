/**
 * What became of a finding, in the words of `penstock scan --explain`.
 *
 * Pure; any thread.
 */
#ifndef PEN_GATEWAY_CLI_EXPLAIN_MEASURE_H
#define PEN_GATEWAY_CLI_EXPLAIN_MEASURE_H

#include "filters/chain.h"

/**
 * " (blocks from 50: sink html)", " (blocks from 70, but detect only records)", " (excused)": what
 * its score was held against. Nothing for a finding that was not judged.
 */
void pen_explain_put_measure(struct pen_buf *buf, const struct pen_finding *finding);

#endif
