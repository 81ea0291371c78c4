/* SPDX-License-Identifier: ISC */
/* Recordings that cannot be written: said once, and what is in the file can be read. */
#include "recorder.h"

#include "capture_reader.h"
#include "recorder_support.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEADERS = 60, BARE_PACKET = 28 + 40 + 4, SYN_PACKET = BARE_PACKET + 4 };

/* ---- open ---- */

static const struct {
    const char *path, *why;
} unusable[] = {
    { "-", "a file is needed, standard output has another use" },
    { "", "No such file or directory" },
    { ".", "Is a directory" },
    { "missing/file", "No such file or directory" },
    { "/dev/full", "No space left on device" },
    { "fifo", "No such device or address" }, /* nobody reads it */
};

START_TEST(test_unusable)
{
    char why[256] = "";

    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_ptr_null(recorder_open(unusable[_i].path, why, sizeof(why)));
    ck_assert_str_eq(why, unusable[_i].why);
}
END_TEST

/* Whoever comes second does not spoil what the first one records. */
START_TEST(test_in_use)
{
    char why[256] = "";
    recorder *r = open_recorder();
    size_t count;

    recording_end(recording_begin(r, -1, 0));
    ck_assert_ptr_null(recorder_open(FILE_NAME, why, sizeof(why)));
    ck_assert_str_eq(why, "something else is recorded to it");
    close_recorder(r);
    capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 7);
    close_recorder(open_recorder());
}
END_TEST

/* ---- write ---- */

/* Two sessions, mixed. */
static void record_sessions(recorder *r)
{
    static const uint8_t bytes[3000] = { 1 };
    recording *first = recording_begin(r, -1, 0);
    recording *second = recording_begin(r, -1, 1);

    recording_sent(first, bytes, 1);
    recording_sent(second, bytes, sizeof(bytes));
    recording_received(first, bytes, 1440);
    recording_end(first);
    recording_broken(second);
    recording_end(second);
}

static void check_told_once(recorder *r, int error)
{
    ck_assert_int_eq(recorder_failure(r), error);
    ck_assert_int_eq(recorder_failure(r), 0);
    record_sessions(r);
    ck_assert_int_eq(recorder_failure(r), 0);
}

static off_t file_size(void)
{
    struct stat info;

    ck_assert_int_eq(stat(FILE_NAME, &info), 0);
    return info.st_size;
}

/* A file that may not grow is much like a full disk: a write takes a part, and the next one fails.
 * The file ends behind the last packet that it has room for. */
START_TEST(test_no_room)
{
    recorder *r = open_recorder();
    off_t whole;

    record_sessions(r);
    recorder_close(r);
    whole = file_size();
    for (off_t room = HEADERS; room < whole; room += 7) {
        size_t count;

        r = open_recorder();
        limit_files((size_t)room);
        record_sessions(r);
        unlimit_files();
        capture_read(FILE_NAME, &count); /* fails if the last packet is not whole */
        ck_assert_int_le(file_size(), room);
        ck_assert_int_gt(file_size(), room - (28 + 1500 + 4));
        check_told_once(r, EFBIG);
        recorder_close(r);
    }
}
END_TEST

/* A process for each session, as interactive clients have: what one of them could not write does
 * not spoil what the others did. */
START_TEST(test_processes)
{
    recorder *r = open_recorder();
    size_t count;

    for (int i = 0; i < 3; i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0) {
            if (i == 1)
                limit_files((size_t)file_size() + SYN_PACKET + 1);
            recording_end(recording_begin(r, -1, 0));
            _exit(recorder_failure(r));
        }
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(WEXITSTATUS(status), i == 1 ? EFBIG : 0);
    }
    recorder_close(r);
    capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 7 + 1 + 7);
}
END_TEST

/* There is no room for the header. */
START_TEST(test_no_header)
{
    char why[256] = "";

    for (size_t room = 0; room < HEADERS; room++) {
        recorder *r;

        limit_files(room);
        r = recorder_open(FILE_NAME, why, sizeof(why));
        unlimit_files();
        ck_assert_ptr_null(r);
        ck_assert_str_eq(why, "File too large");
        ck_assert_int_eq(file_size(), 0);
    }
}
END_TEST

/* Once it failed, nothing is added, even if there were room again. */
START_TEST(test_room_again)
{
    recorder *r = open_recorder();
    size_t count;

    limit_files(HEADERS + 2 * SYN_PACKET + BARE_PACKET);
    record_sessions(r);
    unlimit_files();
    check_told_once(r, EFBIG);
    recorder_close(r);
    capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 3);
}
END_TEST

/* A reader that does not read, or goes away. */
START_TEST(test_pipe)
{
    recorder *r;
    int reader;

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(mkfifo(FILE_NAME, 0600), 0);
    reader = open(FILE_NAME, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
    r = open_recorder();
    for (int i = 0; i < 100; i++)
        record_sessions(r);
    check_told_once(r, EAGAIN);
    recorder_close(r);
    r = open_recorder();
    close(reader);
    record_sessions(r);
    check_told_once(r, EPIPE);
    recorder_close(r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record failures");
    TCase *tcase = record_case(suite, "record failures");

    tcase_add_loop_test(tcase, test_unusable, 0, COUNT(unusable));
    tcase_add_test(tcase, test_in_use);
    tcase_add_test(tcase, test_no_room);
    tcase_add_test(tcase, test_processes);
    tcase_add_test(tcase, test_no_header);
    tcase_add_test(tcase, test_room_again);
    tcase_add_test(tcase, test_pipe);
    return record_main(suite);
}
