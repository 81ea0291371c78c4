/* SPDX-License-Identifier: ISC */
/* A daemon that has nothing to do with audio: it keeps a few names with their values.
 *     ./daemon PORT OWNER PUBLIC_KEYFILE GUEST PUBLIC_KEYFILE
 * Its own commands, in a table of its own, are `get NAME`, `set NAME VALUE` and `list`; a guest may
 * only read. One client after the other; ends by a signal. */
#include "common.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 4096, ENTRIES_MAX = 8, TEXT_MAX = 100, ARGUMENTS_MAX = 4 };

/* What the bits of permissions mean is up to the daemon. */
enum { MAY_READ = 1, MAY_WRITE = 2 };
enum { GET, SET, LIST };

static const sw_command rows[] = {
    { .name = "get", .id = GET, .permissions = MAY_READ, .least = 1, .most = 1 },
    { .name = "set", .id = SET, .permissions = MAY_READ | MAY_WRITE, .least = 2, .most = 2 },
    { .name = "list", .id = LIST, .permissions = MAY_READ },
};
static const sw_command_table table = { rows, sizeof(rows) / sizeof(rows[0]) };

static struct {
    char name[TEXT_MAX + 1], value[TEXT_MAX + 1];
} entries[ENTRIES_MAX];

typedef struct user {
    const char *name;
    unsigned permissions;
    sw_public_key key;
} user;
static user users[] = { { .permissions = MAY_READ | MAY_WRITE }, { .permissions = MAY_READ } };

static const user *find_user(const sw_event *event)
{
    for (int i = 0; i < 2; i++)
        if (strlen(users[i].name) == event->user_len && memcmp(users[i].name, event->user, event->user_len) == 0)
            return &users[i];
    return NULL;
}

/* ---- commands ---- */

/* The entry of this name, or behind all others the first that is free, or ENTRIES_MAX. */
static int find(const sw_argument *name)
{
    int i = 0;

    while (i < ENTRIES_MAX && entries[i].name[0] != '\0' &&
           (strlen(entries[i].name) != name->len || memcmp(entries[i].name, name->data, name->len) != 0))
        i++;
    return i;
}

static const char *set(const sw_argument *name, const sw_argument *value)
{
    int i = find(name);

    if (i == ENTRIES_MAX)
        return "no room";
    if (name->len == 0 || name->len > TEXT_MAX || value->len > TEXT_MAX)
        return "too long, or empty";
    sprintf(entries[i].name, "%.*s", (int)name->len, name->data);
    sprintf(entries[i].value, "%.*s", (int)value->len, value->data);
    return NULL;
}

/* Writes a reply to text, which has room for all entries. Returns what is wrong, or NULL. */
static const char *run(int id, const sw_argument *argv, char *text)
{
    int i = id == LIST ? 0 : find(&argv[1]);

    if (id == SET)
        return set(&argv[1], &argv[2]);
    if (i == ENTRIES_MAX || (id == GET && entries[i].name[0] == '\0'))
        return "no such name";
    if (id == GET)
        sprintf(text, "%s\n", entries[i].value);
    for (; id == LIST && i < ENTRIES_MAX && entries[i].name[0] != '\0'; i++)
        text += sprintf(text, "%s\n", entries[i].name);
    return NULL;
}

static void answer(sw_session *session, const sw_event *event, unsigned permissions)
{
    sw_argument argv[ARGUMENTS_MAX];
    sw_command_info info;
    const sw_command *command;
    const char *refusal;
    char text[ENTRIES_MAX * (TEXT_MAX + 2)] = "";
    size_t taken;
    int result = sw_session_arguments(session, event, argv, ARGUMENTS_MAX, &info, NULL);

    if (result < 0)
        refusal = sw_command_refusal(result);
    else if (sw_command_check(&table, argv, info.count, permissions, &command, &refusal, NULL) == SW_OK)
        refusal = run(command->id, argv, text);
    if (refusal != NULL)
        sprintf(text, "%s\n", refusal);
    if (text[0] != '\0')
        sw_session_send(session, refusal == NULL ? SW_BAND_OUTPUT : SW_BAND_ERROR_LOG, text, strlen(text), &taken);
    sw_session_exit(session, refusal != NULL);
}

static void serve(sw_session *session, int fd)
{
    const user *who = NULL;
    sw_event event;
    int going = 1;

    while (going && sw_session_wants(session) != 0) {
        int type = sw_session_next(session, &event);

        if (type == SW_EVENT_KEY)
            sw_session_key(session, (who = find_user(&event)) != NULL ? &who->key : NULL);
        else if (type == SW_EVENT_COMMAND)
            /* core.NullDereference: it comes from users that were found */
            answer(session, &event, who->permissions);
        else if (type == SW_EVENT_NEED_MORE)
            going = exchange(session, fd);
    }
    close(fd);
}

int main(int argc, char **argv)
{
    static uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
    sw_server_config config;
    sw_session session;
    int listener;

    if (argc != 6) {
        fputs("usage: daemon PORT OWNER PUBLIC_KEYFILE GUEST PUBLIC_KEYFILE\n", stderr);
        return STATUS_TROUBLE;
    }
    for (int i = 0; i < 2; i++) {
        users[i].name = argv[2 + 2 * i];
        load_public_key(&users[i].key, argv[3 + 2 * i]);
    }
    config = make_server_config(open_crypto());
    for (listener = listen_on(argv[1]);; sw_session_wipe(&session)) {
        sw_session_server(&session, &config, rx, sizeof(rx), tx, sizeof(tx));
        serve(&session, next_client(listener));
    }
}
