/* SPDX-License-Identifier: ISC */
/* Status items, as `stat` sends them [protocol, section 10]: what plays, where it is, and what is known of the file.
 *
 * Each round of `stat` is a list of items, name and value, in one of two forms: for people (`NAME: VALUE`), or for
 * programs, with the length of the value and the number of the item (`LLLL II:VALUE`).
 *
 *     server     for each item of the table: sw_status_write(form, item, value, len, line, sizeof(line), &n, &error)
 *     client     sw_status_reader_init(&reader, SW_STATUS_PARSER, &sw_status_items)
 *                while ((result = sw_status_reader_next(&reader, bytes, len, &used, &slice)) == 1)
 *                    collect slice.data[0..slice.len) of slice.name, go on behind the `used` bytes
 *                at the end of the output: sw_status_reader_end(&reader)
 *
 * The reader takes output in any pieces, and gives values in slices, so it needs no memory for them; what is read of
 * a value is turned into a number or a flag by the functions at the end. Which number stands for which item is not
 * known of deployed servers, so tables are data (see sw_status_items). examples/status_watch.c is a client;
 * tools/server/status_round.c a server. Sizes are in bytes. */
#ifndef SIDEWIRE_AUDIO_STATUS_H
#define SIDEWIRE_AUDIO_STATUS_H

#include <sidewire/audio/error.h>

SW_BEGIN_DECLS

enum {
    SW_STATUS_PLAYER_ITEMS = 8,       /* of sw_status_items; those of the file follow */
    SW_STATUS_NAME_MAX = 31,          /* bytes of a name */
    SW_STATUS_VALUE_MAX = 0xffff - 4, /* bytes of a value that is written, in either form */
    SW_STATUS_TIME_MAX = 27,          /* bytes of the longest time */
    SW_STATUS_FLAGS_TEXT_SIZE = 4
};

typedef enum sw_status_form {
    SW_STATUS_HUMAN = 0, /* NAME: VALUE */
    SW_STATUS_PARSER = 1 /* LLLL II:VALUE */
} sw_status_form;

/* ---- tables ---- */

/* A name is printable ASCII without blank and colon. */
typedef struct sw_status_item {
    uint8_t number;
    const char *name;
} sw_status_item;

typedef struct sw_status_table {
    const sw_status_item *items; /* in the order in which a server sends them */
    size_t count;
} sw_status_table;

/* All names in their order. THE NUMBERS ARE SIDEWIRE'S OWN, 0 and up in that order: those of
 * deployed servers are not known. Whoever knows them makes a table of them and uses that. */
SW_API extern const sw_status_table sw_status_items;

/* Is it fit for use? SW_E_NULL; SW_E_CONFIG: a name that is none, a name or number twice
 * (value: the item of this index, limit: how many there are). error may be NULL. */
SW_API int sw_status_table_check(const sw_status_table *table, sw_error *error);

/* ---- writer ---- */

/* Writes one item, with its LF, to out[0..cap), of which value may be a part. SW_OK, and *len is its bytes;
 * SW_E_STATUS_LINE: the human form cannot tell a LF in a value from the end (value: its place, limit: value_len), what
 * to write instead is the caller's choice; SW_E_STATUS_SIZE above SW_STATUS_VALUE_MAX (value: value_len, limit:
 * that); SW_E_SPACE (value: cap, limit: bytes needed); SW_E_CONFIG: the item's name, or the form; SW_E_NULL. After an
 * error nothing is written. error may be NULL. */
SW_API int sw_status_write(sw_status_form form, const sw_status_item *item, const void *value, size_t value_len,
                           uint8_t *out, size_t cap, size_t *len, sw_error *error);

/* ---- reader ---- */

/* A part of one item's value. An item that is whole in the input is one slice. The last slice comes
 * with the LF and may be empty; the others are not. */
typedef struct sw_status_slice {
    const char *name;    /* the table's; without a table, that of the human form, valid until
                                 * the next call, or NULL */
    int number;          /* -1: human form without a table */
    int last;            /* 1: the item is complete */
    uint64_t size;       /* of the whole value, bytes; human form: of what came of it */
    uint64_t offset;     /* of this slice in the value; 0: the first */
    size_t len;          /* of this slice */
    const uint8_t *data; /* inside the caller's input; valid as long as that is */
} sw_status_slice;

/* Fields are private. */
typedef struct sw_status_reader {
    const sw_status_table *table;
    const sw_status_item *item;
    uint64_t seen;   /* bytes of this item; 0: between items */
    uint64_t offset; /* bytes of its value */
    uint32_t size, number;
    sw_error error;
    uint8_t form, state, name_max;
    char name[SW_STATUS_NAME_MAX + 1];
} sw_status_reader;

/* The table, which must stay, says which items are known: any other is an error. NULL: every name and every number is
 * told as it comes. SW_OK; SW_E_NULL; SW_E_CONFIG: the form, or what sw_status_table_check finds. */
SW_API int sw_status_reader_init(sw_status_reader *reader, sw_status_form form, const sw_status_table *table);

/* Takes bytes of in[0..len) and says in *used how many. 1: *slice is the next piece of a value; 0: all was taken, more
 * is needed; or an error, which stays until the next init, with *used before the byte that was wrong. A value may have
 * any bytes, but no LF in the human form. Hex digits may be of either case. Errors: SW_E_NULL; for programs:
 * SW_E_STATUS_LENGTH, SW_E_STATUS_SHORT, SW_E_STATUS_BLANK,
 * SW_E_STATUS_NUMBER, SW_E_STATUS_UNKNOWN, SW_E_STATUS_COLON, SW_E_STATUS_END;
 * for people: SW_E_STATUS_NAME, SW_E_STATUS_NAME_SIZE, SW_E_STATUS_COLON, SW_E_STATUS_BLANK. */
SW_API int sw_status_reader_next(sw_status_reader *reader, const uint8_t *in, size_t len, size_t *used,
                                 sw_status_slice *slice);

/* The output is over: SW_OK between items, SW_E_STATUS_TRUNCATED within one, or the error that
 * happened before. */
SW_API int sw_status_reader_end(sw_status_reader *reader);

SW_API sw_error sw_status_reader_error(const sw_status_reader *reader);

/* ---- values: any other text is SW_E_STATUS_VALUE (value: the first byte that does not fit, limit: len), and
 * nothing is set; SW_E_NULL; error may be NULL ---- */

typedef enum sw_status_state {
    SW_STATUS_STOPPED = 0,
    SW_STATUS_PAUSED = 1,
    SW_STATUS_PLAYING = 2
} sw_status_state;

/* Value of `status`: "playing". NULL for any other number. */
SW_API const char *sw_status_state_text(sw_status_state state);
SW_API int sw_status_state_parse(const char *text, size_t len, sw_status_state *state, sw_error *error);

enum { SW_STATUS_FLAG_PLAYING = 1, SW_STATUS_FLAG_NOMORE = 2, SW_STATUS_FLAG_NEXT = 4, SW_STATUS_FLAG_REPOS = 8 };

/* Value of `status_flags`: the characters `PONR`, blank where off, and a NUL: out has 5 bytes. */
SW_API void sw_status_flags_format(unsigned flags, char *out);
SW_API int sw_status_flags_parse(const char *text, size_t len, unsigned *flags, sw_error *error);

typedef struct sw_status_time {
    uint64_t seconds;
    uint32_t microseconds; /* below 1000000 */
} sw_status_time;

/* Value of `stream_start` and `current_time`, without NUL, to out[0..cap); returns its length, at
 * most SW_STATUS_TIME_MAX. 0 if it does not fit, or is no time. padded: six digits behind the
 * point; else as deployed servers write it, 5 s and 42 us as "5.42". */
SW_API size_t sw_status_time_format(const sw_status_time *time, int padded, char *out, size_t cap);
/* Reads either: what is behind the point is a whole number of one to six digits. */
SW_API int sw_status_time_parse(const char *text, size_t len, sw_status_time *time, sw_error *error);

SW_END_DECLS
#endif
