/** Quantities: digits, then a unit from a table. */
#include "gateway/config/units.h"

struct unit {
    struct pen_str name;
    uint64_t factor;
};

/* Largest first: the first that divides a value is its shortest form. */
static const struct unit durations[] = {
    {PEN_STR("d"), 86400000}, {PEN_STR("h"), 3600000}, {PEN_STR("m"), 60000},
    {PEN_STR("s"), 1000},     {PEN_STR("ms"), 1},
};

static const struct unit sizes[] = {
    {PEN_STR("GiB"), (uint64_t)1 << 30},
    {PEN_STR("MiB"), (uint64_t)1 << 20},
    {PEN_STR("KiB"), (uint64_t)1 << 10},
    {PEN_STR("B"), 1},
};

static enum pen_status read_quantity(struct pen_str text, const struct unit *units, size_t count,
                                     uint64_t *out)
{
    size_t digits = 0;
    while (digits < text.len && pen_is_digit(text.ptr[digits])) {
        digits++;
    }
    uint64_t number;
    PEN_TRY(pen_str_to_u64(pen_str_slice(text, 0, digits), &number));
    const struct pen_str name = pen_str_slice(text, digits, text.len);
    for (size_t i = 0; i < count; i++) {
        if (!pen_str_equal(units[i].name, name)) continue;
        if (number > UINT64_MAX / units[i].factor) return PEN_ERR_LIMIT;
        *out = number * units[i].factor;
        return PEN_OK;
    }
    return PEN_ERR_SYNTAX;
}

enum pen_status pen_units_duration(struct pen_str text, uint64_t *out)
{
    return read_quantity(text, durations, PEN_COUNT_OF(durations), out);
}

enum pen_status pen_units_size(struct pen_str text, uint64_t *out)
{
    return read_quantity(text, sizes, PEN_COUNT_OF(sizes), out);
}

enum pen_status pen_units_rate(struct pen_str text, uint64_t *out)
{
    if (!pen_str_ends(text, PEN_S("/s"))) return PEN_ERR_SYNTAX;
    return pen_units_size(pen_str_slice(text, 0, text.len - 2), out);
}

static bool is_leap(uint64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

enum pen_status pen_units_date(struct pen_str text, int64_t *out)
{
    static const uint64_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-') return PEN_ERR_SYNTAX;

    uint64_t year;
    uint64_t month;
    uint64_t day;
    PEN_TRY(pen_str_to_u64(pen_str_slice(text, 0, 4), &year));
    PEN_TRY(pen_str_to_u64(pen_str_slice(text, 5, 7), &month));
    PEN_TRY(pen_str_to_u64(pen_str_slice(text, 8, 10), &day));
    if (year < 1970 || month < 1 || month > 12 || day < 1) return PEN_ERR_SYNTAX;
    if (day > lengths[month - 1] + (month == 2 && is_leap(year) ? 1 : 0)) return PEN_ERR_SYNTAX;

    uint64_t days = day - 1;
    for (uint64_t y = 1970; y < year; y++) {
        days += is_leap(y) ? 366 : 365;
    }
    for (uint64_t m = 1; m < month; m++) {
        days += lengths[m - 1] + (m == 2 && is_leap(year) ? 1 : 0);
    }
    *out = (int64_t)(days * 86400);
    return PEN_OK;
}

static void put_quantity(struct pen_buf *buf, const struct unit *units, size_t count,
                         uint64_t value)
{
    size_t i = 0;
    while (i + 1 < count && (value == 0 || value % units[i].factor != 0)) {
        i++;
    }
    pen_buf_u64(buf, value / units[i].factor);
    pen_buf_put(buf, units[i].name);
}

void pen_units_put_duration(struct pen_buf *buf, uint64_t ms)
{
    put_quantity(buf, durations, PEN_COUNT_OF(durations), ms);
}

void pen_units_put_size(struct pen_buf *buf, uint64_t bytes)
{
    put_quantity(buf, sizes, PEN_COUNT_OF(sizes), bytes);
}
