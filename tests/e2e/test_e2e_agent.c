/* SPDX-License-Identifier: ISC */
/* Users with Ed25519 keys, keys that a real ssh-agent has, and the usual keys in turn; and agents that are
 * none. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/backends.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define VERSION "sidewire-server *"

static void run(const char *words)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, words);
    process_expect(process_start(&line, NULL), words, 0, NULL, NULL);
}

/* In the test's own folder, since the users of others do not have them. */
static void make_keys(void)
{
    run("ssh-keygen -q -t ed25519 -N '' -C '' -f ed");
    run("ssh-keygen -q -t ed25519 -N secret -C locked -f locked");
    run("openssl genpkey -algorithm ed25519 -out ed8");
    run("openssl pkey -in ed8 -pubout -out ed8.pub");
    run("cp keys/bob bob8");
    run("ssh-keygen -q -p -m PKCS8 -P '' -N secret -f bob8");
    scratch_write_text("users",
                       "user alice keys/alice.pub VSS_READ\n"
                       "user bob keys/bob.pub VSS_READ\n"
                       "user ed ed.pub VSS_READ\n"
                       "user ed8 ed8.pub VSS_READ\n"
                       "user locked locked.pub VSS_READ\n");
}

static server start(const char *options)
{
    setenv("SSH_ASKPASS", scratch_format("%s/ask", getenv("HOME")), 1);
    setenv("SSH_ASKPASS_REQUIRE", "force", 1);
    scratch_write_text("ask", "#!/bin/sh\necho secret\n");
    ck_assert_int_eq(chmod("ask", 0700), 0);
    make_keys();
    return server_start_local(scratch_format("--host-key host %s", options));
}

/* Without the user and key of other suites. */
static void expect(const server *s, const char *words, int status, const char *out, const char *err)
{
    words = scratch_format("-H %s -p %s --accept-new %s version", s->host, s->port, words);
    process_expect(tool_start(TOOL_CLIENT, words), words, status, out, err);
}

/* ---- agents ---- */

/* Starts one, and gives it keys. It ends with the test. */
static process *start_agent(const char *keys)
{
    const char *path = scratch_format("%s/agent", getenv("HOME"));
    command_line line = { { NULL }, 0 };
    process *agent;

    command_add_words(&line, scratch_format("ssh-agent -D -a %s", path));
    agent = process_start(&line, NULL);
    for (int i = 0; access(path, F_OK) < 0 && i < PROCESS_SECONDS * 100; i++)
        sleep_ms(10);
    setenv("SSH_AUTH_SOCK", path, 1);
    run(scratch_format("ssh-add -q %s", keys));
    return agent;
}

enum { SIGNATURE_LEN = 4 + 88 };

/* What a played agent says when it is to sign: 64 zeros as a signature, unless told otherwise. */
static struct {
    const char *bytes;
    size_t len;
} signature = {
    "\0\0\0\130\16\0\0\0\123\0\0\0\13ssh-ed25519\0\0\0\100"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    SIGNATURE_LEN
};

/* Listens as an agent would; each that asks for keys is told the bytes, and each that asks for a signature that
 * one; then they are kept waiting. In a process of its own. */
static pid_t play_agent(const void *answer, size_t len)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = scratch_format("%s/played", getenv("HOME"));
    char request[1024];
    pid_t pid;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    unlink(path);
    strcpy(address.sun_path, path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    setenv("SSH_AUTH_SOCK", path, 1);
    pid = fork();
    if (pid != 0) {
        close(fd);
        return pid;
    }
    alarm(PROCESS_SECONDS);
    for (;;) {
        int there = accept(fd, NULL, NULL);

        if (there < 0 || read(there, request, sizeof(request)) <= 4)
            _exit(1);
        if (request[4] == 11 ? write(there, answer, len) != (ssize_t)len
                             : write(there, signature.bytes, signature.len) != (ssize_t)signature.len)
            _exit(1);
    }
}

static void stop_played(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* ---- keys of files ---- */

START_TEST(ed25519_of_a_file)
{
    server s = start("");

    for (size_t i = 0; sw_backend_name(i) != NULL; i++) {
        const char *name = sw_backend_name(i);
        sw_crypto *crypto = sw_backend_new(name);
        int can = crypto->ed25519_sign != NULL;

        sw_backend_free(crypto);
        for (int k = 0; k < 2; k++) {
            const char *user = k == 0 ? "ed" : "ed8";
            const char *words = scratch_format("--crypto %s -u %s -k %s", name, user, user);
            const char *why = scratch_format("*: %s cannot sign with Ed25519 keys*", name);

            expect(&s, words, can ? 0 : 2, can ? VERSION : "", can ? "*" : why);
        }
    }
    expect(&s, "-u ed -k ed", 0, VERSION, "");
    expect(&s, "-u alice -k ed", 3, "", "*: user refused: *");
    server_stop(&s);
}
END_TEST

START_TEST(ed25519_needs_a_sealed_session)
{
    server s = start("");
    server plain = server_start_local("");

    expect(&s, "--plain -u ed -k ed", 2, "",
           "*: the session is plain (that is what --plain asks for), and "
           "ed is an Ed25519 key, which needs a sealed session\n");
    expect(&plain, "-u ed -k ed", 3, "",
           "*: the session is plain (the server offers no other), and ed is "
           "an Ed25519 key, which needs a sealed session\n");
    process_signal(plain.process, SIGTERM);
    process_wait(plain.process);
    server_stop(&s);
}
END_TEST

/* ---- keys of an agent ---- */

START_TEST(passphrase)
{
    server s = start("");
    server plain = server_start_local("");
    process *agent;

    expect(&s, "-u locked -k locked", 2, "",
           "sidewire-client: locked: key is protected by a passphrase, and "
           "there is no agent (SSH_AUTH_SOCK is not set); ssh-add locked gives it to an agent\n");
    agent = start_agent("ed");
    expect(&s, "-u locked -k locked", 2, "", "*the agent does not have it; ssh-add locked gives*");
    expect(&s, "-u bob -k bob8", 2, "",
           "*; for an agent to have it, which ssh-add bob8 does, bob8.pub is "
           "needed as well\n");
    run("ssh-add -q locked bob8");
    expect(&s, "-u locked -k locked", 0, VERSION, "*");
    expect(&s, "-u bob -k bob8", 2, "", "*bob8.pub is needed as well\n");
    run("cp keys/bob.pub bob8.pub");
    expect(&s, "-u bob -k bob8", 0, VERSION, "");
    expect(&plain, "-u bob -k bob8", 3, "", "*bob8 is in an agent, which can sign, but not decrypt*");
    for (size_t i = 0; sw_backend_name(i) != NULL; i++)
        expect(&s, scratch_format("--crypto %s -u locked -k locked.pub", sw_backend_name(i)), 0, VERSION, "");
    process_signal(agent, SIGTERM);
    process_wait(agent);
    expect(&s, "-u locked -k locked", 2, "", "*there is no agent at *: *; ssh-add locked gives it*");
    process_signal(plain.process, SIGTERM);
    process_wait(plain.process);
    server_stop(&s);
}
END_TEST

static const struct {
    const char *answer;
    size_t len;
    const char *why;
} strange[] = {
    { "", 0, "the agent does not answer in time" },
    { "\0\0\0\1", 4, "the agent does not answer in time" },
    { "\0\0\0\1\5", 5, "the agent does not tell its keys" },
    { "\0\0\0\0", 4, "the agent's answer is not one of an ssh-agent" },
    { "\377\377\377\377", 4, "the agent's answer is not one of an ssh-agent" },
    { "SSH-2.0-OpenSSH", 15, "the agent's answer is not one of an ssh-agent" },
    { "\0\0\0\5\14\377\377\377\377", 9, "the agent's answer is not one of an ssh-agent" },
};

START_TEST(strange_agent)
{
    pid_t played;
    const char *words = "-H 127.0.0.1 -p 1 -u locked -k locked version";

    make_keys();
    played = play_agent(strange[_i].answer, strange[_i].len);
    process_expect(tool_start(TOOL_CLIENT, words), words, 2, "",
                   scratch_format("sidewire-client: locked: key is protected by a passphrase, and %s; "
                                  "ssh-add locked gives it to an agent\n",
                                  strange[_i].why));
    stop_played(played);
}
END_TEST

/* ---- in turn ---- */

/* An agent that hangs does not matter where a file is enough; and a script learns which key is right. */
START_TEST(agent_is_asked_last)
{
    server s = start("");
    process_setup setup = { .input = "script" };
    command_line line = { { NULL }, 0 };
    const char *words = scratch_format("-H %s -p %s -u locked -v", s.host, s.port);
    pid_t played = play_agent("", 0);
    long begin = clock_ms();
    process *p;

    ck_assert_int_eq(mkdir(".ssh", 0700), 0);
    run("cp keys/bob .ssh/id_rsa");
    expect(&s, "-u bob", 0, VERSION, "*");
    ck_assert_int_lt(clock_ms() - begin, 4000);
    stop_played(played);
    start_agent("locked");
    scratch_write_text("script", "version\nversion\n");
    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, words);
    p = process_start(&line, &setup);
    process_expect(p, words, 0, "sidewire-server *",
                   "*refused*: authenticated as locked\n*user locked, key "
                   "the agent's Ed25519 key 'locked'*: authenticated as locked\n*");
    ck_assert_ptr_null(strstr(strstr(process_err(p), "refused") + 1, "refused"));
    server_stop(&s);
}
END_TEST

START_TEST(usual_keys_in_turn)
{
    server s = start("");
    server plain = server_start_local("");

    ck_assert_int_eq(mkdir(".paraslash", 0700) | mkdir(".ssh", 0700), 0);
    run("cp ed .ssh/id_ed25519");
    run("cp keys/bob .ssh/id_rsa");
    start_agent("keys/alice ed locked");
    expect(&s, "-u ed", 0, VERSION, "*");
    expect(&s, "-u bob", 0, VERSION, "");
    expect(&s, "-u alice", 0, VERSION, "");
    expect(&s, "-u locked", 0, VERSION, "");
    expect(&plain, "-u bob", 0, VERSION, "");
    expect(&s, "-u ed8", 3, "",
           "sidewire-client: *: user refused: the server does not accept this name with "
           "this key; keys tried: */.ssh/id_ed25519, */.ssh/id_rsa, the agent's RSA key '*', the agent's "
           "Ed25519 key 'locked'\n");
    expect(&plain, "-u alice", 3, "",
           "*; keys tried: */.ssh/id_rsa\nsidewire-client: for sealed sessions "
           "only: */.ssh/id_ed25519\n");
    run("cp keys/alice .paraslash/key.alice");
    expect(&s, "-v -u alice", 0, VERSION, "*: user alice, key */.paraslash/key.alice\n*");
    ck_assert_int_eq(unlink(".ssh/id_rsa") | unlink(".ssh/id_ed25519"), 0);
    expect(&plain, "-u bob", 3, "",
           "*: the session is plain (the server offers no other), and for that a file "
           "of an RSA key is needed; there are only: the agent's *");
    process_signal(plain.process, SIGTERM);
    process_wait(plain.process);
    server_stop(&s);
}
END_TEST

/* A key is a connection, and there are six at most. */
START_TEST(six_connections)
{
    server s = start("");
    const char *log;
    int count = 0;

    start_agent("ed");
    for (int i = 0; i < 7; i++) {
        run(scratch_format("ssh-keygen -q -t ed25519 -N '' -C '' -f more%d", i));
        run(scratch_format("ssh-add -q more%d", i));
    }
    expect(&s, "-u ed8", 3, "",
           "*the agent has 2 more keys; -k takes one of them, by a file of its public "
           "half\n");
    expect(&s, "-u ed8 -k ed.pub", 3, "", "*: user refused: *");
    log = process_err(s.process);
    for (const char *at = log; (at = strstr(at, "wrong key")) != NULL; at++)
        count++;
    ck_assert_int_eq(count, 7);
    server_stop(&s);
}
END_TEST

/* A locked file among the usual ones is no reason not to take another. */
START_TEST(locked_file_in_turn)
{
    server s = start("");

    ck_assert_int_eq(mkdir(".ssh", 0700), 0);
    run("cp locked .ssh/id_ed25519");
    expect(&s, "-u bob", 2, "",
           "*: no key can be used: */.ssh/id_ed25519: key is protected by a passphrase, "
           "and there is no agent *\n");
    run("cp keys/bob .ssh/id_rsa");
    expect(&s, "-u bob", 0, VERSION, "*");
    expect(&s, "-u ed", 3, "", "*; keys tried: */.ssh/id_rsa\n*: not usable: */.ssh/id_ed25519: *");
    server_stop(&s);
}
END_TEST

/* ---- who is refused ---- */

/* An agent that has the key of `ed`, and gives one signature for whatever it is asked to sign. */
static pid_t play_liar(void)
{
    const char *line = scratch_read("ed.pub", NULL);
    static sw_public_key key;
    static uint8_t answer[1024];
    uint8_t blob[SW_SSH_KEY_MAX];
    size_t len;

    ck_assert_int_eq(sw_public_key_parse(&key, line, strlen(line), NULL), SW_OK);
    ck_assert_int_eq(sw_ssh_key_write(&key, blob, sizeof(blob), &len), SW_OK);
    ck_assert_uint_eq(len, 51);
    memcpy(answer, "\0\0\0\100\14\0\0\0\1\0\0\0\63", 13); /* a list of one key, of 51 bytes */
    memcpy(answer + 13, blob, len);
    memset(answer + 13 + len, 0, 4); /* without a comment */
    answer[3] = (uint8_t)(13 + len + 4 - 4);
    return play_agent(answer, 13 + len + 4);
}

static const struct {
    const char *answer;
    size_t len;
    const char *why;
} strange_signatures[] = {
    { "", 0, "the agent does not answer in time" },
    { "\0\0\0\1\5", 5, "the agent refuses to sign" },
    { "\0\0\0\2\16\0", 6, "the agent's answer is not one of an ssh-agent" },
    { "\0\0\0\26\16\0\0\0\21\0\0\0\7ssh-rsa\0\0\0\2xy", 26,
      "the agent's signature is of a kind or size that does not fit the key *" },
};

START_TEST(strange_signer)
{
    server s = start("");
    pid_t played;

    expect(&s, "-u ed -k ed", 0, VERSION, "*");
    signature.bytes = strange_signatures[_i].answer;
    signature.len = strange_signatures[_i].len;
    played = play_liar();
    expect(&s, "--timeout 2 -u ed -k ed.pub", 3, "",
           scratch_format("sidewire-client: 127.0.0.1:*: %s\n", strange_signatures[_i].why));
    stop_played(played);
    server_stop(&s);
}
END_TEST

/* A name that nobody has, a key that is another's, and a signature that is wrong: the server answers alike.
 * The names and keys have the same sizes, so the recorded sessions have, too. */
START_TEST(refused_alike)
{
    server s = start("--require-sealed");
    static const char *const who[] = { "-u no -k ed", "-u ed -k ed8", "-u ed -k ed.pub" };
    size_t sizes[COUNT(who)];
    pid_t liar = -1;

    expect(&s, "-u ed -k ed", 0, VERSION, "*");
    for (int i = 0; i < COUNT(who); i++) {
        if (i == 2)
            liar = play_liar();
        expect(&s, scratch_format("%s --record r%d", who[i], i), 3, "",
               "*: user refused: the server does "
               "not accept this name with this key\n");
        scratch_read(scratch_format("r%d", i), &sizes[i]);
        ck_assert_uint_eq(sizes[i], sizes[0]);
    }
    stop_played(liar);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e agent");

    tcase_add_test(e2e_case(suite, "Ed25519"), ed25519_of_a_file);
    tcase_add_test(e2e_case(suite, "plain"), ed25519_needs_a_sealed_session);
    tcase_add_test(e2e_case(suite, "passphrase"), passphrase);
    tcase_add_loop_test(e2e_case(suite, "strange agent"), strange_agent, 0, COUNT(strange));
    tcase_add_loop_test(e2e_case(suite, "strange signer"), strange_signer, 0, COUNT(strange_signatures));
    tcase_add_test(e2e_case(suite, "in turn"), usual_keys_in_turn);
    tcase_add_test(e2e_case(suite, "asked last"), agent_is_asked_last);
    tcase_add_test(e2e_case(suite, "six"), six_connections);
    tcase_add_test(e2e_case(suite, "locked file"), locked_file_in_turn);
    tcase_add_test(e2e_case(suite, "refused"), refused_alike);
    return e2e_main_apart(suite); /* agents that are played have static answers */
}
