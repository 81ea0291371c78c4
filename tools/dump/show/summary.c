/* SPDX-License-Identifier: ISC */
#include "summary.h"

#include "describe.h"
#include "writer.h"
#include "watch/allocate.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

summary *summary_begin(summaries *all, const session_info *info)
{
    summary *s = allocate(sizeof(*s));

    s->number = info->number;
    if (tsearch(s, &all->tree, compare) == NULL)
        allocation_failed();
    return s;
}

static void take_command(summary *s, const item *what)
{
    for (size_t i = 0; i < what->arguments.count && s->command_len < sizeof(s->command) - 1; i++) {
        size_t room = sizeof(s->command) - s->command_len - 1;
        size_t len = what->argv[i].len < room ? what->argv[i].len : room;

        if (i > 0)
            s->command[s->command_len++] = ' ';
        if (len > 0)
            memcpy(s->command + s->command_len, what->argv[i].data, len);
        s->command_len += len;
    }
}

void summary_item(summaries *all, const session_info *info, const item *what)
{
    summary *s = *(summary **)tfind(&info->number, &all->tree, compare);

    s->items += what->offset == 0 || !item_is_message(what);
    if (!item_is_message(what))
        return;
    s->packets[what->side] += what->offset == 0;
    s->bytes[what->side] += what->offset > 0 || what->more ? what->body_len : what->came;
    if (what->kind == ITEM_COMMAND && what->error.code == SW_OK && s->command_len == 0)
        take_command(s, what);
}

summary summary_end(summaries *all, const session_info *info)
{
    summary *s = *(summary **)tfind(&info->number, &all->tree, compare);
    summary copy = *s;

    tdelete(s, &all->tree, compare);
    free(s);
    return copy;
}

void summary_id(const session_info *info, char out[SUMMARY_ID_SIZE])
{
    char client[ENDPOINT_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE], start[SECONDS_SIZE];

    start[format_seconds(start, info->about.start, 9)] = '\0';
    describe_endpoint(&info->about.client, client);
    describe_endpoint(&info->about.server, server);
    snprintf(out, SUMMARY_ID_SIZE, "%s-%s-%s", start, client, server);
}
