/* SPDX-License-Identifier: ISC */
/* How a session begins, in Wireshark's tree: each function fills the subtree of one kind of item. */
#ifndef SIDEWIRE_WIRESHARK_SHOW_HANDSHAKE_H
#define SIDEWIRE_WIRESHARK_SHOW_HANDSHAKE_H

#include "view.h"

/* Of the finding: what the session is. */
void show_agreement(const view *v, proto_tree *tree);

void show_greeting(const view *v, proto_tree *tree, const item *it);
void show_request(const view *v, proto_tree *tree, const item *it);
void show_response(const view *v, proto_tree *tree, const item *it);
void show_noise(const view *v, proto_tree *tree, const item *it);
void show_proof(const view *v, proto_tree *tree, const item *it);
void show_sealed_record(const view *v, proto_tree *tree, const item *it);

#endif
