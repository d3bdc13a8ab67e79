/** What is to be played: the command line, read once. */
#ifndef PEN_TEST_LOAD_OPTIONS_H
#define PEN_TEST_LOAD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode { IDLE, SLOW_HEAD, SLOW_BODY, CHURN, STEADY };

struct options {
    enum mode mode;
    const char *address;
    uint16_t port;
    const char *path;
    size_t body_bytes;
    uint32_t connections; /* in all (churn), or at once */
    uint32_t at_once;
    uint32_t shaking;  /* handshakes at a time */
    uint32_t requests; /* steady: in all; idle: on each, 0 or 1 */
    uint32_t resume_percent;
    uint32_t leave_percent;
    uint32_t patience_ms;
    uint32_t sources; /* loopback addresses that callers come from */
    bool tls12;
    bool closes; /* requests say Connection: close */
    uint64_t seed;
};

/** Read the command line; without sense in it the usage is printed, and the program ends. */
void read_options(int argc, char **argv, struct options *out);

/** "slow-head" */
const char *mode_name(enum mode mode);

/** Say what went wrong (errno), and end. */
_Noreturn void give_up(const char *what);

#endif
