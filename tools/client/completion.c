/* SPDX-License-Identifier: ISC */
#include "completion.h"

#include <sidewire/audio.h>

#include <stdlib.h>
#include <string.h>

static void add(completion *c, const char *prefix, const char *word)
{
    if (c->count < COMPLETION_MAX && strncmp(word, prefix, strlen(prefix)) == 0)
        c->candidates[c->count++] = word;
}

static void add_commands(completion *c, const char *prefix)
{
    for (size_t i = 0; i < sw_audio_commands.count; i++)
        add(c, prefix, sw_audio_commands.commands[i].name);
}

static void add_senders(completion *c, const char *prefix)
{
    for (size_t i = 0; i < sw_senders.count; i++)
        add(c, prefix, sw_senders.senders[i].name);
}

static const sw_sender *find_sender(const char *name)
{
    for (size_t i = 0; i < sw_senders.count; i++)
        if (strcmp(sw_senders.senders[i].name, name) == 0)
            return &sw_senders.senders[i];
    return NULL;
}

/* The library knows the subcommands' names, and refuses to write one that the sender cannot do. */
static void add_subcommands(completion *c, const char *prefix, const sw_sender *sender)
{
    size_t used = 0;

    for (unsigned i = SW_SENDER_ON; i <= SW_SENDER_HELP; i++) {
        sw_sender_arguments arguments = { .sender = sender,
                                          .subcommand = (sw_sender_subcommand)i,
                                          .target.host = { "host", 4 } };
        sw_argument_vector vector = { .buffer = c->text + used, .cap = sizeof(c->text) - used };
        if (sw_sender_format(&arguments, &vector, NULL) < 0)
            continue;
        add(c, prefix, vector.argv[2].data);
        used += vector.len;
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t common_length(const char *a, const char *b)
{
    size_t len = 0;

    while (a[len] != '\0' && a[len] == b[len])
        len++;
    return len;
}

void completion_find(completion *c, const char *const *words, size_t count, const char *prefix)
{
    const sw_sender *sender;

    memset(c, 0, sizeof(*c));
    if (count == 0) {
        add_commands(c, prefix);
        add(c, prefix, "exit");
        add(c, prefix, "quit");
    } else if (count == 1 && strcmp(words[0], "help") == 0) {
        add_commands(c, prefix);
    } else if (count == 1 && strcmp(words[0], "sender") == 0) {
        add_senders(c, prefix);
    } else if (count == 2 && strcmp(words[0], "sender") == 0 && (sender = find_sender(words[1])) != NULL) {
        add_subcommands(c, prefix, sender);
    }
    qsort(c->candidates, c->count, sizeof(c->candidates[0]), compare);
    if (c->count > 0) /* sorted: what the first and the last share, all do */
        c->common = common_length(c->candidates[0], c->candidates[c->count - 1]);
}
