/* SPDX-License-Identifier: ISC */
/* What an observer tells, event for event, where it is lost between records and looks for one that opens; and how many numbers
 * it tries for that. */
#include "event_lines.h"
#include "fake_crypto.h"
#include "sealed_scene.h"
#include "suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT = SW_FROM_CLIENT, SERVER = SW_FROM_SERVER, BASE = 154 /* where the server's records begin */ };

static fake_crypto fake;
static sealed_scene s;
static event_lines lines;

/* What is told is written down from here on. */
static void begin(observed_keys when)
{
    fake_crypto_init(&fake, 1);
    lines = (event_lines){ .len = 0 };
    sealed_scene_open(&s, &fake.table, SW_SUITE_AESGCM, when);
    if (when == KEYS_AT_CHALLENGE)
        sealed_scene_feed_all(&s, CLIENT); /* the keys are proved */
    s.seen.told = event_lines_note;
    s.seen.context = &lines;
}

static void hear(size_t from, size_t until)
{
    sealed_scene_feed(&s, SERVER, from, until);
}

static void lose(size_t n)
{
    observed_lose(&s.seen, SERVER, n);
}

/* A place in the record of that number. */
static size_t at(size_t record, size_t byte)
{
    return s.borders[SERVER][record] + byte;
}

/* The server has said nothing yet; its next record is the first. */
static void say_nothing(void)
{
    s.len[SERVER] = s.count[SERVER] = 0;
    s.records[SERVER].counter = 0;
}

/* Records with so many bytes of text each. */
static void say(size_t count, size_t size)
{
    static const uint8_t text[SW_RECORD_LIMIT_MAX];

    for (size_t i = 0; i < count; i++)
        sealed_scene_seal(&s, SERVER, text, size);
}

/* ---- which numbers are tried ---- */

/* Behind PROCEED and, if it has a size, a record more, these are lost: `count` records with one byte of text, and one with
 * `large`. */
static const struct {
    const char *name;
    size_t proceed, before, count, large;
    int damaged, found;
    unsigned tries;
} numbers[] = {
    { "the largest record", 0, 0, 0, 65519, 0, 1, 1 },
    { "one byte more", 0, 0, 129, 63069, 0, 1, 129 },
    { "of no usual size", 0, 0, 1, 300, 0, 1, 2 },
    { "many more than likely", 1, 1000, 130, 0, 0, 1, 130 },
    { "too many more than likely", 1, 1000, 131, 0, 0, 0, 130 },
    { "much less than likely", 1, 0, 0, 2916, 0, 1, 154 },
    { "too much less than likely", 1, 0, 0, 2939, 0, 0, 154 },
    { "none fits", 1, 0, 5, 0, 1, 0, 5 },
};

START_TEST(number)
{
    size_t from, seals;
    unsigned tries;
    int found;

    begin(KEYS_AT_CHALLENGE);
    if (!numbers[_i].proceed)
        say_nothing();
    if (numbers[_i].before > 0)
        sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, numbers[_i].before - SW_HEADER_SIZE, 0);
    hear(0, s.len[SERVER]);
    from = s.len[SERVER];
    say(numbers[_i].count, 1);
    if (numbers[_i].large > 0)
        say(1, numbers[_i].large);
    lose(s.len[SERVER] - from);
    from = s.len[SERVER];
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    s.sent[SERVER][s.len[SERVER] - 1] ^= (uint8_t)numbers[_i].damaged;
    seals = fake.counts[FAKE_AEAD_SEAL];
    hear(from, s.len[SERVER]);
    tries = (unsigned)(fake.counts[FAKE_AEAD_SEAL] - seals) / 2;
    found = strstr(lines.text, " RESUMED ") != NULL && strstr(lines.text, " EXIT__SUCCESS ") != NULL;
    ck_assert_msg(found == numbers[_i].found, "%s: %s", numbers[_i].name, lines.text);
    ck_assert_msg(tries == numbers[_i].tries, "%s: %u", numbers[_i].name, tries);
    sealed_scene_close(&s);
}
END_TEST

/* ---- how much is tried ---- */

/* 128 tries of records of this size are allowed, and not one more. */
enum { LARGE_TEXT = 16384 - SW_RECORD_TAG_SIZE };

static const struct {
    const char *name;
    size_t count;
    int damaged;
    const char *then;
} credits[] = {
    { "there is enough for one more", 127, 1,
      "server UNDECODED at 2567 len 16385\n"
      "server UNDECODED at 18952 len 1\n"
      "server LOST at 18953 missing 19\n"
      "server RESUMED at 18972 sure 1\n"
      "server RECORD at 18972 size 21 opened 1 number 129\n"
      "server RESUMED at 18974 sure 1\n"
      "server PACKET at 18979 message 18974 band EXIT__SUCCESS first 1 last 1\n" },
    { "the last one fits", 128, 0,
      "server RESUMED at 2586 sure 1\n"
      "server RECORD at 2586 size 16384 opened 1 number 128\n"
      "server UNDECODED at 2588 len 16368 data "
      "\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
      "\\x00\\x00\\x00\"\n"
      "server LOST at 18972 missing 19\n"
      "server RESUMED at 18991 sure 1\n"
      "server RECORD at 18991 size 21 opened 1 number 130\n"
      "server RESUMED at 18993 sure 1\n"
      "server PACKET at 18998 message 18993 band EXIT__SUCCESS first 1 last 1\n" },
    { "none fits", 128, 1,
      "server UNDECODED at 2586 len 16386 data "
      "\"@\\x00^y\\xed\\x03=)jbs#\\xa4\\x02=-\\xb8\\xe3\\xe4\\xfd\\xeay\\xc0\\xa9\"\n"
      "server LOST at 18972 missing 19\n"
      "server UNDECODED at 18991 len 23 data "
      "\"\\x00\\x15\\xf4\\xcb\\x96\\xd2\\xb1\\xf0\\x1fD]qM\\xd5\\xe6\\x9d@\\x08\\x14\\xd7ZI\\xc8\"\n" },
};

START_TEST(credit)
{
    size_t from;

    begin(KEYS_AT_CHALLENGE);
    say_nothing();
    say(credits[_i].count, 1);
    lose(s.len[SERVER]);
    from = s.len[SERVER];
    say(1, LARGE_TEXT);
    s.sent[SERVER][s.len[SERVER] - 1] ^= (uint8_t)credits[_i].damaged;
    lines.len = 0;
    hear(from, s.len[SERVER]);
    from = s.len[SERVER];
    say(1, 1);
    lose(s.len[SERVER] - from);
    from = s.len[SERVER];
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    hear(from, s.len[SERVER]);
    event_lines_expect(&lines, credits[_i].name, credits[_i].then);
    sealed_scene_close(&s);
}
END_TEST

/* ---- what is told ---- */

/* The rest of a record whose beginning is lost has nothing that may be the size of another one, but for its last
 * `look_alike` bytes. */
static void clear_rest(size_t from, size_t until, size_t look_alike)
{
    memset(s.sent[SERVER] + from, 0, until - from);
    memset(s.sent[SERVER] + until - look_alike, 1, look_alike);
}

enum { TEXT = 241 /* of a record whose size is 257: two bytes that are alike */ };

/* PROCEED; a body in six records, and a packet in the next one. The third record's end and the fourth's beginning are lost. */
static void begin_body(size_t look_alike)
{
    begin(KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, (size_t)6 * TEXT - SW_HEADER_SIZE, TEXT);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    hear(0, at(3, 50));
    lose(at(4, 200) - at(3, 50));
    clear_rest(at(4, 200), at(5, 0), look_alike);
}

#define FOUND                                                                                                     \
    "server RESUMED at 1213 message 179 offset 718 band OUTPUT in 1 missing 241 sure 1\n"                         \
    "server RECORD at 1213 size 257 opened 1 number 5\n"                                                          \
    "server PACKET at 1215 message 179 len 241 data \"xxxxxxxxxxxxxxxxxxxxxxxx\" size 1441 offset 959 band "      \
    "OUTPUT\n"

/* Where the pieces end in which it is heard then: in this record, before this byte of the next one or behind its border. */
static const struct {
    const char *name;
    size_t look_alike;
    struct {
        size_t record, byte, before;
    } cuts[7];
    const char *then;
} pieces[] = {
    { "at once", 0, { { 6, 0, 0 } }, "server UNDECODED at 1154 len 59 in 1\n" FOUND },
    { "with a byte that could begin a header",
      1,
      { { 6, 0, 0 } },
      "server UNDECODED at 1154 len 59 in 1\n" FOUND },
    { "in pieces",
      0,
      { { 4, 201, 0 }, { 4, 210, 0 }, { 5, 1, 0 }, { 5, 2, 0 }, { 6, 0, 1 }, { 6, 0, 0 } },
      "server UNDECODED at 1154 len 9 in 1\n"
      "server UNDECODED at 1163 len 50 in 1\n" FOUND },
    { "up to the header", 0, { { 5, 2, 0 }, { 6, 0, 0 } }, "server UNDECODED at 1154 len 59 in 1\n" FOUND },
    { "but the last byte", 0, { { 6, 0, 1 }, { 6, 0, 0 } }, "server UNDECODED at 1154 len 59 in 1\n" FOUND },
};

START_TEST(told_before)
{
    begin_body(0);
    event_lines_expect(
        &lines, "before",
        "server RECORD at 154 size 21 opened 1\n"
        "server PACKET at 161 message 156 band PROCEED first 1 last 1\n"
        "server RECORD at 177 size 257 opened 1 number 1\n"
        "server PACKET at 184 message 179 len 236 data \"xxxxxxxxxxxxxxxxxxxxxxxx\" size 1441 band OUTPUT first "
        "1\n"
        "server RECORD at 436 size 257 opened 1 number 2\n"
        "server PACKET at 438 message 179 len 241 data \"xxxxxxxxxxxxxxxxxxxxxxxx\" size 1441 offset 236 band "
        "OUTPUT\n"
        "server RECORD at 695 message 179 size 257 offset 477 band OUTPUT in 1 missing 241 number 3\n"
        "server UNDECODED at 697 len 48 in 1\n"
        "server LOST at 745 missing 409\n");
    ck_assert_int_eq(sw_observer_waits(&s.seen.observer, SERVER), SW_WAIT_MORE);
    sealed_scene_close(&s);
}
END_TEST

START_TEST(told)
{
    size_t from;

    begin_body(pieces[_i].look_alike);
    lines.len = 0;
    from = at(4, 200);
    for (int i = 0; i < 7 && pieces[_i].cuts[i].record > 0; i++) {
        size_t until = at(pieces[_i].cuts[i].record, pieces[_i].cuts[i].byte) - pieces[_i].cuts[i].before;

        hear(from, until);
        from = until;
    }
    event_lines_expect(&lines, pieces[_i].name, pieces[_i].then);
    sealed_scene_close(&s);
}
END_TEST

/* What looks like a record is not all there, and will not be: behind a hole, at the end, or if no more is kept. */
static const struct {
    const char *name;
    size_t byte;  /* where hearing begins: in front of the record, or at it */
    size_t heard; /* of the record */
    size_t missing;
    int ended, full;
    const char *then;
} ends[] = {
    { "a hole", 200, 100, 7, 0, 0, "server UNDECODED at 1154 len 159 in 1\nserver LOST at 1313 missing 7\n" },
    { "a byte", 200, 258, 1, 0, 0, "server UNDECODED at 1154 len 317 in 1\nserver LOST at 1471 missing 1\n" },
    { "the end", 200, 100, 0, 1, 0, "server UNDECODED at 1154 len 159 in 1\n" },
    { "full", 200, 100, 0, 0, 1, "server UNDECODED at 1154 len 159 in 1\n" },
    { "waits", 200, 100, 0, 0, 0, "server UNDECODED at 1154 len 59 in 1\n" },
    { "a hole behind a record", 259, 100, 7, 0, 0,
      "server UNDECODED at 1213 len 100 in 1\nserver LOST at 1313 missing 7\n" },
};

START_TEST(not_whole)
{
    uint8_t *heard;
    size_t from = 0, n;
    sw_observer_event event;
    sw_observer_input in;

    begin(KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, (size_t)6 * TEXT - SW_HEADER_SIZE, TEXT);
    hear(0, at(3, 50));
    from = at(4, ends[_i].byte);
    lose(from - at(3, 50));
    clear_rest(from, at(5, 0), 0);
    lines.len = 0;
    n = at(5, ends[_i].heard) - from;
    heard = exact_copy(s.sent[SERVER] + from, n);
    in = (sw_observer_input){ heard, n, ends[_i].missing, ends[_i].ended, ends[_i].full };
    while (sw_observer_next(&s.seen.observer, SERVER, &in, &event) > 0)
        event_lines_note(&lines, &event);
    event_lines_expect(&lines, ends[_i].name, ends[_i].then);
    free(heard);
    sealed_scene_close(&s);
}
END_TEST

/* Behind a hole a record of any size may begin, but not later: there its size must be the usual one. */
START_TEST(behind_hole)
{
    static const uint8_t first[] = { 0, 0, 0, 0 }, then[] = { 0, 0, 0x10, 0, 0, 0 };

    begin(KEYS_AT_CHALLENGE);
    hear(0, s.len[SERVER]);
    lose(100);
    lines.len = 0;
    observed_feed(&s.seen, SERVER, first, sizeof(first));
    observed_feed(&s.seen, SERVER, then, sizeof(then));
    event_lines_expect(&lines, "not there", "server UNDECODED at 277 len 3\nserver UNDECODED at 280 len 6\n");
    sealed_scene_close(&s);
}
END_TEST

/* The smallest record is one, too. */
START_TEST(smallest_record)
{
    begin(KEYS_AT_CHALLENGE);
    say(2, 1);
    hear(0, at(1, 0));
    lose(at(2, 0) - at(1, 0));
    lines.len = 0;
    hear(at(2, 0), s.len[SERVER]);
    event_lines_expect(&lines, "smallest",
                       "server RESUMED at 196 sure 1\n"
                       "server RECORD at 196 size 17 opened 1 number 2\n"
                       "server UNDECODED at 198 len 1 data \"\\x00\"\n");
    sealed_scene_close(&s);
}
END_TEST

/* ---- text that is lost ---- */

/* A record with the last `rest` bytes of a body, and `more` bytes of what follows, does not open. */
static const struct {
    size_t rest, more;
    const char *then;
} losses[] = {
    { 30, 0,
      "server RECORD at 220 message 179 size 46 offset 20 band OUTPUT in 1 missing 30 number 2 error -175, 0, 0\n"
      "server PACKET at 222 message 179 size 50 offset 50 band OUTPUT last 1\n"
      "server UNDECODED at 222 len 46\n"
      "server RECORD at 268 size 21 opened 1 number 3\n"
      "server PACKET at 275 message 270 band EXIT__SUCCESS first 1 last 1\n" },
    { 30, 1,
      "server RECORD at 220 size 47 number 2 error -175, 0, 0\n"
      "server UNDECODED at 222 len 47\n"
      "server RECORD at 269 size 21 opened 1 number 3\n"
      "server RESUMED at 271 sure 1\n"
      "server PACKET at 276 message 271 band EXIT__SUCCESS first 1 last 1\n" },
    { 29, 0,
      "server RECORD at 220 message 179 size 45 offset 20 band OUTPUT in 1 missing 29 number 2 error -175, 0, 0\n"
      "server UNDECODED at 222 len 45 in 1\n"
      "server RECORD at 267 size 17 opened 1 number 3\n"
      "server PACKET at 269 message 179 len 1 data \"\\x00\" size 50 offset 49 band OUTPUT last 1\n"
      "server RECORD at 286 size 21 opened 1 number 4\n"
      "server PACKET at 293 message 288 band EXIT__SUCCESS first 1 last 1\n" },
};

START_TEST(lost_text)
{
    uint8_t packet[SW_HEADER_SIZE + 20] = { 50, 0, 0, 0, SW_BAND_OUTPUT };

    begin(KEYS_AT_CHALLENGE);
    sealed_scene_seal(&s, SERVER, packet, sizeof(packet));
    say(1, losses[_i].rest + losses[_i].more);
    s.sent[SERVER][s.len[SERVER] - 1] ^= 1;
    if (losses[_i].rest < 30)
        say(1, 30 - losses[_i].rest);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    hear(0, at(2, 0));
    lines.len = 0;
    hear(at(2, 0), s.len[SERVER]);
    event_lines_expect(&lines, "lost text", losses[_i].then);
    sealed_scene_close(&s);
}
END_TEST

/* ---- without keys ---- */

/* They are waited for, as long as that can be kept; then sizes are all there is, and behind a hole not even those. */
START_TEST(no_keys)
{
    begin(KEYS_NEVER);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 30, 0);
    lose(at(1, 0));
    hear(at(1, 0), at(2, 0));
    event_lines_expect(&lines, "locked", "");
    ck_assert_int_eq(sw_observer_waits(&s.seen.observer, SERVER), SW_WAIT_KEYS);
    s.seen.full = 1;
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    hear(at(2, 0), at(3, 0));
    event_lines_expect(&lines, "full", "server LOST at 154 missing 23\nserver ENCRYPTED at 177 len 76\n");
    sealed_scene_close(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_drift");
    TCase *tcase = suite_case(suite, "drift");

    tcase_add_loop_test(tcase, number, 0, COUNT(numbers));
    tcase_add_loop_test(tcase, credit, 0, COUNT(credits));
    tcase_add_test(tcase, told_before);
    tcase_add_loop_test(tcase, told, 0, COUNT(pieces));
    tcase_add_loop_test(tcase, not_whole, 0, COUNT(ends));
    tcase_add_test(tcase, behind_hole);
    tcase_add_test(tcase, smallest_record);
    tcase_add_loop_test(tcase, lost_text, 0, COUNT(losses));
    tcase_add_test(tcase, no_keys);
    return run_suite(suite);
}
