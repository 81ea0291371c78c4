/* SPDX-License-Identifier: ISC */
#include "filter.h"

#include "describe.h"
#include "watch/allocate.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* ---- what is wanted ---- */

void filter_session(filter *wanted, uint64_t number)
{
    wanted->sessions = reallocate(wanted->sessions, (wanted->session_count + 1) * sizeof(*wanted->sessions));
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

void filter_command(filter *wanted, const char *pattern)
{
    wanted->commands = reallocate(wanted->commands, (wanted->command_count + 1) * sizeof(*wanted->commands));
    wanted->commands[wanted->command_count++] = pattern;
}

int filter_host(filter *wanted, const char *address)
{
    endpoint host = { .family = strchr(address, ':') != NULL ? 6 : 4 };

    if (inet_pton(host.family == 6 ? AF_INET6 : AF_INET, address, host.ip) != 1)
        return -1;
    wanted->hosts = reallocate(wanted->hosts, (wanted->host_count + 1) * sizeof(*wanted->hosts));
    wanted->hosts[wanted->host_count++] = host;
    return 0;
}

int filter_time(const char *text, int64_t *time)
{
    static const char *const formats[] = { "%Y-%m-%d",       "%Y-%m-%d %H:%M",    "%Y-%m-%d %H:%M:%S",
                                           "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "@%s" };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct tm parts = { .tm_mday = 1 };
        const char *end = strptime(text, formats[i], &parts);

        if (end == NULL || *end != '\0')
            continue;
        *time = (int64_t)(text[0] == '@' ? strtoll(text + 1, NULL, 10) : timegm(&parts)) * 1000000000;
        return 0;
    }
    return -1;
}

int filter_status(filter *wanted, const char *text)
{
    if (strcmp(text, "none") == 0)
        wanted->statuses |= FILTER_STATUS_NONE;
    else if (strcmp(text, "0") == 0 || strcmp(text, "1") == 0)
        wanted->statuses |= 1u << (text[0] - '0');
    else
        return -1;
    return 0;
}

void filter_clear(filter *wanted)
{
    free(wanted->sessions);
    free(wanted->commands);
    free(wanted->hosts);
    free(wanted->users);
    memset(wanted, 0, sizeof(*wanted));
}

int filter_chooses_sessions(const filter *wanted)
{
    return wanted->session_count + wanted->user_count + wanted->host_count > 0 || wanted->after != 0 ||
           wanted->before != 0 || filter_needs_whole(wanted);
}

int filter_is_all(const filter *wanted)
{
    return (wanted->bands | wanted->kinds) == 0 && !filter_chooses_sessions(wanted);
}

/* ---- by what is known at its beginning ---- */

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
        if (info->user != NULL && strlen(wanted->users[i]) == info->user_len &&
            memcmp(wanted->users[i], info->user, info->user_len) == 0)
            return 1;
    return wanted->user_count == 0;
}

static int is_host(const endpoint *host, const endpoint *end)
{
    return host->family == end->family && memcmp(host->ip, end->ip, sizeof(host->ip)) == 0;
}

static int wants_ends(const filter *wanted, const connection *about)
{
    for (size_t i = 0; i < wanted->host_count; i++)
        if (is_host(&wanted->hosts[i], &about->client) || is_host(&wanted->hosts[i], &about->server))
            return 1;
    return wanted->host_count == 0;
}

static int wants_time(const filter *wanted, int64_t start)
{
    return (wanted->after == 0 || start >= wanted->after) && (wanted->before == 0 || start < wanted->before);
}

static int wants_session(const filter *wanted, const session_info *info)
{
    return wants_number(wanted, info->number) && wants_user(wanted, info) && wants_ends(wanted, &info->about) &&
           wants_time(wanted, info->about.start);
}

/* ---- whole sessions ---- */

int filter_needs_whole(const filter *wanted)
{
    return wanted->command_count + wanted->user_count > 0 || wanted->text != NULL || wanted->statuses != 0;
}

static int is_command(const filter *wanted, const sw_argument *word)
{
    char name[FILTER_TEXT_MAX + 1];

    if (word->len >= sizeof(name))
        return 0;
    memcpy(name, word->data, word->len);
    name[word->len] = '\0';
    for (size_t i = 0; i < wanted->command_count; i++)
        if (fnmatch(wanted->commands[i], name, 0) == 0)
            return 1;
    return 0;
}

/* Is the text in these bytes, or in what came of this side before and goes on here? */
static int has_text(const char *text, filter_match *seen, const item *what)
{
    size_t len = strlen(text), keep = len - 1, *tail = &seen->tail_len[what->side];
    size_t head = what->body_len < keep ? what->body_len : keep;
    char joint[2 * FILTER_TEXT_MAX];

    if (memmem(what->body, what->body_len, text, len) != NULL)
        return 1;
    memcpy(joint, seen->tail[what->side], *tail);
    memcpy(joint + *tail, what->body, head);
    if (memmem(joint, *tail + head, text, len) != NULL)
        return 1;
    if (what->body_len >= keep) {
        memcpy(seen->tail[what->side], what->body + what->body_len - keep, keep);
        *tail = keep;
    } else {
        size_t all = *tail + head, drop = all > keep ? all - keep : 0;

        memcpy(seen->tail[what->side], joint + drop, all - drop);
        *tail = all - drop;
    }
    return 0;
}

void filter_look(const filter *wanted, filter_match *seen, const item *what)
{
    if (wanted->command_count > 0 && what->kind == ITEM_COMMAND && what->error.code == SW_OK &&
        what->arguments.count > 0)
        seen->command |= is_command(wanted, &what->argv[0]);
    if (wanted->text != NULL && !seen->text && what->body_len > 0)
        seen->text = has_text(wanted->text, seen, what);
}

int filter_matches(const filter *wanted, const filter_match *seen, const outcome *how)
{
    unsigned status = how->exit_status < 0 ? FILTER_STATUS_NONE : 1u << how->exit_status;

    return (wanted->command_count == 0 || seen->command) && (wanted->text == NULL || seen->text) &&
           (wanted->statuses == 0 || wanted->statuses & status);
}

/* ---- sink ---- */

static int wants_item(const filter *wanted, const item *what)
{
    if ((wanted->bands | wanted->kinds) == 0)
        return 1;
    return what->band != BAND_NONE ? wanted->bands >> what->band & 1 : wanted->kinds >> what->kind & 1;
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
