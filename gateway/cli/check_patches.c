/** Virtual patches in the summary of `penstock check`: which, for whom, until when. */
#include "gateway/cli/check_patches.h"

#define DAY_S  86400
#define LISTED 100 /* the shipped ones and some more: who has thousands wants to know how many */

static void put_list(struct pen_buf *buf, const struct pen_str *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pen_buf_put(buf, i == 0 ? PEN_S("") : PEN_S(", "));
        pen_buf_put(buf, list[i]);
    }
}

/* "orders; POST; aws.sqs; /note": all of it must hold. */
static void put_conditions(struct pen_table *table, const struct pen_patch_rule *rule)
{
    char memory[160];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    const struct {
        const struct pen_str *list;
        size_t count;
    } others[] = {
        {rule->methods, rule->method_count},
        {rule->envelopes, rule->envelope_count},
        {rule->paths, rule->path_count},
    };
    put_list(&buf, rule->functions, rule->function_count);
    if (rule->function_count == 0) pen_buf_put(&buf, PEN_S("all functions"));
    for (size_t i = 0; i < PEN_COUNT_OF(others); i++) {
        if (others[i].count > 0) pen_buf_put(&buf, PEN_S("; "));
        put_list(&buf, others[i].list, others[i].count);
    }
    pen_table_cell(table, "%.*s%s", PEN_STR_ARGS(pen_buf_str(&buf)), buf.full ? "..." : "");
}

static void put_end(struct pen_table *table, int64_t until, int64_t now)
{
    if (until == 0) {
        pen_table_cell(table, "for good");
    } else if (until <= now) {
        pen_table_cell(table, "ended");
    } else {
        const long long days = (long long)((until - now + DAY_S - 1) / DAY_S);
        pen_table_cell(table, "%lld day%s left", days, days == 1 ? "" : "s");
    }
}

void pen_check_list_patches(struct pen_table *table, const struct pen_config *config, int64_t now)
{
    for (size_t i = 0; i < config->patch_count && i < LISTED; i++) {
        const struct pen_patch_rule *const rule = &config->patches[i];
        pen_table_row(table);
        pen_table_cell(table, "patch.%.*s", PEN_STR_ARGS(rule->id));
        pen_table_cell(table, "%s", rule->flags_only ? "flag" : "block");
        put_conditions(table, rule);
        put_end(table, rule->until, now);
        pen_table_cell(table, "%.*s", PEN_STR_ARGS(rule->title));
    }
    if (config->patch_count <= LISTED) return;
    pen_table_row(table);
    pen_table_cell(table, "and %zu more", config->patch_count - LISTED);
}

void pen_check_warn_about_patches(struct pen_table *table, const struct pen_config *config,
                                  int64_t now)
{
    for (size_t i = 0; i < config->patch_count; i++) {
        const struct pen_patch_rule *const rule = &config->patches[i];
        const bool ended = rule->until != 0 && rule->until <= now;
        if (!ended && !rule->wake_any) continue;

        pen_table_row(table);
        if (ended) {
            pen_table_cell(table, "the patch %.*s has ended and keeps nothing out",
                           PEN_STR_ARGS(rule->id));
        } else {
            pen_table_cell(table, "the patch %.*s looks at every text of every event (wake: any)",
                           PEN_STR_ARGS(rule->id));
        }
    }
}
