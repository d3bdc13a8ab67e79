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
    scan->weigher = NULL;
    scan->refusing = 0;
    scan->weighed = false;
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

_Static_assert(PEN_SCAN_FINDINGS == 64, "a bit of a word for each");

/* Of those that refuse nothing; all of them when all do. */
static uint32_t weakest(const struct pen_scan *scan)
{
    const uint64_t stay = scan->refusing == UINT64_MAX ? 0 : scan->refusing;
    uint32_t weakest = (uint32_t)__builtin_ctzll(~stay);
    for (uint32_t i = weakest + 1; i < PEN_SCAN_FINDINGS; i++) {
        if ((stay >> i & 1) == 0 && scan->findings[i].score < scan->findings[weakest].score) {
            weakest = i;
        }
    }
    return weakest;
}

static bool refuses(const struct pen_scan *scan, const struct pen_finding *finding)
{
    return scan->weigher != NULL && scan->weigher->refuses(scan->weigher->context, finding);
}

static void weigh_all(struct pen_scan *scan)
{
    for (uint32_t i = 0; i < PEN_SCAN_FINDINGS; i++) {
        if (refuses(scan, &scan->findings[i])) scan->refusing |= (uint64_t)1 << i;
    }
    scan->weighed = true;
}

static void make_room_for(struct pen_scan *scan, const struct pen_finding *finding)
{
    scan->dropped++;
    if (!scan->weighed) weigh_all(scan);
    /* Once the event is refused it does not matter what else would. */
    const bool counts = scan->refusing == 0 && refuses(scan, finding);
    /* A text can make thousands of the same weight: not a search for each. */
    if (!counts && finding->score <= scan->least_kept) return;
    const uint32_t place = weakest(scan);
    scan->least_kept = scan->findings[place].score;
    if (!counts && scan->least_kept >= finding->score) return;
    scan->findings[place] = *finding;
    if (counts) scan->refusing |= (uint64_t)1 << place;
}

void pen_scan_report_as(struct pen_scan *scan, const char *rule, const char *sentence,
                        struct pen_span span, uint32_t score, bool flags_only)
{
    const struct pen_finding finding = {
        .filter = scan->filter.name,
        .rule = rule,
        .sentence = sentence,
        .leaf = scan->leaf,
        .span = span,
        .score = score,
        .flags_only = flags_only,
    };
    if (scan->finding_count < PEN_SCAN_FINDINGS) {
        scan->findings[scan->finding_count++] = finding;
    } else {
        make_room_for(scan, &finding);
    }
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
