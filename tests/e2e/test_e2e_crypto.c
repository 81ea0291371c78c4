/* SPDX-License-Identifier: ISC */
/* --crypto: clients, servers and sidewire-dump with each backend that was built, against each
 * other. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/backends.h>

#include <string.h>

enum { UPLOAD_SIZE = 300000 };

static int backend_count(void)
{
    int count = 0;

    while (sw_backend_name((size_t)count) != NULL)
        count++;
    return count;
}

/* ---- sessions ---- */

static const char modes[][60] = { "sideband,aes_ctr128,sha256", "sideband,aes_ctr128", "sideband" };

static process *client_with_input(const server *s, const char *words)
{
    process_setup setup = { .input = "upload" };
    command_line line = client_line(s->port, words);

    return process_start(&line, &setup);
}

static void make_upload(void)
{
    uint8_t *data = scratch_allocate(UPLOAD_SIZE);

    for (size_t i = 0; i < UPLOAD_SIZE; i++)
        data[i] = (uint8_t)(i * 31 + i / 251);
    scratch_write("upload", data, UPLOAD_SIZE);
}

static void check_download(const server *s, const char *options)
{
    process *p = client_with_input(s, scratch_format("%s catimg cover", options));
    size_t len;
    const char *upload = scratch_read("upload", &len);

    process_expect(p, options, 0, NULL, "");
    ck_assert_uint_eq(len, UPLOAD_SIZE);
    ck_assert_mem_eq(process_out(p), upload, len);
}

/* Server and client with any two: commands, and an upload that comes back; then what was recorded,
 * decrypted with each. */
START_TEST(each_with_each)
{
    int count = backend_count();
    const char *serves = sw_backend_name((size_t)(_i / count));
    const char *asks = sw_backend_name((size_t)(_i % count));
    server s =
        server_start_local(scratch_format("--allow-rc4 --record server.pcapng --log-level "
                                          "debug --crypto %s",
                                          serves));

    process_await_err(s.process, scratch_format("debug: crypto: %s\n", serves));
    make_upload();
    for (int i = 0; i < COUNT(modes); i++) {
        const char *options = scratch_format("--allow-rc4 --features %s --crypto %s", modes[i], asks);
        client_expect(&s, scratch_format("-v %s", options), "version", 0, "sidewire-server *",
                      scratch_format("sidewire-client: crypto: %s\n*features: %s\n*", asks, modes[i]));
        process_expect(client_with_input(&s, scratch_format("%s addimg cover", options)), options, 0, "", "");
        check_download(&s, options);
    }
    client_expect(&s, scratch_format("--crypto %s -u eve -k keys/eve", asks), "si", 3, "", NULL);
    server_stop(&s);
    for (int i = 0; i < count; i++) {
        const char *words =
            scratch_format("--crypto %s -k keys/bob -k keys/alice server.pcapng", sw_backend_name((size_t)i));
        process_expect(tool_start(TOOL_DUMP, words), words, 0,
                       "*\"version\"*\"addimg\" \"cover\"*\"catimg\" \"cover\"*"
                       "\"version\"*\"addimg\" \"cover\"*\"catimg\" \"cover\"*"
                       "\"version\"*\"addimg\" \"cover\"*\"catimg\" \"cover\"*",
                       "");
    }
}
END_TEST

/* A key that is for none of them. */
START_TEST(wrong_key)
{
    const char *name = sw_backend_name((size_t)_i);
    server s = server_start_local(scratch_format("--record server.pcapng --crypto %s", name));
    const char *words = scratch_format("--crypto %s -k keys/bob server.pcapng", name);

    client_expect(&s, scratch_format("--crypto %s -k keys/eve", name), "si", 3, "", "sidewire-client: *");
    client_expect(&s, scratch_format("--crypto %s", name), "si", 0, NULL, "");
    server_stop(&s);
    process_expect(tool_start(TOOL_DUMP, words), words, 0, "*encrypted*", "");
}
END_TEST

/* Each command of a script is a process of its own. */
START_TEST(script)
{
    const char *name = sw_backend_name((size_t)_i);
    server s = server_start_local(scratch_format("--crypto %s", name));

    scratch_write_text("upload", "help ff\nnosuch\nhelp jmp\n");
    process_expect(client_with_input(&s, scratch_format("--crypto %s -i", name)), name, 0, "ff - *jmp - *",
                   "remote: invalid command\n");
    server_stop(&s);
}
END_TEST

/* ---- command lines ---- */

static const char *const tools[] = { TOOL_CLIENT, TOOL_SERVER, TOOL_DUMP };
static const char *const strangers[] = { "nosuch", "", "OpenSSL", "mbedtls,openssl" };

static const char *built_in(void)
{
    const char *list = sw_backend_name(0);

    for (size_t i = 1; sw_backend_name(i) != NULL; i++)
        list = scratch_format("%s, %s", list, sw_backend_name(i));
    return list;
}

START_TEST(unknown_name)
{
    const char *name = strrchr(tools[_i], '/') + 1;

    for (int i = 0; i < COUNT(strangers); i++) {
        const char *words = scratch_format("--crypto=%s x", strangers[i]);

        process_expect(
            tool_start(tools[_i], words), words, 2, "",
            scratch_format("%s: --crypto: '%s' is not built in; there are %s\n", name, strangers[i], built_in()));
    }
}
END_TEST

START_TEST(help_names_them)
{
    process_expect(tool_start(tools[_i], "--help"), tools[_i], 0,
                   scratch_format("*\n    --crypto NAME\n*Built in: %s.*", built_in()), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e crypto");
    int count = backend_count();

    tcase_add_loop_test(e2e_case(suite, "pairs"), each_with_each, 0, count * count);
    tcase_add_loop_test(e2e_case(suite, "wrong key"), wrong_key, 0, count);
    tcase_add_loop_test(e2e_case(suite, "script"), script, 0, count);
    tcase_add_loop_test(e2e_case(suite, "unknown"), unknown_name, 0, COUNT(tools));
    tcase_add_loop_test(e2e_case(suite, "help"), help_names_them, 0, COUNT(tools));
    return e2e_main(suite);
}
