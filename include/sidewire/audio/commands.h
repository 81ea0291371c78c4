/* SPDX-License-Identifier: ISC */
/* The commands of deployed audio servers, and what these servers answer [protocol, sections 9.1,
 * 9.3 and 9.5].
 */
#ifndef SIDEWIRE_AUDIO_COMMANDS_H
#define SIDEWIRE_AUDIO_COMMANDS_H

#include <sidewire/audio/permissions.h>
#include <sidewire/command.h>

SW_BEGIN_DECLS

/* The id of each command, which is its place in sw_audio_commands as well. A server makes an array
 * of functions by it, with NULL for what it does not provide. */
/* clang-format off */
typedef enum sw_audio_command {
    SW_AUDIO_HELP = 0, SW_AUDIO_SI, SW_AUDIO_VERSION, SW_AUDIO_STAT, SW_AUDIO_SENDER,
    SW_AUDIO_PLAY, SW_AUDIO_STOP, SW_AUDIO_PAUSE, SW_AUDIO_NEXT, SW_AUDIO_NOMORE, SW_AUDIO_FF,
    SW_AUDIO_JMP, SW_AUDIO_HUP, SW_AUDIO_TERM, SW_AUDIO_ADD, SW_AUDIO_ADDATT, SW_AUDIO_ADDIMG,
    SW_AUDIO_ADDLYR, SW_AUDIO_ADDMOOD, SW_AUDIO_ADDPL, SW_AUDIO_CATIMG, SW_AUDIO_CATLYR,
    SW_AUDIO_CATMOOD, SW_AUDIO_CATPL, SW_AUDIO_CHECK, SW_AUDIO_CPSI, SW_AUDIO_INIT, SW_AUDIO_LS,
    SW_AUDIO_LSATT, SW_AUDIO_LSIMG, SW_AUDIO_LSLYR, SW_AUDIO_LSMOOD, SW_AUDIO_LSPL,
    SW_AUDIO_MVATT, SW_AUDIO_MVIMG, SW_AUDIO_MVLYR, SW_AUDIO_MVMOOD, SW_AUDIO_MVPL, SW_AUDIO_RM,
    SW_AUDIO_RMATT, SW_AUDIO_RMIMG, SW_AUDIO_RMLYR, SW_AUDIO_RMMOOD, SW_AUDIO_RMPL,
    SW_AUDIO_SELECT, SW_AUDIO_SETATT, SW_AUDIO_TOUCH, SW_AUDIO_COMMAND_COUNT
} sw_audio_command;
/* clang-format on */

/* All of them: first those of the group "server", then those of "afs", the audio file selector.
 * Permissions are those of permissions.h. */
SW_API extern const sw_command_table sw_audio_commands;

/* What these servers send on ERROR_LOG, with a LF behind it. `invalid command`, `permission denied`
 * and the syntax error are told by sw_command_refusal. */
#define SW_MESSAGE_NO_AUDIO_FILE "no audio file"
#define SW_MESSAGE_SENDER_COMMAND "command not supported by this sender"
#define SW_MESSAGE_FILE_TOO_LARGE "file too large"

SW_END_DECLS
#endif
