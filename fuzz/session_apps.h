/* SPDX-License-Identifier: ISC */
/* What runs on top of a pair's sessions. */
#ifndef SIDEWIRE_FUZZ_SESSION_APPS_H
#define SIDEWIRE_FUZZ_SESSION_APPS_H

#include "chosen_pair.h"

/* Notes an event of sw_session_next in the side's `seen`, and answers it. */
void client_app_event(chosen_pair *pair, int type, const sw_event *event);
void server_app_event(chosen_pair *pair, int type, const sw_event *event);

/* Sends what is to be sent, as far as there is room. Returns 1 if it sent anything. */
int client_app_act(chosen_pair *pair);
int server_app_act(chosen_pair *pair);

#endif
