/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs urltestdata.json and toascii.json of the Web Platform Tests against the parser. They are not
 * part of this repository: ESPIAL_WPT_DIR names their directory (default: ../shared/url). Every
 * case is run; the entries that are no objects are comments.
 */
#include "rules/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

/* A \u escape of a surrogate at `at`; 0 for anything else. */
static unsigned surrogate_at(const char *at)
{
	char digits[5] = {0};

	if (at[0] != '\\' || at[1] != 'u')
		return 0;
	strncpy(digits, at + 2, 4);
	unsigned code = strtoul(digits, NULL, 16);
	return code >= 0xd800 && code <= 0xdfff ? code : 0;
}

/* Writes lone surrogates as U+FFFD, which is what they become in a USVString: jansson, rightly,
 * does not take them. */
static void replace_lone_surrogates(char *json)
{
	for (char *at = json; *at; at++) {
		unsigned code = surrogate_at(at);
		bool pair = code && code < 0xdc00 && surrogate_at(at + 6) >= 0xdc00;

		if (code && !pair)
			memcpy(at + 2, "fffd", 4);
		if (at[0] == '\\')
			at += pair ? 11 : 1;
	}
}

static json_t *load_or_skip(const char *name)
{
	const char *dir = g_getenv("ESPIAL_WPT_DIR");
	g_autofree char *path = g_build_filename(dir ? dir : "../shared/url", name, NULL);
	g_autofree char *text = NULL;
	json_error_t error;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		print_message("skipped: there is no %s (set ESPIAL_WPT_DIR)\n", path);
		g_clear_pointer(&path, g_free);
		skip();
	}
	replace_lone_surrogates(text);
	json_t *cases = json_loads(text, JSON_ALLOW_NUL, &error);
	if (!cases)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return cases;
}

static struct span member(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return SPAN_NONE;
	return (struct span){json_string_value(value), json_string_length(value)};
}

static struct url *parse_span(struct span text, const struct url *base)
{
	return url_parse(text.ptr, text.len, base);
}

/* The attributes of the URL API: components with their delimiters. */
static char *attribute(const struct url *url, const char *name)
{
	g_autofree char *host = span_dup(url_host(url)), *port = span_dup(url_port(url));
	struct span tail = g_str_equal(name, "search") ? url_query(url) : url_fragment(url);

	if (g_str_equal(name, "protocol"))
		return g_strdup_printf("%.*s:", (int)url_scheme(url).len, url_scheme(url).ptr);
	if (g_str_equal(name, "username"))
		return span_dup(url_username(url));
	if (g_str_equal(name, "password"))
		return span_dup(url_password(url));
	if (g_str_equal(name, "hostname"))
		return g_steal_pointer(&host);
	if (g_str_equal(name, "port"))
		return g_steal_pointer(&port);
	if (g_str_equal(name, "host"))
		return g_strconcat(host ? host : "", port ? ":" : "", port, NULL);
	if (g_str_equal(name, "pathname"))
		return span_dup(url_path(url));
	if (tail.len == 0)
		return g_strdup("");
	return g_strdup_printf(
		"%c%.*s", g_str_equal(name, "search") ? '?' : '#', (int)tail.len, tail.ptr);
}

static bool attribute_matches(json_t *test, const struct url *url, const char *name)
{
	json_t *expected = json_object_get(test, name);
	g_autofree char *found = attribute(url, name);

	if (!expected || g_str_equal(json_string_value(expected), found ? found : ""))
		return true;
	print_error("%s of %s: %s, expected %s\n", name, url_href(url), found,
		json_string_value(expected));
	return false;
}

static bool components_match(json_t *test, const struct url *url)
{
	static const char *const names[] = {"protocol", "username", "password", "host", "hostname",
		"port", "pathname", "search", "hash"};
	bool match = true;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		match &= attribute_matches(test, url, names[i]);
	return match;
}

/* A base that cannot be parsed makes the whole parse a failure. */
static struct url *parse_case(json_t *test)
{
	struct span base_text = member(test, "base");
	struct url *base = NULL, *url;

	if (base_text.ptr) {
		base = parse_span(base_text, NULL);
		if (!base)
			return NULL;
	}
	url = parse_span(member(test, "input"), base);
	url_free(base);
	return url;
}

static bool parse_case_passes(json_t *test)
{
	struct url *url = parse_case(test);
	struct span expected = member(test, "href");
	bool passes = url ? span_equal(expected, url_href(url)) && components_match(test, url)
			  : json_is_true(json_object_get(test, "failure"));

	if (!passes)
		print_error("%s (base %s): %s, expected %s\n", member(test, "input").ptr,
			member(test, "base").ptr, url ? url_href(url) : "failure",
			expected.ptr ? expected.ptr : "failure");
	url_free(url);
	return passes;
}

/* An entry for relative references has no base and fails against all that its kind names. */
static bool relative_case_passes(json_t *test)
{
	struct url *opaque = url_parse("mailto:a@example.com", 20, NULL);
	struct url *url = parse_span(member(test, "input"), opaque);
	bool any_base = span_equal(member(test, "relativeTo"), "any-base");
	bool passes = (url != NULL) == any_base;

	if (!passes)
		print_error("%s against an opaque base\n", member(test, "input").ptr);
	url_free(url);
	url_free(opaque);
	return passes;
}

static void parses_urltestdata(void **state)
{
	json_t *cases = load_or_skip("urltestdata.json"), *test;
	size_t index, run = 0, failed = 0;

	(void)state;
	json_array_foreach(cases, index, test)
	{
		if (!json_is_object(test))
			continue;
		run++;
		failed += !parse_case_passes(test);
		if (json_object_get(test, "relativeTo"))
			failed += !relative_case_passes(test);
	}
	print_message("%zu cases, %zu failed\n", run, failed);
	json_decref(cases);
	assert_true(run > 0);
	assert_int_equal(failed, 0);
}

static bool toascii_case_passes(json_t *test)
{
	struct span input = member(test, "input"), expected = member(test, "output");
	g_autofree char *text = g_strdup_printf("https://%s/x", input.ptr);
	struct url *url = url_parse(text, strlen(text), NULL);
	g_autofree char *host = url ? span_dup(url_host(url)) : NULL;
	bool passes = g_strcmp0(host, expected.ptr) == 0;

	if (!passes)
		print_error("%s: %s, expected %s\n", input.ptr, host, expected.ptr);
	url_free(url);
	return passes;
}

static void parses_toascii(void **state)
{
	json_t *cases = load_or_skip("toascii.json"), *test;
	size_t index, run = 0, failed = 0;

	(void)state;
	json_array_foreach(cases, index, test)
	{
		if (!json_is_object(test))
			continue;
		run++;
		failed += !toascii_case_passes(test);
	}
	print_message("%zu cases, %zu failed\n", run, failed);
	json_decref(cases);
	assert_true(run > 0);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_urltestdata),
		cmocka_unit_test(parses_toascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
