/* SPDX-License-Identifier: ISC */
/* A client and a server that talk to each other in memory, as tests of an application may want it:
 *     ./in_memory KEYFILE PUBLIC_KEYFILE
 * The client asks for `greet world`, and what the server says to that is printed. */
#include "common.h"

#include <stdio.h>
#include <string.h>

enum { BUFFER_SIZE = 4096, CLIENT = 0, SERVER = 1 };

static sw_session sessions[2];
static uint8_t rx[2][BUFFER_SIZE], tx[2][BUFFER_SIZE];

/* The wire: all that one side has to send and the other has room for. */
static void move(sw_session *from, sw_session *to)
{
    size_t len, room;
    const uint8_t *bytes = sw_session_tx_bytes(from, &len);
    uint8_t *space = sw_session_rx_space(to, &room);

    len = len < room ? len : room;
    if (len == 0)
        return;
    memcpy(space, bytes, len);
    sw_session_rx_commit(to, len);
    sw_session_tx_drain(from, len);
}

static void greet(sw_session *server, const sw_event *event)
{
    sw_argument argv[2];
    sw_command_info info;
    char text[BUFFER_SIZE];
    size_t taken;
    int status = 1;
    int len;

    if (sw_session_arguments(server, event, argv, 2, &info, NULL) == SW_OK && info.count == 2) {
        len = snprintf(text, sizeof(text), "%.*s, %.*s!\n", (int)argv[0].len, argv[0].data, (int)argv[1].len,
                       argv[1].data);
        sw_session_send(server, SW_BAND_OUTPUT, text, (size_t)len, &taken);
        status = 0;
    }
    sw_session_exit(server, status);
}

static void act_as_server(sw_session *server, const sw_public_key *key)
{
    sw_event event;
    int type;

    while ((type = sw_session_next(server, &event)) > 0) {
        if (type == SW_EVENT_KEY)
            sw_session_key(server, key); /* whatever the name is */
        else if (type == SW_EVENT_COMMAND)
            greet(server, &event);
    }
    if (type < 0)
        die("server", sw_session_error(server));
}

/* Returns the exit status, or -1 as long as there is none. */
static int act_as_client(sw_session *client)
{
    const sw_argument argv[] = { sw_argument_of("greet"), sw_argument_of("world") };
    sw_event event;
    int type;

    while ((type = sw_session_next(client, &event)) > 0) {
        if (type == SW_EVENT_READY)
            sw_session_command(client, argv, 2, 0);
        else if (type == SW_EVENT_DATA)
            fwrite(event.chunk.data, 1, event.chunk.len, stdout);
        else if (type == SW_EVENT_EXIT)
            return event.status;
    }
    if (type < 0)
        die("client", sw_session_error(client));
    return -1;
}

int main(int argc, char **argv)
{
    static sw_private_key private_key;
    static sw_public_key public_key;
    sw_crypto *crypto = open_crypto();
    sw_server_config server_config = make_server_config(crypto);
    sw_client_config client_config = { .crypto = crypto, .policy = { .features = SW_FEATURES_ALL }, .user = "me" };
    int status = -1;

    if (argc != 3) {
        fprintf(stderr, "usage: in_memory KEYFILE PUBLIC_KEYFILE\n");
        return STATUS_TROUBLE;
    }
    load_private_key(&private_key, argv[1]);
    load_public_key(&public_key, argv[2]);
    client_config.key = sw_private_key_view(&private_key);
    if (sw_session_client(&sessions[CLIENT], &client_config, rx[CLIENT], BUFFER_SIZE, tx[CLIENT], BUFFER_SIZE) < 0)
        die("client", sw_session_error(&sessions[CLIENT]));
    if (sw_session_server(&sessions[SERVER], &server_config, rx[SERVER], BUFFER_SIZE, tx[SERVER], BUFFER_SIZE) < 0)
        die("server", sw_session_error(&sessions[SERVER]));
    while (status < 0) {
        move(&sessions[SERVER], &sessions[CLIENT]);
        status = act_as_client(&sessions[CLIENT]);
        move(&sessions[CLIENT], &sessions[SERVER]);
        sw_session_burst_end(&sessions[SERVER]); /* the request may come without an end mark */
        act_as_server(&sessions[SERVER], &public_key);
    }
    sw_session_wipe(&sessions[CLIENT]);
    sw_session_wipe(&sessions[SERVER]);
    sw_private_key_wipe(&private_key);
    return status;
}
