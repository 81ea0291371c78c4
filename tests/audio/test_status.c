/* SPDX-License-Identifier: ISC */
/* Status items: table, writer, reader, values. */
#include "test_status.h"

int main(void)
{
    Suite *suite = suite_create("status");

    add_status_table_tests(suite);
    add_status_writer_tests(suite);
    add_status_reader_tests(suite);
    add_status_error_tests(suite);
    add_status_value_tests(suite);
    return run_suite(suite);
}
