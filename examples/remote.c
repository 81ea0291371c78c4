/* SPDX-License-Identifier: ISC */
/* A remote control for an audio server: commands made of typed arguments.
 *     ./remote HOST PORT USER KEYFILE ff SECONDS       forward; back if negative
 *     ./remote HOST PORT USER KEYFILE jmp PERCENT
 *     ./remote HOST PORT USER KEYFILE stat ROUNDS      for status_watch
 * Exit status: that of the command (0 or 1), or 2 if anything else went wrong. */
#include "common.h"

#include <sidewire/audio/arguments.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 4096 };

static int usage(void)
{
    fprintf(stderr, "usage: remote HOST PORT USER KEYFILE {ff SECONDS | jmp PERCENT | stat ROUNDS}\n");
    return STATUS_TROUBLE;
}

/* Returns what the functions do that write commands, or SW_E_STATE if there is none of this name. */
static int make_command(const char *name, long number, sw_argument_vector *command, sw_error *error)
{
    sw_ff_arguments ff = { (uint32_t)labs(number), number < 0 };
    sw_jmp_arguments jmp = { (uint32_t)number };
    sw_stat_arguments stat = { (uint32_t)number, 1 };

    if (strcmp(name, "ff") == 0)
        return sw_ff_format(&ff, command, error);
    if (strcmp(name, "jmp") == 0)
        return sw_jmp_format(&jmp, command, error);
    if (strcmp(name, "stat") == 0)
        return sw_stat_format(&stat, command, error);
    return SW_E_STATE;
}

/* Returns the command's exit status. */
static int run(sw_session *session, int fd, const sw_argument_vector *command)
{
    sw_event event;
    int type;

    while ((type = sw_session_next(session, &event)) >= 0 && type != SW_EVENT_EXIT) {
        if (type == SW_EVENT_READY)
            sw_session_command(session, command->argv, command->argc, 0);
        else if (type == SW_EVENT_DATA)
            fwrite(event.chunk.data, 1, event.chunk.len, event.chunk.band == SW_BAND_OUTPUT ? stdout : stderr);
        else if (type == SW_EVENT_NEED_MORE && fflush(stdout) == 0 && !exchange(session, fd))
            die_of_system("connection");
    }
    if (type < 0)
        die("session", sw_session_error(session));
    return event.status;
}

int main(int argc, char **argv)
{
    static uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
    static sw_private_key key;
    char text[64];
    sw_argument_vector command = { .buffer = text, .cap = sizeof(text) };
    sw_client_config config = { .policy = { .features = SW_FEATURES_ALL } };
    sw_session session;
    sw_error error;
    int result, fd, status;

    if (argc != 7)
        return usage();
    result = make_command(argv[5], strtol(argv[6], NULL, 10), &command, &error);
    if (result == SW_E_STATE)
        return usage();
    if (result < 0)
        die(argv[5], error);
    load_private_key(&key, argv[4]);
    config.crypto = open_crypto();
    config.user = argv[3];
    config.key = sw_private_key_view(&key);
    if (sw_session_client(&session, &config, rx, sizeof(rx), tx, sizeof(tx)) < 0)
        die("session", sw_session_error(&session));
    fd = connect_to(argv[1], argv[2]);
    status = run(&session, fd, &command);
    close(fd);
    sw_session_wipe(&session);
    sw_private_key_wipe(&key);
    return status;
}
