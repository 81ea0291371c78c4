#include "filter.h"

#include "describe.h"
#include "watch/allocate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- what is wanted ---- */

void filter_session(filter *wanted, uint64_t number)
{
    wanted->sessions = reallocate(wanted->sessions,
                                  (wanted->session_count + 1) * sizeof(*wanted->sessions));
    wanted->sessions[wanted->session_count++] = number;
}

void filter_user(filter *wanted, const char *name)
{
    wanted->users = reallocate(wanted->users, (wanted->user_count + 1) * sizeof(*wanted->users));
    wanted->users[wanted->user_count++] = name;
}

int filter_band(filter *wanted, const char *name)
{
    uint32_t bands = 0, kinds = 0;

    for (unsigned band = SW_BAND_ANY + 1; band < SW_BAND_COUNT; band++)
        if (strcasecmp(sw_band_name(band), name) == 0)
            bands |= UINT32_C(1) << band;
    for (int kind = ITEM_GREETING; kind <= ITEM_UNDECODED; kind++) {
        item bare = { .kind = (item_kind)kind, .band = BAND_NONE };

        if (strcasecmp(item_name(&bare), name) == 0)
            kinds |= UINT32_C(1) << kind;
    }
    wanted->bands |= bands;
    wanted->kinds |= kinds;
    return (bands | kinds) != 0 ? 0 : -1;
}

void filter_clear(filter *wanted)
{
    free(wanted->sessions);
    free(wanted->users);
    memset(wanted, 0, sizeof(*wanted));
}

int filter_is_all(const filter *wanted)
{
    return wanted->session_count + wanted->user_count == 0 && (wanted->bands | wanted->kinds) == 0;
}

/* ---- sink ---- */

static int wants_number(const filter *wanted, uint64_t number)
{
    for (size_t i = 0; i < wanted->session_count; i++)
        if (wanted->sessions[i] == number)
            return 1;
    return wanted->session_count == 0;
}

static int wants_user(const filter *wanted, const session_info *info)
{
    for (size_t i = 0; i < wanted->user_count; i++)
        if (info->request_seen && strlen(wanted->users[i]) == info->user_len &&
            memcmp(wanted->users[i], info->user, info->user_len) == 0)
            return 1;
    return wanted->user_count == 0;
}

static int wants_session(const filter *wanted, const session_info *info)
{
    return wants_number(wanted, info->number) && wants_user(wanted, info);
}

static int wants_item(const filter *wanted, const item *what)
{
    if ((wanted->bands | wanted->kinds) == 0)
        return 1;
    return what->band != BAND_NONE ? wanted->bands >> what->band & 1
                                   : wanted->kinds >> what->kind & 1;
}

static void filtered_begin(void *ctx, const session_info *info)
{
    filtered *s = ctx;

    if (!wants_session(s->wanted, info))
        return;
    s->sessions++;
    s->next->begin(s->next->ctx, info);
}

static void filtered_item(void *ctx, const session_info *info, const item *what)
{
    const filtered *s = ctx;

    if (wants_session(s->wanted, info) && wants_item(s->wanted, what))
        s->next->item(s->next->ctx, info, what);
}

static void filtered_end(void *ctx, const session_info *info, const outcome *how)
{
    const filtered *s = ctx;

    if (wants_session(s->wanted, info))
        s->next->end(s->next->ctx, info, how);
}

event_sink filter_sink(filtered *s, const filter *wanted, const event_sink *next)
{
    event_sink sink = { s, filtered_begin, filtered_item, filtered_end };

    s->wanted = wanted;
    s->next = next;
    s->sessions = 0;
    return sink;
}
