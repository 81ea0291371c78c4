/* SPDX-License-Identifier: ISC */
/* Fifty clients at once, in all modes, with mixed commands for some seconds: each gets what it asked
 * for, the server's counts add up, and nothing is left behind. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>

enum {
    CLIENTS = 50,
    STREAMS = 3, /* clients that watch meanwhile, and are killed in the end */
    ROUNDS = 2,
    BLOB_SIZE = 50000
};

static const char *const modes[] = {
    "",
    "--allow-rc4 --features sideband",
    "--allow-legacy --features= --legacy-wait 20000",
};

/* One line, one connection; @ is the client's number. The first one is for the others to rely on. */
/* clang-format off */
static const char *const commands[] = {
    "addimg picture-@ < blob-@", "help ff", "play", "si", "next", "lsimg picture-@", "stat -n=1",
    "catimg picture-@", "sender http on", "pause", "version", "ff @", "addlyr common < blob-@",
    "nosuch-@", "help touch",
};
/* clang-format on */

/* ---- what the system knows of a process ---- */

static int entries_of(const process *p, const char *what)
{
    DIR *folder = opendir(scratch_format("/proc/%ld/%s", (long)process_id(p), what));
    int count = 0;

    ck_assert_ptr_nonnull(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Connections close a moment after their clients are gone. */
static void await_descriptors(const process *p, int count)
{
    long end = clock_ms() + PROCESS_SECONDS * 1000L;

    while (entries_of(p, "fd") != count) {
        ck_assert_msg(clock_ms() < end, "%d descriptors, not %d", entries_of(p, "fd"), count);
        sleep_ms(10);
    }
}

/* ---- clients ---- */

/* A line of the client's own, so that no other one's can be taken for it. */
static const char *blob_of(int client)
{
    char *blob = scratch_allocate(BLOB_SIZE + 1);

    for (size_t i = 0; i < BLOB_SIZE; i++)
        blob[i] = (char)('a' + (i * (size_t)(client + 7) + i / 1000) % 26);
    blob[BLOB_SIZE - 1] = '\n';
    return blob;
}

static const char *with_number(const char *text, int number)
{
    const char *out = "";
    const char *at;

    for (; (at = strchr(text, '@')) != NULL; text = at + 1)
        out = scratch_format("%s%.*s%d", out, (int)(at - text), text, number);
    return scratch_format("%s%s", out, text);
}

/* The command lines of one client: not the same as another one's at the same time. */
static const char *script_of(int client)
{
    int others = COUNT(commands) - 1;
    const char *script = with_number(commands[0], client);

    for (int i = 0; i < ROUNDS * others; i++)
        script = scratch_format("%s\n%s", script, with_number(commands[1 + (i + client) % others], client));
    return scratch_format("%s\n", script);
}

enum { COMMANDS_EACH = 1 + ROUNDS * (COUNT(commands) - 1) };

static process *client_with_script(const server *s, int client)
{
    const char *script = scratch_format("script-%d", client);
    process_setup setup = { .input = script };
    command_line line = { { NULL }, 0 };

    scratch_write_text(script, script_of(client));
    scratch_write_text(scratch_format("blob-%d", client), blob_of(client));
    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, scratch_format("-H %s -p %s -u alice -k keys/alice --timeout 60 %s "
                                            "--interactive",
                                            s->host, s->port, modes[client % COUNT(modes)]));
    return process_start(&line, &setup);
}

/* How often a text occurs in another one. */
static int occurrences(const char *text, const char *part)
{
    int count = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

static void check_client(process *p, int client)
{
    const char *out;

    process_wait(p);
    out = process_out(p);
    ck_assert_int_eq(occurrences(out, blob_of(client)), ROUNDS);
    ck_assert_int_eq(occurrences(out, scratch_format("picture-%d\n", client)), ROUNDS);
    ck_assert_int_eq(occurrences(out, "ff - skip some seconds\n"), ROUNDS);
    ck_assert_int_eq(occurrences(out, "\nnum_played:"), ROUNDS);
    ck_assert_int_eq(occurrences(out, "\ncompiler: "), ROUNDS);
}

/* ---- all at once ---- */

START_TEST(crowd)
{
    /* a temporary database would open its file only when there is something to write */
    server s = server_start_local(
        "--allow-legacy --allow-rc4 --database blobs.db "
        "--max-per-source 0 --max-per-user 0 "
        "--handshake-timeout 60");
    int descriptors = entries_of(s.process, "fd");
    process *clients[CLIENTS];
    process *streams[STREAMS];
    unsigned sessions = STREAMS + CLIENTS * COMMANDS_EACH + 1;

    for (int i = 0; i < STREAMS; i++) {
        streams[i] = client_start(&s, modes[i % COUNT(modes)], "stat -p");
        process_await_out(streams[i], "\n");
    }
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = client_with_script(&s, i);
    for (int i = 0; i < CLIENTS; i++)
        check_client(clients[i], i);
    for (int i = 0; i < STREAMS; i++)
        process_signal(streams[i], SIGKILL);
    await_descriptors(s.process, descriptors);
    ck_assert_int_eq(entries_of(s.process, "task"), 2); /* one is the database's */
    client_expect(&s, "", "si", 0,
                  scratch_format("*connections (active/accepted/total): 1/%u/%u\n"
                                 "commands: %u\n*",
                                 sessions, sessions, sessions),
                  "");
    client_expect(&s, "", "lsimg", 0, NULL, "");
    client_expect(&s, "", "lslyr", 0, "common\n", "");
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e crowd");

    tcase_add_test(e2e_case(suite, "crowd"), crowd);
    return e2e_main(suite);
}
