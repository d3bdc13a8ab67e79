/** Dates and times of day, digit by digit: each number has one width and one range. */
#include "filters/core/rfc3339.h"

struct moment {
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    int offset_minutes; /* of the zone, east of Greenwich */
};

/* `count` digits at `*at`. */
static bool take_number(struct pen_str text, size_t *at, size_t count, int least, int most,
                        int *out)
{
    if (text.len - *at < count) return false;
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        const char c = text.ptr[*at + i];
        if (!pen_is_digit(c)) return false;
        value = value * 10 + (c - '0');
    }
    *at += count;
    *out = value;
    return value >= least && value <= most;
}

static bool take_mark(struct pen_str text, size_t *at, char mark)
{
    if (*at == text.len || pen_to_lower(text.ptr[*at]) != mark) return false;
    (*at)++;
    return true;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_date(struct pen_str text, size_t *at, struct moment *out)
{
    return take_number(text, at, 4, 0, 9999, &out->year) && take_mark(text, at, '-')
           && take_number(text, at, 2, 1, 12, &out->month) && take_mark(text, at, '-')
           && take_number(text, at, 2, 1, days_of(out->year, out->month), &out->day);
}

static bool take_time(struct pen_str text, size_t *at, struct moment *out)
{
    if (!take_number(text, at, 2, 0, 23, &out->hour) || !take_mark(text, at, ':')
        || !take_number(text, at, 2, 0, 59, &out->minute) || !take_mark(text, at, ':')
        || !take_number(text, at, 2, 0, 60, &out->second)) {
        return false;
    }
    if (!take_mark(text, at, '.')) return true;

    const size_t start = *at;
    while (*at < text.len && pen_is_digit(text.ptr[*at])) {
        (*at)++;
    }
    return *at > start;
}

static bool take_offset(struct pen_str text, size_t *at, struct moment *out)
{
    int hours;
    int minutes;
    if (take_mark(text, at, 'z')) return true;
    const bool west = take_mark(text, at, '-');
    if (!west && !take_mark(text, at, '+')) return false;
    if (!take_number(text, at, 2, 0, 23, &hours) || !take_mark(text, at, ':')
        || !take_number(text, at, 2, 0, 59, &minutes)) {
        return false;
    }
    out->offset_minutes = (west ? -1 : 1) * (60 * hours + minutes);
    return true;
}

/* Days since 1 March of the year 0, in years that begin in March, so that a leap day is the last.
 */
static int64_t days_before(const struct moment *moment)
{
    const int64_t year = moment->month <= 2 ? moment->year - 1 : moment->year;
    const int64_t month = (moment->month + 9) % 12;
    /* Rounded down, also for the year before the year 0. */
    const int64_t leaps = year < 0 ? -1 : year / 4 - year / 100 + year / 400;
    return 365 * year + leaps + (153 * month + 2) / 5 + moment->day - 1;
}

#define EPOCH_DAYS 719468 /* from 1 March of the year 0 to 1 January 1970 */

enum pen_status pen_rfc3339_read(struct pen_str text, int64_t *unix_s)
{
    size_t at = 0;
    struct moment moment = {0};
    if (!take_date(text, &at, &moment) || !take_mark(text, &at, 't')
        || !take_time(text, &at, &moment) || !take_offset(text, &at, &moment) || at != text.len) {
        return PEN_ERR_SYNTAX;
    }
    if (unix_s == NULL) return PEN_OK;

    const int64_t minutes =
        ((days_before(&moment) - EPOCH_DAYS) * 24 + moment.hour) * 60 + moment.minute;
    *unix_s = (minutes - moment.offset_minutes) * 60 + moment.second;
    return PEN_OK;
}

#define DAY_MINUTES 1440

/* Whether a leap second, if it is one, may be there: in the last minute of a day of UTC. `*day` is
 * how far that day is from the one that was written. */
static bool has_second(const struct moment *moment, int *day)
{
    const int utc = moment->hour * 60 + moment->minute - moment->offset_minutes;
    *day = utc < 0 ? -1 : utc / DAY_MINUTES;
    return moment->second < 60 || utc - *day * DAY_MINUTES == DAY_MINUTES - 1;
}

bool pen_rfc3339_is_date(struct pen_str text)
{
    size_t at = 0;
    struct moment moment = {0};
    return take_date(text, &at, &moment) && at == text.len;
}

bool pen_rfc3339_is_time(struct pen_str text)
{
    size_t at = 0;
    int day;
    struct moment moment = {0};
    return take_time(text, &at, &moment) && take_offset(text, &at, &moment) && at == text.len
           && has_second(&moment, &day);
}

bool pen_rfc3339_is_date_time(struct pen_str text)
{
    size_t at = 0;
    int day;
    struct moment moment = {0};
    if (!take_date(text, &at, &moment) || !take_mark(text, &at, 't')
        || !take_time(text, &at, &moment) || !take_offset(text, &at, &moment) || at != text.len
        || !has_second(&moment, &day)) {
        return false;
    }
    if (moment.second < 60) return true;

    /* The day after that of UTC is the first of a month. */
    const int next = moment.day + day + 1;
    return next == 1 || next == days_of(moment.year, moment.month) + 1;
}
