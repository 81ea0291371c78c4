/* SPDX-License-Identifier: ISC */
/* Recordings as capture files: what is in them, packet by packet. */
#include "recorder.h"
#include "keylog_writer.h"

#include "capture_reader.h"
#include "recorder_support.h"
#include "scratch.h"
#include "suite.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* A connection of known addresses and sequence numbers. */
static tcp_connection known_connection(int is_ipv6, uint32_t client_first, uint32_t server_first)
{
    struct sockaddr_storage client = is_ipv6 ? ipv6("2001:db8::1", 50000) : ipv4("192.0.2.7", 50000);
    struct sockaddr_storage server =
        is_ipv6 ? ipv6("2001:db8:ffff:ffff:ffff:ffff:ffff:fffe", 2990) : ipv4("198.51.100.255", 2990);
    tcp_connection connection;

    ck_assert_int_eq(tcp_connection_set(&connection, &client, &server), 0);
    connection.ends[0].next = client_first;
    connection.ends[1].next = server_first;
    return connection;
}

/* ---- packets ---- */

typedef enum act { OVER = 0, SENT, RECEIVED, WE_ENDED, PEER_ENDED, BROKEN } act;

typedef struct step {
    act act;
    size_t len; /* of SENT and RECEIVED */
} step;

#define OPENED "> S 0\n< SA 0 1\n> A 1 1\n"

/* Each packet: who sends it (> is the client), flags, sequence number and acknowledgement from the
 * first ones, bytes. */
static const struct conversation {
    int is_server; /* who records */
    step steps[8];
    const char *packets;
} conversations[] = {
    { 0, { { OVER, 0 } }, OPENED "> FA 1 1\n< A 1 2\n< FA 1 2\n> A 2 2\n" },
    { 1, { { OVER, 0 } }, OPENED "< FA 1 1\n> A 1 2\n> FA 1 2\n< A 2 2\n" },
    { 0, { { SENT, 0 }, { RECEIVED, 0 }, { PEER_ENDED, 0 } }, OPENED "< FA 1 1\n> A 1 2\n> FA 1 2\n< A 2 2\n" },
    { 0,
      { { RECEIVED, 3 }, { SENT, 5 }, { PEER_ENDED, 0 }, { WE_ENDED, 0 } },
      OPENED "< PA 1 1 +3\n> A 1 4\n> PA 1 4 +5\n< A 4 6\n< FA 4 6\n> A 6 5\n> FA 6 5\n< A 5 7\n" },
    { 1,
      { { RECEIVED, 3 }, { SENT, 5 } },
      OPENED "> PA 1 1 +3\n< A 1 4\n< PA 1 4 +5\n> A 4 6\n< FA 6 4\n> A 4 7\n> FA 4 7\n< A 7 5\n" },
    /* segments */
    { 0, { { SENT, 1440 }, { BROKEN, 0 } }, OPENED "> PA 1 1 +1440\n< A 1 1441\n< RA 1 1441\n" },
    { 0,
      { { SENT, 2881 }, { BROKEN, 0 } },
      OPENED "> A 1 1 +1440\n< A 1 1441\n> A 1441 1 +1440\n< A 1 2881\n> PA 2881 1 +1\n< A 1 2882\n"
             "< RA 1 2882\n" },
    /* after an end only the other side speaks */
    { 0,
      { { WE_ENDED, 0 }, { WE_ENDED, 0 }, { SENT, 1 }, { RECEIVED, 7 } },
      OPENED "> FA 1 1\n< A 1 2\n< PA 1 2 +7\n> A 2 8\n< FA 8 2\n> A 2 9\n" },
    { 1,
      { { WE_ENDED, 0 }, { RECEIVED, 7 }, { PEER_ENDED, 0 }, { RECEIVED, 7 } },
      OPENED "< FA 1 1\n> A 1 2\n> PA 1 2 +7\n< A 2 8\n> FA 8 2\n< A 2 9\n" },
    { 1, { { BROKEN, 0 }, { BROKEN, 0 }, { SENT, 1 }, { RECEIVED, 1 }, { PEER_ENDED, 0 } }, OPENED "> RA 1 1\n" },
    { 1, { { WE_ENDED, 0 }, { PEER_ENDED, 0 }, { BROKEN, 0 } }, OPENED "< FA 1 1\n> A 1 2\n> FA 1 2\n< A 2 2\n" },
    { 0, { { PEER_ENDED, 0 }, { BROKEN, 0 } }, OPENED "< FA 1 1\n> A 1 2\n< RA 2 1\n" },
};

/* What the sequence numbers begin with, so that they wrap at different places. */
static const uint32_t firsts[][2] = {
    { 0, 0 },
    { 1000000, 4000000000 },
    { UINT32_MAX, UINT32_MAX - 1 },
    { UINT32_MAX - 1440, 0 },
    { INT32_MAX, UINT32_MAX - 5 },
};

static void play(recording *r, const step *steps)
{
    static const uint8_t bytes[4096] = { 1, 2, 3 };

    for (; steps->act != OVER; steps++) {
        switch (steps->act) {
        case SENT: recording_sent(r, bytes, steps->len); break;
        case RECEIVED: recording_received(r, bytes, steps->len); break;
        case WE_ENDED: recording_we_ended(r); break;
        case PEER_ENDED: recording_peer_ended(r); break;
        default: recording_broken(r); break;
        }
    }
}

static const char *describe(const captured_packet *p, const uint32_t first[2])
{
    static const struct {
        unsigned flag;
        char letter;
    } letters[] = { { TH_SYN, 'S' }, { TH_FIN, 'F' }, { TH_RST, 'R' }, { TH_PUSH, 'P' }, { TH_ACK, 'A' } };
    int from_server = p->from.port == 2990;
    char flags[COUNT(letters) + 1] = "";
    size_t n = 0;

    for (int i = 0; i < COUNT(letters); i++)
        if (p->flags & letters[i].flag)
            flags[n++] = letters[i].letter;
    if (!(p->flags & TH_ACK))
        ck_assert_uint_eq(p->ack, 0);
    return scratch_format("%c %s %u%s%s\n", from_server ? '<' : '>', flags, p->seq - first[from_server],
                          p->flags & TH_ACK ? scratch_format(" %u", p->ack - first[!from_server]) : "",
                          p->len > 0 ? scratch_format(" +%zu", p->len) : "");
}

static void check_conversation(const struct conversation *c, int is_ipv6, const uint32_t first[2])
{
    tcp_connection connection = known_connection(is_ipv6, first[0], first[1]);
    recorder *r = open_recorder();
    recording *session = recording_begin_as(r, &connection, c->is_server);
    const captured_packet *packets;
    const char *all = "";
    unsigned sent[2] = { 0, 0 };
    size_t count;

    play(session, c->steps);
    recording_end(session);
    close_recorder(r);
    packets = capture_read(FILE_NAME, &count);
    for (size_t i = 0; i < count; i++) {
        all = scratch_format("%s%s", all, describe(&packets[i], first));
        if (!is_ipv6)
            ck_assert_uint_eq(packets[i].id, sent[packets[i].from.port == 2990]++);
    }
    ck_assert_str_eq(all, c->packets);
}

START_TEST(test_packets)
{
    for (int i = 0; i < COUNT(firsts); i++)
        for (int is_ipv6 = 0; is_ipv6 < 2; is_ipv6++)
            check_conversation(&conversations[_i], is_ipv6, firsts[i]);
}
END_TEST

/* ---- bytes ---- */

typedef struct stream {
    uint8_t *data;
    size_t len;
} stream;

/* A piece of bytes without a pattern that could hide a mistake, and of a size that is. */
static size_t make_piece(uint8_t *piece, size_t cap)
{
    size_t len = (size_t)random() % (random() % 4 == 0 ? cap : 50);

    for (size_t i = 0; i < len; i++)
        piece[i] = (uint8_t)random();
    return len;
}

static void append(stream *s, const uint8_t *data, size_t len)
{
    memcpy(s->data + s->len, data, len);
    s->len += len;
}

/* Puts what each side sent where its sequence number says. */
static void rebuild(stream streams[2], const uint32_t first[2], size_t cap)
{
    size_t count;
    const captured_packet *packets = capture_read(FILE_NAME, &count);

    for (size_t i = 0; i < count; i++) {
        int from_server = packets[i].from.port == 2990;
        stream *s = &streams[from_server];
        size_t at = packets[i].seq - first[from_server] - 1;

        if (packets[i].flags & TH_SYN)
            continue;
        ck_assert_uint_eq(at, s->len);
        ck_assert_uint_le(at + packets[i].len, cap);
        append(s, packets[i].data, packets[i].len);
        if (packets[i].flags & TH_FIN)
            return;
    }
}

START_TEST(test_bytes)
{
    enum { PIECES = 200, PIECE_MAX = 65536, ALL = PIECES * PIECE_MAX };
    const uint32_t first[2] = { UINT32_MAX - 200000, UINT32_MAX - 100 };
    tcp_connection connection = known_connection(_i / 2, first[0], first[1]);
    recorder *r = open_recorder();
    recording *session = recording_begin_as(r, &connection, _i % 2);
    stream told[2] = { { malloc(ALL), 0 }, { malloc(ALL), 0 } };
    stream seen[2] = { { malloc(ALL), 0 }, { malloc(ALL), 0 } };
    uint8_t *piece = malloc(PIECE_MAX);

    srandom(1);
    for (int i = 0; i < PIECES; i++) {
        size_t len = make_piece(piece, PIECE_MAX);
        int received = (int)(random() % 2);

        (received ? recording_received : recording_sent)(session, piece, len);
        append(&told[(_i % 2) ^ received], piece, len);
    }
    recording_end(session);
    close_recorder(r);
    rebuild(seen, first, ALL);
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(seen[i].len, told[i].len);
        ck_assert_uint_gt(seen[i].len, 200000); /* so the numbers wrapped */
        ck_assert_int_eq(memcmp(seen[i].data, told[i].data, told[i].len), 0);
        free(seen[i].data);
        free(told[i].data);
    }
    free(piece);
}
END_TEST

/* ---- the file ---- */

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

START_TEST(test_times)
{
    recorder *r = open_recorder();
    int64_t before = now();
    int64_t after;
    const captured_packet *packets;
    size_t count;

    recording_end(recording_begin(r, -1, 0));
    after = now();
    close_recorder(r);
    packets = capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 7);
    for (size_t i = 0; i < count; i++)
        ck_assert(packets[i].time >= before && packets[i].time <= after);
}
END_TEST

/* Made for its owner only, emptied if it is there, and complete at any time. */
START_TEST(test_file)
{
    struct stat info;
    size_t count;
    recorder *r;
    recording *session;

    umask(0);
    r = open_recorder();
    ck_assert_int_eq(stat(FILE_NAME, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 0);
    session = recording_begin(r, -1, 0);
    capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 3);
    recording_sent(session, "x", 1);
    capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 5);
    recording_end(session);
    close_recorder(r);
    close_recorder(open_recorder());
    capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 0);
}
END_TEST

/* What programs do without a file to record to. */
START_TEST(test_nothing)
{
    recording *session = recording_begin(NULL, 0, 0);

    ck_assert_ptr_null(session);
    recording_sent(session, "x", 1);
    recording_received(session, "x", 1);
    recording_we_ended(session);
    recording_peer_ended(session);
    recording_broken(session);
    recording_end(session);
    close_recorder(NULL);
}
END_TEST

/* ---- keys ---- */

/* Between packets, as blocks that hold lines of a key log: type and size of what they hold, padding, the size again. */
START_TEST(keys)
{
    static const char comment[] = "# keys of the sessions follow\n";
    recorder *r = open_recorder();
    tcp_connection connection = known_connection(0, 0, 0);
    sw_secrets secrets = { .response_size = 0, .ephemeral = { 1 }, .client_key = { 2 }, .server_key = { 3 } };
    char line[KEYLOG_LINE_MAX];
    size_t len = keylog_line(&secrets, line), at = 60, size;
    recording *one;
    const char *file;

    recorder_announce_keys(r);
    one = recording_begin_as(r, &connection, 0);
    recorder_keys(r, &secrets);
    recording_end(one);
    close_recorder(r);
    recorder_announce_keys(NULL);
    recorder_keys(NULL, &secrets);
    file = scratch_read(FILE_NAME, &size);
    for (int found = 0; found < 2; at += ((const uint32_t *)(const void *)(file + at))[1]) {
        const char *text = found > 0 ? line : comment;
        size_t text_len = found > 0 ? len : sizeof(comment) - 1;
        uint32_t block[4], end;

        ck_assert_uint_lt(at + sizeof(block), size);
        memcpy(block, file + at, sizeof(block));
        if (block[0] != 10)
            continue;
        ck_assert_uint_eq(block[1], 20 + (text_len + 3) / 4 * 4);
        ck_assert_uint_eq(block[2], KEYLOG_SECRETS_TYPE);
        ck_assert_uint_eq(block[3], text_len);
        ck_assert_mem_eq(file + at + sizeof(block), text, text_len);
        memcpy(&end, file + at + block[1] - 4, sizeof(end));
        ck_assert_uint_eq(end, block[1]);
        found++;
    }
    ck_assert_mem_eq(line, "SEALED 01000000", 15);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record");
    TCase *tcase = record_case(suite, "record");

    tcase_add_loop_test(tcase, test_packets, 0, COUNT(conversations));
    tcase_add_loop_test(tcase, test_bytes, 0, 4);
    tcase_add_test(tcase, test_times);
    tcase_add_test(tcase, test_file);
    tcase_add_test(tcase, test_nothing);
    tcase_add_test(tcase, keys);
    return record_main(suite);
}
