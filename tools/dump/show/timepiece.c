/* SPDX-License-Identifier: ISC */
#include "timepiece.h"

#include "describe.h"
#include "writer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DECIMALS = 6, SECONDS_WIDTH = 12, DATE_WIDTH = 26, EPOCH_WIDTH = 17, SECOND = 1000000000 };

static const struct {
    const char *name, *letter;
    time_format format;
} formats[] = {
    { "relative", "r", TIMES_RELATIVE }, { "absolute", "ad", TIMES_ABSOLUTE }, { "utc", "ud", TIMES_UTC },
    { "delta", "d", TIMES_DELTA },       { "epoch", "e", TIMES_EPOCH },
};

int time_format_from(const char *name, time_format *format)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strcmp(name, formats[i].name) == 0 || strcmp(name, formats[i].letter) == 0) {
            *format = formats[i].format;
            return 0;
        }
    return -1;
}

const char *time_format_name(time_format format)
{
    size_t i = 0;

    while (formats[i].format != format)
        i++;
    return formats[i].name;
}

size_t timepiece_width(const timepiece *c)
{
    switch (c->format) {
    case TIMES_ABSOLUTE:
    case TIMES_UTC: return DATE_WIDTH;
    case TIMES_EPOCH: return EPOCH_WIDTH;
    default: return SECONDS_WIDTH;
    }
}

/* Most times are of the same second as the one before. A time that no calendar has is told as 1970. */
static void set_date(timepiece *c, int64_t second)
{
    time_t seconds = (time_t)second;
    struct tm parts;

    if (c->date[0] != '\0' && c->second == second)
        return;
    memset(&parts, 0, sizeof(parts));
    if (c->format == TIMES_UTC)
        gmtime_r(&seconds, &parts);
    else
        localtime_r(&seconds, &parts);
    strftime(c->date, sizeof(c->date), "%Y-%m-%d %H:%M:%S", &parts);
    c->second = second;
}

static size_t tell_date(timepiece *c, int64_t time, char out[TIME_TEXT_SIZE])
{
    int64_t second = time / SECOND, rest = time % SECOND;

    if (rest < 0) {
        second--;
        rest += SECOND;
    }
    set_date(c, second);
    return (size_t)snprintf(out, TIME_TEXT_SIZE, "%.40s.%06d", c->date, (int)(rest / 1000));
}

size_t timepiece_tell(timepiece *c, const session_info *info, int64_t time, char out[TIME_TEXT_SIZE])
{
    int64_t before = c->begun ? c->before : time;

    c->before = time;
    c->begun = 1;
    switch (c->format) {
    case TIMES_ABSOLUTE:
    case TIMES_UTC: return tell_date(c, time, out);
    case TIMES_DELTA: return format_seconds(out, (int64_t)((uint64_t)time - (uint64_t)before), DECIMALS);
    case TIMES_EPOCH: return format_seconds(out, time, DECIMALS);
    default: return format_seconds(out, relative_time(info, time), DECIMALS);
    }
}
