/* SPDX-License-Identifier: ISC */
/* Adding fields to Wireshark's tree. */
#ifndef SIDEWIRE_WIRESHARK_TREE_H
#define SIDEWIRE_WIRESHARK_TREE_H

#include "view.h"

/* What no bytes of the frame say by themselves. */
void tree_add_generated(proto_tree *tree, int field, tvbuff_t *tvb, const char *text);
void tree_add_number(proto_tree *tree, int field, tvbuff_t *tvb, uint64_t n);

/* The body of an item; len bytes of it, as text. */
proto_item *tree_add_body(const view *v, proto_tree *tree, int field, const item *it);
void tree_add_text(const view *v, proto_tree *tree, int field, const item *it, size_t offset, size_t len);

/* Bytes as UTF-8 that does no harm to a terminal; of the packet's scope. */
const char *tree_text(const view *v, const void *data, size_t len);
const char *tree_features(const view *v, unsigned features);

#endif
