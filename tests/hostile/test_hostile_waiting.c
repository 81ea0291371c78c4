/* SPDX-License-Identifier: ISC */
/* Nobody waits for the database but who uses it: other programs that lock it, large changes. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void run_sql(sqlite3 *database, const char *sql)
{
    char *why = NULL;

    ck_assert_msg(sqlite3_exec(database, sql, NULL, NULL, &why) == SQLITE_OK, "%s: %s", sql, why);
}

static sqlite3 *open_database(void)
{
    sqlite3 *database;

    ck_assert_int_eq(sqlite3_open("blobs.db", &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 10000);
    return database;
}

/* A client that gives one line many times. */
static process *script_start(const server *s, const char *name, const char *line, int times)
{
    process_setup setup = { .input = name };
    command_line command = { { NULL }, 0 };
    const char *script = "";

    for (int i = 0; i < times; i++)
        script = scratch_format("%s%s\n", script, line);
    scratch_write_text(name, script);
    command_add(&command, tool_path(TOOL_CLIENT));
    command_add_words(&command, scratch_format("-H 127.0.0.1 -p %s -u alice -k keys/alice "
                                               "--interactive",
                                               s->port));
    return process_start(&command, &setup);
}

/* `version` while four clients add, list and remove, first beside a lock of another program. */
START_TEST(commands)
{
    enum { ENTRIES = 40000, MOST = 600 };
    int probes = hostile_is_long() ? MOST : 120;
    server s = server_start_local("--log-level error --database blobs.db --max-per-source 0");
    sqlite3 *other = open_database();
    process *clients[4];
    double took[MOST];
    double alone, p50, p99;

    run_sql(other, scratch_format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                  "WHERE i < %d) INSERT INTO moods (name, revision, contents) SELECT "
                                  "CAST(printf('%%06d', i) AS BLOB), 1, zeroblob(100) FROM n",
                                  ENTRIES));
    scratch_write_text("blob", "text");
    for (int i = 0; i < probes; i++)
        took[i] = hostile_probe("127.0.0.2", s.port);
    alone = hostile_quantile(took, probes, 0.99);
    run_sql(other, "BEGIN EXCLUSIVE");
    clients[0] = script_start(&s, "adding", "addimg x < blob", 20);
    clients[1] = script_start(&s, "adding more", "addimg y < blob", 20);
    clients[2] = script_start(&s, "listing", "lsimg", 20);
    clients[3] = script_start(&s, "removing", "rmmood *", 1);
    for (int i = 0; i < probes; i++) {
        took[i] = hostile_probe("127.0.0.2", s.port);
        ck_assert(took[i] >= 0);
        if (i == probes / 2) /* from here on the large change is made */
            run_sql(other, "ROLLBACK");
    }
    for (int i = 0; i < COUNT(clients); i++)
        process_wait(clients[i]);
    p50 = hostile_quantile(took, probes, 0.5);
    p99 = hostile_quantile(took, probes, 0.99);
    hostile_figure(
        "%d times `version` beside two addimg, lsimg and a large rm on a locked database: "
        "p50 %.1f ms, p99 %.1f ms; p99 beside nothing %.1f ms",
        probes, p50, p99, alone);
    ck_assert(p50 < 250);
    ck_assert(p99 < (hostile_is_long() ? 20 : 1000));
    sqlite3_close(other);
    hostile_stop(&s);
}
END_TEST

/* ---- who leaves meanwhile ---- */

static void leave_in_order(peer *p)
{
    shutdown_sending(peer_socket(p));
}

static void leave_hard(peer *p)
{
    close_hard(peer_socket(p));
}

/* What is no packet of the session ends it while its job goes on. */
static void send_garbage(peer *p)
{
    static const char garbage[64];

    send_all(peer_socket(p), garbage, sizeof(garbage));
}

static const struct {
    void (*leave)(peer *p);
    int stays_open;
} departures[] = { { leave_in_order, 1 }, { leave_hard, 0 }, { send_garbage, 1 } };

/* What the job answers then goes nowhere, and is not kept either, which a sanitizer sees. */
START_TEST(left_meanwhile)
{
    enum { PEERS = 6 };
    static const char *const words[] = { "lsimg", "catimg *", "rmimg *" };
    server s = server_start_local("--database blobs.db --max-per-source 0");
    sqlite3 *other = open_database();
    peer *peers[PEERS];

    run_sql(other,
            "INSERT INTO images (name, revision, contents) VALUES (CAST('a' AS BLOB), 1, "
            "zeroblob(100000))");
    run_sql(other, "BEGIN EXCLUSIVE");
    for (int i = 0; i < PEERS; i++)
        peers[i] = hostile_command(dial(s.port), words[i % COUNT(words)], 0);
    sleep_ms(100); /* the first waits for the lock, the others in the queue */
    for (int i = 0; i < PEERS; i++)
        departures[_i].leave(peers[i]);
    sleep_ms(100);
    run_sql(other, "ROLLBACK");
    process_wait(client_start(&s, "", "lsimg")); /* behind all of these */
    for (int i = 0; i < PEERS; i++) {
        if (departures[_i].stays_open)
            peer_close(peers[i]);
        else
            peer_forget(peers[i]);
    }
    sqlite3_close(other);
    hostile_stop(&s);
}
END_TEST

/* ---- the end ---- */

/* A job that waits for a lock does not keep the server from ending. */
START_TEST(ends_meanwhile)
{
    server s = server_start_local("--database blobs.db");
    sqlite3 *other = open_database();
    peer *p;

    run_sql(other, "BEGIN EXCLUSIVE");
    p = hostile_command(dial(s.port), "lsimg", 0);
    sleep_ms(100);
    process_signal(s.process, SIGHUP); /* waits behind it, and for nobody */
    hostile_stop(&s);
    peer_close(p);
    sqlite3_close(other);
}
END_TEST

/* ---- key files ---- */

/* The user list is read in the thread: a reload waits where the database does, and others do not. */
START_TEST(reload)
{
    server s = server_start_local("--database blobs.db");
    sqlite3 *other = open_database();
    peer *lister, *p;
    sw_event event;

    run_sql(other, "BEGIN EXCLUSIVE");
    lister = hostile_command(dial(s.port), "lsimg", 0);
    p = hostile_command(dial(s.port), "hup", 0);
    process_signal(s.process, SIGHUP);
    process_signal(s.process, SIGHUP);
    ck_assert(hostile_probe("127.0.0.2", s.port) >= 0);
    run_sql(other, "ROLLBACK");
    peer_expect(p, SW_EVENT_EXIT, &event);
    ck_assert_int_eq(event.status, 0);
    process_await_err(s.process, "users: read again, users: 2\n");
    client_expect(&s, "", "version", 0, NULL, "");
    peer_close(lister);
    peer_close(p);
    sqlite3_close(other);
    hostile_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile waiting");

    tcase_add_test(e2e_case(suite, "commands"), commands);
    tcase_add_loop_test(e2e_case(suite, "left"), left_meanwhile, 0, COUNT(departures));
    tcase_add_test(e2e_case(suite, "end"), ends_meanwhile);
    tcase_add_test(e2e_case(suite, "reload"), reload);
    return e2e_main(suite);
}
