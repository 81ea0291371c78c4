/* SPDX-License-Identifier: ISC */
#include "peer.h"

#include "process.h"
#include "scratch.h"
#include "send_command.h"

#include <sidewire/backends.h>

#include <check.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- sockets ---- */

static struct sockaddr_in local_address(const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    return address;
}

static int new_socket(void)
{
    const struct timeval patience = { PROCESS_SECONDS, 0 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_msg(fd >= 0, "socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)); /* accept's as well */
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return fd;
}

int dial(const char *port)
{
    struct sockaddr_in address = local_address(port);
    int fd = new_socket();

    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        ck_abort_msg("port %s: %s", port, strerror(errno));
    return fd;
}

int listen_anywhere(const char **port)
{
    struct sockaddr_in address = local_address("0");
    socklen_t size = sizeof(address);
    int fd = new_socket();

    if (bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 8) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        ck_abort_msg("listen: %s", strerror(errno));
    *port = scratch_format("%u", (unsigned)ntohs(address.sin_port));
    return fd;
}

const char *free_port(void)
{
    const char *port;

    close(listen_anywhere(&port));
    return port;
}

int accept_one(int listener)
{
    const struct timeval patience = { PROCESS_SECONDS, 0 };
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    ck_assert_msg(fd >= 0, "accept: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return fd;
}

void shutdown_sending(int fd)
{
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
}

void close_hard(int fd)
{
    const struct linger at_once = { 1, 0 };

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

void send_all(int fd, const void *data, size_t len)
{
    const uint8_t *p = data;
    size_t sent = 0;

    while (sent < len) {
        ssize_t n = write(fd, p + sent, len - sent);

        ck_assert_msg(n > 0, "write: %s", strerror(errno));
        sent += (size_t)n;
    }
}

void send_text(int fd, const char *text)
{
    send_all(fd, text, strlen(text));
}

/* 0: it closed, gracefully or not. */
static size_t receive_some(int fd, void *buffer, size_t cap)
{
    ssize_t n = read(fd, buffer, cap);

    if (n < 0 && errno != ECONNRESET)
        ck_abort_msg("read: %s", strerror(errno));
    return n < 0 ? 0 : (size_t)n;
}

size_t receive_to_end(int fd, void *buffer, size_t cap)
{
    uint8_t *p = buffer;
    size_t len = 0;
    size_t n;

    while ((n = receive_some(fd, p + len, cap - len)) > 0)
        len += n;
    ck_assert_uint_lt(len, cap);
    return len;
}

void receive_exactly(int fd, void *buffer, size_t n)
{
    uint8_t *p = buffer;
    size_t len = 0;

    while (len < n) {
        size_t came = receive_some(fd, p + len, n - len);

        ck_assert_msg(came > 0, "closed after %zu of %zu bytes", len, n);
        len += came;
    }
}

/* ---- sessions ---- */

struct peer {
    int in, out;
    int is_server;
    sw_crypto *crypto;
    sw_private_key private_key;
    sw_public_key public_key;
    sw_client_config client;
    sw_server_config server;
    sw_session session;
    uint8_t rx[65536], tx[65536];
};

void peer_write_to(peer *p, int fd)
{
    p->out = fd;
}

static peer *peer_new(int fd)
{
    peer *p = calloc(1, sizeof(*p));

    ck_assert_ptr_nonnull(p);
    p->in = p->out = fd;
    p->crypto = sw_backend_new(NULL);
    ck_assert_ptr_nonnull(p->crypto);
    return p;
}

peer *peer_client(int fd, const char *user, const char *private_key)
{
    return peer_client_with(fd, user, private_key, (sw_policy){ .features = SW_FEATURES_ALL });
}

static void read_private_key(peer *p, const char *path)
{
    size_t len;
    const char *text = scratch_read(path, &len);

    ck_assert_int_eq(sw_private_key_parse(&p->private_key, text, len, NULL), SW_OK);
}

static void read_public_key(peer *p, const char *path)
{
    size_t len;
    const char *text = scratch_read(path, &len);

    ck_assert_int_eq(sw_public_key_parse(&p->public_key, text, len, NULL), SW_OK);
}

static void start_client(peer *p)
{
    ck_assert_int_eq(sw_session_client(&p->session, &p->client, p->rx, sizeof(p->rx), p->tx, sizeof(p->tx)),
                     SW_OK);
}

peer *peer_client_with(int fd, const char *user, const char *private_key, sw_policy policy)
{
    peer *p = peer_new(fd);

    read_private_key(p, private_key);
    p->client = (sw_client_config){
        .crypto = p->crypto, .policy = policy, .user = user, .key = sw_private_key_view(&p->private_key)
    };
    start_client(p);
    return p;
}

peer *peer_client_sealed(int fd, const char *user, const char *private_key)
{
    return peer_client_offering(fd, user, private_key, scratch_format("%s.pub", private_key));
}

peer *peer_client_offering(int fd, const char *user, const char *private_key, const char *public_key)
{
    peer *p = peer_new(fd);

    read_private_key(p, private_key);
    read_public_key(p, public_key);
    p->client = (sw_client_config){ .crypto = p->crypto,
                                    .policy = { .features = SW_FEATURES_SEALED, .require_sealed = 1 },
                                    .user = user,
                                    .public_key = &p->public_key };
    start_client(p);
    return p;
}

static void sign(peer *p, const sw_event *event)
{
    int is_rsa = p->public_key.type == SW_KEY_RSA;
    sw_rsa_private rsa = sw_private_key_view(&p->private_key);
    uint8_t signature[SW_SSH_SIGNATURE_MAX];
    size_t len;

    ck_assert_int_eq(sw_ssh_sign(p->crypto, is_rsa ? &rsa : NULL, is_rsa ? NULL : &p->private_key.ed25519,
                                 event->message, SW_SSHSIG_SIZE, signature, sizeof(signature), &len),
                     SW_OK);
    ck_assert_int_eq(sw_session_sign(&p->session, signature, len), SW_OK);
}

static peer *server_of(int fd, const char *public_key, const sw_x25519_key *key, sw_policy policy)
{
    peer *p = peer_new(fd);

    p->is_server = 1;
    read_public_key(p, public_key);
    p->server =
        (sw_server_config){ .crypto = p->crypto, .decoy_secret = { 1 }, .policy = policy, .server_key = key };
    ck_assert_int_eq(sw_session_server(&p->session, &p->server, p->rx, sizeof(p->rx), p->tx, sizeof(p->tx)),
                     SW_OK);
    return p;
}

peer *peer_server(int fd, const char *public_key)
{
    return peer_server_with(fd, public_key, (sw_policy){ .features = SW_FEATURES_ALL, .allow_legacy = 1 });
}

peer *peer_server_with(int fd, const char *public_key, sw_policy policy)
{
    return server_of(fd, public_key, NULL, policy);
}

peer *peer_server_sealed(int fd, const char *public_key, const sw_x25519_key *key)
{
    return server_of(fd, public_key, key,
                     (sw_policy){ .features = SW_FEATURES_ALL | SW_FEATURES_SEALED, .allow_legacy = 1 });
}

void peer_flush(peer *p)
{
    const uint8_t *bytes;
    size_t len;

    while ((bytes = sw_session_tx_bytes(&p->session, &len)) != NULL) {
        send_all(p->out, bytes, len);
        ck_assert_int_eq(sw_session_tx_drain(&p->session, len), SW_OK);
    }
}

static void fill(peer *p)
{
    size_t room;
    uint8_t *space = sw_session_rx_space(&p->session, &room);
    size_t n;

    ck_assert_uint_gt(room, 0);
    n = receive_some(p->in, space, room);
    if (n == 0) {
        sw_session_rx_end(&p->session);
        return;
    }
    sw_session_rx_commit(&p->session, n);
    sw_session_burst_end(&p->session);
}

int peer_next(peer *p, sw_event *event)
{
    for (;;) {
        int type = sw_session_next(&p->session, event);

        if (type == SW_EVENT_KEY)
            ck_assert_int_eq(sw_session_key(&p->session, &p->public_key), SW_OK);
        else if (type == SW_EVENT_SERVER_KEY)
            ck_assert_int_eq(sw_session_accept(&p->session, 1), SW_OK);
        else if (type == SW_EVENT_SIGN)
            sign(p, event);
        else if (type != SW_EVENT_NEED_MORE)
            return type;
        else if (sw_session_wants(&p->session) & SW_WANT_WRITE)
            peer_flush(p);
        else
            fill(p);
    }
}

void peer_expect(peer *p, int type, sw_event *event)
{
    int seen = peer_next(p, event);

    ck_assert_msg(seen == type, "event or error %d, not %d", seen, type);
}

void peer_log_in(peer *p)
{
    sw_event event;

    peer_expect(p, SW_EVENT_READY, &event);
}

void peer_command(peer *p, const char *command)
{
    ck_assert_int_eq(send_command(&p->session, &command, 1), 1);
}

void peer_take_command(peer *p, sw_event *event)
{
    peer_expect(p, SW_EVENT_READY, event);
    peer_expect(p, SW_EVENT_COMMAND, event);
}

peer *peer_serve(int listener, sw_event *event)
{
    peer *p = peer_server(accept_one(listener), "keys/alice.pub");

    peer_take_command(p, event);
    return p;
}

size_t peer_take_upload(peer *p, uint8_t *data, size_t cap)
{
    size_t len = 0;
    sw_event event;

    do {
        peer_expect(p, SW_EVENT_DATA, &event);
        ck_assert_uint_eq(event.chunk.band, SW_BAND_BLOB_DATA);
        ck_assert_uint_le(event.chunk.len, cap - len);
        if (event.chunk.len > 0)
            memcpy(data + len, event.chunk.data, event.chunk.len);
        len += event.chunk.len;
    } while (event.chunk.size > 0);
    return len;
}

void peer_queue(peer *p, uint8_t band, const char *text)
{
    size_t taken;

    ck_assert_int_eq(sw_session_send(&p->session, band, text, strlen(text), &taken), 1);
    ck_assert_uint_eq(taken, strlen(text));
}

void peer_exit(peer *p, int status)
{
    ck_assert_int_eq(sw_session_exit(&p->session, status), 1);
    peer_flush(p);
}

sw_session *peer_session(peer *p)
{
    return &p->session;
}

sw_crypto *peer_crypto(peer *p)
{
    return p->crypto;
}

int peer_socket(const peer *p)
{
    return p->in;
}

void peer_forget(peer *p)
{
    sw_session_wipe(&p->session);
    sw_backend_free(p->crypto);
    free(p);
}

void peer_close(peer *p)
{
    close(p->in);
    if (p->out != p->in)
        close(p->out);
    peer_forget(p);
}
