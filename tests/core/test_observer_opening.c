/* SPDX-License-Identifier: ISC */
/* What an observer tells of greetings and requests, event for event: however they end, with holes in them, with one end alone,
 * in any order of the ends. No keys are given. */
#include "event_lines.h"
#include "observed.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT, SERVER, STEPS_MAX = 8 };

typedef struct step {
    int is_there;
    unsigned end;
    const char *text;
    size_t len;
    size_t fill;   /* behind the text so many "x" */
    uint64_t lost; /* behind all that */
    int full;
} step;

#define SAYS(end, text)                                                                                           \
    {                                                                                                             \
        1, end, text, sizeof(text) - 1, 0, 0, 0                                                                   \
    }
#define LONG(end, text, fill)                                                                                     \
    {                                                                                                             \
        1, end, text, sizeof(text) - 1, fill, 0, 0                                                                \
    }
#define LOST(end, n)                                                                                              \
    {                                                                                                             \
        1, end, "", 0, 0, n, 0                                                                                    \
    }
#define FULL(end, text)                                                                                           \
    {                                                                                                             \
        1, end, text, sizeof(text) - 1, 0, 0, 1                                                                   \
    }

#define CHALLENGE "\0\1\0\0\1"
#define RESPONSE "\x14\0\0\0\2"
#define GREETING "hello\nFeatures: sideband\n"
#define DEPLOYED "This is para_server, version "

static sw_crypto *crypto;
static observed o;
static event_lines lines;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

static void add(const char *text)
{
    size_t n = strlen(text);

    ck_assert_uint_lt(lines.len + n, sizeof(lines.text));
    memcpy(lines.text + lines.len, text, n + 1);
    lines.len += n;
}

static void note(void *context, const sw_observer_event *event)
{
    char line[128];

    event_lines_note(context, event);
    if (event->kind != SW_OBSERVED_REQUEST)
        return;
    snprintf(line, sizeof(line), "  of \"%.*s\", features %#x\n", (int)event->request.user_len,
             event->request.user != NULL ? event->request.user : "", event->request.features);
    add(line);
}

/* What is known, if that is something else than before. */
static void add_state(char last[128])
{
    static const char *const waits[] = { "more", "other", "keys" };
    const sw_observer *observer = &o.observer;
    char line[128];

    snprintf(line, sizeof(line), "= %d, client %d, features %#x, waits %s, %s\n", sw_observer_is_session(observer),
             sw_observer_client(observer), sw_observer_features(observer),
             waits[sw_observer_waits(observer, CLIENT)], waits[sw_observer_waits(observer, SERVER)]);
    if (strcmp(line, last) != 0)
        add(line);
    strcpy(last, line);
}

static void take_step(const step *s)
{
    uint8_t text[8192];

    ck_assert_uint_le(s->len + s->fill, sizeof(text));
    memcpy(text, s->text, s->len);
    memset(text + s->len, 'x', s->fill);
    o.full = s->full;
    if (s->lost == 0)
        observed_feed(&o, s->end, text, s->len + s->fill);
    observed_lose(&o, s->end, s->lost);
}

/* What is told while the steps are taken, and what is known behind each, is in tests/core/golden/observer_beginnings.txt. */
static const struct {
    const char *name;
    step steps[STEPS_MAX];
} scripts[] = {
    { "all of it",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, CHALLENGE, 256),
        LONG(CLIENT, RESPONSE, 20), SAYS(SERVER, "more") } },
    { "the client first",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, GREETING), LONG(SERVER, CHALLENGE, 256),
        LONG(CLIENT, RESPONSE, 20) } },
    { "the client first and no mark",
      { SAYS(CLIENT, "auth rsa bob sideband"), SAYS(SERVER, GREETING), LONG(SERVER, CHALLENGE, 256),
        LONG(CLIENT, RESPONSE, 20) } },
    { "no mark",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband"), LONG(SERVER, CHALLENGE, 256),
        LONG(CLIENT, RESPONSE, 20) } },
    { "no mark, in one piece with the response",
      { SAYS(SERVER, GREETING), LONG(CLIENT, "auth rsa bob sideband" RESPONSE, 20) } },
    { "a mark, and the response",
      { SAYS(SERVER, GREETING), LONG(CLIENT, "auth rsa bob sideband\0" RESPONSE, 20),
        LONG(SERVER, CHALLENGE, 256) } },
    { "answered behind the response",
      { SAYS(SERVER, GREETING), LONG(CLIENT, "auth rsa bob sideband" RESPONSE, 20),
        LONG(SERVER, CHALLENGE, 256) } },
    { "answered at its mark",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband\n"), LONG(SERVER, CHALLENGE, 256) } },
    { "answered within the mark",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband\r"), LONG(SERVER, CHALLENGE, 256),
        SAYS(CLIENT, "\n") } },
    { "answered in front of a mark",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband"), LONG(SERVER, CHALLENGE, 256),
        SAYS(CLIENT, "\n\n") } },
    { "ends with /n", { SAYS(CLIENT, "auth rsa bob sideband\n") } },
    { "ends with /n, full", { FULL(CLIENT, "auth rsa bob sideband\n") } },
    { "ends with /r/n", { SAYS(CLIENT, "auth rsa bob sideband\r\n") } },
    { "ends with /r/n, full", { FULL(CLIENT, "auth rsa bob sideband\r\n") } },
    { "ends with /0", { SAYS(CLIENT, "auth rsa bob sideband\0") } },
    { "ends with /0, full", { FULL(CLIENT, "auth rsa bob sideband\0") } },
    { "ends with /0RESPONSE", { SAYS(CLIENT, "auth rsa bob sideband\0" RESPONSE) } },
    { "ends with /0RESPONSE, full", { FULL(CLIENT, "auth rsa bob sideband\0" RESPONSE) } },
    { "ends with RESPONSE", { SAYS(CLIENT, "auth rsa bob sideband" RESPONSE) } },
    { "ends with RESPONSE, full", { FULL(CLIENT, "auth rsa bob sideband" RESPONSE) } },
    { "ends with /0/0", { SAYS(CLIENT, "auth rsa bob sideband\0\0") } },
    { "ends with /0/0, full", { FULL(CLIENT, "auth rsa bob sideband\0\0") } },
    { "ends with /0/0/0/3xx", { SAYS(CLIENT, "auth rsa bob sideband\0\0\0\3xx") } },
    { "ends with /0/0/0/3xx, full", { FULL(CLIENT, "auth rsa bob sideband\0\0\0\3xx") } },
    { "ends with /0/0/1/2xx", { SAYS(CLIENT, "auth rsa bob sideband\0\0\1\2xx") } },
    { "ends with /0/0/1/2xx, full", { FULL(CLIENT, "auth rsa bob sideband\0\0\1\2xx") } },
    { "ends with /0/1/0/2xx", { SAYS(CLIENT, "auth rsa bob sideband\0\1\0\2xx") } },
    { "ends with /0/1/0/2xx, full", { FULL(CLIENT, "auth rsa bob sideband\0\1\0\2xx") } },
    { "ends with /0/0/0/2", { SAYS(CLIENT, "auth rsa bob sideband\0\0\0\2") } },
    { "ends with /0/0/0/2, full", { FULL(CLIENT, "auth rsa bob sideband\0\0\0\2") } },
    { "ends with /0/0/0", { SAYS(CLIENT, "auth rsa bob sideband\0\0\0") } },
    { "ends with /0/0/0, full", { FULL(CLIENT, "auth rsa bob sideband\0\0\0") } },
    { "ends with /0x/n", { SAYS(CLIENT, "auth rsa bob sideband\0x\n") } },
    { "ends with /0x/n, full", { FULL(CLIENT, "auth rsa bob sideband\0x\n") } },
    { "ends with nothing", { SAYS(CLIENT, "auth rsa bob sideband") } },
    { "ends with nothing, full", { FULL(CLIENT, "auth rsa bob sideband") } },
    { "ends with /r", { SAYS(CLIENT, "auth rsa bob sideband\r") } },
    { "ends with /r, full", { FULL(CLIENT, "auth rsa bob sideband\r") } },
    { "lf", { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband\n") } },
    { "no user", { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa \n") } },
    { "empty line and CR", { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa b\r\n") } },
    { "wrong feature",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sidebond\n"), LONG(SERVER, CHALLENGE, 256) } },
    { "features all", { SAYS(CLIENT, "auth rsa bob sideband,aes_ctr128,sha256\n") } },
    { "legacy",
      { SAYS(SERVER, DEPLOYED "0.1\n"), SAYS(CLIENT, "auth rsa bob\n"), LONG(SERVER, "", 256),
        LONG(CLIENT, "", 20) } },
    { "legacy, the answer comes first",
      { SAYS(SERVER, DEPLOYED "0.1\n"), SAYS(CLIENT, "auth rsa bob"), LONG(SERVER, "\1", 256),
        LONG(CLIENT, "", 20) } },
    { "legacy, client alone", { SAYS(CLIENT, "auth rsa bob\n"), LONG(CLIENT, "", 20) } },
    { "sealed aesgcm",
      { SAYS(SERVER, GREETING), LONG(CLIENT, "auth noise_nx_25519_aesgcm_sha256\n", 50), LONG(SERVER, "", 40) } },
    { "sealed, alone aesgcm", { LONG(CLIENT, "auth noise_nx_25519_aesgcm_sha256\n", 50) } },
    { "sealed, begun aesgcm",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth noise_nx_25519_aesgcm_sha256"), SAYS(CLIENT, "\n") } },
    { "sealed, begun and full aesgcm",
      { SAYS(SERVER, GREETING), FULL(CLIENT, "auth noise_nx_25519_aesgcm_sha256"), SAYS(CLIENT, "\n") } },
    { "sealed chachapoly",
      { SAYS(SERVER, GREETING), LONG(CLIENT, "auth noise_nx_25519_chachapoly_sha256\n", 50),
        LONG(SERVER, "", 40) } },
    { "sealed, alone chachapoly", { LONG(CLIENT, "auth noise_nx_25519_chachapoly_sha256\n", 50) } },
    { "sealed, begun chachapoly",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth noise_nx_25519_chachapoly_sha256"), SAYS(CLIENT, "\n") } },
    { "sealed, begun and full chachapoly",
      { SAYS(SERVER, GREETING), FULL(CLIENT, "auth noise_nx_25519_chachapoly_sha256"), SAYS(CLIENT, "\n") } },
    { "request begun, full", { SAYS(SERVER, GREETING), FULL(CLIENT, "auth r"), SAYS(CLIENT, "sa bob\n") } },
    { "request begun, lost",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth r"), LOST(CLIENT, 10), SAYS(CLIENT, "x\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "nothing said, full",
      { SAYS(SERVER, GREETING), FULL(CLIENT, ""), FULL(SERVER, ""), SAYS(CLIENT, "auth rsa bob sideband\0") } },
    { "request wrong", { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsx"), SAYS(SERVER, "more") } },
    { "request and hole",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband"), LOST(CLIENT, 5),
        LONG(SERVER, CHALLENGE, 256), LONG(CLIENT, "", 20) } },
    { "request, hole and full",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband"), LOST(CLIENT, 5), FULL(CLIENT, ""),
        LONG(SERVER, CHALLENGE, 256) } },
    { "request with mark and hole",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband\0"), LOST(CLIENT, 5),
        LONG(SERVER, CHALLENGE, 256) } },
    { "request with mark, hole before",
      { SAYS(SERVER, GREETING), LOST(CLIENT, 5), SAYS(CLIENT, "auth rsa bob sideband\0"),
        LONG(SERVER, CHALLENGE, 256), LONG(CLIENT, RESPONSE, 20) } },
    { "hole and answered",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband"), LOST(CLIENT, 1),
        LONG(SERVER, CHALLENGE, 256), SAYS(CLIENT, "\n") } },
    { "client alone, hole", { SAYS(CLIENT, "auth rsa bob sideband"), LOST(CLIENT, 5), SAYS(CLIENT, "\n") } },
    { "client alone, hole, other later",
      { SAYS(CLIENT, "auth rsa bob sideband"), LOST(CLIENT, 5), SAYS(SERVER, GREETING),
        LONG(SERVER, CHALLENGE, 256) } },
    { "long request", { LONG(CLIENT, "auth rsa ", 4087) } },
    { "longer request", { LONG(CLIENT, "auth rsa ", 4088) } },
    { "longer request with mark", { LONG(CLIENT, "auth rsa ", 4087), SAYS(CLIENT, "\n") } },
    { "too long and mark", { SAYS(SERVER, GREETING), LONG(CLIENT, "auth rsa ", 4088), SAYS(CLIENT, "\n") } },
    { "greeting in pieces",
      { SAYS(SERVER, "hel"), SAYS(SERVER, "lo\nFeatures: sideband"), SAYS(SERVER, "\n"),
        SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, CHALLENGE, 256) } },
    { "greeting and challenge at once",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, GREETING CHALLENGE, 256) } },
    { "greeting without features and challenge",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, "hello\n" CHALLENGE, 256) } },
    { "1 bytes of something else", { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hello\nyou\n\1") } },
    { "2 bytes of something else", { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hello\nyou\n\1\1") } },
    { "3 bytes of something else",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hello\nyou\n\1\1\1") } },
    { "4 bytes of something else",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hello\nyou\n\1\1\1\1") } },
    { "five bytes of something else",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hello\nyou\n\1\1\1\1\1") } },
    { "something else without a line",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hello\1\1\1\1\1") } },
    { "something else with a line in it",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hello\1\n\1\1\1\1") } },
    { "something else at once", { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "\1\1\1\1\1\1") } },
    { "something else, full", { SAYS(CLIENT, "auth rsa bob sideband\0"), FULL(SERVER, "hello\nyou\n\1") } },
    { "text, full", { SAYS(CLIENT, "auth rsa bob sideband\0"), FULL(SERVER, "hello\nyou") } },
    { "text, lost",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hello\nyou"), LOST(SERVER, 9),
        LONG(SERVER, CHALLENGE, 256) } },
    { "challenge at once", { SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, CHALLENGE, 256) } },
    { "challenge whose size is text",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER,
                                                      "hello"
                                                      "\x20\1\0\0\1",
                                                      288) } },
    { "challenge whose size is two texts",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER,
                                                      "hello\nyou"
                                                      "\0\2\0\0\1",
                                                      512) } },
    { "challenge whose size has text twice",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER,
                                                      "hello\n"
                                                      "  \0\0\1",
                                                      40) } },
    { "text and a header only",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER,
                                                      "hello"
                                                      "\x20\1\0\0\1") } },
    { "features line is not text",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hel\1lo\nFeatures: sideband\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind the greeting",
      { SAYS(SERVER, "hello\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind, more text",
      { SAYS(SERVER, "hello\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "Features: sideband\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind, half of features",
      { SAYS(SERVER, "hello\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "Feat"),
        SAYS(SERVER, "ures: sideband\n"), LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind, less of it",
      { SAYS(SERVER, "hello\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "Featx"),
        SAYS(SERVER, "ures: sideband\n"), LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind, other text",
      { SAYS(SERVER, "hello\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "xyz\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind one byte",
      { SAYS(SERVER, "\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "xyz\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked within the line",
      { SAYS(SERVER, "hello"), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "xyz\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind a line and more",
      { SAYS(SERVER, "hello\nx"), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "xyz\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind features",
      { SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "xyz\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind what is no text",
      { SAYS(SERVER, "hel\1lo\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "xyz\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked behind, full",
      { SAYS(SERVER, "hello\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), FULL(SERVER, "") } },
    { "asked behind, lost",
      { SAYS(SERVER, "hello\n"), SAYS(CLIENT, "auth rsa bob sideband\0"), LOST(SERVER, 4),
        LONG(SERVER, CHALLENGE, 256) } },
    { "asked before features of another line",
      { SAYS(SERVER, "hello\nyou\n"), SAYS(CLIENT, "auth rsa bob sideband\0"),
        SAYS(SERVER, "x\nFeatures: sideband\n"), LONG(SERVER, CHALLENGE, 256) } },
    { "legacy asked",
      { SAYS(SERVER, "hello\n"), SAYS(CLIENT, "auth rsa bob\n"), LONG(SERVER, "", 256), LONG(CLIENT, "", 20) } },
    { "hole at first",
      { LOST(SERVER, 7), SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband\0"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "hole in greeting",
      { SAYS(SERVER, "hel"), LOST(SERVER, 7), SAYS(SERVER, "\nFeatures: sideband\n"),
        SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, CHALLENGE, 256) } },
    { "hole in greeting, client known",
      { SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "hel"), LOST(SERVER, 7),
        SAYS(SERVER, "\nFeatures: sideband\n"), LONG(SERVER, CHALLENGE, 256) } },
    { "two holes",
      { SAYS(SERVER, "hel"), LOST(SERVER, 7), SAYS(SERVER, "lo"), LOST(SERVER, 3), SAYS(SERVER, "x\n"),
        SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, CHALLENGE, 256) } },
    { "hole of one byte",
      { LOST(SERVER, 1), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, "x\nFeatures: sideband\n"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "hole in both",
      { LOST(SERVER, 7), LOST(CLIENT, 9), SAYS(SERVER, GREETING), SAYS(CLIENT, "auth rsa bob sideband\0"),
        LONG(SERVER, CHALLENGE, 256) } },
    { "client hole at first",
      { LOST(CLIENT, 1), SAYS(CLIENT, "auth rsa bob sideband\0"), SAYS(SERVER, GREETING),
        LONG(SERVER, CHALLENGE, 256) } },
    { "client hole, then server",
      { LOST(CLIENT, 1), SAYS(SERVER, GREETING), LONG(SERVER, CHALLENGE, 256), LONG(CLIENT, RESPONSE, 20) } },
    { "half a request and hole",
      { SAYS(CLIENT, "auth"), LOST(CLIENT, 3), SAYS(CLIENT, "bob\n"), SAYS(SERVER, GREETING),
        LONG(SERVER, CHALLENGE, 256), LONG(CLIENT, RESPONSE, 20) } },
    { "one byte, full", { FULL(SERVER, "x"), FULL(CLIENT, "y") } },
    { "four bytes", { SAYS(SERVER, "abcd"), SAYS(CLIENT, "efgh") } },
    { "five bytes", { SAYS(SERVER, "abcde"), SAYS(CLIENT, "efghi") } },
    { "14 and five bytes", { LONG(SERVER, "abcde", 14), LONG(CLIENT, "efghi", 14) } },
    { "15 and five bytes", { LONG(SERVER, "abcde", 15), LONG(CLIENT, "efghi", 15) } },
    { "16 and five bytes", { LONG(SERVER, "abcde", 16), LONG(CLIENT, "efghi", 16) } },
    { "14 bytes, full",
      { FULL(SERVER, "abcdexxxxxxxxxxxxxx"), LONG(CLIENT, "efghi", 16),
        SAYS(CLIENT, "auth rsa bob sideband\0") } },
    { "four bytes full", { FULL(SERVER, "abcd"), SAYS(CLIENT, "auth rsa bob sideband\0") } },
    { "request begun and full, nobody known", { FULL(CLIENT, "auth"), SAYS(SERVER, GREETING) } },
    { "request begun and lost, nobody known", { SAYS(CLIENT, "auth"), LOST(CLIENT, 4), SAYS(SERVER, GREETING) } },
    { "other text, then features",
      { LONG(SERVER, "hello", 30), SAYS(SERVER, "\nFeatures: \n"), SAYS(CLIENT, "auth rsa bob sideband\0") } },
    { "other text of both, then features",
      { LONG(SERVER, "hello", 30), SAYS(CLIENT, "hello\nFeatures: sideband\n"), SAYS(CLIENT, "x") } },
    { "features of both", { SAYS(SERVER, GREETING), SAYS(CLIENT, GREETING) } },
    { "very long text",
      { LONG(SERVER, "hello", 4096), SAYS(SERVER, "x"), SAYS(CLIENT, "auth rsa bob sideband\0") } },
    { "long text",
      { LONG(SERVER, "hello", 4096), SAYS(CLIENT, "auth rsa bob sideband\0"), LONG(SERVER, CHALLENGE, 256) } },
    { "challenge first", { LONG(SERVER, CHALLENGE, 256), LONG(CLIENT, RESPONSE, 20) } },
    { "response first", { LONG(CLIENT, RESPONSE, 20), LONG(SERVER, CHALLENGE, 256) } },
    { "headers only", { SAYS(SERVER, CHALLENGE), SAYS(CLIENT, RESPONSE) } },
    { "four bytes of headers",
      { SAYS(SERVER, "\0\1\0\0"), SAYS(CLIENT, "\x14\0\0\0"), LONG(SERVER, "\1", 256), LONG(CLIENT, "\2", 20) } },
    { "challenge and hole", { LONG(SERVER, CHALLENGE, 256), LOST(SERVER, 3), LONG(CLIENT, RESPONSE, 20) } },
    { "hole then challenge", { LOST(SERVER, 3), LONG(SERVER, CHALLENGE, 256), LONG(CLIENT, RESPONSE, 20) } },
    { "one byte is missing, then challenge",
      { LOST(SERVER, 1), LONG(SERVER, CHALLENGE, 256), LONG(CLIENT, RESPONSE, 20) } },
    { "greeting, no client", { SAYS(SERVER, GREETING), LONG(SERVER, CHALLENGE, 256), SAYS(SERVER, "12345678") } },
    { "greeting, then response",
      { SAYS(SERVER, GREETING), LONG(CLIENT, RESPONSE, 20), LONG(SERVER, CHALLENGE, 256) } },
};

static struct {
    const char *name;
    int is_here;
    size_t len;
    char text[EVENT_LINES_MAX];
} expected;

/* A script's lines follow one with its name. */
static void expected_line(void *context, const char *word, char *rest)
{
    size_t room = sizeof(expected.text) - expected.len;

    (void)context;
    if (strcmp(word, "script") == 0)
        expected.is_here = strcmp(rest, expected.name) == 0;
    else if (expected.is_here)
        expected.len += (size_t)snprintf(expected.text + expected.len, room, "%s %s\n", word, rest);
    ck_assert_uint_lt(expected.len, sizeof(expected.text));
}

static void find_told(const char *name)
{
    memset(&expected, 0, sizeof(expected));
    expected.name = name;
    each_line("tests/core/golden/observer_beginnings.txt", expected_line, NULL);
}

START_TEST(told)
{
    char last[128] = "";

    lines = (event_lines){ .len = 0 };
    observed_start(&o, crypto, NULL, KEYS_NEVER);
    o.told = note;
    o.context = &lines;
    for (const step *s = scripts[_i].steps; s < scripts[_i].steps + STEPS_MAX && s->is_there; s++) {
        take_step(s);
        add_state(last);
    }
    add("= end\n");
    observed_finish(&o);
    add_state(last);
    find_told(scripts[_i].name);
    event_lines_expect(&lines, scripts[_i].name, expected.text);
    observed_free(&o);
}
END_TEST

/* ---- by their first bytes ---- */

#define TEXT(text) text, sizeof(text) - 1

static const struct {
    const char *text;
    size_t len;
    int request, greeting;
} beginnings[] = {
    { TEXT(""), 0, 0 },
    { TEXT("a"), 0, 0 },
    { TEXT("auth rsa"), 0, 0 },
    { TEXT("auth rsa "), 1, 0 },
    { TEXT("auth rsa x"), 1, 0 },
    { TEXT("auth rsb"), -1, 0 },
    { TEXT("auth n"), 0, 0 },
    { TEXT("auth noise_nx_25519_aesgcm_sha256"), 0, 0 },
    { TEXT("auth noise_nx_25519_aesgcm_sha256\n"), 1, 0 },
    { TEXT("auth noise_nx_25519_chachapoly_sha256"), 0, 0 },
    { TEXT("auth noise_nx_25519_chachapoly_sha256\n"), 1, 0 },
    { TEXT("auth noise_nx_25519_aesgcm_sha256x"), -1, 0 },
    { TEXT("auth noise_nx_25519_chachapoly_sha255"), -1, 0 },
    { TEXT("x"), -1, 0 },
    { TEXT("This is para_server, version"), -1, 0 },
    { TEXT("This is para_server, version "), -1, 1 },
    { TEXT("This is para_server, version \1"), -1, 1 },
    { TEXT("This is para_server, version 1"), -1, 1 },
    { TEXT("This is para_server, version\1"), -1, -1 },
    { TEXT("hello\nFeatures: sideband\n"), -1, 1 },
    { TEXT("hello\nFeatures: sideband"), -1, 0 },
    { TEXT("hello\nFeatures: sideband\n\1"), -1, 1 },
    { TEXT("hello\1\nFeatures: sideband\n"), -1, -1 },
    { TEXT("hello\n"), -1, 0 },
    { TEXT("hello\n\x7f"), -1, -1 },
    { TEXT("hello\n\x80\x20"), -1, 0 },
    { TEXT("hello\r\tyou\nFeatures: \n"), -1, 1 },
    { TEXT("Features: sideband\n"), -1, 0 },
    { TEXT("\x1f"), -1, -1 },
};

START_TEST(first_bytes)
{
    uint8_t *text = exact_copy(beginnings[_i].text, beginnings[_i].len);

    ck_assert_int_eq(sw_observer_is_request(text, beginnings[_i].len), beginnings[_i].request);
    ck_assert_int_eq(sw_observer_is_greeting(text, beginnings[_i].len), beginnings[_i].greeting);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer opening");
    TCase *tcase = suite_case(suite, "opening");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, told, 0, COUNT(scripts));
    tcase_add_loop_test(tcase, first_bytes, 0, COUNT(beginnings));
    return run_suite(suite);
}
