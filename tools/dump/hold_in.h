/* SPDX-License-Identifier: ISC */
/* What the decoder keeps of its rights when it begins to read. */
#ifndef SIDEWIRE_DUMP_HOLD_IN_H
#define SIDEWIRE_DUMP_HOLD_IN_H

#include "arguments.h"

/* When captures and views are open. What the system does not provide for is said. */
void hold_in(const arguments *args, const page_file *page);

#endif
