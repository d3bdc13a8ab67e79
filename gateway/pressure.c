/** /proc/self/statm against the cgroup's limit. */
#include "gateway/pressure.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "filters/core/str.h"
#include "gateway/file.h"

#define STAY_PERCENT 5 /* below its beginning a level ends, so that it does not flicker */
/* A storm of handshakes leaves as much free heap between the connections as they hold. Worth giving
 * back is this much, and a quarter of all. */
#define WORTH_BYTES   ((uint64_t)48 << 20)
#define LEAST_SAMPLES 8   /* between two looks at the heap, which walks its free lists */
#define MOST_SAMPLES  256 /* after looks that led to nothing */

struct pen_pressure {
    atomic_int level;
    uint64_t limit_bytes;
    uint64_t cgroup_bytes;   /* as last read; UINT64_MAX = none */
    uint64_t resident_bytes; /* as last read */
    uint64_t page_bytes;
    int statm;         /* kept open: it must be readable when descriptors are out; -1 = none */
    unsigned interval; /* samples between two looks at the heap */
    unsigned left;     /* samples to the next one */
};

static const uint64_t begins_percent[] = {
    [PEN_PRESSURE_NONE] = 0,
    [PEN_PRESSURE_SHED] = 90,
    [PEN_PRESSURE_CLOSE] = 95,
};

enum pen_status pen_pressure_create(struct pen_pressure **out)
{
    struct pen_pressure *pressure = calloc(1, sizeof(*pressure));
    if (pressure == NULL) return PEN_ERR_NOMEM;

    const long page = sysconf(_SC_PAGESIZE);
    pressure->page_bytes = page > 0 ? (uint64_t)page : 4096;
    pressure->interval = pressure->left = LEAST_SAMPLES;
    pressure->cgroup_bytes = UINT64_MAX;
    pressure->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (pressure->statm < 0 && errno != ENOENT && errno != EACCES) {
        free(pressure);
        return PEN_ERR_IO;
    }
    *out = pressure;
    return PEN_OK;
}

void pen_pressure_destroy(struct pen_pressure *pressure)
{
    if (pressure == NULL) return;

    if (pressure->statm >= 0) close(pressure->statm);
    free(pressure);
}

static uint64_t machine_bytes(uint64_t page_bytes)
{
    const long pages = sysconf(_SC_PHYS_PAGES);
    return pages > 0 ? (uint64_t)pages * page_bytes : UINT64_MAX;
}

/* A container's limit, cgroup v2 or v1; "max" is no number and means none. One that cannot be read
 * any more is what it was. */
static uint64_t cgroup_bytes(uint64_t before)
{
    static const char *const files[] = {
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    };
    for (size_t i = 0; i < PEN_COUNT_OF(files); i++) {
        char line[64];
        struct pen_str text;
        uint64_t bytes = 0;
        if (!pen_file_first_line(files[i], line, sizeof(line), &text)) continue;
        return pen_str_to_u64(text, &bytes) == PEN_OK && bytes > 0 ? bytes : UINT64_MAX;
    }
    return before;
}

void pen_pressure_limit(struct pen_pressure *pressure, uint64_t limit_bytes)
{
    const uint64_t machine = machine_bytes(pressure->page_bytes);
    const uint64_t cgroup = pressure->cgroup_bytes = cgroup_bytes(pressure->cgroup_bytes);
    pressure->limit_bytes = limit_bytes > 0 ? limit_bytes : cgroup < machine ? cgroup : machine;
}

enum pen_pressure_level pen_pressure_judge(uint64_t resident, uint64_t limit,
                                           enum pen_pressure_level before)
{
    /* In hundredths of the limit: exact enough, and nothing overflows. */
    const uint64_t percent = limit >= 100 ? resident / (limit / 100) : 100;
    int level = PEN_PRESSURE_CLOSE;
    while (level > PEN_PRESSURE_NONE) {
        const uint64_t begins = begins_percent[level];
        if (percent >= (level <= (int)before ? begins - STAY_PERCENT : begins)) break;
        level--;
    }
    return (enum pen_pressure_level)level;
}

/* The second number of statm is the resident pages. What cannot be read is what it was. */
static uint64_t resident_bytes(struct pen_pressure *pressure)
{
    char line[128];
    uint64_t pages = 0;
    if (pressure->statm < 0) return 0;

    const ssize_t length = pread(pressure->statm, line, sizeof(line), 0);
    const struct pen_str text = {line, length < 0 ? 0 : (size_t)length};
    const size_t begin = pen_str_find(text, ' ', 0) + 1;
    const size_t end = begin < text.len ? pen_str_find(text, ' ', begin) : 0;
    if (begin < end && pen_str_to_u64(pen_str_slice(text, begin, end), &pages) == PEN_OK) {
        pressure->resident_bytes = pages * pressure->page_bytes;
    }
    return pressure->resident_bytes;
}

/* Is much of what is resident free heap? Looked at now and then. */
static bool is_hollow(struct pen_pressure *pressure, uint64_t resident)
{
    if (resident < 2 * WORTH_BYTES || --pressure->left > 0) return false;

    pressure->left = pressure->interval;
    const struct mallinfo2 heap = mallinfo2();
    const uint64_t in_use = heap.uordblks + heap.hblkhd;
    const uint64_t spare = resident > in_use ? resident - in_use : 0;
    return spare >= WORTH_BYTES && spare >= resident / 4;
}

/* Give free heap back. What cannot be given back is not asked for as often. */
static uint64_t trim(struct pen_pressure *pressure, uint64_t resident)
{
    (void)malloc_trim(0);
    const uint64_t after = resident_bytes(pressure);
    const bool worth_it = after + WORTH_BYTES / 4 < resident;
    pressure->interval = worth_it                            ? LEAST_SAMPLES
                         : pressure->interval < MOST_SAMPLES ? pressure->interval * 2
                                                             : MOST_SAMPLES;
    return after;
}

struct pen_pressure_sample pen_pressure_sample(struct pen_pressure *pressure)
{
    const enum pen_pressure_level before = pen_pressure_level(pressure);
    uint64_t resident = resident_bytes(pressure);
    /* Freed memory that the heap keeps must not count for ever. */
    if (is_hollow(pressure, resident)
        || pen_pressure_judge(resident, pressure->limit_bytes, before) > PEN_PRESSURE_NONE) {
        resident = trim(pressure, resident);
    }
    const enum pen_pressure_level level =
        pen_pressure_judge(resident, pressure->limit_bytes, before);
    const struct pen_pressure_sample sample = {
        .resident_bytes = resident,
        .limit_bytes = pressure->limit_bytes,
        .level = level,
        .changed = level != before,
    };
    atomic_store_explicit(&pressure->level, (int)sample.level, memory_order_relaxed);
    return sample;
}

enum pen_pressure_level pen_pressure_level(const struct pen_pressure *pressure)
{
    if (pressure == NULL) return PEN_PRESSURE_NONE;
    return (enum pen_pressure_level)atomic_load_explicit(&pressure->level, memory_order_relaxed);
}
