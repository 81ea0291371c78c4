/* SPDX-License-Identifier: ISC */
/* What of the events passes a filter. */
#include "event_log.h"
#include "show/filter.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *words; /* N: a session, u=NAME, all else: a band */
    const char *log;
} cases[] = {
    { "",
      "begin 1 alice\nS>C OUTPUT 1/1\nS>C EXIT__SUCCESS 0/0\nS>C lost 3/3\nend greeted\n"
      "begin 2 bob\nC>S COMMAND 2/2\nC>S command 2/2\nend greeted\n"
      "begin 3 \nS>C text 5/5\nend greeted\n" },
    { "2", "begin 2 bob\nC>S COMMAND 2/2\nC>S command 2/2\nend greeted\n" },
    { "3 1 output", "begin 1 alice\nS>C OUTPUT 1/1\nend greeted\nbegin 3 \nend greeted\n" },
    { "4", "" },
    { "u=bob", "begin 2 bob\nC>S COMMAND 2/2\nC>S command 2/2\nend greeted\n" },
    { "u=bo", "" },
    { "u=Bob", "" },
    { "u=", "" },
    { "u=bob u=alice 1",
      "begin 1 alice\nS>C OUTPUT 1/1\nS>C EXIT__SUCCESS 0/0\nS>C lost 3/3\n"
      "end greeted\n" },
    { "1 exit__success Lost", "begin 1 alice\nS>C EXIT__SUCCESS 0/0\nS>C lost 3/3\nend greeted\n" },
    { "2 COMMAND", "begin 2 bob\nC>S COMMAND 2/2\nC>S command 2/2\nend greeted\n" },
    { "TEXT u=alice", "begin 1 alice\nend greeted\n" },
    { "3 text", "begin 3 \nS>C text 5/5\nend greeted\n" },
};

static void add_word(filter *wanted, const char *word)
{
    if (strncmp(word, "u=", 2) == 0)
        filter_user(wanted, word + 2);
    else if (strspn(word, "0123456789") > 0)
        filter_session(wanted, strtoul(word, NULL, 10));
    else
        ck_assert_int_eq(filter_band(wanted, word), 0);
}

static void send_session(const event_sink *sink, uint64_t number, const char *user, const item *items, int count)
{
    session_info info = {
        .number = number, .request_seen = user != NULL, .user = user, .user_len = user != NULL ? strlen(user) : 0
    };
    outcome end = { .exit_status = -1 };

    sink->begin(sink->ctx, &info);
    for (int i = 0; i < count; i++)
        sink->item(sink->ctx, &info, &items[i]);
    sink->end(sink->ctx, &info, &end);
}

static void send_all(const event_sink *sink)
{
    static const item first[] = {
        { .kind = ITEM_DATA, .side = FROM_SERVER, .band = SW_BAND_OUTPUT, .size = 1, .came = 1 },
        { .kind = ITEM_DATA, .side = FROM_SERVER, .band = SW_BAND_EXIT_SUCCESS },
        { .kind = ITEM_LOST, .side = FROM_SERVER, .band = BAND_NONE, .size = 3, .came = 3 },
    };
    static const item second[] = {
        { .kind = ITEM_COMMAND, .side = FROM_CLIENT, .band = SW_BAND_COMMAND, .size = 2, .came = 2 },
        { .kind = ITEM_COMMAND, .side = FROM_CLIENT, .band = BAND_NONE, .size = 2, .came = 2 },
    };
    static const item third[] = {
        { .kind = ITEM_DATA, .side = FROM_SERVER, .band = BAND_NONE, .size = 5, .came = 5 },
    };

    send_session(sink, 1, "alice", first, COUNT(first));
    send_session(sink, 2, "bob", second, COUNT(second));
    send_session(sink, 3, NULL, third, COUNT(third));
}

START_TEST(selected)
{
    char *words = strdup(cases[_i].words);
    filter wanted = { 0 };
    event_log log = { 0 };
    event_sink end = event_log_open(&log);
    filtered s;
    event_sink sink = filter_sink(&s, &wanted, &end);
    char *state;

    for (char *word = strtok_r(words, " ", &state); word != NULL; word = strtok_r(NULL, " ", &state))
        add_word(&wanted, word);
    ck_assert_int_eq(filter_is_all(&wanted), cases[_i].words[0] == '\0');
    send_all(&sink);
    ck_assert_msg(strcmp(event_log_text(&log), cases[_i].log) == 0, "%s:\n%s", cases[_i].words,
                  event_log_text(&log));
    event_log_close(&log);
    filter_clear(&wanted);
    free(words);
}
END_TEST

START_TEST(unknown_band)
{
    filter wanted = { 0 };

    ck_assert_int_eq(filter_band(&wanted, "OUTPUTS"), -1);
    ck_assert_int_eq(filter_band(&wanted, ""), -1);
    ck_assert_int_eq(filter_band(&wanted, "ANY"), -1);
    ck_assert_int_eq(filter_is_all(&wanted), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump filter");
    TCase *tcase = suite_case(suite, "filter");

    tcase_add_loop_test(tcase, selected, 0, COUNT(cases));
    tcase_add_test(tcase, unknown_band);
    return run_suite(suite);
}
