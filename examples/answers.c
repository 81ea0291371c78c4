/* SPDX-License-Identifier: ISC */
#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS_MAX = 64 };

sw_server_config server_config;
static const char *user;
static sw_public_key user_key;

int start_server(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s PORT USER PUBLIC_KEYFILE\n", argv[0]);
        exit(STATUS_TROUBLE);
    }
    user = argv[2];
    load_public_key(&user_key, argv[3]);
    server_config = make_server_config(open_crypto());
    return listen_on(argv[1]);
}

static void answer_key(sw_session *session, const sw_event *event)
{
    int is_known = event->user_len == strlen(user) && memcmp(event->user, user, event->user_len) == 0;

    sw_session_key(session, is_known ? &user_key : NULL);
}

static void answer_command(sw_session *session, const sw_event *event)
{
    sw_argument argv[ARGUMENTS_MAX];
    sw_command_info info;
    char text[SW_COMMAND_MAX];
    size_t len = 0, taken;
    int result = sw_session_arguments(session, event, argv, ARGUMENTS_MAX, &info, NULL);
    int is_echo = result == SW_OK && argv[0].len == 4 && memcmp(argv[0].data, "echo", 4) == 0;

    for (size_t i = 1; is_echo && i < info.count; i++) {
        memcpy(text + len, argv[i].data, argv[i].len);
        len += argv[i].len;
        text[len++] = i + 1 < info.count ? ' ' : '\n';
    }
    if (len > 0)
        sw_session_send(session, SW_BAND_OUTPUT, text, len, &taken);
    else if (!is_echo)
        sw_session_send(session, SW_BAND_ERROR_LOG, "invalid command\n", 16, &taken);
    sw_session_exit(session, !is_echo); /* an error comes back from sw_session_next */
}

int answer_events(sw_session *session)
{
    sw_event event;
    int type;

    sw_session_burst_end(session); /* a request may come without an end mark: the read ended it */
    while ((type = sw_session_next(session, &event)) > 0) {
        if (type == SW_EVENT_KEY)
            answer_key(session, &event);
        else if (type == SW_EVENT_COMMAND)
            answer_command(session, &event);
    }
    return type;
}
