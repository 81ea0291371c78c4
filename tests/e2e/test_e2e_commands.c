/* SPDX-License-Identifier: ISC */
/* Every command, by the real client and server in the mode that the argument names: the files of the
 * folder golden. */
#include "golden.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/api.h>

#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVER_WORDS "-u users -l 127.0.0.1 -p 0 --log-level info --allow-legacy --allow-rc4"

static glob_t files;
static int mode = -1; /* an index of modes */

static const struct {
    const char *name;
    unsigned mode;
    const char *client;
    const char *agreed; /* in the server's log */
} modes[] = {
    { "legacy", GOLDEN_LEGACY, "--allow-legacy --features=", "legacy" },
    { "rc4", GOLDEN_RC4, "--allow-rc4 --features sideband", "sideband" },
    { "aes", GOLDEN_AES, "", "sideband,aes_ctr128,sha256" },
};

/* A file that is being run. */
typedef struct run {
    const char *name; /* with the mode, for messages */
    int mode;
    server server;
    golden_values values;
} run;

typedef struct running_step {
    const golden_step *step;
    process *process;
    const char *output; /* file */
} running_step;

/* ---- server ---- */

static void start_server(run *r, const command_line *options)
{
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path(TOOL_SERVER));
    command_add_words(&line, SERVER_WORDS);
    for (size_t i = 0; i < options->argc; i++)
        command_add(&line, options->argv[i]);
    r->values.started = time(NULL);
    r->server.process = process_start(&line, NULL);
    r->server.host = "127.0.0.1";
    r->server.port = port_of_line(process_await_out(r->server.process, "\n"), "listening on 127.0.0.1:");
    r->values.version = SW_VERSION;
    r->values.pid = scratch_format("%ld", (long)process_id(r->server.process));
}

/* By its log. */
static void check_mode(const run *r)
{
    static const char mark[] = "authenticated (";
    const char *agreed = scratch_format("%s)\n", modes[r->mode].agreed);

    for (const char *p = process_err(r->server.process); (p = strstr(p, mark)) != NULL;) {
        p += strlen(mark);
        ck_assert_msg(strncmp(p, agreed, strlen(agreed)) == 0, "%s: session of another mode: %s", r->name, p);
    }
}

/* ---- steps ---- */

static running_step start_step(const run *r, const golden_step *step)
{
    running_step started = { step, NULL, scratch_format("line-%zu.output", step->number) };
    const char *input = scratch_format("line-%zu.input", step->number);
    process_setup setup = { .input = input };
    command_line line = { { NULL }, 0 };
    size_t len;
    const char *bytes = golden_input(step->input, &len);

    scratch_write(input, bytes, len);
    setup.output = open(started.output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_gt(setup.output, 0);
    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, scratch_format("-H %s -p %s -u alice -k keys/alice %s", r->server.host,
                                            r->server.port, modes[r->mode].client));
    for (size_t i = 0; i < step->words.argc; i++)
        command_add(&line, step->words.argv[i]);
    started.process = process_start(&line, &setup);
    close(setup.output);
    return started;
}

static int has_output(const running_step *started)
{
    struct stat info;

    return stat(started->output, &info) == 0 && info.st_size > 0;
}

static int has_ended(const running_step *started)
{
    return process_has_ended(started->process);
}

static void await(const run *r, const running_step *started, int (*happened)(const running_step *started),
                  const char *what)
{
    long deadline = clock_ms() + PROCESS_SECONDS * 1000L;

    for (;;) {
        int ended = has_ended(started); /* before the look: what it wrote last counts */

        if (happened(started))
            return;
        if (ended || clock_ms() > deadline)
            ck_abort_msg("%s: line %zu: %s; standard error: %s", r->name, started->step->number, what,
                         process_err(started->process));
        sleep_ms(1);
    }
}

static void end_step(const run *r, const running_step *started)
{
    golden_step step = *started->step;
    const char *out, *err, *wrong;
    size_t len;
    int status;

    await(r, started, has_ended, "does not end");
    status = process_wait(started->process);
    if (modes[r->mode].mode == GOLDEN_LEGACY)
        step = golden_for_legacy(started->step, status);
    err = process_err(started->process);
    out = scratch_read(started->output, &len);
    wrong = golden_compare(step.error, step.number, err, strlen(err), &r->values);
    ck_assert_msg(wrong == NULL, "%s: standard error, %s", r->name, wrong);
    wrong = golden_compare(step.output, step.number, out, len, &r->values);
    ck_assert_msg(wrong == NULL, "%s: standard output, %s", r->name, wrong);
    ck_assert_msg(status == step.status, "%s: line %zu: exit status %d, not %d", r->name, step.number, status,
                  step.status);
}

static void run_steps(const run *r, const golden_step *steps)
{
    running_step going_on[GOLDEN_STEPS_MAX];
    size_t count = 0;

    for (const golden_step *step = steps; step != NULL; step = step->next) {
        running_step started;

        if ((step->modes & modes[r->mode].mode) == 0)
            continue;
        started = start_step(r, step);
        if (step->goes_on) {
            await(r, &started, has_output, "no output");
            going_on[count++] = started;
        } else {
            end_step(r, &started);
        }
    }
    for (size_t i = 0; i < count; i++)
        end_step(r, &going_on[i]);
}

/* ---- files ---- */

/* Runs a file for one of its words. How many words there are. */
static size_t run_file(run *r, const char *text, size_t which)
{
    golden_file file;
    const char *problem = golden_read(&file, text, which);

    ck_assert_msg(problem == NULL, "%s: %s", r->name, problem);
    start_server(r, &file.server);
    run_steps(r, file.steps);
    if (file.server_ends)
        process_expect(r->server.process, r->name, 0, NULL, NULL);
    else
        server_stop(&r->server);
    check_mode(r);
    processes_end();
    return file.each.argc;
}

START_TEST(golden)
{
    const char *path = files.gl_pathv[_i];
    run r = { .mode = mode };
    size_t words = 1; /* run_file knows better */
    size_t len;
    const char *text = scratch_read(path, &len);

    r.name = scratch_format("%s (%s)", strrchr(path, '/') + 1, modes[r.mode].name);
    ck_assert_msg(strlen(text) == len, "%s: has a NUL", r.name);
    for (size_t which = 0; which < words; which++)
        words = run_file(&r, text, which);
}
END_TEST

/* Any file there is one, so that none is forgotten. */
static int find_files(void)
{
    const char *root = getenv("SIDEWIRE_SOURCE_ROOT");
    char pattern[PATH_MAX];

    if (root == NULL)
        return -1;
    snprintf(pattern, sizeof(pattern), "%s/tests/e2e/golden/*", root);
    return glob(pattern, 0, NULL, &files) == 0 ? 0 : -1;
}

static int find_mode(const char *name)
{
    for (int i = 0; i < COUNT(modes); i++)
        if (strcmp(modes[i].name, name) == 0)
            return i;
    return -1;
}

int main(int argc, char **argv)
{
    Suite *suite;

    mode = argc == 2 ? find_mode(argv[1]) : -1;
    if (mode < 0) {
        fputs("which mode?\n", stderr);
        return EXIT_FAILURE;
    }
    if (find_files() < 0) {
        fputs("no golden files below SIDEWIRE_SOURCE_ROOT\n", stderr);
        return EXIT_FAILURE;
    }
    suite = suite_create("e2e commands");
    tcase_add_loop_test(e2e_case(suite, "golden"), golden, 0, (int)files.gl_pathc);
    return e2e_main(suite);
}
