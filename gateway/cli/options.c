/** getopt_long() kept silent, and what it means said in sentences. */
#include "gateway/cli/options.h"

#include <stdio.h>

#include "filters/core/nearest.h"

static bool is_long(struct pen_str word)
{
    return word.len > 2 && pen_str_starts(word, PEN_S("--"));
}

/* "; did you mean '--config'?" for "--confg=x", or nothing. */
static void put_nearest(struct pen_str word, const struct option *options)
{
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, pen_str_slice(word, 2, pen_str_find(word, '=', 0)));
    for (; options->name != NULL; options++) {
        pen_nearest_consider(&nearest, pen_str_from_c(options->name));
    }
    if (nearest.best.ptr == NULL) return;
    fprintf(stderr, "; did you mean '--%.*s'?", PEN_STR_ARGS(nearest.best));
}

static int refuse(char **argv, const struct option *options, int result)
{
    /* Of a long option the word is behind us; of letters the rest of the word may be before us. */
    const struct pen_str word = pen_str_from_c(argv[optind > 1 ? optind - 1 : 1]);
    fprintf(stderr, "penstock %s: ", argv[0]);
    if (result == ':') {
        fprintf(stderr, "the option '%.*s' needs a value", PEN_STR_ARGS(word));
    } else if (optopt != 0 && !(is_long(word) && pen_str_find(word, '=', 0) < word.len)) {
        fprintf(stderr, "there is no option '-%c'", optopt);
    } else if (optopt != 0) {
        fprintf(stderr, "the option '%.*s' takes no value",
                PEN_STR_ARGS(pen_str_slice(word, 0, pen_str_find(word, '=', 0))));
    } else {
        fprintf(stderr, "there is no option '%.*s'", PEN_STR_ARGS(word));
        put_nearest(word, options);
    }
    fprintf(stderr, "; see: penstock %s --help\n", argv[0]);
    return '?';
}

int pen_option_next(int argc, char **argv, const char *letters, const struct option *options)
{
    opterr = 0;
    const int result = getopt_long(argc, argv, letters, options, NULL);
    return result == '?' || result == ':' ? refuse(argv, options, result) : result;
}
