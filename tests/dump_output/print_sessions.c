/* SPDX-License-Identifier: ISC */
/* Prints the sessions of hand_made.h by one of the views, for tests that look at a whole output:
 * print_sessions PRINTER [SESSIONS], where SESSIONS is all (default), hostile, or a number: one
 * session with so many packets. */
#include "show/colour.h"
#include "show/conversation.h"
#include "show/follow.h"
#include "hand_made.h"
#include "show/html.h"
#include "show/json.h"
#include "report.h"
#include "show/stats.h"
#include "show/text.h"

#include <sidewire/backends.h>

#include <stdlib.h>
#include <string.h>

static view make(const char *name, const sw_crypto *crypto)
{
    text_style style = { .hex = 0 };

    if (strcmp(name, "json") == 0)
        return json_view(stdout, 0);
    if (strcmp(name, "stats") == 0)
        return stats_view(stdout);
    if (strcmp(name, "html") == 0)
        return html_view(stdout, "<script>\033.pcap", TIMES_RELATIVE, crypto);
    if (strcmp(name, "conversation") == 0)
        return conversation_view(stdout);
    if (strcmp(name, "follow") == 0)
        return follow_view();
    style.colour = strcmp(name, "colour") == 0 || colour_wanted(stdout);
    style.hex = strcmp(name, "hex") == 0;
    return text_view(stdout, style);
}

static void print_some(const event_sink *sink, const char *sessions)
{
    if (strcmp(sessions, "all") == 0)
        tell_all(sink);
    else if (strcmp(sessions, "hostile") == 0)
        tell_hostile(sink, 1);
    else
        tell_long(sink, 1, (unsigned)strtoul(sessions, NULL, 10));
}

int main(int argc, char **argv)
{
    sw_crypto *crypto = sw_backend_new(NULL);
    view p;
    int result;

    if (argc < 2 || crypto == NULL)
        return STATUS_USAGE;
    report_program(argv[0]);
    p = make(argv[1], crypto);
    print_some(&p.sink, argc > 2 ? argv[2] : "all");
    result = p.finish(p.sink.ctx);
    sw_backend_free(crypto);
    return result < 0 || fflush(stdout) != 0 ? STATUS_FAILURE : STATUS_OK;
}
