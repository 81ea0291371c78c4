/* SPDX-License-Identifier: ISC */
/* Which sessions and packets are wanted: a sink before another one, which gets those only. */
#ifndef SIDEWIRE_DUMP_FILTER_H
#define SIDEWIRE_DUMP_FILTER_H

#include "watch/events.h"

typedef struct filter {
    uint64_t *sessions; /* numbers; none: any */
    size_t session_count;
    const char **users; /* likewise */
    size_t user_count;
    uint32_t bands, kinds; /* a bit for each band, and for each kind of what is in no packet;
                                 * both 0: any */
    const char **commands; /* patterns of fnmatch, of a command's first word; none: any */
    size_t command_count;
    endpoint *hosts; /* of either end, without ports; none: any */
    size_t host_count;
    int64_t after, before; /* when it began; 0: any */
    const char *text;      /* that is in some body of it, or NULL */
    unsigned statuses;     /* a bit for each exit status, and FILTER_STATUS_NONE; 0: any */
} filter;

enum { FILTER_TEXT_MAX = 255, FILTER_STATUS_NONE = 1 << 2 };

/* What was seen of a session so far. Zero it. */
typedef struct filter_match {
    int command, text;
    size_t tail_len[2];
    char tail[2][FILTER_TEXT_MAX]; /* the latest bytes of each side: a text may go on behind them */
} filter_match;

void filter_session(filter *wanted, uint64_t number);
/* name must stay. */
void filter_user(filter *wanted, const char *name);
/* A band, or what is shown in place of one, in any case. 0, or -1: there is none of this name. */
int filter_band(filter *wanted, const char *name);

/* A pattern of fnmatch; must stay. */
void filter_command(filter *wanted, const char *pattern);
/* An address. 0, or -1: it is none. */
int filter_host(filter *wanted, const char *address);
/* `2026-11-28`, with ` 12:30` or ` 12:30:59` or T in place of the blank, in UTC, or @SECONDS since
 * 1970. 0, or -1: it is none. */
int filter_time(const char *text, int64_t *time);
/* `0`, `1`, `none`. 0, or -1: it is none. */
int filter_status(filter *wanted, const char *text);

/* Is a session to be known whole before it can be told whether it is wanted? Users of sealed ones are known late. */
int filter_needs_whole(const filter *wanted);

/* Are only some of the sessions wanted, as far as the filter knows? */
int filter_chooses_sessions(const filter *wanted);

/* Looks at an item, and tells by all of them, with the end. */
void filter_look(const filter *wanted, filter_match *seen, const item *what);
int filter_matches(const filter *wanted, const filter_match *seen, const outcome *how);

void filter_clear(filter *wanted);

int filter_is_all(const filter *wanted);

typedef struct filtered {
    const filter *wanted;
    const event_sink *next;
    uint64_t sessions; /* how many it let pass */
} filtered;

/* Both must stay, and the filtered too. */
event_sink filter_sink(filtered *s, const filter *wanted, const event_sink *next);

#endif
