/* stat: a round of status items at once, and again whenever something happens. */
#include "commands.h"

#include "server.h"
#include "status_round.h"

#include <stdlib.h>

enum { ROUND_MS = 50000 };       /* without an event, the next round comes after this */

struct stat_state {
    sw_stat_arguments arguments;
    uint32_t rounds;             /* printed */
    uint64_t events;             /* of the server at the last one */
};

/* One round if it is due. Events between two calls make one round. */
static void resume(struct connection *connection, int64_t now)
{
    struct stat_state *state = connection->task.state;
    uint64_t events = server_events(connection->server);

    if (state->rounds > 0 && events == state->events && now < connection->task.wake)
        return;
    reply_begin(&connection->reply, SW_BAND_OUTPUT);
    status_round_print(connection->server->playback,
                       state->arguments.parser_friendly ? SW_STATUS_PARSER : SW_STATUS_HUMAN, now,
                       &connection->reply);
    state->events = events;
    connection->task.wake = now + ROUND_MS;
    if (state->rounds < UINT32_MAX)
        state->rounds++;
    if (state->rounds == state->arguments.rounds)
        reply_finish(&connection->reply, 0);
}

void command_stat(struct connection *connection, const sw_argument *argv, size_t argc)
{
    sw_stat_arguments arguments;
    struct stat_state *state;

    if (sw_stat_parse(argv, argc, &arguments, NULL) < 0) {
        reply_fail(&connection->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
        return;
    }
    state = calloc(1, sizeof(*state));
    if (state == NULL) {
        reply_give_up(&connection->reply);
        return;
    }
    state->arguments = arguments;
    connection->task = (struct task){
        .state = state, .release = free, .resume = resume, .ends_with_peer = 1
    };
}
