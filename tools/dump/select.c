#include "select.h"

#include "describe.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- what is wanted ---- */

void select_session(selection *wanted, uint64_t number)
{
    wanted->sessions = reallocate(wanted->sessions,
                                  (wanted->session_count + 1) * sizeof(*wanted->sessions));
    wanted->sessions[wanted->session_count++] = number;
}

void select_user(selection *wanted, const char *name)
{
    wanted->users = reallocate(wanted->users, (wanted->user_count + 1) * sizeof(*wanted->users));
    wanted->users[wanted->user_count++] = name;
}

int select_band(selection *wanted, const char *name)
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

void selection_clear(selection *wanted)
{
    free(wanted->sessions);
    free(wanted->users);
    memset(wanted, 0, sizeof(*wanted));
}

int selection_is_all(const selection *wanted)
{
    return wanted->session_count + wanted->user_count == 0 && (wanted->bands | wanted->kinds) == 0;
}

/* ---- sink ---- */

static int wants_number(const selection *wanted, uint64_t number)
{
    for (size_t i = 0; i < wanted->session_count; i++)
        if (wanted->sessions[i] == number)
            return 1;
    return wanted->session_count == 0;
}

static int wants_user(const selection *wanted, const session_info *info)
{
    for (size_t i = 0; i < wanted->user_count; i++)
        if (info->request_seen && strlen(wanted->users[i]) == info->user_len &&
            memcmp(wanted->users[i], info->user, info->user_len) == 0)
            return 1;
    return wanted->user_count == 0;
}

static int wants_session(const selection *wanted, const session_info *info)
{
    return wants_number(wanted, info->number) && wants_user(wanted, info);
}

static int wants_item(const selection *wanted, const item *what)
{
    if ((wanted->bands | wanted->kinds) == 0)
        return 1;
    return what->band != BAND_NONE ? wanted->bands >> what->band & 1
                                   : wanted->kinds >> what->kind & 1;
}

static void select_begin(void *ctx, const session_info *info)
{
    selector *s = ctx;

    if (!wants_session(s->wanted, info))
        return;
    s->sessions++;
    s->next->begin(s->next->ctx, info);
}

static void select_item(void *ctx, const session_info *info, const item *what)
{
    const selector *s = ctx;

    if (wants_session(s->wanted, info) && wants_item(s->wanted, what))
        s->next->item(s->next->ctx, info, what);
}

static void select_end(void *ctx, const session_info *info, const outcome *how)
{
    const selector *s = ctx;

    if (wants_session(s->wanted, info))
        s->next->end(s->next->ctx, info, how);
}

event_sink selector_sink(selector *s, const selection *wanted, const event_sink *next)
{
    event_sink sink = { s, select_begin, select_item, select_end };

    s->wanted = wanted;
    s->next = next;
    s->sessions = 0;
    return sink;
}
