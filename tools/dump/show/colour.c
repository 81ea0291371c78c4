/* SPDX-License-Identifier: ISC */
#include "colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int colour_wanted(FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if (no_color != NULL && no_color[0] != '\0')
        return 0;
    return isatty(fileno(out)) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

void put_colour(writer *w, colour c)
{
    static const char *const sequences[] = {
        [COLOUR_NONE] = "\033[0m",    [COLOUR_HEADER] = "\033[1m",  [COLOUR_FAINT] = "\033[2m",
        [COLOUR_CLIENT] = "\033[36m", [COLOUR_SERVER] = "\033[32m", [COLOUR_WARNING] = "\033[33m",
        [COLOUR_ERROR] = "\033[31m",
    };

    put_text(w, sequences[c]);
}
