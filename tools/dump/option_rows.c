/* SPDX-License-Identifier: ISC */
/* The options, and what each does with its value. */
#include "arguments.h"

#include "options.h"
#include "report.h"
#include "show/colour.h"
#include "watch/allocate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- values; each prints its own message and returns -1 if it is none ---- */

static int take_key(void *target, const char *source, const char *path)
{
    char why[256];

    (void)source;
    if (keyring_add(&((arguments *)target)->keys, path, why, sizeof(why)) == 0)
        return 0;
    report("%s: %s", path, why);
    return -1;
}

static int take_log(void *target, const char *source, const char *path)
{
    arguments *args = target;

    (void)source;
    if (args->log == NULL)
        args->log = keylog_new(path);
    else
        keylog_add(args->log, path);
    args->log_several = args->log_named;
    args->log_named = 1;
    return 0;
}

static int take_no_sandbox(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((arguments *)target)->without_sandbox = 1;
    return 0;
}

static int take_crypto(void *target, const char *source, const char *name)
{
    return option_crypto(source, name, &((arguments *)target)->crypto);
}

static int take_session(void *target, const char *source, const char *text)
{
    long number;

    if (option_number(source, text, 1, LONG_MAX, &number) < 0)
        return -1;
    filter_session(&((arguments *)target)->wanted, (uint64_t)number);
    return 0;
}

static int take_user(void *target, const char *source, const char *name)
{
    (void)source;
    filter_user(&((arguments *)target)->wanted, name);
    return 0;
}

static int take_band(void *target, const char *source, const char *name)
{
    if (filter_band(&((arguments *)target)->wanted, name) == 0)
        return 0;
    report("%s: '%s' is no band, and nothing else that is shown", source, name);
    return -1;
}

static int take_time(void *target, const char *source, const char *name)
{
    if (time_format_from(name, &((arguments *)target)->shown.time) == 0)
        return 0;
    report("%s: '%s' is not relative, absolute, utc, delta or epoch", source, name);
    return -1;
}

static int take_colour(void *target, const char *source, const char *when)
{
    arguments *args = target;

    if (when == NULL || strcmp(when, "always") == 0)
        args->shown.colour = 1;
    else if (strcmp(when, "never") == 0)
        args->shown.colour = 0;
    else if (strcmp(when, "auto") == 0)
        args->shown.colour = colour_wanted(stdout);
    else
        report("%s: '%s' is not auto, always or never", source, when);
    return args->shown.colour < 0 ? -1 : 0;
}

static int show(arguments *args, view_kind kind, const char *option)
{
    if (args->shown_by != NULL && args->shown.kind != kind) {
        report("%s and %s cannot both go to standard output", args->shown_by, option);
        return -1;
    }
    args->shown_by = option;
    args->shown.kind = kind;
    return 0;
}

static int take_json(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    return show(target, VIEW_JSON, "--json");
}

static int take_follow(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    return show(target, VIEW_FOLLOW, "--follow");
}

static int take_conversation(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    return show(target, VIEW_CONVERSATION, "--conversation");
}

static int take_sessions(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    return show(target, VIEW_SESSIONS, "--sessions");
}

static int take_table(void *target, const char *source, const char *name)
{
    if (strcmp(name, "sessions") == 0)
        return show(target, VIEW_TABLE_SESSIONS, "--table");
    if (strcmp(name, "packets") == 0)
        return show(target, VIEW_TABLE_PACKETS, "--table");
    report("%s: '%s' is not sessions or packets", source, name);
    return -1;
}

static int take_command(void *target, const char *source, const char *pattern)
{
    (void)source;
    filter_command(&((arguments *)target)->wanted, pattern);
    return 0;
}

static int take_status(void *target, const char *source, const char *text)
{
    if (filter_status(&((arguments *)target)->wanted, text) == 0)
        return 0;
    report("%s: '%s' is not 0, 1 or none", source, text);
    return -1;
}

static int take_host(void *target, const char *source, const char *address)
{
    if (filter_host(&((arguments *)target)->wanted, address) == 0)
        return 0;
    report("%s: '%s' is no IPv4 or IPv6 address", source, address);
    return -1;
}

static int read_time(int64_t *time, const char *source, const char *text)
{
    if (filter_time(text, time) == 0)
        return 0;
    report("%s: '%s' is not of the form 2026-12-31, '2026-12-31 23:59:59' or @SECONDS", source, text);
    return -1;
}

static int take_after(void *target, const char *source, const char *text)
{
    return read_time(&((arguments *)target)->wanted.after, source, text);
}

static int take_before(void *target, const char *source, const char *text)
{
    return read_time(&((arguments *)target)->wanted.before, source, text);
}

static int take_text(void *target, const char *source, const char *text)
{
    if (text[0] != '\0' && strlen(text) <= FILTER_TEXT_MAX) {
        ((arguments *)target)->wanted.text = text;
        return 0;
    }
    report("%s: '%s' has not 1 to %d bytes", source, text, (int)FILTER_TEXT_MAX);
    return -1;
}

static int take_stats(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    return show(target, VIEW_STATS, "--stats");
}

static int take_hex(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((arguments *)target)->shown.hex = 1;
    return show(target, VIEW_TEXT, "--hex");
}

void arguments_add_capture(arguments *args, const char *path)
{
    args->captures = reallocate(args->captures, (args->capture_count + 1) * sizeof(*args->captures));
    args->captures[args->capture_count++] = path;
}

static int take_capture(void *target, const char *source, const char *path)
{
    (void)source;
    arguments_add_capture(target, path);
    return 0;
}

/* ---- the tables ---- */

#define PLACE(member) .place = offsetof(arguments, member)

const option_row dump_input_options[] = {
    { 'r', "read", OPTION_TEXT, "CAPTURE", .take = take_capture,
      .help = "As CAPTURE without an option, but then all operands are the filter." },
    { 'i', "interface", OPTION_TEXT, "INTERFACE", PLACE(interface),
      .help = "Captures from a network interface, or from all by the name 'any', until SIGINT or "
              "SIGTERM, and shows what comes. Needs the right to capture, which is given up once the "
              "interface is open." },
    { 'c', "count", OPTION_NUMBER, "PACKETS", PLACE(packets), 1, LONG_MAX,
      .help = "Ends after so many packets that the filter let pass." },
    { 'D', "list-interfaces", OPTION_FLAG, NULL, PLACE(list),
      .help = "Lists the interfaces that can be captured from, and ends." },
    { 'w', "write", OPTION_TEXT, "FILE", PLACE(copy.path),
      .help =
          "Writes the packets to a pcapng file, with the layers below TCP: all that the filter let pass, "
          "or, if sessions are selected, those of these. Selecting reads CAPTURE twice. '-' is standard output. "
          "Nothing is printed then, unless a form of output is given too. A file that is there is never "
          "written over." },
    { 'C', "file-size", OPTION_NUMBER, "MEGABYTES", PLACE(megabytes), 1, LONG_MAX / 1000000,
      .help = "With --write: begins another file when one has so many millions of bytes. Files are "
              "numbered: FILE-00001." },
    { 'G', "file-seconds", OPTION_NUMBER, "SECONDS", PLACE(copy.file_seconds), 1, LONG_MAX,
      .help = "The same when packets of so many seconds are in it." },
    { 'W', "files", OPTION_NUMBER, "FILES", PLACE(copy.files), 1, 99999,
      .help = "Keeps so many of these files, the latest." },
    { 'Z', "relinquish-privileges", OPTION_TEXT, "USER", PLACE(user), .otherwise = "who called sudo, or nobody",
      .help = "Who root becomes once the interface is open; 'root' remains root." },
    { 0, "c2s", OPTION_TEXT, "FILE", PLACE(streams[FROM_CLIENT]),
      .help = "What the client of a single session sent, as tcpflow or socat write it. No times are "
              "known then." },
    { 0, "s2c", OPTION_TEXT, "FILE", PLACE(streams[FROM_SERVER]),
      .help = "The same for the server. One of both may be missing." },
    { .name = NULL }
};

const option_row dump_key_options[] = {
    { 'k', "key", OPTION_TEXT, "KEYFILE", .take = take_key,
      .help = "File of an RSA private key without passphrase, of 2048 to 8192 bits: PEM (PKCS#1 or "
              "PKCS#8), or as ssh-keygen writes it. May be given many times; each key is tried on "
              "each session." },
    { 0, "keylog", OPTION_TEXT, "FILE", .take = take_log,
      .otherwise = "the file that the environment variable SIDEWIREKEYLOGFILE names",
      .help = "File with keys of sessions, as sidewire's client and server write it when that "
              "variable is set. The file may grow while a capture is running. May be given many times; the "
              "newest line of a session wins." },
    { .name = NULL }
};

const option_row dump_output_options[] = {
    { 0, "json", OPTION_FLAG, .take = take_json,
      .help = "A JSON object on a line for each session and packet, with whole bodies." },
    { 0, "follow", OPTION_FLAG, .take = take_follow, .help = "What the clients would have printed." },
    { 0, "conversation", OPTION_FLAG, .take = take_conversation,
      .help = "What both sides said, in lines with the number of the session and who said it: '>' the client, "
              "'<' the server, '!' its log." },
    { 0, "stats", OPTION_FLAG, .take = take_stats,
      .help = "A table of durations, packets and bytes for each session, and one for all." },
    { 0, "sessions", OPTION_FLAG, .take = take_sessions,
      .help = "A line for each session: number, start, client, user, exit status, seconds, bytes, "
              "command." },
    { 0, "table", OPTION_TEXT, "ROWS", .take = take_table, .words = "sessions packets",
      .help = "CSV with a row for each of the 'sessions' or 'packets'." },
    { 0, "no-bodies", OPTION_FLAG, NULL, PLACE(shown.without_bodies),
      .help = "JSON without bodies; sizes and commands remain." },
    { 0, "by-session", OPTION_FLAG, NULL, PLACE(shown.by_session),
      .help = "All of a session in one piece, when it has ended. So it is with --follow and "
              "--conversation, unless the capture is still being made." },
    { 0, "extract", OPTION_TEXT, "FOLDER", PLACE(shown.folder),
      .help = "Writes what was uploaded and what was replied as files, SESSION.upload and "
              "SESSION.reply, where there are none of these names. Nothing is printed then, unless one of "
              "the other options is given too." },
    { 0, "html", OPTION_TEXT, "FILE", PLACE(shown.page),
      .help = "Writes a page for a browser. Nothing is printed then, unless one of the other options "
              "is given too. A file that is no page is not replaced; only the owner may read it." },
    { 't', "time", OPTION_TEXT, "FORMAT", .take = take_time, .otherwise = "relative",
      .words = "relative absolute utc delta epoch",
      .help = "Times of text, and of a page at first: 'relative', since the session's first packet; 'absolute', "
              "of this "
              "machine's zone; 'utc'; 'delta', since what was shown before; 'epoch', since 1970." },
    { '#', "number", OPTION_FLAG, NULL, PLACE(shown.frames),
      .help = "Text with the numbers of frames, by which Wireshark finds them: of those that a packet "
              "begins in." },
    { 'x', "hex", OPTION_FLAG, .take = take_hex, .help = "Text with all bytes of the bodies in hex." },
    { 0, "color", OPTION_MAYBE, "WHEN", .take = take_colour, .words = "always never auto",
      .help = "Colours in text: 'always', 'never', or 'auto', the default: on a terminal, unless the "
              "environment variable NO_COLOR is set." },
    { .name = NULL }
};

const option_row dump_selection_options[] = {
    { 0, "session", OPTION_TEXT, "NUMBER", .take = take_session,
      .help = "Only this session. Numbers stay the same." },
    { 0, "user", OPTION_TEXT, "NAME", .take = take_user, .help = "Only sessions of this user." },
    { 0, "command", OPTION_TEXT, "PATTERN", .take = take_command,
      .help = "Only sessions with this command, or one that the shell pattern is for." },
    { 0, "status", OPTION_TEXT, "STATUS", .take = take_status, .words = "0 1 none",
      .help = "Only sessions with this exit status: '0', '1', or 'none'." },
    { 0, "host", OPTION_TEXT, "ADDRESS", .take = take_host, .help = "Only sessions from or to this address." },
    { 0, "after", OPTION_TEXT, "TIME", .take = take_after,
      .help = "Only sessions that began then or later, in UTC: '2026-12-31', with '23:59:59' behind it, "
              "or @SECONDS since 1970." },
    { 0, "before", OPTION_TEXT, "TIME", .take = take_before, .help = "Only sessions that began earlier." },
    { 0, "text", OPTION_TEXT, "TEXT", .take = take_text, .help = "Only sessions that have this text in a body." },
    { 0, "band", OPTION_TEXT, "NAME", .take = take_band,
      .help = "Of packets only those of this band, or of a name in small letters (below)." },
    { .name = NULL }
};

const option_row dump_other_options[] = {
    { 0, "crypto", OPTION_TEXT, "NAME", .take = take_crypto, .otherwise = "the first of these",
      .words = CRYPTO_WORDS, .help = CRYPTO_HELP },
    { 0, "no-sandbox", OPTION_FLAG, .take = take_no_sandbox,
      .help = "Do not give up, before the first packet is read, what is not needed: to open other files, "
              "to run programs, to make sockets. It is done by Landlock and seccomp of Linux." },
    { .name = NULL }
};
