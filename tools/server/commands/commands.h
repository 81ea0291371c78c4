/* SPDX-License-Identifier: ISC */
/* The commands this server has an answer to: one function each [protocol, section 9]. */
#ifndef SIDEWIRE_SERVER_COMMANDS_H
#define SIDEWIRE_SERVER_COMMANDS_H

#include "blob_store.h"
#include "connection.h"

#include <sidewire/audio.h>

/* Looks up and runs the command of a SW_EVENT_COMMAND. */
void command_run(connection *c, const sw_event *event);

/* Answers through c->reply, and c->task if that takes longer. There are as many arguments as the library's
 * table allows; they go away when it returns. */
typedef void command_handler(connection *c, const sw_argument *argv, size_t argc);
typedef void blob_command_handler(connection *c, blob_table table, const sw_argument *argv, size_t argc);

/* information.c */
command_handler command_help, command_si, command_version;
/* control.c */
command_handler command_hup, command_term;
/* playing.c */
command_handler command_play, command_stop, command_pause, command_next, command_nomore, command_ff, command_jmp;
/* stat.c */
command_handler command_stat;
/* sender.c */
command_handler command_sender;
/* blobs.c: add and mv; blob_matches.c */
blob_command_handler command_blob_add, command_blob_cat, command_blob_ls, command_blob_mv, command_blob_rm;

#endif
