/* play, stop, pause, next, nomore, ff, jmp. */
#include "commands.h"

#include "server.h"

/* After a rule of the player: what it wants now is done at once. */
static void finish(struct connection *connection, int64_t now, int result)
{
    playback_run(connection->server->playback, now);
    if (result == SW_E_NO_AUDIO_FILE)
        reply_fail(&connection->reply, SW_MESSAGE_NO_AUDIO_FILE);
    else
        reply_finish(&connection->reply, 0);
}

static void apply(struct connection *connection, int (*rule)(sw_player *, uint64_t))
{
    int64_t now = server_clock();

    finish(connection, now, rule(&connection->server->playback->player, (uint64_t)now));
}

void command_play(struct connection *connection, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(connection, sw_player_play);
}

void command_stop(struct connection *connection, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(connection, sw_player_stop);
}

void command_pause(struct connection *connection, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(connection, sw_player_pause);
}

void command_next(struct connection *connection, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(connection, sw_player_next);
}

void command_nomore(struct connection *connection, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(connection, sw_player_nomore);
}

void command_ff(struct connection *connection, const sw_argument *argv, size_t argc)
{
    int64_t now = server_clock();
    sw_ff_arguments arguments;

    if (sw_ff_parse(argv, argc, &arguments, NULL) < 0)
        reply_fail(&connection->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else
        finish(connection, now, sw_player_ff(&connection->server->playback->player,
                                             arguments.seconds, arguments.backward,
                                             (uint64_t)now));
}

void command_jmp(struct connection *connection, const sw_argument *argv, size_t argc)
{
    int64_t now = server_clock();
    sw_jmp_arguments arguments;

    if (sw_jmp_parse(argv, argc, &arguments, NULL) < 0)
        reply_fail(&connection->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else
        finish(connection, now, sw_player_jmp(&connection->server->playback->player,
                                              arguments.percent, (uint64_t)now));
}
