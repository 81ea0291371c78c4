/* SPDX-License-Identifier: ISC */
#include "senders.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGE_FULL "too many entries"
#define MESSAGE_NO_TARGET "no such target"

typedef struct access_entry {
    int allow;          /* else deny */
    sw_network network; /* without bits of hosts */
} access_entry;

typedef struct target {
    char host[SW_HOST_MAX + 1];
    uint16_t port; /* this and the rest as in sw_target */
    uint16_t max_slice_bytes;
    uint8_t data_slices, slices;
} target;

/* The lists have all their room from the start, so that no command can fail for want of memory. */
struct sender_state {
    int on;
    size_t access_count, target_count;
    access_entry access[SENDER_ENTRIES_MAX];
    target targets[SENDER_ENTRIES_MAX];
};

int senders_init(senders *set, const sw_sender_table *table)
{
    set->table = table;
    set->states = calloc(table->count, sizeof(*set->states));
    return set->states == NULL && table->count > 0 ? -1 : 0;
}

void senders_free(senders *set)
{
    free(set->states);
    set->states = NULL;
}

/* ---- access ---- */

static sw_network without_host_bits(const sw_network *network)
{
    sw_network masked = *network;

    for (unsigned i = 0; i < 4; i++) {
        unsigned before = 8 * i;
        unsigned kept = network->bits > before ? network->bits - before : 0;
        if (kept < 8)
            masked.address[i] &= (uint8_t)(0xff00u >> kept);
    }
    return masked;
}

/* NULL, or the message of a failure; so below. */
static const char *set_access(sender_state *state, const sw_network *network, int allow)
{
    sw_network masked = without_host_bits(network);
    size_t i = 0;

    while (i < state->access_count && memcmp(&state->access[i].network, &masked, sizeof(masked)) != 0)
        i++;
    if (i == SENDER_ENTRIES_MAX)
        return MESSAGE_FULL;
    if (i == state->access_count)
        state->access_count++;
    state->access[i].allow = allow;
    state->access[i].network = masked;
    return NULL;
}

/* ---- targets ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Case does not count, but in the zone of an address, which is an interface's name. */
static int same_host(const char *host, const sw_argument *other)
{
    if (strlen(host) != other->len)
        return 0;
    for (size_t i = 0; i < other->len; i++) {
        if (host[i] == '%')
            return memcmp(host + i, other->data + i, other->len - i) == 0;
        if (lower(host[i]) != lower(other->data[i]))
            return 0;
    }
    return 1;
}

/* Its place among the targets, or their count. */
static size_t find_target(const sender_state *state, const sw_target *wanted)
{
    size_t i = 0;

    while (i < state->target_count &&
           (state->targets[i].port != wanted->port || !same_host(state->targets[i].host, &wanted->host)))
        i++;
    return i;
}

static const char *add_target(sender_state *state, const sw_target *added)
{
    size_t i = find_target(state, added);
    target *t = &state->targets[i];

    if (i == SENDER_ENTRIES_MAX)
        return MESSAGE_FULL;
    if (i == state->target_count) {
        state->target_count++;
        memcpy(t->host, added->host.data, added->host.len);
        t->host[added->host.len] = '\0';
        t->port = added->port;
    }
    t->max_slice_bytes = added->max_slice_bytes;
    t->data_slices = added->data_slices;
    t->slices = added->slices;
    return NULL;
}

static const char *delete_target(sender_state *state, const sw_target *deleted)
{
    size_t i = find_target(state, deleted);
    target *t = &state->targets[i];

    if (i == state->target_count)
        return MESSAGE_NO_TARGET;
    state->target_count--;
    memmove(t, t + 1, (state->target_count - i) * sizeof(*t));
    return NULL;
}

/* ---- texts ---- */

static void print_names(const sw_sender_table *table, reply *r)
{
    reply_begin(r, SW_BAND_OUTPUT);
    for (size_t i = 0; i < table->count; i++)
        reply_print(r, "%s\n", table->senders[i].name);
}

static void print_help(const sw_sender *sender, reply *r)
{
    static const struct {
        unsigned needs; /* all of these abilities */
        const char *text;
    } lines[] = {
        { 0, "on                 start sending\n" },
        { 0, "off                stop sending\n" },
        { SW_SENDER_HAS_ACCESS, "allow ADDR[/BITS]  let this IPv4 address or network connect\n" },
        { SW_SENDER_HAS_ACCESS, "deny ADDR[/BITS]   do not let this IPv4 address or network connect\n" },
        { SW_SENDER_HAS_TARGETS, "add TARGET         send to this target too\n" },
        { SW_SENDER_HAS_TARGETS, "delete TARGET      send to this target no more\n" },
        { 0, "help               print this text\n" },
        { SW_SENDER_HAS_TARGETS, "A target is HOST, HOST:PORT, [IPV6] or [IPV6]:PORT.\n" },
        { SW_SENDER_HAS_TARGETS | SW_SENDER_HAS_SLICES,
          "/MAX_SLICE_BYTES:DATA_SLICES:SLICES may follow; adding it again changes them.\n" },
    };

    reply_begin(r, SW_BAND_OUTPUT);
    reply_print(r, "The %s sender is simulated: nothing is really sent.\n", sender->name);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if ((lines[i].needs & ~sender->abilities) == 0)
            reply_print(r, "%s", lines[i].text);
}

/* What stands in front of an entry. */
static const char *separator(size_t i)
{
    return i == 0 ? " " : ", ";
}

static void print_access(const sender_state *state, reply *r)
{
    reply_print(r, "\taccess:%s", state->access_count == 0 ? " none" : "");
    for (size_t i = 0; i < state->access_count; i++) {
        const access_entry *entry = &state->access[i];
        const uint8_t *address = entry->network.address;
        reply_print(r, "%s%s %u.%u.%u.%u/%u", separator(i), entry->allow ? "allow" : "deny", address[0],
                    address[1], address[2], address[3], entry->network.bits);
    }
    reply_print(r, "\n");
}

static void print_targets(const sender_state *state, reply *r)
{
    reply_print(r, "\ttargets:%s", state->target_count == 0 ? " none" : "");
    for (size_t i = 0; i < state->target_count; i++) {
        const target *t = &state->targets[i];
        int bracket = strchr(t->host, ':') != NULL;
        reply_print(r, "%s%s%s%s", separator(i), bracket ? "[" : "", t->host, bracket ? "]" : "");
        if (t->port > 0)
            reply_print(r, ":%u", t->port);
        if (t->slices > 0)
            reply_print(r, "/%u:%u:%u", t->max_slice_bytes, t->data_slices, t->slices);
    }
    reply_print(r, "\n");
}

void senders_print(const senders *set, reply *r)
{
    for (size_t i = 0; i < set->table->count; i++) {
        const sw_sender *sender = &set->table->senders[i];
        const sender_state *state = &set->states[i];
        reply_print(r, "%s sender:\n\tstatus: %s\n", sender->name, state->on ? "on" : "off");
        if ((sender->abilities & SW_SENDER_HAS_ACCESS) != 0)
            print_access(state, r);
        if ((sender->abilities & SW_SENDER_HAS_TARGETS) != 0)
            print_targets(state, r);
    }
}

/* ---- the command ---- */

/* Changes what a sender does. */
static const char *change(sender_state *state, const sw_sender_arguments *arguments)
{
    switch (arguments->subcommand) {
    case SW_SENDER_ALLOW:
    case SW_SENDER_DENY: return set_access(state, &arguments->network, arguments->subcommand == SW_SENDER_ALLOW);
    case SW_SENDER_ADD: return add_target(state, &arguments->target);
    case SW_SENDER_DELETE: return delete_target(state, &arguments->target);
    default: state->on = arguments->subcommand == SW_SENDER_ON; return NULL;
    }
}

void senders_command(senders *set, const sw_argument *argv, size_t argc, reply *r)
{
    sw_sender_arguments arguments;
    int result = sw_sender_parse(set->table, argv, argc, &arguments, NULL);
    const char *failure = NULL;

    if (result == SW_E_SENDER_COMMAND)
        failure = SW_MESSAGE_SENDER_COMMAND;
    else if (result < 0 && arguments.sender == NULL)
        failure = sw_command_refusal(SW_E_COMMAND_SYNTAX);
    else if (result < 0 || arguments.subcommand == SW_SENDER_HELP)
        print_help(arguments.sender, r);
    else if (arguments.subcommand == SW_SENDER_LIST)
        print_names(set->table, r);
    else
        failure = change(&set->states[arguments.sender - set->table->senders], &arguments);
    if (failure != NULL)
        reply_fail(r, failure);
    else
        reply_finish(r, 0);
}
