/* SPDX-License-Identifier: ISC */
/* Says whether keys would be logged: test_keylog_writer runs it as a set-user-id program. It needs
 * no library, since such programs do not look for them in build folders. */
#include "keylog_writer.h"

#include <stdio.h>

int main(void)
{
    keylog log;

    keylog_init(&log);
    puts(keylog_is_wanted(&log) ? "wanted" : "not wanted");
    return 0;
}
