/** Policies are told apart by what they say; what they inherit from the defaults is one memory. */
#include "gateway/chains.h"

#include <string.h>

#include "filters/core/lookup.h"

static struct pen_str bytes_of(const void *array, size_t bytes)
{
    return (struct pen_str){array, bytes};
}

/* Of what functions differ in most often: equal policies have equal ones. */
static uint64_t hash_policy(const struct pen_policy *policy)
{
    uint64_t hash = pen_lookup_hash(bytes_of(policy->modes, sizeof(policy->modes)));
    hash = hash * 31 + pen_lookup_hash(bytes_of(policy->configs, sizeof(policy->configs)));
    for (size_t i = 0; i < policy->sink_count; i++) {
        hash = hash * 31 + pen_lookup_hash(policy->sinks[i]);
    }
    hash = hash * 31 + pen_lookup_hash_pointer(policy->exceptions);
    return hash * 31 + policy->block_score + policy->flag_score;
}

static bool have_equal_sinks(const struct pen_policy *a, const struct pen_policy *b)
{
    if (a->sink_count != b->sink_count) return false;
    for (size_t i = 0; i < a->sink_count; i++) {
        if (!pen_str_equal(a->sinks[i], b->sinks[i])) return false;
    }
    return true;
}

/* In all but the function's name. */
static bool are_equal(const struct pen_policy *a, const struct pen_policy *b)
{
    if (a == b) return true;
    return memcmp(a->modes, b->modes, sizeof(a->modes)) == 0
           && memcmp(a->configs, b->configs, sizeof(a->configs)) == 0
           && memcmp(a->filter_block_scores, b->filter_block_scores, sizeof(a->filter_block_scores))
                  == 0
           && memcmp(a->filter_flag_scores, b->filter_flag_scores, sizeof(a->filter_flag_scores))
                  == 0
           && a->exceptions == b->exceptions && a->exception_count == b->exception_count
           && a->block_score == b->block_score && a->flag_score == b->flag_score
           && have_equal_sinks(a, b);
}

/* Then a chain depends on its function's name. */
static bool patches_name_functions(const struct pen_config *config)
{
    for (size_t i = 0; i < config->patch_count; i++) {
        if (config->patches[i].function_count > 0) return true;
    }
    return false;
}

/* The function before whose chain will do; PEN_NONE = none. */
static uint32_t find_equal(const struct pen_config *config, const struct pen_lookup *known,
                           uint64_t hash, const struct pen_policy *policy)
{
    size_t at = 0;
    uint32_t found;
    do {
        found = pen_lookup_next(known, hash, &at);
    } while (found != PEN_NONE && !are_equal(config->functions[found].policy, policy));
    return found;
}

enum pen_status pen_chains_create(const struct pen_config *config,
                                  const struct pen_ruleset *ruleset,
                                  const struct pen_chain *const **out, struct pen_error *err)
{
    const struct pen_chain **const chains =
        pen_arena_calloc(config->arena, config->function_count, sizeof(*chains));
    if (chains == NULL) return PEN_ERR_NOMEM;

    const bool may_share = !patches_name_functions(config);
    struct pen_lookup known = {.count = 0};
    for (uint32_t i = 0; i < config->function_count; i++) {
        const struct pen_policy *const policy = config->functions[i].policy;
        const uint64_t hash = hash_policy(policy);
        const uint32_t equal = may_share ? find_equal(config, &known, hash, policy) : PEN_NONE;
        if (equal != PEN_NONE) {
            chains[i] = chains[equal];
            continue;
        }
        const struct pen_policy named = pen_config_policy(&config->functions[i]);
        PEN_TRY(pen_chain_create(ruleset, &named, config->arena, &chains[i], err));
        PEN_TRY(pen_lookup_add(&known, config->arena, hash, i));
    }
    *out = chains;
    return PEN_OK;
}
