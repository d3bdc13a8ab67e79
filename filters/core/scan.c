/** Findings and the step budget of one inspection. */
#include "filters/core/scan.h"

#include <string.h>

void pen_scan_init(struct pen_scan *scan, struct pen_arena *arena, struct pen_scratch *scratch,
                   uint64_t steps)
{
    /* Not the findings: kilobytes that are written before they are read. */
    scan->arena = arena;
    scan->scratch = scratch;
    scan->filter = (struct pen_reporter){.name = NULL};
    scan->leaf = NULL;
    scan->event = NULL;
    scan->now = 0;
    scan->finding_count = 0;
    scan->dropped = 0;
    scan->least_kept = 0;
    scan->veil_count = 0;
    scan->veils_all = false;
    scan->steps_left = steps;
}

static const char *sentence_of(const struct pen_reporter *filter, const char *rule)
{
    for (size_t i = 0; i < filter->rule_count; i++) {
        if (strcmp(filter->rules[i].id, rule) == 0) return filter->rules[i].sentence;
    }
    return filter->summary;
}

static struct pen_finding *weakest(struct pen_scan *scan)
{
    struct pen_finding *weakest = &scan->findings[0];
    for (uint32_t i = 1; i < scan->finding_count; i++) {
        if (scan->findings[i].score < weakest->score) weakest = &scan->findings[i];
    }
    return weakest;
}

void pen_scan_report_as(struct pen_scan *scan, const char *rule, const char *sentence,
                        struct pen_span span, uint32_t score, bool flags_only)
{
    struct pen_finding *place = NULL;
    if (scan->finding_count < PEN_SCAN_FINDINGS) {
        place = &scan->findings[scan->finding_count++];
    } else {
        scan->dropped++;
        /* A text can make thousands of the same weight: not a search for each. */
        if (score <= scan->least_kept) return;
        place = weakest(scan);
        scan->least_kept = place->score;
        if (place->score >= score) return;
    }
    *place = (struct pen_finding){
        .filter = scan->filter.name,
        .rule = rule,
        .sentence = sentence,
        .leaf = scan->leaf,
        .span = span,
        .score = score,
        .flags_only = flags_only,
    };
}

void pen_scan_report(struct pen_scan *scan, const char *rule, struct pen_span span, uint32_t score)
{
    pen_scan_report_as(scan, rule, sentence_of(&scan->filter, rule), span, score, false);
}

void pen_scan_veil(struct pen_scan *scan)
{
    for (uint32_t i = scan->veil_count; i-- > 0;) {
        if (scan->veils[i].leaf != scan->leaf) continue;
        scan->veils[i].secrets++;
        return;
    }
    if (scan->veil_count == PEN_SCAN_VEILS) {
        scan->veils_all = true;
        return;
    }
    scan->veils[scan->veil_count++] = (struct pen_scan_veil){scan->leaf, 1};
}

enum pen_status pen_scan_spend(struct pen_scan *scan, uint64_t steps)
{
    if (steps > scan->steps_left) {
        scan->steps_left = 0;
        return PEN_ERR_LIMIT;
    }
    scan->steps_left -= steps;
    return PEN_OK;
}
