/* A progress line: what plays, where it is and how long it takes, from a server's status items.
 *     sidewire-client ... stat -p | ./status_watch [-t TABLE] [FILE]
 * Reads the parser-friendly form from FILE or standard input. A TABLE has a line `II NAME` for each
 * item, in the server's order: for servers whose numbers are not sidewire's. On a terminal the line
 * is redrawn as time goes by; elsewhere each round of items is a line. */
#define _XOPEN_SOURCE 700 /* for wcwidth */
#include <sidewire/audio/status.h>

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

enum { TABLE_MAX = 256, TEXT_MAX = 256, BAR_CELLS = 20, LINE_CELLS = 79 };

/* The items that the line is made of, and the beginnings of their values. */
enum { STATUS, OFFSET, BASENAME, SECONDS_TOTAL, TITLE, FIELD_COUNT };
static const char *const names[FIELD_COUNT] = { "status", "offset", "basename", "seconds_total",
                                                "title" };
typedef char values[FIELD_COUNT][TEXT_MAX + 1];

static values coming;             /* of the round that is being read */
static values shown;              /* of the last one that is complete */
static struct timespec round_end; /* 0: there was none yet */
static int on_terminal;

static void die(const char *what, sw_error error)
{
    char text[256];

    sw_audio_error_format(&error, text, sizeof(text));
    fprintf(stderr, "%sstatus_watch: %s: %s\n", on_terminal ? "\n" : "", what, text);
    exit(1);
}

static void die_of_system(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- the line ---- */

/* A whole number of seconds, or -1. */
static long seconds(const char *text)
{
    char *end;
    long n = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : -1;

    return n >= 0 && *end == '\0' && n < 1000000 ? n : -1;
}

/* The server tells the position now and then; in between we count. */
static long position(int is_playing, long total)
{
    struct timespec now;
    long n = seconds(shown[OFFSET]);

    if (n >= 0 && is_playing) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        n += (long)(now.tv_sec - round_end.tv_sec) - (now.tv_nsec < round_end.tv_nsec);
    }
    return total >= 0 && n > total ? total : n;
}

/* Returns the cells it took. */
static int put_time(long n)
{
    return n < 0 ? printf("-:--") : printf("%ld:%02ld", n / 60, n % 60);
}

static int put_bar(long done, long total)
{
    char bar[BAR_CELLS + 1];
    long full = total > 0 && done > 0 ? done * BAR_CELLS / total : 0;

    memset(bar, '.', BAR_CELLS);
    memset(bar, '#', (size_t)full);
    bar[BAR_CELLS] = '\0';
    return printf("[%s]", bar);
}

/* Titles are whatever their files say: only characters that take room reach the terminal. */
static void put_text(const char *text, int cells)
{
    const char *end = text + strlen(text);
    mbstate_t state;

    memset(&state, 0, sizeof(state));
    while (text < end) {
        wchar_t wide;
        size_t n = mbrtowc(&wide, text, (size_t)(end - text), &state);
        int is_character = n != (size_t)-1 && n != (size_t)-2;
        int width = is_character ? wcwidth(wide) : 1;
        if (!is_character) {
            memset(&state, 0, sizeof(state));
            n = 1;
        }
        if (width < 0) { /* a control character */
            width = 1;
            is_character = 0;
        }
        if (width > cells)
            return;
        if (width > 0)
            printf("%.*s", is_character ? (int)n : 1, is_character ? text : "?");
        cells -= width;
        text += n;
    }
}

static void draw(void)
{
    const char *name = shown[shown[TITLE][0] != '\0' ? TITLE : BASENAME];
    sw_status_state state = SW_STATUS_STOPPED;
    int known = sw_status_state_parse(shown[STATUS], strlen(shown[STATUS]), &state);
    long total = seconds(shown[SECONDS_TOTAL]);
    long done = position(state == SW_STATUS_PLAYING, total);
    int cells;

    if (on_terminal)
        printf("\r");
    cells = printf("%-7s ", known == SW_OK ? sw_status_state_text(state) : "?");
    cells += put_time(done) + printf(" / ") + put_time(total) + printf(" ");
    cells += put_bar(done, total) + printf(" ");
    put_text(name, LINE_CELLS - cells);
    fputs(on_terminal ? "\033[K" : "\n", stdout);
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
            memcpy(coming[i] + at, slice->data, n);
            coming[i][at + n] = '\0';
        }
    }
}

static void take_bytes(sw_status_reader *reader, const sw_status_table *table,
                       const uint8_t *bytes, size_t len)
{
    const sw_status_item *last = &table->items[table->count - 1];
    sw_status_slice slice;
    size_t used;
    int result;

    while ((result = sw_status_reader_next(reader, bytes, len, &used, &slice)) > 0) {
        take_slice(&slice);
        if (slice.last && slice.number == last->number) {
            memcpy(shown, coming, sizeof(shown));
            clock_gettime(CLOCK_MONOTONIC, &round_end);
            draw();
        }
        bytes += used;
        len -= used;
    }
    if (result < 0)
        die("status items", sw_status_reader_error(reader));
}

static void watch(int fd, const sw_status_table *table)
{
    static uint8_t buffer[4096];
    struct pollfd input = { fd, POLLIN, 0 };
    sw_status_reader reader;
    ssize_t n;

    if (sw_status_reader_init(&reader, SW_STATUS_PARSER, table) < 0)
        die("table", sw_status_reader_error(&reader));
    for (;;) {
        if (poll(&input, 1, on_terminal ? 1000 : -1) == 0) {
            if (round_end.tv_sec != 0)
                draw();
            continue;
        }
        n = read(fd, buffer, sizeof(buffer));
        if (n < 0)
            die_of_system("read");
        if (n == 0)
            break;
        take_bytes(&reader, table, buffer, (size_t)n);
    }
    if (sw_status_reader_end(&reader) < 0)
        die("status items", sw_status_reader_error(&reader));
}

/* ---- another table ---- */

static sw_status_table load_table(const char *path)
{
    static char texts[TABLE_MAX][SW_STATUS_NAME_MAX + 1];
    static sw_status_item items[TABLE_MAX];
    sw_status_table table = { items, 0 };
    unsigned number;
    FILE *file = fopen(path, "r");

    if (file == NULL)
        die_of_system(path);
    /* 31 is SW_STATUS_NAME_MAX */
    while (table.count < TABLE_MAX &&
           /* cert-err34-c: two digits always fit */
           fscanf(file, "%2x %31s", &number, texts[table.count]) == 2) {
        items[table.count].number = (uint8_t)number;
        items[table.count].name = texts[table.count];
        table.count++;
    }
    if (!feof(file) || table.count == 0 || sw_status_table_check(&table) < 0) {
        fprintf(stderr, "status_watch: %s: not a table of status items\n", path);
        exit(1);
    }
    fclose(file);
    return table;
}

int main(int argc, char **argv)
{
    sw_status_table table = sw_status_items;
    int fd = 0;
    int option;

    while ((option = getopt(argc, argv, "t:")) == 't')
        table = load_table(optarg);
    if (option != -1 || argc > optind + 1) {
        fprintf(stderr, "usage: status_watch [-t TABLE] [FILE]\n");
        return 2;
    }
    if (optind < argc && (fd = open(argv[optind], O_RDONLY)) < 0)
        die_of_system(argv[optind]);
    setlocale(LC_CTYPE, "");
    on_terminal = isatty(1);
    watch(fd, &table);
    if (on_terminal)
        printf("\n");
    return 0;
}
