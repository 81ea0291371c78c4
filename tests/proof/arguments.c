/* SPDX-License-Identifier: ISC */
/* Argument vectors, and what is in them. Each of the texts ends where its buffer does. */
#include "any.h"

#include <sidewire/audio/arguments.h>
#include <sidewire/audio/sender.h>
#include <sidewire/command.h>

enum { SIZE = 64, ARGUMENTS = 3, END_MARK = 17, NUMBER = 5, TEXT = 4, NAME = 7, HOST = 3, ROOM = 18 };

static uint8_t bytes[SIZE], out[SIZE];

/* ---- vectors ---- */

static void decode(int is_legacy, size_t least, size_t most)
{
    sw_argument argv[ARGUMENTS];
    sw_command_info info;
    sw_error error;
    size_t len = Frama_C_size_t_interval(least, most);
    size_t max = any_size(ARGUMENTS);

    any_bytes(bytes, SIZE);
    /*@ split len; */
    /*@ split max; */
    if (is_legacy)
        sw_command_decode_legacy(bytes + (SIZE - len), len, argv + (ARGUMENTS - max), max, &info, &error);
    else
        sw_command_decode(bytes + (SIZE - len), len, argv + (ARGUMENTS - max), max, &info, &error);
    /*@ merge max; */
    /*@ merge len; */
}

static void encode(int is_legacy, size_t least, size_t most)
{
    sw_argument argv[2];
    sw_error error;
    size_t first = any_size(2), second = any_size(2), cap = Frama_C_size_t_interval(least, most), len;
    uint8_t *to;

    any_bytes(bytes, SIZE);
    /*@ split first; */
    /*@ split second; */
    /*@ split cap; */
    argv[0] = (sw_argument){ (const char *)bytes + (SIZE - first), first };
    argv[1] = (sw_argument){ second > 0 ? (const char *)bytes + (SIZE - second) : NULL, second };
    to = out + (SIZE - cap);
    if (is_legacy)
        sw_command_encode_legacy(argv, 2, to, cap, &len, any_int ? &error : NULL);
    else
        sw_command_encode(argv, 2, to, cap, &len, any_int ? &error : NULL);
    /*@ merge cap; */
    /*@ merge second; */
    /*@ merge first; */
}

static void misuse(void)
{
    sw_argument one = { any_int ? (const char *)bytes : NULL, any_size(SIZE) };
    sw_command_info info;
    size_t len;

    sw_command_encode(any_int ? &one : NULL, any_size(1), any_int ? out : NULL, 0, any_int ? &len : NULL, NULL);
    sw_command_encode(NULL, (size_t)any_64, out, SIZE, &len, NULL);
    sw_command_decode(NULL, (size_t)any_64, NULL, 0, any_int ? &info : NULL, NULL);
    sw_command_decode(bytes, (size_t)any_64, NULL, 1, &info, NULL);
    (void)sw_command_legacy_complete(NULL, (size_t)any_64);
    (void)sw_command_refusal(any_int);
}

void prove_vectors(void)
{
    any_bytes(bytes, SIZE);
    switch (any_int) {
    case 0: decode(0, 0, 5); break;
    case 1: decode(1, 0, END_MARK + 3); break;
    case 2: encode(0, 0, 6); break;
    case 3: encode(1, END_MARK, END_MARK + 6); break;
    default: misuse();
    }
}

/* ---- typed arguments ---- */

typedef struct any_arguments {
    sw_stat_arguments stat;
    sw_ff_arguments ff;
    sw_jmp_arguments jmp;
    sw_sender_arguments sender;
} any_arguments;

/* A text of that many bytes at the end of the buffer. */
static sw_argument any_text(size_t len)
{
    any_bytes(bytes, SIZE);
    return (sw_argument){ (const char *)bytes + (SIZE - len), len };
}

static void misuse_arguments(void)
{
    any_arguments a;
    sw_argument argv[] = { sw_argument_of("stat"), { NULL, any_size(1) } };

    switch (any_int) {
    case 0: sw_stat_parse(any_int ? argv : NULL, any_size(2), any_int ? &a.stat : NULL, NULL); break;
    case 1: sw_ff_parse(any_int ? argv : NULL, any_size(2), any_int ? &a.ff : NULL, NULL); break;
    case 2: sw_jmp_parse(any_int ? argv : NULL, any_size(2), any_int ? &a.jmp : NULL, NULL); break;
    default:
        sw_sender_parse(any_int ? &sw_senders : NULL, any_int ? argv : NULL, any_size(2),
                        any_int ? &a.sender : NULL, NULL);
    }
}

/* The rounds of stat, and the one number of ff and jmp. */
void prove_typed_numbers(void)
{
    any_arguments a;
    sw_error error;
    sw_argument argv[] = { sw_argument_of("name"), { NULL, 0 }, sw_argument_of("-p") };

    misuse_arguments();
    /*@ loop unroll 20; */
    for (size_t len = 0; len <= NUMBER; len++) {
        /*@ slevel merge; */
        argv[1] = any_text(len);
        sw_stat_parse(argv, 3, &a.stat, &error);
        sw_ff_parse(argv, 2, &a.ff, &error);
        sw_jmp_parse(argv, 2, &a.jmp, any_int ? &error : NULL);
    }
}

/* The name of the sender, what it is to do, and for each form of the rest of it any text. */
void prove_typed_sender(void)
{
    sw_sender_arguments sender;
    sw_error error;
    sw_argument udp[] = { sw_argument_of("sender"), sw_argument_of("udp"), sw_argument_of("add"), { NULL, 0 } };
    sw_argument http[] = {
        sw_argument_of("sender"), sw_argument_of("http"), sw_argument_of("allow"), { NULL, 0 }
    };

    misuse_arguments();
    /*@ loop unroll 20; */
    for (size_t len = 0; len <= TEXT; len++) {
        /*@ slevel merge; */
        udp[3] = http[3] = any_text(len);
        sw_sender_parse(&sw_senders, udp, 4, &sender, &error);
        sw_sender_parse(&sw_senders, http, 4, &sender, &error);
    }
    /*@ loop unroll 20; */
    for (size_t len = 0; len <= NAME; len++) {
        /*@ slevel merge; */
        http[2] = any_text(len);
        sw_sender_parse(&sw_senders, http, 3, &sender, &error);
        http[1] = any_text(len);
        sw_sender_parse(&sw_senders, http, 2, &sender, &error);
    }
}

/* One, to a buffer of that size that ends where its memory does. */
static sw_argument_vector room(size_t cap)
{
    return (sw_argument_vector){ .buffer = (char *)out + (SIZE - cap), .cap = cap };
}

static void misuse_written(any_arguments *a)
{
    sw_argument_vector vector = { .buffer = NULL, .cap = any_size(1) };

    switch (any_int) {
    case 0: sw_stat_format(any_int ? &a->stat : NULL, any_int ? &vector : NULL, NULL); break;
    case 1: sw_ff_format(any_int ? &a->ff : NULL, any_int ? &vector : NULL, NULL); break;
    case 2: sw_jmp_format(any_int ? &a->jmp : NULL, any_int ? &vector : NULL, NULL); break;
    default: sw_sender_format(any_int ? &a->sender : NULL, any_int ? &vector : NULL, NULL);
    }
}

/* What is written goes on counting once the buffer is full. */
void prove_written_numbers(void)
{
    any_arguments a;
    sw_argument_vector vector;
    sw_error error;

    any_bytes(&a, sizeof(a));
    a.sender.sender = any_int ? &sw_senders.senders[0] : NULL;
    misuse_written(&a);
    /*@ loop unroll 20; */
    for (size_t cap = 0; cap <= ROOM; cap++) {
        /*@ slevel merge; */
        vector = room(cap);
        switch (any_int) {
        case 0: sw_stat_format(&a.stat, &vector, &error); break;
        case 1: sw_ff_format(&a.ff, &vector, &error); break;
        default: sw_jmp_format(&a.jmp, &vector, any_int ? &error : NULL);
        }
    }
}

void prove_written_sender(void)
{
    sw_sender_arguments sender;
    sw_argument_vector vector;
    sw_error error;

    any_bytes(&sender, sizeof(sender));
    sender.sender = any_int ? &sw_senders.senders[0] : any_int ? &sw_senders.senders[2] : NULL;
    /*@ loop unroll 20; */
    for (size_t len = 0; len <= HOST; len++) {
        /*@ slevel merge; */
        sender.target.host = any_text(len);
        vector = room(SIZE);
        sw_sender_format(&sender, &vector, &error);
    }
    /*@ loop unroll 20; */
    for (size_t cap = 0; cap <= ROOM; cap++) {
        /*@ slevel merge; */
        vector = room(cap);
        sw_sender_format(&sender, &vector, any_int ? &error : NULL);
    }
}
