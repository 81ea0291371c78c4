/* SPDX-License-Identifier: ISC */
/* What plays, from a server's status items: a line for each round of them.
 *     ./remote HOST PORT USER KEYFILE stat 0 | ./status_watch [TABLE]
 * Reads the parser-friendly form. A TABLE has a line `II NAME` for each item, in the server's order: for servers
 * whose numbers are not sidewire's. Titles go to a terminal as they are; sidewire-client escapes them. */
#include <sidewire/audio/status.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TABLE_MAX = 256, TEXT_MAX = 256 };

/* The items that the line is made of, and the beginnings of their values. */
enum { STATUS, FLAGS, OFFSET, START, NOW, BASENAME, SECONDS_TOTAL, FIELD_COUNT };
static const char *const names[FIELD_COUNT] = { "status",       "status_flags", "offset",       "stream_start",
                                                "current_time", "basename",     "seconds_total" };
static char values[FIELD_COUNT][TEXT_MAX + 1];

static void die(const char *what, sw_error error)
{
    char text[256];

    sw_audio_error_format(&error, text, sizeof(text));
    fprintf(stderr, "status_watch: %s: %s\n", what, text);
    exit(1);
}

/* ---- the line ---- */

static void print_time(const char *text)
{
    long n = strtol(text, NULL, 10);

    printf("%ld:%02ld", n / 60, n % 60);
}

/* Seconds since the stream began, pauses included; 0 if the server does not say. */
static unsigned long long since_start(void)
{
    sw_status_time start, now;

    if (sw_status_time_parse(values[START], strlen(values[START]), &start, NULL) < 0 ||
        sw_status_time_parse(values[NOW], strlen(values[NOW]), &now, NULL) < 0 || start.seconds == 0 ||
        now.seconds < start.seconds)
        return 0;
    return now.seconds - start.seconds;
}

static void print_line(void)
{
    sw_status_state state;
    unsigned flags;
    sw_error error;

    if (sw_status_state_parse(values[STATUS], strlen(values[STATUS]), &state, &error) < 0)
        die("status", error);
    if (sw_status_flags_parse(values[FLAGS], strlen(values[FLAGS]), &flags, &error) < 0)
        die("status_flags", error);
    printf("%s ", sw_status_state_text(state));
    print_time(values[OFFSET]);
    printf(" of ");
    print_time(values[SECONDS_TOTAL]);
    printf(", %llu s ago%s: %s\n", since_start(), flags & SW_STATUS_FLAG_NOMORE ? ", the last" : "",
           values[BASENAME]);
    fflush(stdout);
}

/* ---- items ---- */

/* Keeps as much of a value as there is room for. */
static void take_slice(const sw_status_slice *slice)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(names[i], slice->name) == 0 && slice->offset < TEXT_MAX) {
            size_t at = (size_t)slice->offset;
            size_t n = slice->len < TEXT_MAX - at ? slice->len : TEXT_MAX - at;
            memcpy(values[i] + at, slice->data, n);
            values[i][at + n] = '\0';
        }
    }
}

static void watch(const sw_status_table *table)
{
    static uint8_t buffer[4096];
    sw_status_reader reader;
    sw_status_slice slice;
    size_t used;
    ssize_t n;
    int result = sw_status_reader_init(&reader, SW_STATUS_PARSER, table);

    while (result == 0 && (n = read(0, buffer, sizeof(buffer))) > 0) {
        for (size_t at = 0;
             (result = sw_status_reader_next(&reader, buffer + at, (size_t)n - at, &used, &slice)) > 0;
             at += used) {
            take_slice(&slice);
            if (slice.last && slice.number == table->items[table->count - 1].number)
                print_line();
        }
    }
    if (sw_status_reader_end(&reader) < 0)
        die("status items", sw_status_reader_error(&reader));
}

static sw_status_table load_table(const char *path)
{
    static char texts[TABLE_MAX][SW_STATUS_NAME_MAX + 1];
    static sw_status_item items[TABLE_MAX];
    sw_status_table table = { items, 0 };
    unsigned number;
    FILE *file = fopen(path, "r");

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    /* 31 is SW_STATUS_NAME_MAX */
    /* cert-err34-c: two digits always fit */
    while (table.count < TABLE_MAX && fscanf(file, "%2x %31s", &number, texts[table.count]) == 2) {
        items[table.count].number = (uint8_t)number;
        items[table.count].name = texts[table.count];
        table.count++;
    }
    if (!feof(file) || table.count == 0 || sw_status_table_check(&table, NULL) < 0) {
        fprintf(stderr, "status_watch: %s: not a table of status items\n", path);
        exit(1);
    }
    fclose(file);
    return table;
}

int main(int argc, char **argv)
{
    sw_status_table table = sw_status_items;

    if (argc > 2) {
        fprintf(stderr, "usage: status_watch [TABLE]\n");
        return 2;
    }
    if (argc == 2)
        table = load_table(argv[1]);
    watch(&table);
    return 0;
}
