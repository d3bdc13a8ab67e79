/** Stack traces and errors in an answer; between the files of filters/answer.h alone. */
#ifndef PEN_FILTERS_ANSWER_TRACES_H
#define PEN_FILTERS_ANSWER_TRACES_H

#include "filters/answer.h"

void pen_answer_traces(struct pen_str body, unsigned classes,
                       void (*found)(void *context, const struct pen_answer_finding *finding),
                       void *context);

#endif
