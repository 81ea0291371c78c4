/* SPDX-License-Identifier: ISC */
#include "tshark.h"

#include "scratch.h"
#include "tools.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Run by root, tshark loads no plugins from its user's folder. So it is run by nobody, who may read
 * root's files. */
#define AS_NOBODY                                                                                                 \
    "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+dac_override "                                \
    "--ambient-caps=+dac_override"

static void make_folders(const char *path)
{
    for (const char *end = path; (end = strchr(end, '/')) != NULL; end++) {
        const char *folder = scratch_format("%.*s", (int)(end - path), path);

        if (mkdir(folder, 0700) < 0 && errno != EEXIST)
            ck_abort_msg("%s: %s", folder, strerror(errno));
    }
}

static void install_plugin(void)
{
    const char *link = ".local/lib/wireshark/plugins/" WIRESHARK_RELEASE "/epan/sidewire.so";

    make_folders(link);
    ck_assert_int_eq(symlink(tool_path("wireshark/sidewire.so"), link), 0);
}

TCase *tshark_case(Suite *suite, const char *name)
{
    TCase *tcase = e2e_case(suite, name);

    tcase_add_checked_fixture(tcase, install_plugin, NULL);
    return tcase;
}

process *tshark_start(const char *words, const char *capture)
{
    const char *preload = getenv("SIDEWIRE_TSHARK_PRELOAD");
    command_line line = { { NULL }, 0 };

    if (geteuid() == 0)
        command_add_words(&line, AS_NOBODY);
    command_add(&line, "env");
    if (preload != NULL && preload[0] != '\0')
        command_add(&line, scratch_format("LD_PRELOAD=%s", preload));
    command_add_words(&line, "tshark -n");
    command_add_words(&line, words);
    command_add(&line, "-r");
    command_add(&line, capture);
    return process_start(&line, NULL);
}

static void check_passes(const char *words, const char *one, const char *two)
{
    size_t len = strcspn(one, "\n") + 1;

    while (*one != '\0' && strncmp(one, two, len) == 0) {
        one += len;
        two += len;
        len = strcspn(one, "\n") + 1;
    }
    ck_assert_msg(*one == '\0' && *two == '\0', "%s: one pass: %.500s\ntwo passes: %.500s", words, one, two);
}

/* In one pass or two. */
static const char *fields_in(int passes, const char *capture, const char *options, const char *fields)
{
    const char *filter = strstr(options, "-Y ") == NULL ? "-Y sidewire" : "";
    const char *words = scratch_format("%s%s %s -T fields -E separator=| -E aggregator=/s",
                                       passes > 1 ? "-2 " : "", options, filter);
    process *p;

    while (*(fields += strspn(fields, " ")) != '\0') {
        words = scratch_format("%s -e %.*s", words, (int)strcspn(fields, " "), fields);
        fields += strcspn(fields, " ");
    }
    p = tshark_start(words, capture);
    process_expect(p, words, 0, NULL, NULL);
    return process_out(p);
}

const char *tshark_fields_once(const char *capture, const char *options, const char *fields)
{
    return fields_in(1, capture, options, fields);
}

const char *tshark_fields(const char *capture, const char *options, const char *fields)
{
    const char *shown = fields_in(1, capture, options, fields);

    check_passes(options, shown, fields_in(2, capture, options, fields));
    return shown;
}
