/* SPDX-License-Identifier: ISC */
/* Which command it is, whether the user may run it, and who does. */
#include "commands.h"

#include "log.h"
#include "server.h"

#include <stdlib.h>

#define MESSAGE_NOT_PROVIDED "not provided by this server"

enum { LOGGED_NAME_MAX = 64 }; /* bytes of a command's name */

/* What is done for a command: `run`, or `run_on_table` with a table of blobs. Neither: nothing. */
typedef struct command_row {
    command_handler *run;
    blob_command_handler *run_on_table;
    blob_table table;
} command_row;

/* By sw_audio_command; names and permissions are the library's. */
static const command_row rows[SW_AUDIO_COMMAND_COUNT] = {
    [SW_AUDIO_HELP] = { .run = command_help },
    [SW_AUDIO_SI] = { .run = command_si },
    [SW_AUDIO_VERSION] = { .run = command_version },
    [SW_AUDIO_STAT] = { .run = command_stat },
    [SW_AUDIO_SENDER] = { .run = command_sender },
    [SW_AUDIO_PLAY] = { .run = command_play },
    [SW_AUDIO_STOP] = { .run = command_stop },
    [SW_AUDIO_PAUSE] = { .run = command_pause },
    [SW_AUDIO_NEXT] = { .run = command_next },
    [SW_AUDIO_NOMORE] = { .run = command_nomore },
    [SW_AUDIO_FF] = { .run = command_ff },
    [SW_AUDIO_JMP] = { .run = command_jmp },
    [SW_AUDIO_HUP] = { .run = command_hup },
    [SW_AUDIO_TERM] = { .run = command_term },
    [SW_AUDIO_ADDIMG] = { .run_on_table = command_blob_add, .table = BLOB_IMAGES },
    [SW_AUDIO_ADDLYR] = { .run_on_table = command_blob_add, .table = BLOB_LYRICS },
    [SW_AUDIO_ADDMOOD] = { .run_on_table = command_blob_add, .table = BLOB_MOODS },
    [SW_AUDIO_ADDPL] = { .run_on_table = command_blob_add, .table = BLOB_PLAYLISTS },
    [SW_AUDIO_CATIMG] = { .run_on_table = command_blob_cat, .table = BLOB_IMAGES },
    [SW_AUDIO_CATLYR] = { .run_on_table = command_blob_cat, .table = BLOB_LYRICS },
    [SW_AUDIO_CATMOOD] = { .run_on_table = command_blob_cat, .table = BLOB_MOODS },
    [SW_AUDIO_CATPL] = { .run_on_table = command_blob_cat, .table = BLOB_PLAYLISTS },
    [SW_AUDIO_LSIMG] = { .run_on_table = command_blob_ls, .table = BLOB_IMAGES },
    [SW_AUDIO_LSLYR] = { .run_on_table = command_blob_ls, .table = BLOB_LYRICS },
    [SW_AUDIO_LSMOOD] = { .run_on_table = command_blob_ls, .table = BLOB_MOODS },
    [SW_AUDIO_LSPL] = { .run_on_table = command_blob_ls, .table = BLOB_PLAYLISTS },
    [SW_AUDIO_MVIMG] = { .run_on_table = command_blob_mv, .table = BLOB_IMAGES },
    [SW_AUDIO_MVLYR] = { .run_on_table = command_blob_mv, .table = BLOB_LYRICS },
    [SW_AUDIO_MVMOOD] = { .run_on_table = command_blob_mv, .table = BLOB_MOODS },
    [SW_AUDIO_MVPL] = { .run_on_table = command_blob_mv, .table = BLOB_PLAYLISTS },
    [SW_AUDIO_RMIMG] = { .run_on_table = command_blob_rm, .table = BLOB_IMAGES },
    [SW_AUDIO_RMLYR] = { .run_on_table = command_blob_rm, .table = BLOB_LYRICS },
    [SW_AUDIO_RMMOOD] = { .run_on_table = command_blob_rm, .table = BLOB_MOODS },
    [SW_AUDIO_RMPL] = { .run_on_table = command_blob_rm, .table = BLOB_PLAYLISTS },
};

/* refusal: NULL if it runs. */
static void log_command(const connection *c, const sw_argument *name, const char *refusal)
{
    /* analyzer-null-dereference, core.NullDereference: a command without words was an error */
    size_t len = name->len < LOGGED_NAME_MAX ? name->len : LOGGED_NAME_MAX;
    char quoted[2 * LOGGED_NAME_MAX + 8];

    log_event(LEVEL_INFO, "%s: command %s%s%s", c->label, log_quote(quoted, sizeof(quoted), name->data, len),
              refusal != NULL ? ": " : "", refusal != NULL ? refusal : "");
}

/* Runs the command if there is one, and this user may. */
static void run(connection *c, const sw_argument *argv, size_t argc)
{
    static const command_row none;
    const command_row *row = &none;
    const sw_command *command;
    const char *refusal;

    if (sw_command_check(&sw_audio_commands, argv, argc, c->permissions, &command, &refusal, NULL) == SW_OK) {
        row = &rows[command->id];
        if (row->run == NULL && row->run_on_table == NULL)
            refusal = MESSAGE_NOT_PROVIDED;
    }
    log_command(c, &argv[0], refusal);
    if (refusal != NULL)
        reply_fail(&c->reply, refusal);
    else if (row->run != NULL)
        row->run(c, argv, argc);
    else
        row->run_on_table(c, row->table, argv, argc);
}

void command_run(connection *c, const sw_event *event)
{
    sw_command_info info;
    sw_argument *argv = NULL;
    int result = sw_session_arguments(&c->session, event, NULL, 0, &info, NULL);

    c->server->commands++;
    if (result == SW_E_COMMAND_COUNT) { /* which is how many they are */
        argv = malloc(info.count * sizeof(*argv));
        if (argv == NULL) {
            reply_give_up(&c->reply);
            return;
        }
        result = sw_session_arguments(&c->session, event, argv, info.count, &info, NULL);
    }
    if (result < 0) {
        log_event(LEVEL_INFO, "%s: %s", c->label, sw_error_text(result));
        reply_fail(&c->reply, sw_command_refusal(result));
    } else {
        run(c, argv, info.count);
    }
    free(argv);
}
