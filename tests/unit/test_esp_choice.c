/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/esp_choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_id(const char *typed, const char *expected)
{
	g_autofree char *id = esp_choice_id(typed);

	if (g_strcmp0(id, expected) != 0)
		fail_msg("%s gives %s, expected %s", typed, id, expected);
	/* What it gives is an id, also as the first part of a rule's. */
	if (id) {
		g_autofree char *rule = g_strdup_printf("%s/click", id);
		assert_true(rule_id_valid(rule));
	}
}

static void test_ids(void **state)
{
	g_autofree char *long_name = g_strnfill(500, 'x');
	g_autofree char *long_id = g_strnfill(64, 'x');

	(void)state;
	assert_id("sendgrid", "sendgrid");
	assert_id("New ESP, Inc.", "new-esp-inc");
	assert_id("  --Mail--  Co  ", "mail-co");
	assert_id("7mail", "7mail");
	assert_id("Söhne & Café", "sohne-cafe");
	assert_id("../../etc/passwd", "etc-passwd");
	assert_id("a\nb\x1B[31m", "a-b-31m");
	assert_id("caf\xFF", "caf");
	assert_id(long_name, long_id);
}

static void test_no_ids(void **state)
{
	(void)state;
	assert_id("", NULL);
	assert_id(" - ", NULL);
	assert_id("示例", NULL);
	assert_id("\xFF\xFE", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_no_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
