/**
 * What varies in one inspection: findings, scratch memory, the step budget.
 *
 * One thread, one inspection at a time. Filters report here and nowhere else.
 */
#ifndef PEN_CORE_SCAN_H
#define PEN_CORE_SCAN_H

#include "filters/core/event.h"

struct pen_exception; /* filters/chain.h */

/** Whose number a score was held against. */
enum pen_measure {
    PEN_MEASURE_DEFAULT,  /* nobody gave one */
    PEN_MEASURE_FUNCTION, /* the function's threshold */
    PEN_MEASURE_FILTER,   /* the filter's own */
    PEN_MEASURE_SINK,     /* what a declared sink makes of it */
    PEN_MEASURE_PROSE,    /* what running text makes of it */
};

/** One place where one rule matched: the evidence. */
struct pen_finding {
    const char *filter;          /* pen_filter.name */
    const char *rule;            /* "sqli.tautology": stable id, "<filter>.<rule>" */
    const char *sentence;        /* what it means, for a person; static, or in the scan's arena */
    const struct pen_leaf *leaf; /* NULL: about the event as a whole */
    struct pen_span span;        /* in leaf->text */
    uint32_t score;              /* 1-100; 90+ certain on its own, 50-89 likely, below a hint */
    bool flags_only;             /* whatever the score, it refuses nothing */
    /* Set by the chain: */
    bool refuses;                        /* it alone would refuse the event */
    bool held_back;                      /* it would, did its filter not only detect */
    const struct pen_exception *excused; /* the exception by which it does not count; NULL = none */
    uint32_t blocks_from;                /* the score from which on it refuses; 0 = not judged */
    enum pen_measure measure;            /* whose number that is */
    struct pen_str sink;                 /* PEN_MEASURE_SINK: which; lives as long as the policy */
};

/** One thing that a filter can find. */
struct pen_rule {
    const char *id;       /* "sqli.union" */
    const char *sentence; /* "a UNION SELECT is attached to the query the value is put into" */
};

/** Who is at work: what a report is signed with. Static storage. */
struct pen_reporter {
    const char *name; /* pen_filter.name */
    const char *summary;
    const struct pen_rule *rules;
    size_t rule_count;
    bool guards; /* the function declares a sink of the filter's */
};

struct pen_scratch; /* per thread: Vectorscan scratch, PCRE2 match data (filters/core/pattern.h) */

/* More findings than this say nothing new; what refuses, and the highest score, is kept whatever
   the count. */
#define PEN_SCAN_FINDINGS 64

/* Leaves with secrets in them that are told apart; where there are more, all of them are meant. */
#define PEN_SCAN_VEILS 128

/** A leaf that is not to be shown as it is. */
struct pen_scan_veil {
    const struct pen_leaf *leaf;
    uint32_t secrets; /* that were found in it, whether they are among the findings or not */
};

/**
 * Who says whether a finding refuses the event by itself: asked when there is no room for another
 * one, so that those which only record cannot keep out one that counts.
 */
struct pen_scan_weigher {
    bool (*refuses)(void *context, const struct pen_finding *finding);
    void *context;
};

struct pen_scan {
    struct pen_arena *arena;
    struct pen_scratch *scratch;
    struct pen_reporter filter;    /* at work now; set by the chain; name NULL = none yet */
    const struct pen_leaf *leaf;   /* at work now; set by the chain */
    const struct pen_event *event; /* likewise */
    int64_t now;                   /* Unix seconds; likewise */
    struct pen_finding findings[PEN_SCAN_FINDINGS];
    uint32_t finding_count;
    uint32_t dropped;                       /* findings beyond PEN_SCAN_FINDINGS */
    uint32_t least_kept;                    /* none that may go scores less; 0 = not known yet */
    const struct pen_scan_weigher *weigher; /* set by the chain; NULL = scores alone decide */
    uint64_t refusing;   /* a bit for each kept one that refuses, once there was no room */
    bool weighed;        /* that was asked */
    uint64_t steps_left; /* budget of all lexers together */
    struct pen_scan_veil veils[PEN_SCAN_VEILS];
    uint32_t veil_count;
    bool veils_all; /* there were more than these: no leaf is shown */
};

/** `steps` bounds the work of all lexers in this inspection; one step is about one input byte. */
void pen_scan_init(struct pen_scan *scan, struct pen_arena *arena, struct pen_scratch *scratch,
                   uint64_t steps);

/**
 * Steps that an event of so many bytes of text, in all decoded forms, is granted: each of some
 * thirty filters may look at every byte several times, and not more.
 */
static inline uint64_t pen_scan_steps(size_t text_bytes)
{
    return 65536 + (uint64_t)text_bytes * 256;
}

/**
 * Report a finding on the leaf at work (NULL inside inspect_event).
 *
 * @param rule  an id in the reporting filter's `rules` table, which also holds its sentence
 *
 * When full, the finding with the lowest score makes room for a higher one, and one that refuses
 * nothing for one that refuses.
 */
void pen_scan_report(struct pen_scan *scan, const char *rule, struct pen_span span, uint32_t score);

/**
 * The same for a rule that no table holds, or with a sentence of its own. Both texts live as long
 * as the finding; bytes of the event in them must have been escaped (pen_buf_json).
 */
void pen_scan_report_as(struct pen_scan *scan, const char *rule, const char *sentence,
                        struct pen_span span, uint32_t score, bool flags_only);

/**
 * The leaf at work holds one more secret: what shows it later covers it, also when the finding had
 * no room.
 */
void pen_scan_veil(struct pen_scan *scan);

/** Spend steps. Errors: PEN_ERR_LIMIT when the budget is gone: the filter returns it, the event is
 * refused. */
PEN_MUST_USE enum pen_status pen_scan_spend(struct pen_scan *scan, uint64_t steps);

#endif
