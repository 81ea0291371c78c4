/* SPDX-License-Identifier: ISC */
/* Arguments of `sender` [protocol, section 9.2]: its one place for names and forms. */
#include <sidewire/audio/sender.h>

#include <string.h>

#include "arguments_internal.h"
#include "../error_internal.h"

/* From memory [M]: the names, and what each can do. */
static const sw_sender senders_known[] = {
    { "http", SW_SENDER_HAS_ACCESS },
    { "dccp", SW_SENDER_HAS_ACCESS | SW_SENDER_HAS_TARGETS | SW_SENDER_HAS_SLICES },
    { "udp", SW_SENDER_HAS_TARGETS | SW_SENDER_HAS_SLICES },
};

const sw_sender_table sw_senders = { senders_known, sizeof(senders_known) / sizeof(senders_known[0]) };

/* By sw_sender_subcommand; those that need an ability of the sender take an argument. */
static const struct {
    char name[7];
    uint8_t needs;
} subcommands[] = {
    { "", 0 },
    { "on", 0 },
    { "off", 0 },
    { "allow", SW_SENDER_HAS_ACCESS },
    { "deny", SW_SENDER_HAS_ACCESS },
    { "add", SW_SENDER_HAS_TARGETS },
    { "delete", SW_SENDER_HAS_TARGETS },
    { "help", 0 },
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

/* ---- addresses ---- */

/* The first such byte, or end. */
static const char *find(const char *p, const char *end, char byte)
{
    while (p < end && *p != byte)
        p++;
    return p;
}

/* Takes four numbers up to 255, without leading zeros, which would mean octal elsewhere. A failure
 * may leave its error to be overwritten. */
static int take_ipv4(argument_reader *reader, uint8_t *address)
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t octet;
        const char *start;
        int zero;
        if (i > 0 && !swi_argument_skip(reader, '.'))
            return 0;
        start = reader->p;
        zero = start < reader->end && *start == '0';
        if (swi_argument_number(reader, 0, 255, &octet) < 0 || (zero && reader->p - start > 1))
            return 0;
        address[i] = (uint8_t)octet;
    }
    return 1;
}

static int is_ipv4(const char *p, const char *end)
{
    argument_reader reader = { p, end, 0, NULL };
    uint8_t address[4];

    return take_ipv4(&reader, address) && reader.p == end;
}

static int is_letter(char c, char last)
{
    char lower = (char)(c | 0x20);

    return lower >= 'a' && lower <= last;
}

/* Groups of up to four hex digits; eight of them, the last two perhaps as an IPv4 address; or fewer
 * with one `::` for those left out. */
static int is_ipv6(const char *p, const char *end)
{
    unsigned groups = 0, gaps = 0;

    if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
        gaps = 1;
        p += 2;
    }
    while (p < end) {
        const char *start = p;
        while (p < end && p - start < 4 && (is_digit(*p) || is_letter(*p, 'f')))
            p++;
        if (p < end && *p == '.') {
            groups += 2;
            if (!is_ipv4(start, end))
                return 0;
            break;
        }
        groups++;
        if (p == start || (p < end && *p++ != ':'))
            return 0;
        if (p < end && *p == ':') {
            gaps++;
            p++;
        } else if (p == end && p[-1] == ':') {
            return 0;
        }
    }
    return gaps == 0 ? groups == 8 : gaps == 1 && groups < 8;
}

/* Bytes of host names and zones: letters, digits and `_`; behind one of them also `-` and dots. */
static int is_name(const char *p, const char *end)
{
    int fresh = 1;

    if (p == end)
        return 0;
    for (; p < end; p++) {
        int inner = *p == '-' || *p == '.';
        if ((!inner || fresh) && !is_digit(*p) && !is_letter(*p, 'z') && *p != '_')
            return 0;
        fresh = *p == '.';
    }
    return 1;
}

/* Digits and dots alone are an address, or nothing. */
static int is_host_name(const char *p, const char *end)
{
    const char *q = p;

    while (q < end && (is_digit(*q) || *q == '.'))
        q++;
    return q == end ? is_ipv4(p, end) : is_name(p, end);
}

static int is_host(const sw_argument *host)
{
    const char *end, *zone;

    if (host->data == NULL || host->len == 0 || host->len > SW_HOST_MAX)
        return 0;
    end = host->data + host->len;
    if (find(host->data, end, ':') == end)
        return is_host_name(host->data, end);
    zone = find(host->data, end, '%');
    return is_ipv6(host->data, zone) && (zone == end || is_name(zone + 1, end));
}

/* ---- reading, into a struct that is zero ---- */

static int read_network(argument_reader *reader, sw_network *network)
{
    uint32_t bits = 32;
    int result = SW_OK;

    if (!take_ipv4(reader, network->address))
        return swi_argument_fail(reader, SW_E_ARGUMENT_ADDRESS, 0);
    if (swi_argument_skip(reader, '/'))
        result = swi_argument_last_number(reader, 32, &bits);
    else if (reader->p != reader->end)
        result = swi_argument_fail(reader, SW_E_ARGUMENT_ADDRESS, 0);
    network->bits = (uint8_t)bits;
    return result;
}

/* Takes the host up to its port, slices or end; says whether it is one. */
static int take_host(argument_reader *reader, sw_argument *host)
{
    int bracket = swi_argument_skip(reader, '[');
    const char *end = find(reader->p, reader->end, bracket ? ']' : '/');
    const char *colon = find(reader->p, end, ':');

    if (bracket) {
        if (end == reader->end || colon == end)
            return 0;
    } else if (colon < end) {
        if (find(colon + 1, end, ':') < end)
            return 0; /* IPv6 without brackets */
        end = colon;
    }
    host->data = reader->p;
    host->len = (size_t)(end - reader->p);
    reader->p = end + bracket;
    return is_host(host);
}

/* A number behind a colon. */
static int read_field(argument_reader *reader, uint32_t least, uint32_t most, uint32_t *number)
{
    if (!swi_argument_skip(reader, ':'))
        return swi_argument_fail(reader, SW_E_ARGUMENT_TARGET, 0);
    return swi_argument_number(reader, least, most, number);
}

static int read_slices(argument_reader *reader, sw_target *target)
{
    uint32_t bytes = 0, data = 0, slices = 0;
    int result = swi_argument_number(reader, 0, UINT16_MAX, &bytes);

    if (result == SW_OK)
        result = read_field(reader, 1, UINT8_MAX, &data);
    if (result == SW_OK)
        result = read_field(reader, data, UINT8_MAX, &slices);
    if (result < 0)
        return result;
    target->max_slice_bytes = (uint16_t)bytes;
    target->data_slices = (uint8_t)data;
    target->slices = (uint8_t)slices;
    return SW_OK;
}

static int read_target(argument_reader *reader, int with_slices, sw_target *target)
{
    uint32_t port = 0;
    int good = take_host(reader, &target->host);
    int result = SW_OK;

    if (good && swi_argument_skip(reader, ':'))
        result = swi_argument_number(reader, 1, UINT16_MAX, &port);
    target->port = (uint16_t)port;
    if (good && result == SW_OK && with_slices && swi_argument_skip(reader, '/'))
        result = read_slices(reader, target);
    if (result == SW_OK && (!good || reader->p != reader->end))
        return swi_argument_fail(reader, SW_E_ARGUMENT_TARGET, 0);
    return result;
}

static const sw_sender *find_sender(const sw_sender_table *senders, const sw_argument *name)
{
    for (size_t i = 0; i < senders->count; i++)
        if (swi_argument_is(name, senders->senders[i].name))
            return &senders->senders[i];
    return NULL;
}

/* What follows the name of out->sender. */
static int read_subcommand(const sw_argument *argv, size_t argc, sw_sender_arguments *out, sw_error *error)
{
    unsigned abilities = out->sender->abilities, i = SUBCOMMANDS - 1, needs;
    size_t count;
    argument_reader reader;

    if (argc == 2)
        return swi_error_set(error, SW_E_ARGUMENT_MISSING, 2, 0);
    while (i > 0 && !swi_argument_is(&argv[2], subcommands[i].name))
        i--;
    if (i == 0)
        return swi_error_set(error, SW_E_ARGUMENT_UNKNOWN, 2, 0);
    needs = subcommands[i].needs;
    if ((needs & ~abilities) != 0)
        return swi_error_set(error, SW_E_SENDER_COMMAND, 2, 0);
    out->subcommand = (sw_sender_subcommand)i;
    count = needs != 0 ? 4 : 3;
    if (needs == 0 || argc != count)
        return swi_arguments_count(argc, count, count, error);
    swi_argument_open(&reader, argv, 3, error);
    if (needs == SW_SENDER_HAS_ACCESS)
        return read_network(&reader, &out->network);
    return read_target(&reader, (abilities & SW_SENDER_HAS_SLICES) != 0, &out->target);
}

int sw_sender_parse(const sw_sender_table *senders, const sw_argument *argv, size_t argc, sw_sender_arguments *out,
                    sw_error *error)
{
    const sw_sender *sender;
    int result;

    if (out == NULL)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    memset(out, 0, sizeof(*out));
    if (senders == NULL)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    result = swi_arguments_begin(argv, argc, 1, SIZE_MAX, out, error);
    if (result < 0 || argc == 1)
        return result;
    sender = find_sender(senders, &argv[1]);
    if (sender == NULL)
        return swi_error_set(error, SW_E_SENDER, 1, 0);
    out->sender = sender;
    result = read_subcommand(argv, argc, out, error);
    if (result < 0) {
        memset(out, 0, sizeof(*out));
        out->sender = sender;
    }
    return result;
}

/* ---- writing ---- */

/* A number behind another byte. */
static void write_field(sw_argument_vector *out, char byte, uint32_t number)
{
    swi_vector_byte(out, byte);
    swi_vector_number(out, number);
}

static int write_network(sw_argument_vector *out, const sw_network *network, sw_error *error)
{
    if (network->bits > 32)
        return swi_vector_refuse(out, NULL, error);
    swi_vector_next(out, "");
    swi_vector_number(out, network->address[0]);
    for (unsigned i = 1; i < 4; i++)
        write_field(out, '.', network->address[i]);
    write_field(out, '/', network->bits);
    return swi_vector_end(out, error);
}

/* Are the numbers of slices in order, or all left out? */
static int slices_valid(const sw_target *target, int allowed)
{
    if (target->slices == 0)
        return target->data_slices == 0 && target->max_slice_bytes == 0;
    return allowed && target->data_slices >= 1 && target->slices >= target->data_slices;
}

static int write_target(sw_argument_vector *out, const sw_target *target, int with_slices, sw_error *error)
{
    const sw_argument *host = &target->host;
    int bracket;

    if (!is_host(host) || !slices_valid(target, with_slices))
        return swi_vector_refuse(out, host, error);
    bracket = memchr(host->data, ':', host->len) != NULL;
    swi_vector_next(out, bracket ? "[" : "");
    swi_vector_bytes(out, host->data, host->len);
    if (bracket)
        swi_vector_byte(out, ']');
    if (target->port > 0)
        write_field(out, ':', target->port);
    if (target->slices > 0) {
        write_field(out, '/', target->max_slice_bytes);
        write_field(out, ':', target->data_slices);
        write_field(out, ':', target->slices);
    }
    return swi_vector_end(out, error);
}

int sw_sender_format(const sw_sender_arguments *arguments, sw_argument_vector *out, sw_error *error)
{
    const sw_sender *sender;
    unsigned i, needs;
    int result = swi_vector_begin(out, "sender", arguments, error);

    if (result < 0)
        return result;
    sender = arguments->sender;
    i = (unsigned)arguments->subcommand;
    if (sender == NULL && i == SW_SENDER_LIST)
        return swi_vector_end(out, error);
    if (sender == NULL || sender->name[0] == '\0' || i == SW_SENDER_LIST)
        return swi_vector_refuse(out, NULL, error);
    swi_vector_next(out, sender->name);
    if (i >= SUBCOMMANDS || (subcommands[i].needs & ~sender->abilities) != 0)
        return swi_vector_refuse(out, NULL, error);
    swi_vector_next(out, subcommands[i].name);
    needs = subcommands[i].needs;
    if (needs == SW_SENDER_HAS_ACCESS)
        return write_network(out, &arguments->network, error);
    if (needs == SW_SENDER_HAS_TARGETS)
        return write_target(out, &arguments->target, (sender->abilities & SW_SENDER_HAS_SLICES) != 0, error);
    return swi_vector_end(out, error);
}
