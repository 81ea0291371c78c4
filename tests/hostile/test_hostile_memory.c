/* SPDX-License-Identifier: ISC */
/* What connections cost in memory and time, and what greedy ones can make the server, or the system for it,
 * hold. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- idle ---- */

static double median_probe(const server *s)
{
    enum { PROBES = 101 };
    double took[PROBES];

    for (int i = 0; i < PROBES; i++) {
        took[i] = hostile_probe("127.0.0.2", s->port);
        ck_assert(took[i] >= 0);
    }
    return hostile_quantile(took, PROBES, 0.5);
}

/* Milliseconds of a processor that a process took. */
static double processor_ms(const process *p)
{
    const char *text = hostile_read_proc(scratch_format("/proc/%ld/schedstat", (long)process_id(p)));

    return strtod(text, NULL) / 1e6;
}

typedef struct cost {
    double elapsed, processor; /* ms: of one `version`, of all that there were for it */
} cost;

static cost cost_of_probes(const server *s)
{
    double before = processor_ms(s->process);
    cost c = { median_probe(s), 0 };

    c.processor = processor_ms(s->process) - before;
    return c;
}

/* Connections that say nothing: their memory, and what a command costs beside them. */
START_TEST(idle)
{
    int count = hostile_is_long() ? 9900 : 1500;
    server s = server_start_local(
        "--log-level error --handshake-timeout 3600 --max-per-source 0 "
        "--max-connections 15000");
    int *sockets = calloc((size_t)count, sizeof(*sockets));
    char greeting[8];
    cost before, after;
    long memory, each;

    hostile_raise_descriptors();
    median_probe(&s); /* what is warmed up by the first is not counted */
    before = cost_of_probes(&s);
    memory = hostile_resident(s.process);
    for (int i = 0; i < count; i++) {
        sockets[i] = dial_from(scratch_format("127.1.0.%d", 1 + i % 200), s.port);
        receive_exactly(sockets[i], greeting, sizeof(greeting));
    }
    each = (hostile_resident(s.process) - memory) * 1024 / count;
    after = cost_of_probes(&s);
    hostile_figure(
        "%d idle connections: %ld bytes resident each; `version` takes %.2f ms beside none, "
        "%.2f ms beside them; the server's processor time is %.2f times that beside none",
        count, each, before.elapsed, after.elapsed, after.processor / before.processor);
    ck_assert(hostile_is_sanitized() || each <= 8192);
    ck_assert(after.processor < (hostile_is_long() ? 2 : 4) * before.processor);
    if (hostile_is_long())
        ck_assert(after.elapsed < 2 * before.elapsed);
    for (int i = 0; i < count; i++)
        close(sockets[i]);
    hostile_stop(&s);
    free(sockets);
}
END_TEST

/* Users who are logged in and say nothing more. */
START_TEST(idle_users)
{
    int count = hostile_is_long() ? 1000 : 100;
    server s = server_start_local(
        "--log-level error --handshake-timeout 3600 --max-per-source 0 "
        "--max-per-user 0 --max-connections 2000");
    peer **peers = calloc((size_t)count, sizeof(peer *));
    long memory, each;

    hostile_raise_descriptors();
    median_probe(&s);
    memory = hostile_resident(s.process);
    for (int i = 0; i < count; i++) {
        peers[i] = peer_client(dial(s.port), "alice", "keys/alice");
        peer_log_in(peers[i]);
    }
    each = (hostile_resident(s.process) - memory) * 1024 / count;
    hostile_figure("%d users that wait: %ld bytes resident each", count, each);
    ck_assert(hostile_is_sanitized() || each <= 8192);
    for (int i = 0; i < count; i++)
        peer_close(peers[i]);
    hostile_stop(&s);
    free(peers);
}
END_TEST

/* ---- downloads ---- */

static void add_blob(const server *s, const char *name, size_t size)
{
    command_line line = client_line(s->port, scratch_format("addimg %s", name));
    process_setup setup = { .input = "blob" };

    scratch_write("blob", memset(scratch_allocate(size), 'x', size), size);
    process_expect(process_start(&line, &setup), "addimg", 0, "", "");
}

/* Downloads that nobody reads: what waits is a piece of each, and afterwards nothing. */
START_TEST(unread_downloads)
{
    enum { MOST = 250 };
    int count = hostile_is_long() ? MOST : 40;
    server s = server_start_local(
        "--log-level error --max-per-source 0 --max-per-user 0 "
        "--max-connections 400");
    peer *peers[MOST];
    long before, during, after;

    hostile_raise_descriptors();
    add_blob(&s, "cover", 5 << 20);
    client_expect(&s, "", "catimg cover", 0, NULL, "");
    before = hostile_resident(s.process);
    for (int i = 0; i < count; i++)
        peers[i] = hostile_command(dial_small("127.0.0.2", s.port), "catimg cover", 0);
    sleep_ms(500);
    during = hostile_resident(s.process);
    ck_assert(hostile_probe("127.0.0.3", s.port) >= 0);
    for (int i = 0; i < count; i++)
        peer_close(peers[i]);
    hostile_await_count(s.process, "fd", 20);
    client_expect(&s, "", "version", 0, NULL, "");
    after = hostile_resident(s.process);
    hostile_figure("%d unread downloads of 5 MiB: %ld KiB more, %ld KiB of it stay", count, during - before,
                   after - before);
    if (!hostile_is_sanitized()) {
        ck_assert_int_le(during - before, count * 256);
        ck_assert_int_le(after - before, 8192);
    }
    hostile_stop(&s);
}
END_TEST

/* ---- uploads ---- */

/* Sends as much of `len` bytes as the server takes, which may end it. */
static void send_some(peer *p, size_t len)
{
    static const char zeros[16384];

    while (len > 0) {
        size_t n = len < sizeof(zeros) ? len : sizeof(zeros);
        size_t taken;

        ck_assert_int_ge(sw_session_send(peer_session(p), SW_BAND_BLOB_DATA, zeros, n, &taken), 0);
        peer_flush(p);
        len -= taken;
    }
}

/* Uploads of all together have a limit; who is above it is told, and others go on. */
START_TEST(uploads_have_one_limit)
{
    enum { UPLOADS = 8, EACH = 900 << 10, LIMIT = 4 << 20 };
    server s = server_start_local(scratch_format("--memory-limit %d", LIMIT));
    long before = hostile_resident(s.process);
    peer *peers[UPLOADS];
    int refused = 0;
    long during;
    sw_event event;

    for (int i = 0; i < UPLOADS; i++) {
        peers[i] = hostile_command(dial(s.port), scratch_format("addimg n%d", i), 1);
        peer_expect(peers[i], SW_EVENT_AWAITING_DATA, &event);
        send_some(peers[i], EACH);
    }
    ck_assert(hostile_probe("127.0.0.2", s.port) >= 0);
    during = hostile_resident(s.process);
    for (int i = 0; i < UPLOADS; i++) {
        sw_session_send(peer_session(peers[i]), SW_BAND_BLOB_DATA, NULL, 0, &(size_t){ 0 });
        peer_flush(peers[i]);
        if (peer_next(peers[i], &event) == SW_EVENT_DATA) {
            ck_assert_uint_eq(event.chunk.band, SW_BAND_ERROR_LOG);
            ck_assert_int_eq(memcmp(event.chunk.data, "server is full", 14), 0);
            refused++;
        }
        peer_close(peers[i]);
    }
    hostile_figure("%d uploads of %d KiB within %d KiB: %d were refused, %ld KiB were resident", UPLOADS,
                   EACH >> 10, LIMIT >> 10, refused, during - before);
    ck_assert_int_ge(refused, UPLOADS / 2);
    ck_assert_int_lt(refused, UPLOADS);
    ck_assert(hostile_is_sanitized() || during - before < 2 * (LIMIT >> 10));
    hostile_stop(&s);
}
END_TEST

/* ---- watchers ---- */

/* Bytes that the system holds for peers of a port who do not read. */
static long unsent_bytes(const char *port)
{
    char *text = hostile_read_proc("/proc/net/tcp");
    char *rest;
    long sum = 0;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        unsigned local;
        unsigned long waiting;

        if (sscanf(line, "%*d: %*x:%x %*x:%*x %*x %lx:", &local, &waiting) == 2 &&
            local == strtoul(port, NULL, 10))
            sum += (long)waiting;
    }
    return sum;
}

/* Watchers that read nothing get no rounds that are old by then, here or in the system. */
START_TEST(unread_watchers)
{
    enum { MOST = 500 };
    int count = hostile_is_long() ? MOST : 40;
    int events = hostile_is_long() ? 400 : 60;
    server s = server_start_local(
        "--log-level error --max-per-source 0 --max-per-user 0 "
        "--max-connections 1000");
    peer *peers[MOST];
    long before, memory, system;
    peer *reader;
    sw_event event;
    int type;

    hostile_raise_descriptors();
    median_probe(&s);
    before = hostile_resident(s.process);
    for (int i = 0; i < count; i++)
        peers[i] = hostile_command(dial_small("127.0.0.2", s.port), "stat", 0);
    for (int i = 0; i < events; i++) {
        reader = hostile_command(dial(s.port), i % 2 ? "stop" : "play", 0);
        do
            type = peer_next(reader, &event);
        while (type == SW_EVENT_DATA);
        ck_assert_int_eq(type, SW_EVENT_EXIT);
        peer_close(reader);
    }
    memory = hostile_resident(s.process) - before;
    system = unsent_bytes(s.port) / 1024;
    hostile_figure("%d watchers that read nothing of %d rounds: %ld KiB resident, %ld KiB in the system", count,
                   events, memory, system);
    ck_assert_int_gt(system, 0);
    ck_assert_int_le(system, count * 32);
    ck_assert(hostile_is_sanitized() || memory <= count * 24 + 4096);
    for (int i = 0; i < count; i++)
        peer_close(peers[i]);
    hostile_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile memory");

    tcase_add_test(e2e_case(suite, "idle"), idle);
    tcase_add_test(e2e_case(suite, "idle users"), idle_users);
    tcase_add_test(e2e_case(suite, "downloads"), unread_downloads);
    tcase_add_test(e2e_case(suite, "uploads"), uploads_have_one_limit);
    tcase_add_test(e2e_case(suite, "watchers"), unread_watchers);
    return e2e_main(suite);
}
