/* SPDX-License-Identifier: ISC */
/* Every command, asked for by users with every set of permissions. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"
#include "send_command.h"

#include <sidewire/audio.h>
#include <string.h>

enum {
    READS = SW_AFS_READ | SW_VSS_READ,
    WRITES = SW_AFS_WRITE | SW_VSS_WRITE,
    AFS_BOTH = SW_AFS_READ | SW_AFS_WRITE,
    VSS_BOTH = SW_VSS_READ | SW_VSS_WRITE,
    ANSWER_MAX = 4096
};

#define DENIED "permission denied\n"

/* What the protocol wants them to need [sections 9.1 and 9.3], and arguments that do no harm to a
 * server that runs them. */
static const struct {
    const char *name;
    unsigned needs;
    const char *arguments;
} commands[] = {
    { "help", 0, "" },
    { "si", 0, "" },
    { "version", 0, "" },
    { "stat", SW_VSS_READ, "-n=1" },
    { "sender", VSS_BOTH, "" },
    { "play", VSS_BOTH, "" },
    { "stop", VSS_BOTH, "" },
    { "pause", VSS_BOTH, "" },
    { "next", VSS_BOTH, "" },
    { "nomore", VSS_BOTH, "" },
    { "ff", VSS_BOTH, "1" },
    { "jmp", VSS_BOTH, "wrong" },
    { "hup", SW_VSS_WRITE, "" },
    { "term", VSS_BOTH, "wrong" },

    { "add", AFS_BOTH, "/music" },
    { "addatt", AFS_BOTH, "name" },
    { "addimg", AFS_BOTH, "name" },
    { "addlyr", AFS_BOTH, "name" },
    { "addmood", AFS_BOTH, "name" },
    { "addpl", AFS_BOTH, "name" },
    { "cpsi", AFS_BOTH, "/source /destination" },
    { "init", AFS_BOTH, "" },
    { "mvatt", AFS_BOTH, "name other" },
    { "mvimg", AFS_BOTH, "name other" },
    { "mvlyr", AFS_BOTH, "name other" },
    { "mvmood", AFS_BOTH, "name other" },
    { "mvpl", AFS_BOTH, "name other" },
    { "rm", AFS_BOTH, "/music" },
    { "rmatt", AFS_BOTH, "name" },
    { "rmimg", AFS_BOTH, "name" },
    { "rmlyr", AFS_BOTH, "name" },
    { "rmmood", AFS_BOTH, "name" },
    { "rmpl", AFS_BOTH, "" },
    { "select", AFS_BOTH, "." },
    { "setatt", AFS_BOTH, "name+ /music" },
    { "touch", AFS_BOTH, "/music" },

    { "catimg", SW_AFS_READ, "name" },
    { "catlyr", SW_AFS_READ, "name" },
    { "catmood", SW_AFS_READ, "name" },
    { "catpl", SW_AFS_READ, "" },
    { "check", SW_AFS_READ, "" },
    { "ls", SW_AFS_READ, "" },
    { "lsatt", SW_AFS_READ, "" },
    { "lsimg", SW_AFS_READ, "" },
    { "lslyr", SW_AFS_READ, "" },
    { "lsmood", SW_AFS_READ, "" },
    { "lspl", SW_AFS_READ, "-x" },
};

/* ---- users ---- */

static const char *const names[] = { "AFS_READ", "AFS_WRITE", "VSS_READ", "VSS_WRITE" };

/* One with each set, called by its number; they share a key. */
static void write_users(void)
{
    const char *list = "";

    for (unsigned set = 0; set <= SW_PERMISSIONS_ALL; set++) {
        list = scratch_format("%suser u%u keys/alice.pub %s", list, set, set == 0 ? "-" : "");
        for (int i = 0; i < COUNT(names); i++)
            if (set & 1U << i)
                list = scratch_format("%s%s%s", list, names[i], set >> i > 1 ? "," : "");
        list = scratch_format("%s\n", list);
    }
    scratch_write_text("users", list);
}

static server start_server(const char *options)
{
    write_users();
    return server_start_local(options);
}

/* ---- all commands, all sets ---- */

/* Runs a command up to its exit, or to where it wants an upload. 1 if it was denied. */
static int is_denied(const server *s, unsigned set, const char *words)
{
    peer *p = peer_client(dial(s->port), scratch_format("u%u", set), "keys/alice");
    char answer[ANSWER_MAX + 1] = "";
    size_t len = 0;
    command_line line = { { NULL }, 0 };
    sw_event event;
    int type, denied;

    command_add_words(&line, words);
    peer_log_in(p);
    ck_assert_int_eq(send_command(peer_session(p), line.argv, line.argc), 1);
    while ((type = peer_next(p, &event)) == SW_EVENT_DATA) {
        if (event.chunk.band != SW_BAND_ERROR_LOG)
            continue;
        ck_assert_uint_le(event.chunk.len, ANSWER_MAX - len);
        memcpy(answer + len, event.chunk.data, event.chunk.len);
        len += event.chunk.len;
    }
    ck_assert_msg(type == SW_EVENT_EXIT || type == SW_EVENT_AWAITING_DATA, "%s: event or error %d", words, type);
    denied = strcmp(answer, DENIED) == 0;
    ck_assert_msg(!denied || (type == SW_EVENT_EXIT && event.status == 1), "%s: denied, but goes on", words);
    peer_close(p);
    return denied;
}

static const char *words_of(int i)
{
    return scratch_format("%s %s", commands[i].name, commands[i].arguments);
}

START_TEST(commands_of_user)
{
    server s = start_server("");
    unsigned set = (unsigned)_i;

    for (int i = 0; i < COUNT(commands); i++) {
        int expected = (commands[i].needs & ~set) != 0;

        ck_assert_msg(is_denied(&s, set, words_of(i)) == expected, "user with set %u: '%s' %s", set, words_of(i),
                      expected ? "was not denied" : "was denied");
    }
    server_stop(&s);
}
END_TEST

/* ---- legacy mode ---- */

static const unsigned legacy_sets[] = { 0, READS, WRITES, AFS_BOTH, VSS_BOTH };

START_TEST(commands_of_legacy_user)
{
    server s = start_server("--allow-legacy");
    unsigned set = legacy_sets[_i];
    const char *options = scratch_format("--allow-legacy --features= -u u%u", set);

    for (int i = 0; i < COUNT(commands); i++) {
        int expected = (commands[i].needs & ~set) != 0;
        process *p = client_start(&s, options, words_of(i));

        ck_assert_int_le(process_wait(p), 1);
        ck_assert_msg((strcmp(process_out(p), DENIED) == 0) == expected, "user with set %u: '%s' %s", set,
                      words_of(i), expected ? "was not denied" : "was denied");
    }
    server_stop(&s);
}
END_TEST

/* ---- the table above ---- */

START_TEST(table_is_complete)
{
    ck_assert_uint_eq(sw_audio_commands.count, COUNT(commands));
    for (int i = 0; i < COUNT(commands); i++) {
        size_t len = strlen(commands[i].name);

        ck_assert_msg(sw_command_find(&sw_audio_commands, commands[i].name, len) != NULL, "%s: not in the library",
                      commands[i].name);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(commands[i].name, commands[k].name);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e permissions");

    tcase_add_test(e2e_case(suite, "table"), table_is_complete);
    tcase_add_loop_test(e2e_case(suite, "users"), commands_of_user, 0, SW_PERMISSIONS_ALL + 1);
    tcase_add_loop_test(e2e_case(suite, "legacy"), commands_of_legacy_user, 0, COUNT(legacy_sets));
    return e2e_main(suite);
}
