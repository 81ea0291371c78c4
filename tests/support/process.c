/* SPDX-License-Identifier: ISC */
#include "process.h"

#include "scratch.h"

#include <check.h>

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PROCESSES_MAX = 64,
    OUTPUT_MAX = 64 << 20, /* bytes of any file that a program writes */
    STATUS_NOT_RUN = 127,
    STATUS_SIGNAL = 128,
    PATIENCE_MS = 3 /* between two looks at something awaited */
};

struct process {
    pid_t pid;
    int over; /* has ended and was waited for */
    int status;
    const char *name;
    const char *out_path, *err_path;
};

static process processes[PROCESSES_MAX];
static size_t process_count;

/* ---- time ---- */

long clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(long ms)
{
    struct timespec rest = { ms / 1000, ms % 1000 * 1000000 };

    while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
        ;
}

/* ---- command lines ---- */

void command_add(command_line *line, const char *argument)
{
    ck_assert_uint_lt(line->argc, sizeof(line->argv) / sizeof(line->argv[0]) - 1);
    line->argv[line->argc++] = argument;
}

void command_add_words(command_line *line, const char *words)
{
    while (*(words += strspn(words, " ")) != '\0') {
        size_t len = strcspn(words, " ");
        int is_empty = len == 2 && strncmp(words, "''", 2) == 0;

        command_add(line, is_empty ? "" : scratch_format("%.*s", (int)len, words));
        words += len;
    }
}

/* ---- start ---- */

static int open_file(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);

    ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
    return fd;
}

/* In the child, which has the parent's memory until it is the program: nothing of it may be changed. */
static void become(const command_line *line, const process_setup *setup, const int standard[3], pid_t parent)
{
    const struct rlimit output_limit = { OUTPUT_MAX, OUTPUT_MAX };
    const struct rlimit no_core = { 0, 0 };
    const int defaults[] = { SIGPIPE, SIGINT, SIGQUIT, SIGHUP, SIGTERM };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(STATUS_NOT_RUN);
    setsid(); /* no program is to ask whoever runs the tests */
    for (int i = 0; i < (int)(sizeof(defaults) / sizeof(defaults[0])); i++)
        signal(defaults[i], SIG_DFL);
    setrlimit(RLIMIT_FSIZE, &output_limit);
    setrlimit(RLIMIT_CORE, &no_core);
    for (int fd = 0; fd < 3; fd++)
        dup2(standard[fd], fd);
    for (int i = 0; i < PROCESS_KEEP_MAX && setup->keep[i] > 0; i++)
        fcntl(setup->keep[i], F_SETFD, 0);
    execvp(line->argv[0], (char *const *)(const void *)line->argv);
    dprintf(STDERR_FILENO, "%s: %s\n", line->argv[0], strerror(errno));
    _exit(STATUS_NOT_RUN);
}

static pid_t start(const command_line *line, const process_setup *setup, const int standard[3])
{
    pid_t parent = getpid();
    pid_t child = vfork(); /* a copy of all page tables takes longer than most programs, under sanitizers */

    if (child == 0)
        become(line, setup, standard, parent);
    ck_assert_msg(child > 0, "vfork: %s", strerror(errno));
    return child;
}

process *process_start(const command_line *line, const process_setup *setup)
{
    static const process_setup nothing;
    process *p = &processes[process_count];
    const char *slash;
    int standard[3];

    ck_assert_uint_lt(process_count, PROCESSES_MAX);
    ck_assert_uint_gt(line->argc, 0);
    if (setup == NULL)
        setup = &nothing;
    memset(p, 0, sizeof(*p));
    slash = strrchr(line->argv[0], '/');
    p->name = slash != NULL ? slash + 1 : line->argv[0];
    p->out_path = scratch_format("%zu.out", process_count);
    p->err_path = scratch_format("%zu.err", process_count);
    standard[0] = open_file(setup->input != NULL ? setup->input : "/dev/null", O_RDONLY);
    standard[1] = open_file(p->out_path, O_WRONLY | O_CREAT | O_TRUNC);
    standard[2] = open_file(p->err_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    if (setup->output > 0)
        dup3(setup->output, standard[1], O_CLOEXEC);
    if (setup->errors > 0)
        dup3(setup->errors, standard[2], O_CLOEXEC);
    p->pid = start(line, setup, standard);
    process_count++;
    for (int fd = 0; fd < 3; fd++)
        close(standard[fd]);
    return p;
}

pid_t process_id(const process *p)
{
    return p->pid;
}

void process_signal(const process *p, int number)
{
    ck_assert_int_eq(p->over, 0);
    ck_assert_int_eq(kill(p->pid, number), 0);
}

/* ---- what was written ---- */

const char *process_out(const process *p)
{
    return scratch_read(p->out_path, NULL);
}

const char *process_err(const process *p)
{
    return scratch_read(p->err_path, NULL);
}

int process_has_ended(process *p)
{
    int status;

    if (!p->over && waitpid(p->pid, &status, WNOHANG) == p->pid) {
        p->over = 1;
        p->status = WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
    }
    return p->over;
}

static const char *await_text(process *p, const char *text, const char *(*written)(const process *))
{
    long deadline = clock_ms() + PROCESS_SECONDS * 1000L;

    for (;;) {
        int ended = process_has_ended(p); /* before the look: what it wrote last counts */
        const char *all = written(p);

        if (strstr(all, text) != NULL)
            return all;
        if (ended || clock_ms() > deadline)
            ck_abort_msg("%s %s without '%s'; it said: %s%s", p->name, ended ? "ended" : "went on", text,
                         process_out(p), process_err(p));
        sleep_ms(PATIENCE_MS);
    }
}

const char *process_await_out(process *p, const char *text)
{
    return await_text(p, text, process_out);
}

const char *process_await_err(process *p, const char *text)
{
    return await_text(p, text, process_err);
}

/* ---- end ---- */

static void check_sanitizers(const process *p)
{
    static const char *const findings[] = { "Sanitizer: ", "runtime error: " };
    const char *err = process_err(p);

    for (size_t i = 0; i < sizeof(findings) / sizeof(findings[0]); i++)
        if (strstr(err, findings[i]) != NULL)
            ck_abort_msg("%s: %s", p->name, err);
}

int process_wait(process *p)
{
    long deadline = clock_ms() + PROCESS_SECONDS * 1000L;

    while (!process_has_ended(p)) {
        if (clock_ms() > deadline)
            ck_abort_msg("%s does not end; it said: %s%s", p->name, process_out(p), process_err(p));
        sleep_ms(PATIENCE_MS);
    }
    check_sanitizers(p);
    return p->status;
}

void expect_match(const char *what, const char *text, const char *pattern)
{
    if (fnmatch(pattern, text, 0) != 0)
        ck_abort_msg("%s:\n%.3000s\nis not of the form:\n%.3000s", what, text, pattern);
}

void process_expect(process *p, const char *what, int status, const char *out, const char *err)
{
    int seen = process_wait(p);

    if (seen != status)
        ck_abort_msg("%s: %s: exit status %d, not %d; it said: %.3000s%.3000s", what, p->name, seen, status,
                     process_out(p), process_err(p));
    if (out != NULL)
        expect_match(scratch_format("%s: standard output", what), process_out(p), out);
    if (err != NULL)
        expect_match(scratch_format("%s: standard error", what), process_err(p), err);
}

void processes_end(void)
{
    for (size_t i = 0; i < process_count; i++) {
        if (!process_has_ended(&processes[i])) {
            kill(processes[i].pid, SIGKILL);
            waitpid(processes[i].pid, NULL, 0);
        }
        check_sanitizers(&processes[i]);
    }
    process_count = 0;
}
