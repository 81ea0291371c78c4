/* SPDX-License-Identifier: ISC */
/* Sets of permissions as characters and as names. */
#include <sidewire/audio/permissions.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* All sets, as bits. */
static const char *const sets[] = {
    "----", "a---", "-A--", "aA--", "--v-", "a-v-", "-Av-", "aAv-",
    "---V", "a--V", "-A-V", "aA-V", "--vV", "a-vV", "-AvV", "aAvV",
};

START_TEST(test_permissions)
{
    char *out = malloc(SW_PERMISSIONS_TEXT_SIZE + 1);

    sw_permissions_format((unsigned)_i, out);
    ck_assert_str_eq(out, sets[_i]);
    sw_permissions_format((unsigned)_i | ~15u, out);
    ck_assert_str_eq(out, sets[_i]);
    free(out);
}
END_TEST

static const struct names_case {
    const char *text;
    int result;
    unsigned permissions;
    uint64_t value, limit; /* of the error */
} names_cases[] = {
    { "AFS_READ", SW_OK, 1, 0, 0 },
    { "AFS_WRITE", SW_OK, 2, 0, 0 },
    { "VSS_READ", SW_OK, 4, 0, 0 },
    { "VSS_WRITE", SW_OK, 8, 0, 0 },
    { "VSS_READ,AFS_READ", SW_OK, 5, 0, 0 },
    { "AFS_READ,AFS_WRITE,VSS_READ,VSS_WRITE", SW_OK, SW_PERMISSIONS_ALL, 0, 0 },
    { "AFS_READ,AFS_READ", SW_OK, 1, 0, 0 },
    { "", SW_E_PERMISSION, 0, 0, 0 },
    { ",", SW_E_PERMISSION, 0, 0, 0 },
    { "AFS_READ,", SW_E_PERMISSION, 0, 9, 0 },
    { ",AFS_READ", SW_E_PERMISSION, 0, 0, 0 },
    { "AFS_READ,,VSS_READ", SW_E_PERMISSION, 0, 9, 0 },
    { "AFS_READ, VSS_READ", SW_E_PERMISSION, 0, 9, 9 },
    { " AFS_READ", SW_E_PERMISSION, 0, 0, 9 },
    { "AFS_READ ", SW_E_PERMISSION, 0, 0, 9 },
    { "AFS_REA", SW_E_PERMISSION, 0, 0, 7 },
    { "AFS_READX", SW_E_PERMISSION, 0, 0, 9 },
    { "afs_read", SW_E_PERMISSION, 0, 0, 8 },
    { "AFS_READ,VSS_PLAY", SW_E_PERMISSION, 0, 9, 8 },
    { "AFS_READ;VSS_READ", SW_E_PERMISSION, 0, 0, 17 },
};

START_TEST(test_permission_names)
{
    const struct names_case *c = &names_cases[_i];
    size_t len = strlen(c->text);
    uint8_t *text = exact_copy(c->text, len);
    unsigned permissions = 99;
    sw_error error;

    ck_assert_msg(sw_permissions_parse_names((char *)text, len, &permissions, &error) == c->result, "'%s'",
                  c->text);
    check_error(c->text, error, c->result, c->value, c->limit);
    ck_assert_uint_eq(permissions, c->result == SW_OK ? c->permissions : 99);
    free(text);
}
END_TEST

START_TEST(test_permissions_null)
{
    unsigned permissions = 99;
    sw_error error = { 1, 2, 3 };

    sw_permissions_format(15, NULL);
    ck_assert_int_eq(sw_permissions_parse_names(NULL, 1, &permissions, &error), SW_E_NULL);
    check_error("no text", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_permissions_parse_names("AFS_READ", 8, NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_permissions_parse_names(NULL, 0, &permissions, NULL), SW_E_PERMISSION);
    ck_assert_uint_eq(permissions, 99);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("permissions");
    TCase *tcase = suite_case(suite, "permissions");

    tcase_add_loop_test(tcase, test_permissions, 0, COUNT(sets));
    tcase_add_loop_test(tcase, test_permission_names, 0, COUNT(names_cases));
    tcase_add_test(tcase, test_permissions_null);
    return run_suite(suite);
}
