/* SPDX-License-Identifier: ISC */
/* The command `sender` [protocol, section 9.2]: who may listen to a server's stream, and where it is sent.
 *
 * A sender is one way of streaming (http, dccp, udp). Some hold an access list of networks (allow, deny), some have
 * targets that they send to (add, delete); which is which is in a table, so a server with other senders uses one of
 * its own. Conventions are those of arguments.h: sw_sender_parse for servers, sw_sender_format for clients. What a
 * server answers to each outcome is not one rule, but written at sw_sender_parse. */
#ifndef SIDEWIRE_AUDIO_SENDER_H
#define SIDEWIRE_AUDIO_SENDER_H

#include <sidewire/audio/arguments.h>

SW_BEGIN_DECLS

enum { SW_HOST_MAX = 253 }; /* bytes of a host, as in the DNS */

/* What a sender can do beside on, off and help. */
enum {
    SW_SENDER_HAS_ACCESS = 1,  /* allow, deny */
    SW_SENDER_HAS_TARGETS = 2, /* add, delete */
    SW_SENDER_HAS_SLICES = 4   /* its targets may carry numbers of slices */
};

typedef struct sw_sender {
    const char *name;
    unsigned abilities;
} sw_sender;

typedef struct sw_sender_table {
    const sw_sender *senders;
    size_t count;
} sw_sender_table;

/* http, dccp and udp, all from memory. A server may use a table of its own. */
SW_API extern const sw_sender_table sw_senders;

typedef enum sw_sender_subcommand {
    SW_SENDER_LIST = 0, /* `sender` alone: list the names */
    SW_SENDER_ON = 1,
    SW_SENDER_OFF = 2,
    SW_SENDER_ALLOW = 3,
    SW_SENDER_DENY = 4,
    SW_SENDER_ADD = 5,
    SW_SENDER_DELETE = 6,
    SW_SENDER_HELP = 7
} sw_sender_subcommand;

/* ADDR[/BITS], IPv4. The bits behind the first `bits` are kept as given. */
typedef struct sw_network {
    uint8_t address[4]; /* in the order written */
    uint8_t bits;       /* 0 to 32, 32 if left out */
} sw_network;

/* HOST[:PORT][/MAX_SLICE_BYTES:DATA_SLICES:SLICES]. HOST is a name, an IPv4 address, or an IPv6
 * address in brackets, with a %ZONE if wanted; a bare IPv6 address is refused, since its port could
 * not be told. Numbers: PORT from 1, DATA_SLICES from 1, SLICES from DATA_SLICES on; the limits
 * are those of the types. */
typedef struct sw_target {
    sw_argument host; /* without brackets; has a colon only if IPv6 */
    uint16_t port;    /* 0: left out */
    uint16_t max_slice_bytes;
    uint8_t data_slices, slices; /* slices 0: all three left out */
} sw_target;

typedef struct sw_sender_arguments {
    const sw_sender *sender; /* in the table; NULL with SW_SENDER_LIST */
    sw_sender_subcommand subcommand;
    sw_network network; /* allow, deny; otherwise zero */
    sw_target target;   /* add, delete; otherwise zero */
} sw_sender_arguments;

/* What a server answers:
 * - SW_OK: the command is done;
 * - SW_E_SENDER, no sender has this name: the syntax error of sw_command_refusal, failure;
 * - SW_E_SENDER_COMMAND, a subcommand that it cannot do: SW_MESSAGE_SENDER_COMMAND, failure;
 * - any other error that left out->sender set: the help text of that sender, success. These are
 *   SW_E_ARGUMENT_MISSING, _EXTRA, _UNKNOWN (subcommand), _ADDRESS, _TARGET (its form), and
 *   _NUMBER, _SMALL, _LARGE (a number in either; limit: the least or most allowed).
 * out->sender is set as soon as the name is known; the rest of *out is zero on failure. */
SW_API int sw_sender_parse(const sw_sender_table *senders, const sw_argument *argv, size_t argc,
                           sw_sender_arguments *out, sw_error *error);
/* SW_E_VALUE (value: the argument's index): what the parser would refuse. Fields that the
 * subcommand does not use are not looked at. */
SW_API int sw_sender_format(const sw_sender_arguments *arguments, sw_argument_vector *out, sw_error *error);

SW_END_DECLS
#endif
