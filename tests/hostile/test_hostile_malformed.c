/* SPDX-License-Identifier: ISC */
/* Connections that are nothing, or nearly something, by the thousand: each ends, and nothing is left of it. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BYTES_MAX = 8192 };

/* Numbers that are the same in each run. */
static uint32_t state = 1;

static uint32_t draw(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

/* ---- kinds ---- */

static const char *const requests[] = {
    "auth rsa alice sideband,aes_ctr128,sha256\n",
    "auth rsa nobody sideband,sha256\n",
    "auth rsa alice\n",
    "auth rsa alice sideband,aes_ctr128,sha256,noise_nx_25519_aesgcm_sha256\n",
    "auth rsa alice noise_nx_25519_chachapoly_sha256\n",
};

static size_t put_request(uint8_t *out)
{
    const char *text = requests[draw(COUNT(requests))];

    memcpy(out, text, strlen(text));
    return strlen(text);
}

static size_t put_noise(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)draw(256);
    return len;
}

static size_t make_noise(uint8_t *out)
{
    return put_noise(out, draw(BYTES_MAX));
}

static size_t make_cut_request(uint8_t *out)
{
    return draw((uint32_t)put_request(out) + 1);
}

static size_t make_changed_request(uint8_t *out)
{
    size_t len = put_request(out);

    for (int i = 0; i < 3; i++)
        out[draw((uint32_t)len)] = (uint8_t)draw(256);
    return len;
}

/* Packets of lengths that lie, behind a request that does not. */
static size_t make_packets(uint8_t *out)
{
    size_t len = put_request(out);

    for (int i = 0; i < 8; i++) {
        size_t body = draw(100);

        out[len] = (uint8_t)(draw(4) == 0 ? draw(256) : body);
        out[len + 1] = (uint8_t)(draw(8) == 0 ? draw(256) : 0);
        out[len + 2] = out[len + 3] = (uint8_t)(draw(8) == 0 ? draw(256) : 0);
        out[len + 4] = (uint8_t)(draw(2) == 0 ? SW_BAND_CHALLENGE_RESPONSE : draw(32));
        len += 5 + put_noise(out + len + 5, body);
    }
    return len;
}

static size_t make_long_name(uint8_t *out)
{
    memset(out, 'a', BYTES_MAX);
    memcpy(out, "auth rsa ", 9);
    return BYTES_MAX;
}

static size_t make_nothing(uint8_t *out)
{
    (void)out;
    return 0;
}

static size_t (*const kinds[])(uint8_t *out) = {
    make_noise, make_cut_request, make_changed_request, make_packets, make_long_name, make_nothing,
};

/* ---- connections ---- */

/* Sends in one or two parts, and ends in one of the ways that there are. */
static void send_one(const server *s)
{
    uint8_t bytes[BYTES_MAX + 1024];
    size_t len = kinds[draw(COUNT(kinds))](bytes);
    size_t first = draw(2) == 0 ? len : draw((uint32_t)len + 1);
    int fd = dial_from(scratch_format("127.3.0.%d", 1 + (int)draw(200)), s->port);
    char answer[4096];

    send(fd, bytes, first, MSG_NOSIGNAL);
    if (draw(2) == 0)
        recv(fd, answer, sizeof(answer), 0); /* so that it does not come at once */
    send(fd, bytes + first, len - first, MSG_NOSIGNAL);
    if (draw(3) == 0) {
        close_hard(fd);
        return;
    }
    shutdown(fd, SHUT_WR);
    if (draw(2) == 0)
        while (recv(fd, answer, sizeof(answer), 0) > 0)
            ;
    close(fd);
}

static const char *const options[] = { "", "--allow-legacy --allow-rc4", "--host-key host",
                                       "--host-key host --require-sealed" };

START_TEST(connections)
{
    int count = hostile_is_long() ? 20000 : 2500;
    server s = server_start_local(scratch_format("--log-level crit --max-per-source 0 %s", options[_i]));
    int descriptors = hostile_count(s.process, "fd");
    long before = 0;

    for (int i = 0; i < count; i++) {
        send_one(&s);
        if (i == count / 10)
            before = hostile_resident(s.process);
    }
    hostile_await_count(s.process, "fd", descriptors);
    hostile_figure("%d malformed connections (%s): %ld KiB more resident", count, options[_i],
                   hostile_resident(s.process) - before);
    ck_assert(hostile_is_sanitized() || hostile_resident(s.process) - before < 4096);
    client_expect(&s, "--known-servers known --accept-new", "version", 0, NULL, NULL);
    process_signal(s.process, SIGTERM);
    process_expect(s.process, "SIGTERM", 0, NULL, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile malformed");

    tcase_add_loop_test(e2e_case(suite, "connections"), connections, 0, COUNT(options));
    return e2e_main(suite);
}
