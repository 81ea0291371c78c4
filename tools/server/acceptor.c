/* SPDX-License-Identifier: ISC */
#include "acceptor.h"

#include "listener.h"
#include "log.h"
#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPT_BATCH = 64,     /* connections accepted before the others get their turn */
    ACCEPT_PAUSE_MS = 1000 /* after the system ran out of something */
};

/* What a client shows where it waits for a greeting. */
#define GREETING_FULL "server is full: too many connections, try again later\n"

static const char *reason(admission_verdict verdict)
{
    switch (verdict) {
    case REFUSE_SOURCE: return "too many unauthenticated connections from there";
    case REFUSE_EARLY: return "many unauthenticated connections, some of them from there";
    default: return "all places are taken by authenticated connections";
    }
}

static void refuse(server *s, int fd, const char *peer, admission_verdict verdict)
{
    log_stranger(LEVEL_WARNING, "%s: refused: %s", peer, reason(verdict));
    refusals_add(&s->refusals, fd, GREETING_FULL);
}

static unsigned any_chance(void)
{
    uint16_t chance = 0;

    if (platform_random(&chance, sizeof(chance)) < 0)
        chance = 0;
    return chance;
}

static void admit(server *s, int fd, const struct sockaddr_storage *from)
{
    char peer[PEER_NAME_MAX];
    admission_verdict verdict = admission_ask(&s->admission, from, any_chance());

    address_name(from, peer, sizeof(peer));
    if (verdict != ADMIT && verdict != ADMIT_FOR_OLDEST) {
        refuse(s, fd, peer, verdict);
        return;
    }
    if (verdict == ADMIT_FOR_OLDEST) {
        connection *oldest = s->strangers.oldest;
        log_stranger(LEVEL_NOTICE, "%s: closed for a newer one: too many are unauthenticated", oldest->label);
        connection_end(oldest);
    }
    connection_new(s, fd, fd, peer, admission_stranger_comes(&s->admission, from), 0);
}

static void on_pause_over(uv_timer_t *timer);
static void on_connection(uv_poll_t *poll, int status, int events);

static void listen_again(server *s)
{
    for (size_t i = 0; i < s->listener_count; i++)
        uv_poll_start(&s->listeners[i], UV_READABLE, on_connection);
}

static void pause_accepting(server *s)
{
    for (size_t i = 0; i < s->listener_count; i++)
        uv_poll_stop(&s->listeners[i]);
    uv_timer_start(&s->accept_pause, on_pause_over, ACCEPT_PAUSE_MS, 0);
}

static void on_pause_over(uv_timer_t *timer)
{
    listen_again(timer->data);
}

static int is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    server *s = poll->data;
    struct sockaddr_storage from;
    int listener = s->listener_fds[poll - s->listeners];

    (void)status;
    (void)events;
    for (int i = 0; i < ACCEPT_BATCH && !s->is_ending; i++) {
        int fd = listener_accept(listener, &from);
        if (fd < 0 && is_shortage(errno)) {
            log_stranger(LEVEL_ERROR, "accept: %s", strerror(errno));
            pause_accepting(s);
        }
        if (fd < 0)
            return;
        admit(s, fd, &from);
    }
}

int acceptor_start(server *s)
{
    for (size_t i = 0; i < s->listener_count; i++) {
        int result = uv_poll_init(&s->loop, &s->listeners[i], s->listener_fds[i]);
        if (result < 0)
            return result;
        s->listeners[i].data = s;
    }
    s->accept_pause.data = s;
    listen_again(s);
    return 0;
}

void acceptor_stop(server *s)
{
    for (size_t i = 0; i < s->listener_count; i++) {
        if (s->listeners[i].data != NULL && !uv_is_closing((uv_handle_t *)&s->listeners[i]))
            uv_close((uv_handle_t *)&s->listeners[i], NULL);
        if (s->listener_fds[i] >= 0)
            close(s->listener_fds[i]);
        s->listener_fds[i] = -1;
    }
    uv_timer_stop(&s->accept_pause);
}
