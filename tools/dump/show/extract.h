/* SPDX-License-Identifier: ISC */
/* What sessions carried, as files: FOLDER/SESSION.reply has what the server sent for the client to print,
 * FOLDER/SESSION.upload what the client sent. Bytes that are not in the capture are zeros. */
#ifndef SIDEWIRE_DUMP_EXTRACT_H
#define SIDEWIRE_DUMP_EXTRACT_H

#include "view.h"

/* Makes the folder, if there is none; files that are there are never changed. The path must stay. 0, or -1
 * after a message. */
int extract_view(view *out, const char *folder);

#endif
