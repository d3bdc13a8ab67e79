/**
 * Any text as a scenario of the load generator: refused at a place within it, or something that can
 * be sent.
 *
 * No file is looked at. What is accepted has kinds with a method, a path and an expected answer,
 * and its weights add up.
 */
#include <stdint.h>
#include <stdlib.h>

#include "bench/load/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static void check(const struct load_scenario *scenario)
{
    uint64_t weights = 0;
    require(scenario->kind_count > 0 && scenario->kind_count <= LOAD_KINDS_MOST);
    require(scenario->at_once > 0 && scenario->duration_ms <= LOAD_MS_MOST);
    require(scenario->target.len > 7);
    (void)load_scenario_is_local(scenario);
    for (size_t i = 0; i < scenario->kind_count; i++) {
        const struct load_kind *const kind = &scenario->kinds[i];
        require(kind->weight > 0 && kind->method.len > 0 && kind->path.ptr[0] == '/');
        require(kind->method.ptr[kind->method.len] == '\0');
        require(kind->expected_count > 0 && kind->expected_count <= LOAD_EXPECTED_MOST);
        require((kind->fault == LOAD_SLOW_BODY) == (kind->pace > 0));
        for (size_t j = 0; j < kind->field_count; j++) {
            require(kind->fields[j].ptr[kind->fields[j].len] == '\0');
        }
        weights += kind->weight;
    }
    require(weights == scenario->weight_sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str text = {(const char *)data, size};
    struct load_scenario scenario;
    struct pen_error err = {.text = ""};
    const enum pen_status status =
        load_scenario_parse(text, PEN_S("/nowhere"), false, &scenario, &err);
    if (status == PEN_OK) {
        check(&scenario);
        load_scenario_release(&scenario);
    } else if (status != PEN_ERR_NOMEM) {
        require(err.text[0] != '\0' && err.line >= 1);
    }
    return 0;
}
