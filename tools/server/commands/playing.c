/* SPDX-License-Identifier: ISC */
/* play, stop, pause, next, nomore, ff, jmp. */
#include "commands.h"

#include "server.h"

/* After a rule of the player: what it wants now is done at once. */
static void finish(connection *c, int64_t now, int result)
{
    playback_run(c->server->playback, now);
    if (result == SW_E_NO_AUDIO_FILE)
        reply_fail(&c->reply, SW_MESSAGE_NO_AUDIO_FILE);
    else
        reply_finish(&c->reply, 0);
}

static void apply(connection *c, int (*rule)(sw_player *, uint64_t))
{
    int64_t now = server_clock();

    finish(c, now, rule(&c->server->playback->player, (uint64_t)now));
}

void command_play(connection *c, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(c, sw_player_play);
}

void command_stop(connection *c, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(c, sw_player_stop);
}

void command_pause(connection *c, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(c, sw_player_pause);
}

void command_next(connection *c, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(c, sw_player_next);
}

void command_nomore(connection *c, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    apply(c, sw_player_nomore);
}

void command_ff(connection *c, const sw_argument *argv, size_t argc)
{
    int64_t now = server_clock();
    sw_ff_arguments arguments;

    if (sw_ff_parse(argv, argc, &arguments, NULL) < 0)
        reply_fail(&c->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else
        finish(c, now,
               sw_player_ff(&c->server->playback->player, arguments.seconds, arguments.backward, (uint64_t)now));
}

void command_jmp(connection *c, const sw_argument *argv, size_t argc)
{
    int64_t now = server_clock();
    sw_jmp_arguments arguments;

    if (sw_jmp_parse(argv, argc, &arguments, NULL) < 0)
        reply_fail(&c->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else
        finish(c, now, sw_player_jmp(&c->server->playback->player, arguments.percent, (uint64_t)now));
}
