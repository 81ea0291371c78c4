/* SPDX-License-Identifier: ISC */
/* The options of a program: one table of them, which the command line, --help, usage errors and
 * defaults from elsewhere all come from. Adding an option is adding a row. */
#ifndef SIDEWIRE_TOOLS_OPTION_TABLE_H
#define SIDEWIRE_TOOLS_OPTION_TABLE_H

#include <stddef.h>

typedef enum option_kind {
    OPTION_FLAG,   /* takes no value; an int becomes 1 */
    OPTION_TEXT,   /* a const char * becomes the value, which is lent */
    OPTION_NUMBER, /* a long becomes the number, from min to max */
    OPTION_MAYBE   /* a value may follow behind '='; needs `take` */
} option_kind;

/* A row. Not given are zeros: no letter, no default. */
typedef struct option_row {
    char letter;      /* of -l; never h or V, which all programs have */
    const char *name; /* of --name; NULL ends the table */
    option_kind kind;
    const char *value; /* how --help calls the value */
    size_t place;      /* where in the program's structure the value goes to */
    long min, max;     /* of OPTION_NUMBER */
    /* Instead of `place`: takes the value, which is lent, or NULL if there is none, to the program's
     * structure. `source` is how messages begin: '--name', or the variable or the file that the
     * value is from. 0, or -1 after a message. */
    int (*take)(void *target, const char *source, const char *text);
    const char *standard;  /* the value if none is given */
    const char *otherwise; /* what --help calls the default that is not a fixed value */
    const char *variable;  /* of the environment, that gives a default */
    int once;              /* means one run only, so not to be set in a file of defaults */
    const char *help;      /* sentences. Range and default are added to them. */
    const char *words;     /* values that shells offer, with blanks between; NULL: not a few words */
} option_row;

/* A part of what --help prints. */
typedef struct manual_section {
    const char *title;         /* NULL ends the list */
    const char *text;          /* lines of up to 76 columns; NULL: none */
    const option_row *options; /* behind the text; NULL: none */
} manual_section;

/* What shells offer beside options. */
typedef enum operand_kind { OPERANDS_NONE, OPERANDS_FILES, OPERANDS_COMMANDS } operand_kind;

typedef struct manual {
    const char *program, *summary;
    const manual_section *sections;
    int options_first;    /* what begins with a dash behind the first operand is no option */
    int unwritten_status; /* exit status if --help cannot be written */
    operand_kind operands;
} manual;

/* A command line that was read. */
typedef struct command_line {
    const manual *manual;
    struct option_given *given;
    size_t given_count;
    const char *const *operands; /* NULL-terminated */
    size_t operand_count;
} command_line;

/* Reads a command line, as getopt_long does, and carries --help and --version out. 1: go on. 0: the
 * program is to end with *status, all is said and there is nothing to be freed. */
int command_line_read(command_line *line, const manual *m, int argc, char **argv, int *status);
void command_line_free(command_line *line);

/* The last value that was given to an option; NULL: none. */
const char *command_line_value(const command_line *line, const char *name);

/* These give values to a structure, later ones over earlier ones: the defaults of the table, a file
 * of defaults, the environment, the command line. 0, or -1 after a message.
 *
 * A file has an option a line, without dashes, and its value behind blanks; # begins a comment line.
 * Its values are parts of *text, which is to be freed when nothing uses them any more. */
int options_set_standards(const manual *m, void *target);
int options_set_from_file(const manual *m, void *target, const char *path, char **text);
int options_set_from_environment(const manual *m, void *target);
int options_set_given(const command_line *line, void *target);

/* All of it for a program without other defaults than the table's. Returns as command_line_read,
 * with the exit status of wrong usage also if a value is none. *line is to be freed. */
int options_parse(command_line *line, const manual *m, void *target, int argc, char **argv, int *status);

/* Gives one value to a structure. 0, or -1 after a message. */
int option_set(const option_row *row, void *target, const char *source, const char *text);

/* The row of a name; NULL: none. */
const option_row *manual_option(const manual *m, const char *name);

/* --help and --version, as all programs have them behind their last options. */
extern const option_row manual_common_options[];

/* What is added to an option's help: its range and its default, or the empty text. */
void option_remarks(const option_row *row, char *out, size_t size);

/* What --help and --version print. Return exit statuses. */
int manual_print(const manual *m);
int manual_print_version(const manual *m);

#endif
