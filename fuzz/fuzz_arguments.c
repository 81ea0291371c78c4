/* SPDX-License-Identifier: ISC */
/* Typed arguments: what a parser takes is written and reads the same again, into no buffer that is
 * too small; what it refuses leaves nothing behind but an error that names an argument. Input: the
 * body of a COMMAND packet, whose arguments every parser gets. */
#include <sidewire/audio/sender.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef enum kind { STAT, FF, JMP, SENDER, OTHER_SENDER, KINDS } kind;

typedef union any_arguments {
    sw_stat_arguments stat;
    sw_ff_arguments ff;
    sw_jmp_arguments jmp;
    sw_sender_arguments sender;
} any_arguments;

/* Another server's: targets without slices, and a name without abilities. */
static const sw_sender other_senders[] = { { "udp", SW_SENDER_HAS_TARGETS }, { "http", 0 } };
static const sw_sender_table other = { other_senders, 2 };

enum {
    UNTOUCHED = 0x5a,
    EVERY_SIZE_MAX = 512 /* bytes of a body for which each smaller size is tried */
};

static int parse(kind k, const sw_argument *argv, size_t argc, any_arguments *out, sw_error *error)
{
    memset(out, UNTOUCHED, sizeof(*out));
    switch (k) {
    case STAT: return sw_stat_parse(argv, argc, &out->stat, error);
    case FF: return sw_ff_parse(argv, argc, &out->ff, error);
    case JMP: return sw_jmp_parse(argv, argc, &out->jmp, error);
    default: return sw_sender_parse(k == SENDER ? &sw_senders : &other, argv, argc, &out->sender, error);
    }
}

static int format(kind k, const any_arguments *arguments, sw_argument_vector *out, sw_error *error)
{
    switch (k) {
    case STAT: return sw_stat_format(&arguments->stat, out, error);
    case FF: return sw_ff_format(&arguments->ff, out, error);
    case JMP: return sw_jmp_format(&arguments->jmp, out, error);
    default: return sw_sender_format(&arguments->sender, out, error);
    }
}

/* The text in a struct, or NULL. */
static sw_argument *text_in(kind k, any_arguments *arguments)
{
    return k >= SENDER ? &arguments->sender.target.host : NULL;
}

/* ---- refused ---- */

/* The codes of each parser by its header, ended by 0. */
static const int codes[][11] = {
    [STAT] = { SW_E_ARGUMENT_EXTRA, SW_E_ARGUMENT_NUMBER, SW_E_ARGUMENT_LARGE, SW_E_ARGUMENT_UNKNOWN },
    [FF] = { SW_E_ARGUMENT_EXTRA, SW_E_ARGUMENT_MISSING, SW_E_ARGUMENT_NUMBER, SW_E_ARGUMENT_LARGE },
    [JMP] = { SW_E_ARGUMENT_EXTRA, SW_E_ARGUMENT_MISSING, SW_E_ARGUMENT_NUMBER, SW_E_ARGUMENT_LARGE },
    [SENDER] = { SW_E_SENDER, SW_E_SENDER_COMMAND, SW_E_ARGUMENT_EXTRA, SW_E_ARGUMENT_MISSING,
                 SW_E_ARGUMENT_UNKNOWN, SW_E_ARGUMENT_ADDRESS, SW_E_ARGUMENT_TARGET, SW_E_ARGUMENT_NUMBER,
                 SW_E_ARGUMENT_SMALL, SW_E_ARGUMENT_LARGE },
};

static void check_error(const int *possible, int code, const sw_error *error, size_t argc)
{
    while (*possible != 0 && *possible != code)
        possible++;
    check_result("code of this parser", *possible, code);
    check_result("code", error->code, code);
    check(error->value > 0 && error->value <= argc, "an error names an argument");
    check((error->value == argc) == (code == SW_E_ARGUMENT_MISSING), "only one that is missing is not there");
}

static void check_refused(kind k, int code, const sw_error *error, const any_arguments *out, size_t argc)
{
    any_arguments expected;

    check_error(codes[k < SENDER ? k : SENDER], code, error, argc);
    memset(&expected, UNTOUCHED, sizeof(expected));
    if (k >= SENDER) {
        memset(&expected.sender, 0, sizeof(expected.sender));
        expected.sender.sender = out->sender.sender;
        check((out->sender.sender == NULL) == (code == SW_E_SENDER), "the sender is known");
    }
    check_bytes("after an error", out, sizeof(*out), &expected, sizeof(expected));
}

/* ---- taken ---- */

static void check_target(const sw_target *target, unsigned abilities)
{
    check((abilities & SW_SENDER_HAS_TARGETS) != 0, "the sender has targets");
    check(target->host.len > 0 && target->host.len <= SW_HOST_MAX, "a host has its size");
    for (size_t i = 0; i < target->host.len; i++)
        check(target->host.data[i] > ' ' && target->host.data[i] < 0x7f, "a host can be shown");
    if (target->slices == 0)
        check(target->data_slices == 0 && target->max_slice_bytes == 0, "all three are left out");
    else
        check((abilities & SW_SENDER_HAS_SLICES) != 0 && target->data_slices > 0 &&
                  target->data_slices <= target->slices,
              "slices are in order");
}

static void check_sender(const sw_sender_arguments *sender)
{
    static const sw_target no_target;

    check((sender->sender == NULL) == (sender->subcommand == SW_SENDER_LIST),
          "all but the list is about a sender");
    check(sender->network.bits <= 32, "a network has at most 32 bits");
    if (sender->subcommand == SW_SENDER_ADD || sender->subcommand == SW_SENDER_DELETE)
        check_target(&sender->target, sender->sender->abilities);
    else
        check_bytes("no target", &sender->target, sizeof(no_target), &no_target, sizeof(no_target));
}

static void check_values(kind k, const any_arguments *arguments)
{
    if (k == STAT)
        check((arguments->stat.parser_friendly & ~1) == 0, "a flag is 0 or 1");
    else if (k == FF)
        check((arguments->ff.backward & ~1) == 0, "a flag is 0 or 1");
    else if (k >= SENDER)
        check_sender(&arguments->sender);
}

/* ---- written ---- */

/* NULL for no bytes: any that is touched is one too many. */
static sw_argument_vector vector_of(size_t cap)
{
    sw_argument_vector vector;

    memset(&vector, UNTOUCHED, sizeof(vector));
    vector.buffer = cap > 0 ? (char *)exact_block(cap) : NULL;
    vector.cap = cap;
    return vector;
}

/* Writes to a buffer that is too small. Returns how many bytes are needed. */
static size_t write_short(kind k, const any_arguments *arguments, size_t cap)
{
    sw_argument_vector vector = vector_of(cap);
    sw_error error;

    check_result("no space", format(k, arguments, &vector, &error), SW_E_SPACE);
    check_result("code", error.code, SW_E_SPACE);
    check_number("room", error.value, cap);
    check_number("arguments without space", vector.argc, 0);
    check_number("bytes without space", vector.len, 0);
    check_zero("argv without space", vector.argv, sizeof(vector.argv));
    free(vector.buffer);
    return (size_t)error.limit;
}

/* The vector is the body of a COMMAND packet, and reads as what it was written from. */
static void read_again(kind k, any_arguments *first, const sw_argument_vector *vector)
{
    sw_argument argv[SW_VECTOR_MAX];
    sw_argument *before = text_in(k, first);
    sw_command_info info;
    any_arguments again;

    check_result("body",
                 sw_command_decode((const uint8_t *)vector->buffer, vector->len, argv, SW_VECTOR_MAX, &info, NULL),
                 SW_OK);
    check(!info.unterminated, "the last argument has its NUL");
    check_number("arguments", info.count, vector->argc);
    for (size_t i = 0; i < info.count; i++)
        check(vector->argv[i].data == argv[i].data && vector->argv[i].len == argv[i].len,
              "argv points to the arguments");
    check_result("again", parse(k, argv, info.count, &again, NULL), SW_OK);
    if (before != NULL) {
        sw_argument *behind = text_in(k, &again);
        check_bytes("text", behind->data, behind->len, before->data, before->len);
        behind->data = before->data;
    }
    check_bytes("again", &again, sizeof(again), first, sizeof(*first));
}

static void round_trip(kind k, any_arguments *arguments)
{
    size_t need = write_short(k, arguments, 0);
    sw_argument_vector vector = vector_of(need);

    for (size_t cap = need > EVERY_SIZE_MAX ? need - 1 : 1; cap < need; cap++)
        check_number("room needed", write_short(k, arguments, cap), need);
    check_result("format", format(k, arguments, &vector, NULL), SW_OK);
    check_number("bytes", vector.len, need);
    read_again(k, arguments, &vector);
    free(vector.buffer);
}

/* ---- all ---- */

static void check_kind(kind k, const sw_argument *argv, size_t argc)
{
    any_arguments arguments;
    sw_error error;
    int result = parse(k, argv, argc, &arguments, &error);

    if (result < 0) {
        check_refused(k, result, &error, &arguments, argc);
        return;
    }
    check_result("code", error.code, SW_OK);
    check_values(k, &arguments);
    round_trip(k, &arguments);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sw_argument *argv = calloc(size + 1, sizeof(*argv));
    sw_command_info info;

    check(argv != NULL, "there is memory");
    if (sw_command_decode(data, size, argv, size + 1, &info, NULL) == SW_OK) {
        for (size_t i = 0; i < info.count; i++)
            argv[i].data = (const char *)exact_copy(argv[i].data, argv[i].len);
        for (kind k = 0; k < KINDS; k++)
            check_kind(k, argv, info.count);
        for (size_t i = 0; i < info.count; i++)
            free((void *)(uintptr_t)argv[i].data); /* sheds the const */
    }
    free(argv);
    return 0;
}
