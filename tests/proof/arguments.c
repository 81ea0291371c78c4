/* SPDX-License-Identifier: ISC */
/* Argument vectors, and what is in them. Each of the texts ends where its buffer does. */
#include "any.h"

#include <sidewire/audio/arguments.h>
#include <sidewire/audio/sender.h>
#include <sidewire/command.h>

enum { SIZE = 64, ARGUMENTS = 3, END_MARK = 17 };

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

static void parse(const sw_argument *argv, size_t argc)
{
    any_arguments a;
    sw_error error;

    switch (any_int) {
    case 0: sw_stat_parse(argv, argc, any_int ? &a.stat : NULL, any_int ? &error : NULL); break;
    case 1: sw_ff_parse(argv, argc, any_int ? &a.ff : NULL, any_int ? &error : NULL); break;
    case 2: sw_jmp_parse(argv, argc, any_int ? &a.jmp : NULL, any_int ? &error : NULL); break;
    default:
        sw_sender_parse(any_int ? &sw_senders : NULL, argv, argc, any_int ? &a.sender : NULL,
                        any_int ? &error : NULL);
    }
}

void prove_arguments(void)
{
    static const char *const words[] = { "sender", "udp", "add" };
    sw_argument argv[4];
    size_t argc = any_size(4), len = any_size(11);

    any_bytes(bytes, SIZE);
    for (size_t i = 0; i < ARGUMENTS; i++)
        argv[i] = any_int ? (sw_argument){ any_int ? (const char *)bytes + (SIZE - 3) : NULL, 3 }
                          : sw_argument_of(words[i]);
    /*@ split len; */
    argv[3] = (sw_argument){ (const char *)bytes + (SIZE - len), len };
    /*@ split argc; */
    parse(argc > 0 || any_int ? argv + (4 - argc) : NULL, argc);
}

/* What is written goes on counting once the buffer is full. */
void prove_written(void)
{
    any_arguments a;
    sw_sender_arguments *sender = &a.sender;
    sw_argument_vector vector;
    size_t len = any_size(2);

    any_bytes(&a, sizeof(a));
    any_bytes(bytes, SIZE);
    /*@ split len; */
    sender->sender = any_int ? &sw_senders.senders[Frama_C_interval(0, 2)] : NULL;
    sender->target.host = (sw_argument){ any_int ? (const char *)bytes + (SIZE - len) : NULL, len };
    vector.buffer = (char *)out;
    vector.cap = SIZE;
    switch (any_int) {
    case 0: sw_stat_format(any_int ? &a.stat : NULL, any_int ? &vector : NULL, NULL); break;
    case 1: sw_ff_format(any_int ? &a.ff : NULL, any_int ? &vector : NULL, NULL); break;
    case 2: sw_jmp_format(any_int ? &a.jmp : NULL, any_int ? &vector : NULL, NULL); break;
    default: sw_sender_format(any_int ? sender : NULL, any_int ? &vector : NULL, NULL);
    }
}
