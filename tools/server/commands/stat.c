/* SPDX-License-Identifier: ISC */
/* stat: a round of status items at once, and again whenever something happens. */
#include "commands.h"

#include "server.h"
#include "status_round.h"

#include <stdlib.h>

enum { ROUND_MS = 50000 }; /* without an event, the next round comes after this */

typedef struct stat_state {
    sw_stat_arguments arguments;
    uint32_t rounds; /* printed */
    uint64_t events; /* of the server at the last one */
} stat_state;

/* One round if it is due. Events between two calls make one round. */
static void resume(connection *c, int64_t now)
{
    stat_state *state = c->task.state;
    uint64_t events = server_events(c->server);

    if (state->rounds > 0 && events == state->events && now < c->task.wake)
        return;
    reply_begin(&c->reply, SW_BAND_OUTPUT);
    status_round_print(c->server->playback, state->arguments.parser_friendly ? SW_STATUS_PARSER : SW_STATUS_HUMAN,
                       now, &c->reply);
    state->events = events;
    c->task.wake = now + ROUND_MS;
    if (state->rounds < UINT32_MAX)
        state->rounds++;
    if (state->rounds == state->arguments.rounds)
        reply_finish(&c->reply, 0);
}

void command_stat(connection *c, const sw_argument *argv, size_t argc)
{
    sw_stat_arguments arguments;
    stat_state *state;

    if (sw_stat_parse(argv, argc, &arguments, NULL) < 0) {
        reply_fail(&c->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
        return;
    }
    state = calloc(1, sizeof(*state));
    if (state == NULL) {
        reply_give_up(&c->reply);
        return;
    }
    state->arguments = arguments;
    c->task = (task){ .state = state, .release = free, .resume = resume, .watches = 1 };
}
