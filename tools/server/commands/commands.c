/* Which command it is, whether the user may run it, and who does. */
#include "commands.h"

#include "log.h"
#include "server.h"

#include <stdlib.h>

#define MESSAGE_NOT_PROVIDED "not provided by this server"

enum { LOGGED_NAME_MAX = 64 };   /* bytes of a command's name */

/* By sw_audio_command. */
static command_handler *const handlers[SW_AUDIO_COMMAND_COUNT] = {
    [SW_AUDIO_HELP] = command_help,
    [SW_AUDIO_SI] = command_si,
    [SW_AUDIO_VERSION] = command_version,
    [SW_AUDIO_STAT] = command_stat,
    [SW_AUDIO_SENDER] = command_sender,
    [SW_AUDIO_PLAY] = command_play,
    [SW_AUDIO_STOP] = command_stop,
    [SW_AUDIO_PAUSE] = command_pause,
    [SW_AUDIO_NEXT] = command_next,
    [SW_AUDIO_NOMORE] = command_nomore,
    [SW_AUDIO_FF] = command_ff,
    [SW_AUDIO_JMP] = command_jmp,
    [SW_AUDIO_HUP] = command_hup,
    [SW_AUDIO_TERM] = command_term,
    [SW_AUDIO_ADDIMG] = command_blob_add,
    [SW_AUDIO_ADDLYR] = command_blob_add,
    [SW_AUDIO_ADDMOOD] = command_blob_add,
    [SW_AUDIO_ADDPL] = command_blob_add,
    [SW_AUDIO_CATIMG] = command_blob_cat,
    [SW_AUDIO_CATLYR] = command_blob_cat,
    [SW_AUDIO_CATMOOD] = command_blob_cat,
    [SW_AUDIO_CATPL] = command_blob_cat,
    [SW_AUDIO_LSIMG] = command_blob_ls,
    [SW_AUDIO_LSLYR] = command_blob_ls,
    [SW_AUDIO_LSMOOD] = command_blob_ls,
    [SW_AUDIO_LSPL] = command_blob_ls,
    [SW_AUDIO_MVIMG] = command_blob_mv,
    [SW_AUDIO_MVLYR] = command_blob_mv,
    [SW_AUDIO_MVMOOD] = command_blob_mv,
    [SW_AUDIO_MVPL] = command_blob_mv,
    [SW_AUDIO_RMIMG] = command_blob_rm,
    [SW_AUDIO_RMLYR] = command_blob_rm,
    [SW_AUDIO_RMMOOD] = command_blob_rm,
    [SW_AUDIO_RMPL] = command_blob_rm,
};

/* refusal: NULL if it runs. */
static void log_command(const connection *c, const sw_argument *name, const char *refusal)
{
    size_t len = name->len < LOGGED_NAME_MAX ? name->len : LOGGED_NAME_MAX;
    char quoted[2 * LOGGED_NAME_MAX + 8];

    log_event(LEVEL_INFO, "%s: command %s%s%s", c->label,
              log_quote(quoted, sizeof(quoted), name->data, len), refusal != NULL ? ": " : "",
              refusal != NULL ? refusal : "");
}

/* Runs the command if there is one, and this user may. */
static void run(connection *c, const sw_argument *argv, size_t argc)
{
    const sw_command *command;
    const char *refusal;
    int result = sw_command_check(&sw_audio_commands, argv, argc, c->permissions, &command,
                                  &refusal);

    if (result == SW_OK && handlers[command->id] == NULL)
        refusal = MESSAGE_NOT_PROVIDED;
    log_command(c, &argv[0], refusal);
    if (refusal != NULL)
        reply_fail(&c->reply, refusal);
    else
        handlers[command->id](c, argv, argc);
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
