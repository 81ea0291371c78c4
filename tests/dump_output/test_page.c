/* SPDX-License-Identifier: ISC */
/* The page in a browser, headless Chromium. */
#include "scratch.h"
#include "suite.h"
#include "support.h"
#include "tools.h"
#include "whole_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A flag without effect, for pages that the browser does complain about. */
#define EXPECTED_COMPLAINTS "--user-agent=complaints-expected"

#define TITLE "<title>sidewire-dump: &lt;script&gt;\\x1b.pcap</title>"

/* Whoever runs the tests without Chromium may say so: SIDEWIRE_NO_BROWSER=1. */
static int browser_wanted(void)
{
    const char *value = getenv("SIDEWIRE_NO_BROWSER");

    return value == NULL || strcmp(value, "1") != 0;
}

static void make_page(const char *sessions)
{
    scratch_write_text("page.html", print_all(scratch_format("html %s", sessions)));
}

/* Lines about pages of the browser's own are not about ours: it complains of a missing network there. */
static void expect_no_complaints(const char *file, const char *messages)
{
    static const char *const complaints[] = { "CONSOLE", "Refused", "Uncaught" };

    for (const char *line = messages; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *text = scratch_format("%.*s", (int)strcspn(line, "\n"), line);

        for (int i = 0; i < COUNT(complaints); i++)
            if (strstr(text, complaints[i]) != NULL && strstr(text, "source: chrome") == NULL)
                ck_abort_msg("%s: %.2000s", file, text);
    }
}

/* What the document is when it was loaded. The browser must not complain about the page. */
static const char *browse(const char *file, const char *options)
{
    command_line line = { { NULL }, 0 };
    char folder[4096];
    process *p;

    ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
    command_add_words(&line,
                      "chromium --headless --no-sandbox --disable-gpu "
                      "--user-data-dir=profile --enable-logging=stderr --dump-dom");
    command_add_words(&line, options);
    command_add(&line, scratch_format("file://%s/%s", folder, file));
    p = process_start(&line, NULL);
    process_expect(p, file, 0, NULL, NULL);
    if (strcmp(options, EXPECTED_COMPLAINTS) != 0)
        expect_no_complaints(file, process_err(p));
    return process_out(p);
}

/* A document is too long to be shown in a message. */
static void expect_in(const char *dom, const char *text)
{
    ck_assert_msg(strstr(dom, text) != NULL, "%s is not in:\n%.3000s", text, dom);
}

static size_t count_of(const char *text, const char *what)
{
    size_t n = 0;

    while ((text = strstr(text, what)) != NULL) {
        text += strlen(what);
        n++;
    }
    return n;
}

/* ---- without a browser ---- */

/* Style and script are the files of tools/dump/show/page, byte for byte behind their licence lines. */
START_TEST(sources_are_embedded)
{
    static const char *const files[] = { "page.css",        "ladder.css", "narrow.css", "bytes.js",
                                         "times.js",        "records.js", "search.js",  "elements.js",
                                         "conversation.js", "detail.js",  "ladder.js",  "overview.js",
                                         "sessions.js",     "start.js" };
    const char *page = print_all("html");

    for (int i = 0; i < COUNT(files); i++) {
        const char *path = source_path(scratch_format("tools/dump/show/page/%s", files[i]));
        const char *found = strstr(page, strchr(scratch_read(path, NULL), '\n') + 1);

        ck_assert_msg(found != NULL, "%s", files[i]);
        page = found;
    }
}
END_TEST

/* ---- what is shown ---- */

START_TEST(sessions_are_listed)
{
    static const char *const texts[] = {
        TITLE,
        "8 sessions, 53 packets",
        "<span class=\"badge good\">exit status 0</span>",
        "<span class=\"badge neutral\">closed</span>",
        "<span class=\"badge poor\">exit status 1</span>",
        "<span class=\"badge bad\">closed, reset by the client;",
        ">request refused; ",
        "still open where the capture ends",
        "<span class=\"user\">&lt;script&gt;\\x1b[1m\\xff</span>",
        "[2001:db8::1]:40005 → [2001:db8::2]:2990",
        /* the first of them, too */
        "<h2>Session 1<span class=\"user\">alice</span>",
        "<dd>AES-128-CTR</dd>",
        "<dd>keys/alice</dd>",
        "\"ls\" \"-l=v\" \"\"</span>",
        "/music/twö.ogg\\n",
    };
    const char *dom;

    make_page("all");
    dom = browse("page.html", "");
    for (int i = 0; i < COUNT(texts); i++)
        expect_in(dom, texts[i]);
    ck_assert_uint_eq(count_of(dom, "<button class=\"session\""), 8);
    ck_assert_uint_eq(count_of(dom, "<details class=\"packet "), 9);
    ck_assert_uint_eq(count_of(dom, " open=\"\""), 0);
}
END_TEST

START_TEST(packet_opens_by_address)
{
    const char *dom;

    make_page("all");
    dom = browse("page.html#session=1&packet=8", "");
    expect_in(dom, "id=\"packet-8\" open=\"\"");
    expect_in(dom, "<pre class=\"body\">/music/one.ogg\n/music/twö.ogg\n</pre>");
    ck_assert_uint_eq(count_of(dom, " open=\"\""), 1);
}
END_TEST

START_TEST(hole_is_shown)
{
    make_page("all");
    expect_in(browse("page.html#session=4&packet=7", ""),
              "<pre class=\"body\">head</pre><p class=\"hole\">6 bytes are missing here</p>"
              "<pre class=\"body\">and a tail</pre>");
}
END_TEST

/* ---- harm ---- */

/* Both as text and in the list of arguments. */
START_TEST(hostile_bytes_are_text)
{
    static const char *const absent[] = { "<script>document", "<img",         "<!--",         "\033",
                                          "\302\233",         "\342\200\250", "\342\200\256", "<b>\\x1b" };
    static const char *const present[] = {
        TITLE,
        "&lt;script&gt;document.title='harmed'&lt;/script&gt;&lt;img src=x onerror=",
        "&lt;/script&gt;&lt;!--&lt;script&gt;]]&gt;&amp;lt;&amp;#60; ",
        "<span class=\"escape\">\\x1b</span>]0;title<span class=\"escape\">\\x07</span>",
        "<span class=\"escape\">\\u{2028}</span>",
        "<span class=\"escape\">\\u{202e}</span>",
        "<span class=\"escape\">\\xff</span><span class=\"escape\">\\xfe</span>",
        "<dd>&lt;b&gt;\\x1b[1mkey</dd>",
        "\"&lt;/script&gt;&lt;!--\"",
    };
    const char *dom;

    make_page("hostile");
    dom = browse("page.html#session=1&packet=7", "");
    for (int i = 0; i < COUNT(present); i++)
        expect_in(dom, present[i]);
    for (int i = 0; i < COUNT(absent); i++)
        ck_assert_msg(strstr(dom, absent[i]) == NULL, "%s", absent[i]);
}
END_TEST

/* Were there a way to get a script into the page, it would not run. */
START_TEST(policy_refuses_scripts)
{
    static const char script[] =
        "<script>document.title = 'harmed';</script>"
        "<img src=x onerror=\"document.title = 'harmed'\"></body>";
    const char *page;
    const char *end;

    make_page("hostile");
    page = scratch_read("page.html", NULL);
    end = strstr(page, "</body>");
    scratch_write_text("page.html", scratch_format("%.*s%s", (int)(end - page), page, script));
    expect_in(browse("page.html", EXPECTED_COMPLAINTS), TITLE);
}
END_TEST

/* A page that was not written to its end shows what it has. */
START_TEST(cut_page)
{
    static const struct {
        const char *end; /* what it is cut in front of */
        const char *totals;
    } cuts[] = {
        { "[\"totals\"", "8 sessions, 53 packets, the page is not complete" },
        { "[\"session\",3", "2 sessions, 15 packets, the page is not complete" },
        { ",\"192.0.2.2:2990\"", "0 sessions, 0 packets, the page is not complete" },
    };
    const char *page;

    make_page("all");
    page = scratch_read("page.html", NULL);
    for (int i = 0; i < COUNT(cuts); i++) {
        const char *end = strstr(page, cuts[i].end);

        scratch_write_text("cut.html", scratch_format("%.*s", (int)(end - page), page));
        expect_in(browse("cut.html", EXPECTED_COMPLAINTS),
                  scratch_format("<p id=\"totals\">%s</p>", cuts[i].totals));
    }
}
END_TEST

/* ---- use ---- */

START_TEST(long_session)
{
    const char *dom;

    make_page("10000");
    dom = browse("page.html#session=1&packet=5000", "");
    expect_in(dom, "1 session, 10,000 packets");
    ck_assert_uint_eq(count_of(dom, " open=\"\""), 1);
    expect_in(dom, "id=\"packet-5000\" open=\"\"");
    expect_in(dom, "<pre class=\"body\">line 4993 of a long session\n</pre>");
    ck_assert_uint_lt(count_of(dom, "<details class=\"packet "), 1000);
}
END_TEST

/* ---- on paper ---- */

static void run(const char *words)
{
    command_line line = { .argc = 0 };

    command_add_words(&line, words);
    process_expect(process_start(&line, NULL), words, 0, NULL, NULL);
}

/* Of all pixels of the first sheet: 0 is black, 255 white. */
static size_t mean_light(void)
{
    size_t len, sum = 0, width, height;
    const char *image, *pixels;

    run("pdftoppm -r 20 -singlefile -gray page.pdf sheet");
    image = scratch_read("sheet.pgm", &len);
    ck_assert_int_eq(sscanf(image, "P5 %zu %zu 255", &width, &height), 2);
    ck_assert_uint_lt(width * height, len);
    pixels = image + len - width * height;
    for (size_t i = 0; i < width * height; i++)
        sum += (unsigned char)pixels[i];
    return sum / (width * height);
}

/* All of a session is printed, not only the rows that were in sight, without what only a screen has use for, and on white paper
 * also for those who like it dark. */
START_TEST(printed)
{
    enum { PACKETS = 400, HANDSHAKE_AND_END = 8 };
    const char *text;
    char folder[4096];

    ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
    make_page("400");
    run(
        scratch_format("chromium --headless --no-sandbox --disable-gpu --user-data-dir=profile "
                       "--blink-settings=preferredColorScheme=0 --no-pdf-header-footer --print-to-pdf=page.pdf "
                       "file://%s/page.html",
                       folder));
    run("pdftotext -layout page.pdf page.txt");
    text = scratch_read("page.txt", NULL);
    ck_assert_ptr_null(strstr(text, "Search all sessions"));
    expect_in(text, "Session 1");
    for (int i = 0; i < PACKETS - HANDSHAKE_AND_END; i++) {
        text = strstr(text, scratch_format("line %d of a long session", i));
        ck_assert_msg(text != NULL, "line %d", i);
    }
    expect_in(text, "EXIT__SUCCESS");
    ck_assert_uint_gt(mean_light(), 200);
}
END_TEST

/* What the driver has seen. */
static const char *drive(const char *sessions)
{
    static const char begin[] = "<pre id=\"seen\">";
    const char *driver = source_path("tests/dump_output/page_driver.html");
    const char *seen;

    setenv("TZ", "Etc/GMT-2", 1); /* two hours east */
    make_page(sessions);
    scratch_write_text("driver.html", scratch_read(driver, NULL));
    seen = strstr(browse("driver.html", "--allow-file-access-from-files"), begin);
    ck_assert_ptr_nonnull(seen);
    seen += sizeof(begin) - 1;
    return scratch_format("%.*s", (int)strcspn(seen, "<"), seen);
}

START_TEST(mouse_and_keyboard)
{
    expect_match("driver", drive("all"),
                 "first: Session 1alicels -l=v exit status 0\n"
                 "clicked: Session 4bobcatimg \\*closed, reset by the client;*\n"
                 "next: Session 5unknown userrequest refused;*\n"
                 "current: 5\n"
                 "home: Session 1*\n"
                 "address: Session 3&lt;script&gt;*\n"
                 "of alice: 2 of 8 sessions\n"
                 "numbers: 1,6\n"
                 "shown still: Session 3*\n"
                 "tab stops: 1\n"
                 "last of them: Session 6alice*\n"
                 "of a song: 1\n"
                 "of nobody: 0 of 8 sessions\n"
                 "all: 8\n"
                 "current: 6\n"
                 "focus: packet-3\n"
                 "tab stops: 1\n"
                 "end: packet-9\n"
                 "opened: &lt;script&gt;document.titl\n"
                 "written address: #session=3&amp;packet=7\n"
                 "hex: 00000000  3c 73 63 72 69 70 74 3e  64 6f 63 75 6d 65 6e 74  "
                 "|&lt;script&gt;document|\n"
                 "closed: true\n"
                 "filtered: 2 of 9 packets\n"
                 "rows: OUTPUT,ERROR_LOG\n"
                 "overview: packet-9\n"
                 "times: UTC 22:13:23.002000, local 00:13:23.002000, delta 0.001000, "
                 "epoch 1700000003.002000, time 0.002000\n"
                 "said: asked,answered,fault,logged,fault\n"
                 "asked: \"catimg\" \"\\*\"\n"
                 "answered: head\n"
                 "saved: session-4-answered-7 head000000and a tail\n"
                 "packets: 10 packets\n"
                 "done: sidewire-dump: &lt;script&gt;*\n");
}
END_TEST

START_TEST(scrolling)
{
    expect_match("driver", drive("10000"), "last row: EXIT__SUCCESS\nrows: some\ndone: *\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output page");
    TCase *tcase = e2e_case(suite, "page");

    tcase_add_test(tcase, sources_are_embedded);
    if (browser_wanted()) {
        tcase_add_test(tcase, sessions_are_listed);
        tcase_add_test(tcase, packet_opens_by_address);
        tcase_add_test(tcase, hole_is_shown);
        tcase_add_test(tcase, hostile_bytes_are_text);
        tcase_add_test(tcase, policy_refuses_scripts);
        tcase_add_test(tcase, cut_page);
        tcase_add_test(tcase, long_session);
        tcase_add_test(tcase, printed);
        tcase_add_test(tcase, mouse_and_keyboard);
        tcase_add_test(tcase, scrolling);
    }
    return e2e_main(suite);
}
