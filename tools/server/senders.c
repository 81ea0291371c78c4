#include "senders.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGE_FULL "too many entries"
#define MESSAGE_NO_TARGET "no such target"

struct access_entry {
    int allow;                   /* else deny */
    sw_network network;          /* without bits of hosts */
};

struct target {
    char host[SW_HOST_MAX + 1];
    uint16_t port;               /* this and the rest as in sw_target */
    uint16_t max_slice_bytes;
    uint8_t data_slices, slices;
};

/* The lists have all their room from the start, so that no command can fail for want of memory. */
struct sender_state {
    int on;
    size_t access_count, target_count;
    struct access_entry access[SENDER_ENTRIES_MAX];
    struct target targets[SENDER_ENTRIES_MAX];
};

int senders_init(struct senders *senders, const sw_sender_table *table)
{
    senders->table = table;
    senders->states = calloc(table->count, sizeof(*senders->states));
    return senders->states == NULL && table->count > 0 ? -1 : 0;
}

void senders_free(struct senders *senders)
{
    free(senders->states);
    senders->states = NULL;
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
static const char *set_access(struct sender_state *state, const sw_network *network, int allow)
{
    sw_network masked = without_host_bits(network);
    size_t i = 0;

    while (i < state->access_count && memcmp(&state->access[i].network, &masked, sizeof(masked)))
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
static size_t find_target(const struct sender_state *state, const sw_target *wanted)
{
    size_t i = 0;

    while (i < state->target_count && (state->targets[i].port != wanted->port ||
                                       !same_host(state->targets[i].host, &wanted->host)))
        i++;
    return i;
}

static const char *add_target(struct sender_state *state, const sw_target *added)
{
    size_t i = find_target(state, added);
    struct target *target = &state->targets[i];

    if (i == SENDER_ENTRIES_MAX)
        return MESSAGE_FULL;
    if (i == state->target_count) {
        state->target_count++;
        memcpy(target->host, added->host.data, added->host.len);
        target->host[added->host.len] = '\0';
        target->port = added->port;
    }
    target->max_slice_bytes = added->max_slice_bytes;
    target->data_slices = added->data_slices;
    target->slices = added->slices;
    return NULL;
}

static const char *delete_target(struct sender_state *state, const sw_target *deleted)
{
    size_t i = find_target(state, deleted);
    struct target *target = &state->targets[i];

    if (i == state->target_count)
        return MESSAGE_NO_TARGET;
    state->target_count--;
    memmove(target, target + 1, (state->target_count - i) * sizeof(*target));
    return NULL;
}

/* ---- texts ---- */

static void print_names(const sw_sender_table *table, struct reply *reply)
{
    reply_begin(reply, SW_BAND_OUTPUT);
    for (size_t i = 0; i < table->count; i++)
        reply_print(reply, "%s\n", table->senders[i].name);
}

static void print_help(const sw_sender *sender, struct reply *reply)
{
    static const struct {
        unsigned needs;          /* all of these abilities */
        const char *text;
    } lines[] = {
        { 0, "on                 start sending\n" },
        { 0, "off                stop sending\n" },
        { SW_SENDER_HAS_ACCESS,
          "allow ADDR[/BITS]  let this IPv4 address or network connect\n" },
        { SW_SENDER_HAS_ACCESS,
          "deny ADDR[/BITS]   do not let this IPv4 address or network connect\n" },
        { SW_SENDER_HAS_TARGETS, "add TARGET         send to this target too\n" },
        { SW_SENDER_HAS_TARGETS, "delete TARGET      send to this target no more\n" },
        { 0, "help               print this text\n" },
        { SW_SENDER_HAS_TARGETS,
          "A target is HOST, HOST:PORT, [IPV6] or [IPV6]:PORT.\n" },
        { SW_SENDER_HAS_TARGETS | SW_SENDER_HAS_SLICES,
          "/MAX_SLICE_BYTES:DATA_SLICES:SLICES may follow; adding it again changes them.\n" },
    };

    reply_begin(reply, SW_BAND_OUTPUT);
    reply_print(reply, "The %s sender is simulated: nothing is really sent.\n", sender->name);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if ((lines[i].needs & ~sender->abilities) == 0)
            reply_print(reply, "%s", lines[i].text);
}

/* What stands in front of an entry. */
static const char *separator(size_t i)
{
    return i == 0 ? " " : ", ";
}

static void print_access(const struct sender_state *state, struct reply *reply)
{
    reply_print(reply, "\taccess:%s", state->access_count == 0 ? " none" : "");
    for (size_t i = 0; i < state->access_count; i++) {
        const struct access_entry *entry = &state->access[i];
        const uint8_t *address = entry->network.address;
        reply_print(reply, "%s%s %u.%u.%u.%u/%u", separator(i), entry->allow ? "allow" : "deny",
                    address[0], address[1], address[2], address[3], entry->network.bits);
    }
    reply_print(reply, "\n");
}

static void print_targets(const struct sender_state *state, struct reply *reply)
{
    reply_print(reply, "\ttargets:%s", state->target_count == 0 ? " none" : "");
    for (size_t i = 0; i < state->target_count; i++) {
        const struct target *target = &state->targets[i];
        int bracket = strchr(target->host, ':') != NULL;
        reply_print(reply, "%s%s%s%s", separator(i), bracket ? "[" : "", target->host,
                    bracket ? "]" : "");
        if (target->port > 0)
            reply_print(reply, ":%u", target->port);
        if (target->slices > 0)
            reply_print(reply, "/%u:%u:%u", target->max_slice_bytes, target->data_slices,
                        target->slices);
    }
    reply_print(reply, "\n");
}

void senders_print(const struct senders *senders, struct reply *reply)
{
    for (size_t i = 0; i < senders->table->count; i++) {
        const sw_sender *sender = &senders->table->senders[i];
        const struct sender_state *state = &senders->states[i];
        reply_print(reply, "%s sender:\n\tstatus: %s\n", sender->name, state->on ? "on" : "off");
        if ((sender->abilities & SW_SENDER_HAS_ACCESS) != 0)
            print_access(state, reply);
        if ((sender->abilities & SW_SENDER_HAS_TARGETS) != 0)
            print_targets(state, reply);
    }
}

/* ---- the command ---- */

/* Changes what a sender does. */
static const char *change(struct sender_state *state, const sw_sender_arguments *arguments)
{
    switch (arguments->subcommand) {
    case SW_SENDER_ALLOW:
    case SW_SENDER_DENY:
        return set_access(state, &arguments->network,
                          arguments->subcommand == SW_SENDER_ALLOW);
    case SW_SENDER_ADD:
        return add_target(state, &arguments->target);
    case SW_SENDER_DELETE:
        return delete_target(state, &arguments->target);
    default:
        state->on = arguments->subcommand == SW_SENDER_ON;
        return NULL;
    }
}

void senders_command(struct senders *senders, const sw_argument *argv, size_t argc,
                     struct reply *reply)
{
    sw_sender_arguments arguments;
    int result = sw_sender_parse(senders->table, argv, argc, &arguments, NULL);
    const char *failure = NULL;

    if (result == SW_E_SENDER_COMMAND)
        failure = SW_MESSAGE_SENDER_COMMAND;
    else if (result < 0 && arguments.sender == NULL)
        failure = sw_command_refusal(SW_E_COMMAND_SYNTAX);
    else if (result < 0 || arguments.subcommand == SW_SENDER_HELP)
        print_help(arguments.sender, reply);
    else if (arguments.subcommand == SW_SENDER_LIST)
        print_names(senders->table, reply);
    else
        failure = change(&senders->states[arguments.sender - senders->table->senders],
                         &arguments);
    if (failure != NULL)
        reply_fail(reply, failure);
    else
        reply_finish(reply, 0);
}
