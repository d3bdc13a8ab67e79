/**
 * zlib, given memory of ours and held to one reading. It translates; the bounds are the caller's.
 */
#include "filters/core/codec/inflate.h"

#include <limits.h>
#include <stdalign.h>
#include <string.h>

#define ZLIB_CONST /* its input is not written to */
#include <zlib.h>

#define DEFAULT_RATIO 100
/* Below it nothing is large, whatever it came from. */
#define DEFAULT_RATIO_FROM ((size_t)64 << 10)
#define FIRST_ROOM         1024
#define GZIP_LEAST         18                 /* header and trailer */
#define WORKSPACE_BYTES    ((size_t)44 << 10) /* zlib 1.2 and 1.3: state 7 KiB, window 32 KiB */

/* What zlib allocates: its state, then its window, neither ever given back in between. */
struct workspace {
    size_t used;
    alignas(max_align_t) unsigned char bytes[WORKSPACE_BYTES];
};

static void *take(void *opaque, unsigned count, unsigned size)
{
    struct workspace *const space = opaque;
    const size_t left = WORKSPACE_BYTES - space->used;
    if (size != 0 && count > left / size) return NULL;

    void *const taken = space->bytes + space->used;
    const size_t step = alignof(max_align_t);
    const size_t want = ((size_t)count * size + step - 1) / step * step;
    space->used = want > left ? WORKSPACE_BYTES : space->used + want;
    return taken;
}

static void give_back(void *opaque, void *memory)
{
    (void)opaque;
    (void)memory;
}

static int window_bits(enum pen_deflate form)
{
    switch (form) {
    case PEN_DEFLATE_GZIP:
        return MAX_WBITS + 16;
    case PEN_DEFLATE_ZLIB:
        return MAX_WBITS;
    case PEN_DEFLATE_BARE:
        return -MAX_WBITS;
    }
    return MAX_WBITS;
}

/* The most that may come out, and whether it is the ratio that says so. */
static size_t most(size_t in, const struct pen_inflate_limits *limits, bool *by_ratio)
{
    const size_t ratio = limits->ratio == 0 ? DEFAULT_RATIO : limits->ratio;
    size_t allowed = in > UINT_MAX / ratio ? UINT_MAX : in * ratio;
    const size_t least = limits->ratio_from == 0 ? DEFAULT_RATIO_FROM : limits->ratio_from;
    if (allowed < least) allowed = least;
    *by_ratio = allowed < limits->bytes;
    return *by_ratio ? allowed : limits->bytes < UINT_MAX ? limits->bytes : UINT_MAX;
}

/* A gzip member says how long it was (modulo 2^32): if that is true there is nothing to copy. */
static size_t first_room(struct pen_str in, enum pen_deflate form, size_t allowed)
{
    size_t room = in.len > allowed / 4 ? allowed : in.len * 4;
    if (form == PEN_DEFLATE_GZIP && in.len >= GZIP_LEAST) {
        const unsigned char *const tail = (const unsigned char *)in.ptr + in.len - 4;
        room = tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
    } else if (room < FIRST_ROOM) {
        room = FIRST_ROOM;
    }
    return room < allowed ? room : allowed;
}

struct output {
    char *bytes;
    size_t room;
};

/* Twice the room, what is written copied. */
static bool grow(struct output *output, size_t written, size_t allowed, struct pen_arena *arena)
{
    size_t room = output->room > allowed / 2 ? allowed : output->room * 2;
    if (room < FIRST_ROOM) room = FIRST_ROOM < allowed ? FIRST_ROOM : allowed;
    char *const bytes = pen_arena_bytes(arena, room);
    if (bytes == NULL) return false;

    if (written > 0) memcpy(bytes, output->bytes, written);
    *output = (struct output){bytes, room};
    return true;
}

/* One decoding. */
struct job {
    z_stream stream;
    struct output output;
    size_t written; /* of all members */
    size_t allowed;
    bool by_ratio; /* it is the ratio that allows no more */
    bool lenient;  /* one gzip member after the other, and what is wrong ends it */
};

/* Another member follows where one has ended. */
static bool next_member(struct job *job)
{
    const z_stream *const stream = &job->stream;
    const struct pen_str rest = {(const char *)stream->next_in, stream->avail_in};
    return job->lenient && pen_inflate_is_gzip(rest) && inflateReset(&job->stream) == Z_OK;
}

/* To the end of the stream, and of the input. */
static enum pen_status run(struct job *job, struct pen_arena *arena)
{
    z_stream *const stream = &job->stream;
    const enum pen_status wrong = job->lenient ? PEN_OK : PEN_ERR_SYNTAX;
    for (;;) {
        const size_t left = job->output.room - job->written;
        stream->next_out = (unsigned char *)job->output.bytes + job->written;
        stream->avail_out = (unsigned)left;
        const int result = inflate(stream, Z_FINISH);
        job->written += left - stream->avail_out;
        if (result == Z_STREAM_END) {
            if (stream->avail_in == 0) return PEN_OK;
            if (!next_member(job)) return wrong;
            continue;
        }
        if (result == Z_MEM_ERROR) return PEN_ERR_INTERNAL;
        if ((result != Z_OK && result != Z_BUF_ERROR) || stream->avail_out > 0) return wrong;
        if (job->output.room == job->allowed) {
            return job->by_ratio ? PEN_ERR_INVALID : PEN_ERR_LIMIT;
        }
        if (!grow(&job->output, job->written, job->allowed, arena)) return PEN_ERR_NOMEM;
    }
}

static enum pen_status decode(struct pen_str in, enum pen_deflate form, bool lenient,
                              const struct pen_inflate_limits *limits, struct pen_arena *arena,
                              struct pen_str *out)
{
    if (in.len > UINT_MAX) return PEN_ERR_LIMIT;

    struct workspace space;
    space.used = 0;
    struct job job = {
        .stream = {.next_in = (const unsigned char *)in.ptr,
                   .avail_in = (unsigned)in.len,
                   .zalloc = take,
                   .zfree = give_back,
                   .opaque = &space},
        .lenient = lenient,
    };
    job.allowed = most(in.len, limits, &job.by_ratio);
    job.output.room = first_room(in, form, job.allowed);
    job.output.bytes = pen_arena_bytes(arena, job.output.room);
    if (job.output.bytes == NULL) return PEN_ERR_NOMEM;

    enum pen_status status = PEN_ERR_INTERNAL;
    if (inflateInit2(&job.stream, window_bits(form)) == Z_OK) status = run(&job, arena);
    const size_t used = status == PEN_OK ? job.written : 0;
    pen_arena_trim(arena, job.output.bytes, job.output.room, used);
    if (status == PEN_OK) *out = (struct pen_str){job.output.bytes, used};
    return status;
}

enum pen_status pen_inflate(struct pen_str in, enum pen_deflate form,
                            const struct pen_inflate_limits *limits, struct pen_arena *arena,
                            struct pen_str *out)
{
    if (in.len == 0) return PEN_ERR_SYNTAX;

    return decode(in, form, false, limits, arena, out);
}

enum pen_status pen_inflate_found(struct pen_str in, enum pen_deflate form,
                                  const struct pen_inflate_limits *limits, struct pen_arena *arena,
                                  struct pen_str *out)
{
    return decode(in, form, true, limits, arena, out);
}

bool pen_inflate_is_gzip(struct pen_str in)
{
    return in.len >= GZIP_LEAST && pen_str_starts(in, PEN_S("\x1f\x8b\x08"));
}
