/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* The pairs of a query as `name>value|name>value|`. */
static char *pairs(struct span query)
{
	GString *out = g_string_new(NULL);
	struct query_iter iter;
	struct span name, value;

	query_iter_init(&iter, query);
	while (query_iter_next(&iter, &name, &value)) {
		g_string_append_len(out, name.ptr, name.len);
		g_string_append_c(out, '>');
		assert_non_null(value.ptr);
		g_string_append_len(out, value.ptr, value.len);
		g_string_append_c(out, '|');
	}
	assert_false(query_iter_next(&iter, &name, &value));
	return g_string_free(out, FALSE);
}

static void reads_pairs(void **state)
{
	static const struct {
		const char *query;
		const char *pairs;
	} cases[] = {
		{"", ""},
		{"&&&", ""},
		{"a=1&b=2", "a>1|b>2|"},
		{"a", "a>|"},
		{"a=", "a>|"},
		{"=v", ">v|"},
		{"=", ">|"},
		{"a=b=c", "a>b=c|"},
		{"&a=1&&b&", "a>1|b>|"},
		{"u=https%3A%2F%2Fexample.com+x", "u>https%3A%2F%2Fexample.com+x|"},
		{"a=1&amp;b=2&amp;c", "a>1|b>2|c>|"},
		{"a=1&amp;&b=2", "a>1|b>2|"},
		{"amp;a=1", "a>1|"},
		{"amp=1&amplitude=2", "amp>1|amplitude>2|"},
		{"a=x&A=y", "a>x|A>y|"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *found = pairs(span_from(cases[i].query));

		assert_string_equal(found, cases[i].pairs);
	}
	g_autofree char *none = pairs(SPAN_NONE);
	assert_string_equal(none, "");
}

static void keeps_nul_and_stays_within(void **state)
{
	static const char query[] = {'a', '\0', '=', 'b', '\0', '&', 'c'};
	struct query_iter iter;
	struct span name, value;

	(void)state;
	/* The `&c` lies behind the end. */
	query_iter_init(&iter, (struct span){query, 5});
	assert_true(query_iter_next(&iter, &name, &value));
	assert_ptr_equal(name.ptr, query);
	assert_int_equal(name.len, 2);
	assert_ptr_equal(value.ptr, query + 3);
	assert_int_equal(value.len, 2);
	assert_false(query_iter_next(&iter, &name, &value));
}

static void stops_at_the_limit(void **state)
{
	g_autoptr(GString) query = g_string_new(NULL);
	struct query_iter iter;
	struct span name, value;
	unsigned count = 0;

	(void)state;
	for (unsigned i = 0; i <= QUERY_MAX_PARAMS; i++)
		g_string_append_printf(query, "%sp%u=%u", i ? "&" : "", i, i);
	query_iter_init(&iter, span_from_string(query));
	while (query_iter_next(&iter, &name, &value))
		count++;
	assert_int_equal(count, QUERY_MAX_PARAMS);
	g_autofree char *last = g_strdup_printf("p%u", QUERY_MAX_PARAMS - 1);
	g_autofree char *beyond = g_strdup_printf("p%u", QUERY_MAX_PARAMS);
	assert_true(query_find(span_from_string(query), last, NULL));
	assert_false(query_find(span_from_string(query), beyond, NULL));
}

static void finds_the_first(void **state)
{
	struct span query = span_from("x=0&u=first&u=second&flag&amp;q=7");
	struct span value = SPAN_NONE;

	(void)state;
	assert_true(query_find(query, "u", &value));
	assert_true(span_equal(value, "first"));
	assert_true(query_find(query, "flag", &value));
	assert_true(span_equal(value, ""));
	assert_true(query_find(query, "q", &value));
	assert_true(span_equal(value, "7"));
	assert_true(query_find(query, "x", NULL));
	assert_false(query_find(query, "U", &value));
	assert_false(query_find(query, "fla", &value));
	assert_false(query_find(SPAN_NONE, "u", &value));
	/* What was not found leaves the value alone. */
	assert_true(span_equal(value, "7"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pairs),
		cmocka_unit_test(keeps_nul_and_stays_within),
		cmocka_unit_test(stops_at_the_limit),
		cmocka_unit_test(finds_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
