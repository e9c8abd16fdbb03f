/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns: what they match, what their limits stop, and that no subject takes for ever.
 */
#include "rules/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct pattern *compile(const char *text)
{
	g_autofree char *message = NULL;
	struct pattern *pattern = pattern_new(text, &message);

	if (!pattern)
		fail_msg("%s: %s", text, message);
	return pattern;
}

static bool match(const struct pattern *pattern, const char *subject)
{
	return pattern_match(pattern, span_from(subject), NULL, NULL);
}

static void append_group(void *user, const char *name, struct span value)
{
	g_string_append_printf(user, "%s=%.*s ", name, (int)value.len, value.ptr);
}

static void test_groups(void **state)
{
	struct pattern *pattern = compile("^/(?<b>\\d*)(?<a>x)?(?<c>y+)?");
	g_autoptr(GString) groups = g_string_new(NULL);

	(void)state;
	assert_true(pattern_match(pattern, span_from("/12x"), append_group, groups));
	assert_string_equal(groups->str, "a=x b=12 ");
	g_string_truncate(groups, 0);
	assert_false(pattern_match(pattern, span_from("12x"), append_group, groups));
	assert_string_equal(groups->str, "");
	pattern_groups(pattern, append_group, groups);
	assert_string_equal(groups->str, "a= b= c= ");
	pattern_free(pattern);
}

static void test_bad_patterns(void **state)
{
	static const char *const bad[] = {"(", "[a", "a{2,1}", "\\C", "(?<a>x)(?<a>y)", "*a"};
	g_autofree char *longest = g_strnfill(PATTERN_MAX_LENGTH + 1, 'a');
	char *message = NULL;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		assert_null(pattern_new(bad[i], &message));
		assert_non_null(message);
		g_clear_pointer(&message, g_free);
	}
	assert_null(pattern_new(longest, &message));
	g_clear_pointer(&message, g_free);
	longest[PATTERN_MAX_LENGTH] = '\0';
	pattern_free(compile(longest));
}

static void test_empty_subject(void **state)
{
	struct pattern *any = compile("^$"), *some = compile(".");

	(void)state;
	assert_true(pattern_match(any, SPAN_NONE, NULL, NULL));
	assert_true(match(any, ""));
	assert_false(pattern_match(some, SPAN_NONE, NULL, NULL));
	pattern_free(any);
	pattern_free(some);
}

/* What the first byte tells has to be right for every pattern that is anchored. */
static void test_may_begin(void **state)
{
	static const struct {
		const char *pattern, *yes, *no;
	} begins[] = {
		{"^/[ab]c", "ab", "cx/"},
		{"^/(?:track/|t/)?6[A-Z]+$", "6t", "5Tr"},
		{"^/(?!x)[a-z]$", "abyz", "x1"},
		{"^(?i)/c", "cC", "d"},
		{"^/a|^/b", "ab", "c"},
		{"^/a*(?<=a)b", "a", "c"},
		{"^/$", "", "a"},
		{"^/(?:a$|bc)", "ab", "c"},
		{"^/.*x", "axz/", ""},
		{"^/\\d{3}(?=x)", "12", "a"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(begins); i++) {
		struct pattern *pattern = compile(begins[i].pattern);
		char start[] = "/ ";

		assert_true(pattern_anchored(pattern));
		for (const char *c = begins[i].yes; *c; c++) {
			start[1] = *c;
			if (!pattern_may_begin(pattern, span_from(start)))
				fail_msg("%s: may begin with %s", begins[i].pattern, start);
		}
		for (const char *c = begins[i].no; *c; c++) {
			start[1] = *c;
			if (pattern_may_begin(pattern, span_from(start)))
				fail_msg("%s: never begins with %s", begins[i].pattern, start);
		}
		pattern_free(pattern);
	}
	struct pattern *floating = compile("/a|^/b");
	assert_false(pattern_anchored(floating));
	pattern_free(floating);
}

/* A pattern that hits its limit on a subject of usual length is out of use from then on. */
static void test_quarantine(void **state)
{
	struct pattern *bad = compile("^/((a+)+)+$");
	g_autofree char *many = g_strnfill(100, 'a');
	g_autofree char *subject = g_strdup_printf("/%s!", many);

	(void)state;
	assert_true(match(bad, "/aaa"));
	assert_false(pattern_quarantined(bad));
	assert_false(match(bad, subject));
	assert_true(pattern_quarantined(bad));
	assert_false(match(bad, "/aaa"));
	pattern_free(bad);
}

/* On a subject that nobody sends, a pattern does not match, but it is not its fault. */
static void test_no_quarantine_for_long_subjects(void **state)
{
	struct pattern *pattern = compile("^/((a+)+)+$");
	g_autofree char *many = g_strnfill(PATTERN_USUAL_SUBJECT, 'a');
	g_autofree char *subject = g_strdup_printf("/%s!", many);

	(void)state;
	assert_false(match(pattern, subject));
	assert_false(pattern_quarantined(pattern));
	assert_true(match(pattern, "/aaa"));
	pattern_free(pattern);
}

static void test_offset_limit(void **state)
{
	struct pattern *pattern = compile("x$");
	g_autofree char *before = g_strnfill(PATTERN_OFFSET_LIMIT - 1, 'a');
	g_autofree char *in_time = g_strconcat(before, "x", NULL);
	g_autofree char *late = g_strconcat(before, "aax", NULL);

	(void)state;
	assert_true(match(pattern, in_time));
	assert_false(match(pattern, late));
	pattern_free(pattern);
}

/* PCRE2 counts steps from each place where a match could begin: without a limit on these, and a
 * lower one on steps, each of these takes from seconds to hours. */
static void test_no_subject_takes_for_ever(void **state)
{
	static const struct {
		const char *pattern, *part, *end;
	} slow[] = {
		{"[\\w-]{20,}x", "a", "!x"},
		{"(?=(a+))\\1b", "a", "!b"},
		{"(?:.*?a)*?[^c]*c!c", "a", "!c"},
		{"^/a+a+$", "a", "!"},
		{"^/((a+)+)+$", "a", "!"},
		{"(a|aa)+$", "a", "!"},
		{"(?:[a-z]+/)+\\d", "ab/", "!1"},
	};
	gint64 start = g_get_monotonic_time();

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(slow); i++) {
		struct pattern *pattern = compile(slow[i].pattern);
		g_autoptr(GString) subject = g_string_new("/");

		while (subject->len < 200000)
			g_string_append(subject, slow[i].part);
		g_string_append(subject, slow[i].end);
		assert_false(match(pattern, subject->str));
		pattern_free(pattern);
	}
	assert_true(g_get_monotonic_time() - start < 15 * G_USEC_PER_SEC);
}

/* Compiling to machine code at the first match is done by one of the threads that want it. */
static gpointer match_often(gpointer user)
{
	struct pattern **patterns = user;
	guintptr matched = 0;

	for (unsigned i = 0; i < 500; i++)
		matched += match(patterns[i], "/click/1234567890");
	return (gpointer)matched;
}

static void test_threads(void **state)
{
	struct pattern *patterns[500];
	GThread *threads[4];

	(void)state;
	for (unsigned i = 0; i < G_N_ELEMENTS(patterns); i++) {
		g_autofree char *text = g_strdup_printf("^/(?:x%u|click)/(\\d+)$", i);

		patterns[i] = compile(text);
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("match", match_often, patterns);
	for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
		assert_int_equal((guintptr)g_thread_join(threads[i]), G_N_ELEMENTS(patterns));
	for (unsigned i = 0; i < G_N_ELEMENTS(patterns); i++)
		pattern_free(patterns[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_bad_patterns),
		cmocka_unit_test(test_empty_subject),
		cmocka_unit_test(test_may_begin),
		cmocka_unit_test(test_quarantine),
		cmocka_unit_test(test_no_quarantine_for_long_subjects),
		cmocka_unit_test(test_offset_limit),
		cmocka_unit_test(test_no_subject_takes_for_ever),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
