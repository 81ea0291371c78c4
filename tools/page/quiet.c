/* SPDX-License-Identifier: ISC */
/* What a page has in the place of a terminal's progress bar: nothing. */
#include "progress.h"

void progress_clear(progress *p)
{
    (void)p;
}
