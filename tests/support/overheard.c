/* SPDX-License-Identifier: ISC */
#include "overheard.h"

#include <string.h>

void overheard_open(overheard *o, const sw_crypto *crypto, unsigned features, observed_keys when)
{
    wire_session_start(&o->session, crypto, features, 0);
    observed_start(&o->seen, crypto, &o->session.keys, when);
    o->at[FROM_CLIENT] = o->at[FROM_SERVER] = 0;
}

void overheard_until(overheard *o, from side, size_t place, size_t step)
{
    while (o->at[side] < place) {
        size_t n = place - o->at[side];

        if (step > 0 && n > step)
            n = step;
        observed_feed(&o->seen, side, o->session.sent[side].data + o->at[side], n);
        o->at[side] += n;
    }
}

void overheard_lose(overheard *o, from side, size_t place)
{
    observed_lose(&o->seen, side, place - o->at[side]);
    o->at[side] = place;
}

void overheard_skip(overheard *o, from side, size_t place)
{
    o->at[side] = place;
}

void overheard_rest(overheard *o)
{
    for (int side = 0; side < 2; side++)
        overheard_until(o, (from)side, o->session.sent[side].len, 0);
    observed_finish(&o->seen);
}

void overheard_close(overheard *o)
{
    observed_free(&o->seen);
    wire_session_free(&o->session);
}

void overheard_expect(const char *what, const overheard *o, from side, const char *const lines[])
{
    const char *log = observed_log(&o->seen, side);
    const char *rest = log;

    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *found = strstr(rest, lines[i]);

        ck_assert_msg(found != NULL, "%s: no '%s' behind what is before it in:\n%s", what, lines[i], log);
        rest = found + strlen(lines[i]);
    }
}

void overheard_expect_none(const char *what, const overheard *o, from side, const char *line)
{
    const char *log = observed_log(&o->seen, side);

    ck_assert_msg(strstr(log, line) == NULL, "%s: '%s' in:\n%s", what, line, log);
}
