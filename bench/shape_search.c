/**
 * Hill climbing in many places at once: one shape is kept for each set of bytes that pieces are
 * made of (letters count as one, digits as one), so that variants of the dearest do not drive out
 * what costs nearly as much for another reason.
 */
#include "bench/shape_search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEPT       192 /* sets of bytes */
#define PART_BYTES 24  /* of a piece, head or tail: what costs more the longer it is, a text has */
#define CHANGES    4   /* at most, from one shape to the next */
#define SURE       5   /* rounds of what is to be shown */

struct part {
    char bytes[PART_BYTES];
    size_t length;
};

enum { HEAD, PIECE, SECOND, TAIL, PARTS };

struct candidate {
    struct part parts[PARTS];
    bool halves;
    uint64_t set; /* which bytes it is made of */
    double us;
};

struct state {
    const struct pen_shape_search *search;
    uint64_t random;
    struct candidate kept[KEPT];
    size_t kept_count;
    size_t tries;
};

/* xorshift64: good enough to draw lots. */
static size_t draw(struct state *s, size_t below)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (size_t)((s->random >> 11) % below);
}

static double cpu_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct pen_str str_of(const struct part *part)
{
    return (struct pen_str){part->bytes, part->length};
}

static struct part part_of(struct pen_str text)
{
    struct part part = {.length = text.len < PART_BYTES ? text.len : PART_BYTES};
    if (part.length > 0) memcpy(part.bytes, text.ptr, part.length);
    return part;
}

static struct pen_shape shape_of(const struct candidate *c)
{
    return (struct pen_shape){.head = str_of(&c->parts[HEAD]),
                              .piece = str_of(&c->parts[PIECE]),
                              .second = str_of(&c->parts[SECOND]),
                              .tail = str_of(&c->parts[TAIL]),
                              .halves = c->halves};
}

static struct candidate candidate_of(const struct pen_shape *shape)
{
    return (struct candidate){.parts = {[HEAD] = part_of(shape->head),
                                        [PIECE] = part_of(shape->piece),
                                        [SECOND] = part_of(shape->second),
                                        [TAIL] = part_of(shape->tail)},
                              .halves = shape->halves};
}

/* Letters, digits, bytes beyond ASCII and controls are four; each sign is its own. */
static uint64_t set_of(const struct candidate *c)
{
    uint64_t set = c->halves;
    for (size_t part = PIECE; part <= SECOND; part++) {
        for (size_t i = 0; i < c->parts[part].length; i++) {
            const unsigned char byte = (unsigned char)c->parts[part].bytes[i];
            const unsigned bit = pen_is_alpha((char)byte)   ? 1
                                 : pen_is_digit((char)byte) ? 2
                                 : byte >= 0x80             ? 3
                                 : byte <= ' '              ? 4
                                                            : 5 + byte % 59U;
            set |= (uint64_t)1 << bit;
        }
    }
    return set;
}

static void insert(struct part *part, size_t at, struct pen_str bytes)
{
    for (size_t i = 0; i < bytes.len && part->length < PART_BYTES; i++) {
        memmove(part->bytes + at + i + 1, part->bytes + at + i, part->length - at - i);
        part->bytes[at + i] = bytes.ptr[i];
        part->length++;
    }
}

static void cut(struct part *part, size_t at, size_t count)
{
    if (at + count > part->length) count = part->length - at;
    memmove(part->bytes + at, part->bytes + at + count, part->length - at - count);
    part->length -= count;
}

static char draw_byte(struct state *s)
{
    static const char signs[] = "'\"`()[]{}<>;|&$#%\\/*-+=.,:?!@^~_ \n\r\t";
    const size_t kind = draw(s, 10);
    if (kind < 6) return signs[draw(s, sizeof(signs) - 1)];
    if (kind < 8) return (char)('a' + draw(s, 26));
    return kind < 9 ? (char)('0' + draw(s, 10)) : (char)draw(s, 256);
}

/* Some bytes of a seed, or of another shape that is kept. */
static struct pen_str draw_bytes(struct state *s)
{
    const struct pen_str seeds = s->search->seeds;
    const struct part *const other = &s->kept[draw(s, s->kept_count)].parts[PIECE];
    const struct pen_str from = seeds.len > 0 && draw(s, 3) > 0 ? seeds : str_of(other);
    const size_t at = draw(s, from.len);
    return pen_str_slice(from, at, at + 1 + draw(s, draw(s, 2) == 0 ? 4 : PART_BYTES));
}

static void change(struct state *s, struct candidate *c)
{
    const size_t lot = draw(s, 16);
    const size_t which = lot < 11 ? PIECE : lot < 13 ? SECOND : lot < 14 ? HEAD : TAIL;
    struct part *const part = &c->parts[which];
    const size_t at = draw(s, part->length + 1);
    const char byte = draw_byte(s);
    switch (draw(s, 9)) {
    case 0:
    case 1:
        insert(part, at, (struct pen_str){&byte, 1});
        break;
    case 2:
    case 3:
        if (part->length > 0) cut(part, at, 1 + draw(s, 3));
        break;
    case 4:
        if (at < part->length) part->bytes[at] = byte;
        break;
    case 5: {
        const struct part copy = *part; /* said twice */
        insert(part, at, pen_str_slice(str_of(&copy), at, at + 1 + draw(s, 6)));
        break;
    }
    case 6:
        if (which == PIECE) cut(part, at, part->length);
        insert(part, part->length < at ? part->length : at, draw_bytes(s));
        break;
    case 7:
        insert(part, at, draw_bytes(s));
        break;
    default:
        if (c->parts[SECOND].length > 0) {
            c->parts[SECOND].length = 0;
        } else {
            c->parts[SECOND] = part_of(draw_bytes(s));
            c->halves = draw(s, 2) == 0;
        }
        break;
    }
}

static double measure(struct state *s, const struct candidate *c, size_t rounds)
{
    const struct pen_shape shape = shape_of(c);
    const struct pen_str text = pen_shape_build(&shape, s->search->text, s->search->bytes);
    return s->search->cost(s->search->context, text, rounds);
}

/* Where it is kept, if it is dearer than what is there: its set's place, a new one, the cheapest's.
 */
static struct candidate *place_of(struct state *s, const struct candidate *c)
{
    struct candidate *cheapest = &s->kept[0];
    for (size_t i = 0; i < s->kept_count; i++) {
        if (s->kept[i].set == c->set) return &s->kept[i];
        if (s->kept[i].us < cheapest->us) cheapest = &s->kept[i];
    }
    return s->kept_count < KEPT ? NULL : cheapest;
}

static void consider(struct state *s, struct candidate c)
{
    if (c.parts[PIECE].length == 0) return;
    c.set = set_of(&c);
    c.us = measure(s, &c, 1);
    struct candidate *place = place_of(s, &c);
    if (place != NULL && c.us <= place->us) return;

    /* Another process may have been in the way. */
    const double again = measure(s, &c, 2);
    c.us = again < c.us ? again : c.us;
    if (place != NULL && c.us <= place->us) return;
    if (place == NULL) place = &s->kept[s->kept_count++];
    *place = c;
}

static int by_cost(const void *a, const void *b)
{
    const double first = ((const struct candidate *)a)->us;
    const double second = ((const struct candidate *)b)->us;
    return first < second ? 1 : first > second ? -1 : 0;
}

size_t pen_shape_search(const struct pen_shape_search *search)
{
    static struct state s; /* too large for a stack */
    s = (struct state){.search = search, .random = search->random | 1};
    for (size_t i = 0; i < search->shape_count; i++) {
        consider(&s, candidate_of(&search->shapes[i]));
    }
    if (s.kept_count == 0) return 0;
    const double end = cpu_seconds() + search->seconds;
    while (cpu_seconds() < end) {
        /* The better of two, so that the dearer ones are changed more often. */
        const struct candidate *const one = &s.kept[draw(&s, s.kept_count)];
        const struct candidate *const two = &s.kept[draw(&s, s.kept_count)];
        struct candidate next = one->us > two->us ? *one : *two;
        for (size_t i = draw(&s, CHANGES) + 1; i > 0; i--) {
            change(&s, &next);
        }
        consider(&s, next);
        s.tries++;
    }
    for (size_t i = 0; i < s.kept_count; i++) {
        s.kept[i].us = measure(&s, &s.kept[i], SURE);
    }
    qsort(s.kept, s.kept_count, sizeof(s.kept[0]), by_cost);
    printf("%zu texts tried, %zu kinds; the dearest, us/KiB at %zu KiB:\n", s.tries, s.kept_count,
           search->bytes >> 10);
    size_t over = 0;
    for (size_t i = 0; i < s.kept_count && i < search->shown; i++) {
        const struct pen_shape shape = shape_of(&s.kept[i]);
        over += s.kept[i].us > search->bar;
        printf("%8.2f %s ", s.kept[i].us, s.kept[i].us > search->bar ? "OVER" : "    ");
        if (shape.second.len > 0) printf(shape.halves ? "(two halves) " : "(in turns) ");
        pen_shape_write(&shape);
    }
    return over;
}
