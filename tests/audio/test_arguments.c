/* SPDX-License-Identifier: ISC */
/* Typed arguments of stat, ff and jmp: accepted, refused,
 * written and read again. */
#include <sidewire/audio/arguments.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argument_support.h"

/* ---- calls of one shape ---- */

typedef union any_arguments {
    sw_stat_arguments stat;
    sw_ff_arguments ff;
    sw_jmp_arguments jmp;
} any_arguments;

static int stat_parse(const argument_list *list, any_arguments *out, sw_error *error)
{
    return sw_stat_parse(list->argv, list->argc, out == NULL ? NULL : &out->stat, error);
}

static int ff_parse(const argument_list *list, any_arguments *out, sw_error *error)
{
    return sw_ff_parse(list->argv, list->argc, out == NULL ? NULL : &out->ff, error);
}

static int jmp_parse(const argument_list *list, any_arguments *out, sw_error *error)
{
    return sw_jmp_parse(list->argv, list->argc, out == NULL ? NULL : &out->jmp, error);
}

static int stat_format(const void *arguments, sw_argument_vector *out, sw_error *error)
{
    return sw_stat_format(arguments, out, error);
}

static int ff_format(const void *arguments, sw_argument_vector *out, sw_error *error)
{
    return sw_ff_format(arguments, out, error);
}

static int jmp_format(const void *arguments, sw_argument_vector *out, sw_error *error)
{
    return sw_jmp_format(arguments, out, error);
}

enum { STAT, FF, JMP, COMMANDS };

static const struct command {
    int (*parse)(const argument_list *list, any_arguments *out, sw_error *error);
    formatter *format;
} commands[COMMANDS] = {
    { stat_parse, stat_format },
    { ff_parse, ff_format },
    { jmp_parse, jmp_format },
};

static const char *const good_lines[COMMANDS] = { "stat", "ff 1", "jmp 1" };

/* ---- accepted, with what is written for it ---- */

static const struct accepted {
    int command;
    const char *line;
    const char *written; /* NULL: the same */
    uint32_t number;     /* rounds, seconds or percent */
    int flag;            /* parser-friendly, or backward */
} accepted[] = {
    { STAT, "stat", NULL, 0, 0 },
    { STAT, "stat -p", NULL, 0, 1 },
    { STAT, "stat --", "stat", 0, 0 },
    { STAT, "stat -n=1", NULL, 1, 0 },
    { STAT, "stat -n=0", "stat", 0, 0 },
    { STAT, "stat -n=00012", "stat -n=12", 12, 0 },
    { STAT, "stat -n=4294967295", NULL, 4294967295, 0 },
    { STAT, "stat -n=00000000000000000004294967295", "stat -n=4294967295", 4294967295, 0 },
    { STAT, "stat -n=10 -p", NULL, 10, 1 },
    { STAT, "stat -p -n=10", "stat -n=10 -p", 10, 1 },
    { STAT, "stat -p -n=10 --", "stat -n=10 -p", 10, 1 },
    { STAT, "stat -n=3 -n=7", "stat -n=7", 7, 0 },
    { STAT, "stat -n=7 -n=0", "stat", 0, 0 },
    { STAT, "stat -p -p", "stat -p", 0, 1 },
    { FF, "ff 0", NULL, 0, 0 },
    { FF, "ff 0-", NULL, 0, 1 },
    { FF, "ff 30", NULL, 30, 0 },
    { FF, "ff 30-", NULL, 30, 1 },
    { FF, "ff 007-", "ff 7-", 7, 1 },
    { FF, "ff 4294967295-", NULL, 4294967295, 1 },
    { FF, "other 5", "ff 5", 5, 0 },
    { JMP, "jmp 0", NULL, 0, 0 },
    { JMP, "jmp 100", NULL, 100, 0 },
    { JMP, "jmp 101", NULL, 101, 0 },
    { JMP, "jmp 4294967295", NULL, 4294967295, 0 },
    { JMP, "jmp 010", "jmp 10", 10, 0 },
};

static void check_fields(const struct accepted *c, const any_arguments *out)
{
    switch (c->command) {
    case STAT:
        ck_assert_uint_eq(out->stat.rounds, c->number);
        ck_assert_int_eq(out->stat.parser_friendly, c->flag);
        break;
    case FF:
        ck_assert_uint_eq(out->ff.seconds, c->number);
        ck_assert_int_eq(out->ff.backward, c->flag);
        break;
    default: ck_assert_uint_eq(out->jmp.percent, c->number);
    }
}

static void parse_accepted(const struct accepted *c, const char *line)
{
    const struct command *command = &commands[c->command];
    const char *written = c->written != NULL ? c->written : c->line;
    argument_list list = list_of(line);
    any_arguments out;
    sw_error error = { 1, 2, 3 };

    memset(&out, 0x5a, sizeof(out));
    ck_assert_int_eq(command->parse(&list, &out, &error), SW_OK);
    check_error(line, error, SW_OK, 0, 0);
    check_fields(c, &out);
    check_format(command->format, &out, written);
    ck_assert_int_eq(command->parse(&list, &out, NULL), SW_OK);
    list_free(&list);
}

START_TEST(test_accepted)
{
    const struct accepted *c = &accepted[_i];

    parse_accepted(c, c->line);
    if (c->written != NULL)
        parse_accepted(c, c->written);
}
END_TEST

/* ---- refused ---- */

static const struct refused {
    int command;
    const char *line;
    int code;
    uint64_t value, limit;
} refused[] = {
    { STAT, "stat -n", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat -", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat ", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat x", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat -x", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat -pp", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat -p=", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat ---", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat n=1", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat -N=1", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat -n1", SW_E_ARGUMENT_UNKNOWN, 1, 0 },
    { STAT, "stat -p -n 1", SW_E_ARGUMENT_UNKNOWN, 2, 0 },
    { STAT, "stat -n=", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { STAT, "stat -n=-1", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { STAT, "stat -n=+1", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { STAT, "stat -n=1x", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { STAT, "stat -n=0x1", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { STAT, "stat -n=1\n", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { STAT, "stat -n=\t1", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { STAT, "stat -p -p -n=1.5", SW_E_ARGUMENT_NUMBER, 3, 0 },
    { STAT, "stat -n=x -n=1", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { STAT, "stat -n=4294967296", SW_E_ARGUMENT_LARGE, 1, 4294967295 },
    { STAT, "stat -p -n=18446744073709551617", SW_E_ARGUMENT_LARGE, 2, 4294967295 },
    { STAT, "stat -- ", SW_E_ARGUMENT_EXTRA, 2, 1 },
    { STAT, "stat -- --", SW_E_ARGUMENT_EXTRA, 2, 1 },
    { STAT, "stat -p -- -n=1 -p", SW_E_ARGUMENT_EXTRA, 3, 2 },
    { FF, "ff", SW_E_ARGUMENT_MISSING, 1, 0 },
    { FF, "ff 1 2", SW_E_ARGUMENT_EXTRA, 2, 1 },
    { FF, "ff 1 2 3", SW_E_ARGUMENT_EXTRA, 2, 1 },
    { FF, "ff 1 ", SW_E_ARGUMENT_EXTRA, 2, 1 },
    { FF, "ff ", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { FF, "ff -", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { FF, "ff -5", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { FF, "ff +5", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { FF, "ff 5--", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { FF, "ff 5-5", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { FF, "ff 5x", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { FF, "ff 1e3", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { FF, "ff 4294967296", SW_E_ARGUMENT_LARGE, 1, 4294967295 },
    { FF, "ff 4294967300-", SW_E_ARGUMENT_LARGE, 1, 4294967295 },
    { FF, "ff 99999999999999999999999999", SW_E_ARGUMENT_LARGE, 1, 4294967295 },
    { JMP, "jmp", SW_E_ARGUMENT_MISSING, 1, 0 },
    { JMP, "jmp 1 2", SW_E_ARGUMENT_EXTRA, 2, 1 },
    { JMP, "jmp ", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { JMP, "jmp 5-", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { JMP, "jmp 5%", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { JMP, "jmp -5", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { JMP, "jmp \xb2", SW_E_ARGUMENT_NUMBER, 1, 0 },
    { JMP, "jmp 4294967296", SW_E_ARGUMENT_LARGE, 1, 4294967295 },
    { STAT, NULL, SW_E_COMMAND_EMPTY, 0, 0 },
    { FF, NULL, SW_E_COMMAND_EMPTY, 0, 0 },
    { JMP, NULL, SW_E_COMMAND_EMPTY, 0, 0 },
};

START_TEST(test_refused)
{
    const struct refused *c = &refused[_i];
    const struct command *command = &commands[c->command];
    argument_list list = list_of(c->line);
    any_arguments out, untouched;
    sw_error error = { 1, 2, 3 };
    int result;

    memset(&out, 0x5a, sizeof(out));
    memset(&untouched, 0x5a, sizeof(untouched));
    result = command->parse(&list, &out, &error);
    ck_assert_msg(result == c->code, "%s: %d", c->line, result);
    check_error(c->line, error, c->code, c->value, c->limit);
    ck_assert_mem_eq(&out, &untouched, sizeof(out));
    ck_assert_int_eq(command->parse(&list, &out, NULL), c->code);
    list_free(&list);
}
END_TEST

/* ---- every short text ---- */

/* What ff and jmp take, said in another way: strtoul of digits that it takes all. */
static int oracle(const char *text, int may_minus, uint32_t *number, int *minus)
{
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return 0;
    *number = (uint32_t)strtoul(text, &end, 10);
    *minus = may_minus && *end == '-';
    return end[*minus] == '\0';
}

static void check_short(const char *text)
{
    char line[32];
    argument_list list;
    any_arguments out;
    uint32_t number;
    int minus, good;

    snprintf(line, sizeof(line), "ff %s", text);
    list = list_of(line);
    good = oracle(text, 1, &number, &minus);
    ck_assert_msg((sw_ff_parse(list.argv, list.argc, &out.ff, NULL) == SW_OK) == good, "%s", line);
    if (good)
        ck_assert_msg(out.ff.seconds == number && out.ff.backward == minus, "%s", line);
    good = oracle(text, 0, &number, &minus);
    ck_assert_msg((sw_jmp_parse(list.argv, list.argc, &out.jmp, NULL) == SW_OK) == good, "%s", line);
    if (good)
        ck_assert_msg(out.jmp.percent == number, "%s", line);
    list_free(&list);
}

/* Every text of up to five bytes of these. */
START_TEST(test_short_texts)
{
    static const char bytes[] = "019-+xX.";
    enum { KINDS = sizeof(bytes) - 1, LONGEST = 5 };

    for (unsigned len = 0, count = 1; len <= LONGEST; len++, count *= KINDS) {
        for (unsigned n = 0; n < count; n++) {
            char text[LONGEST + 1] = "";
            for (unsigned i = 0, rest = n; i < len; i++, rest /= KINDS)
                text[i] = bytes[rest % KINDS];
            check_short(text);
        }
    }
}
END_TEST

/* ---- every struct ---- */

static const uint32_t numbers[] = { 0, 1, 9, 10, 99, 100, 101, 65535, 65536, 4294967290, 4294967294, 4294967295 };

/* Formats, parses the result, and leaves that in *out. */
static void round_trip(const struct command *command, const void *arguments, any_arguments *out, char *buffer,
                       size_t cap)
{
    sw_argument_vector vector = { .buffer = buffer, .cap = cap };
    argument_list list = { 0, vector.argv };

    ck_assert_int_eq(command->format(arguments, &vector, NULL), SW_OK);
    list.argc = vector.argc;
    memset(out, 0x5a, sizeof(*out));
    ck_assert_int_eq(command->parse(&list, out, NULL), SW_OK);
}

START_TEST(test_round_trips)
{
    char buffer[64];
    any_arguments back;

    for (int flag = 0; flag <= 1; flag++) {
        sw_stat_arguments stat = { numbers[_i], flag };
        sw_ff_arguments ff = { numbers[_i], flag };
        round_trip(&commands[STAT], &stat, &back, buffer, sizeof(buffer));
        ck_assert_mem_eq(&back.stat, &stat, sizeof(stat));
        round_trip(&commands[FF], &ff, &back, buffer, sizeof(buffer));
        ck_assert_mem_eq(&back.ff, &ff, sizeof(ff));
    }
    {
        sw_jmp_arguments jmp = { numbers[_i] };
        round_trip(&commands[JMP], &jmp, &back, buffer, sizeof(buffer));
        ck_assert_mem_eq(&back.jmp, &jmp, sizeof(jmp));
    }
}
END_TEST

/* The bytes of a formatted command are what the encoder makes of its vector. */
START_TEST(test_body)
{
    static const sw_stat_arguments stat = { 3, 1 };
    char buffer[32];
    uint8_t body[32];
    sw_argument_vector vector = { .buffer = buffer, .cap = sizeof(buffer) };
    size_t len;

    ck_assert_int_eq(sw_stat_format(&stat, &vector, NULL), SW_OK);
    ck_assert_int_eq(sw_command_encode(vector.argv, vector.argc, body, sizeof(body), &len, NULL), SW_OK);
    ck_assert_uint_eq(len, vector.len);
    ck_assert_mem_eq(body, buffer, len);
}
END_TEST

/* ---- wrong use ---- */

START_TEST(test_null)
{
    argument_list list = list_of(good_lines[_i]);
    any_arguments out;
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(commands[_i].parse(&list, NULL, &error), SW_E_NULL);
    check_error("no out", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(commands[_i].parse(&list, NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(commands[_i].parse(&list, &out, NULL), SW_OK);
    check_format_null(commands[_i].format, &out);
    list_free(&list);
    list = list_of("a ");
    list.argv[1].len = 1;
    ck_assert_int_eq(commands[_i].parse(&list, &out, &error), SW_E_NULL);
    check_error("no text", error, SW_E_NULL, 1, 0);
    list_free(&list);
}
END_TEST

START_TEST(test_null_vectors)
{
    static const sw_argument no_name[] = { { NULL, 4 }, { "7", 1 } };
    static const sw_argument no_third[] = { { "stat", 4 }, { "-p", 2 }, { NULL, 1 } };
    any_arguments out;
    sw_error error;

    ck_assert_int_eq(sw_stat_parse(NULL, 1, &out.stat, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_ff_parse(NULL, 2, &out.ff, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_jmp_parse(NULL, 2, &out.jmp, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_ff_parse(no_name, 2, &out.ff, NULL), SW_OK); /* it is not looked at */
    ck_assert_int_eq(sw_stat_parse(no_third, 3, &out.stat, &error), SW_E_NULL);
    check_error("no third", error, SW_E_NULL, 2, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arguments");
    TCase *reading = suite_case(suite, "reading");
    TCase *writing = suite_case(suite, "writing");
    TCase *misuse = suite_case(suite, "misuse");

    tcase_add_loop_test(reading, test_accepted, 0, COUNT(accepted));
    tcase_add_loop_test(reading, test_refused, 0, COUNT(refused));
    tcase_add_test(reading, test_short_texts);
    tcase_add_loop_test(writing, test_round_trips, 0, COUNT(numbers));
    tcase_add_test(writing, test_body);
    tcase_add_loop_test(misuse, test_null, 0, COMMANDS);
    tcase_add_test(misuse, test_null_vectors);
    return run_suite(suite);
}
