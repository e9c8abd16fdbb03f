/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rule explains a URL, what it makes of it, and what the tests of rules tell. Rules are
 * written as a ruleset holds them.
 */
#include "rules/matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* What a rule needs beside what a test is about. */
#define REST                                                              \
	"references:\n  - seen in the wild\n"                             \
	"tests:\n"                                                        \
	"  match:\n    - url: https://example.com/\n      next: opaque\n" \
	"  no_match:\n    - https://example.org/\n"

static struct rule *read_rule(const char *yaml)
{
	struct problems *problems = problems_new();
	struct rule *rule = rule_read(yaml, strlen(yaml), NULL, problems);

	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);

		print_error("%s\n", text);
	}
	if (!rule)
		fail_msg("no rule: %s", yaml);
	problems_free(problems);
	return rule;
}

/* A rule of provider `acme`: `body` is its `match`, `decode` and `fields`. */
static char *rule_yaml(const char *name, const char *status, const char *body)
{
	return g_strdup_printf("id: acme/%s\nesp: acme\nstatus: %s\n%s" REST, name, status, body);
}

static struct ruleset *add(struct ruleset *ruleset, const char *yaml)
{
	struct rule *rule = read_rule(yaml);
	struct ruleset *with = ruleset_with(ruleset, rule, NULL);

	rule_free(rule);
	ruleset_unref(ruleset);
	return with;
}

static struct ruleset *add_body(struct ruleset *ruleset, const char *name, const char *body)
{
	g_autofree char *yaml = rule_yaml(name, "stable", body);

	return add(ruleset, yaml);
}

/* Takes the ruleset over. */
static struct matcher *compile(struct ruleset *ruleset)
{
	struct matcher *matcher = matcher_new(ruleset);

	ruleset_unref(ruleset);
	return matcher;
}

static struct matcher *one(const char *body)
{
	return compile(add_body(NULL, "one", body));
}

static struct match *match_text(const struct matcher *matcher, const char *text)
{
	struct url *url = url_parse(text, strlen(text), NULL);

	assert_non_null(url);
	struct match *match = matcher_match(matcher, url);
	const struct rule *found = matcher_find(matcher, url);
	assert_ptr_equal(found, match ? match->rule : NULL);
	url_free(url);
	return match;
}

static void assert_rule(const struct matcher *matcher, const char *url, const char *name)
{
	struct match *match = match_text(matcher, url);
	g_autofree char *id = name ? g_strdup_printf("acme/%s", name) : NULL;

	if (g_strcmp0(id, match ? match->rule->id : NULL) != 0)
		fail_msg("%s: %s, not %s", url, match ? match->rule->id : "no rule",
			id ? id : "none");
	match_free(match);
}

/* ---- conditions ---- */

static void test_hosts_are_suffixes(void **state)
{
	struct matcher *matcher = one("match:\n  hosts:\n    - mail.example.com\ndecode: opaque\n");

	(void)state;
	assert_rule(matcher, "https://mail.example.com/", "one");
	assert_rule(matcher, "http://a.b.mail.example.com/x?y", "one");
	assert_rule(matcher, "https://MAIL.Example.COM/", "one");
	assert_rule(matcher, "https://mail.example.com./", "one");
	assert_rule(matcher, "https://email.example.com/", NULL);
	assert_rule(matcher, "https://example.com/", NULL);
	assert_rule(matcher, "https://mail.example.com.evil.example/", NULL);
	assert_rule(matcher, "ftp://mail.example.com/", NULL);
	assert_rule(matcher, "mailto:ann@mail.example.com", NULL);
	matcher_unref(matcher);
}

static void test_host_that_is_an_address(void **state)
{
	struct matcher *matcher =
		one("match:\n  hosts:\n    - 192.0.2.1\n    - '[2001:db8::1]'\ndecode: opaque\n");

	(void)state;
	assert_rule(matcher, "http://192.0.2.1/", "one");
	assert_rule(matcher, "http://0xc0000201/", "one");
	assert_rule(matcher, "http://[2001:db8:0::1]/", "one");
	assert_rule(matcher, "http://192.0.2.2/", NULL);
	matcher_unref(matcher);
}

static void test_all_conditions_hold(void **state)
{
	struct matcher *matcher = one("match:\n"
				      "  hosts:\n    - example.com\n"
				      "  host: ^u\\d+\\.\n"
				      "  path: ^/click$\n"
				      "  params:\n    a: ''\n    b: ^\\d+$\n"
				      "  query: b=1\n"
				      "  fragment: ^frag\n"
				      "decode: opaque\n");

	(void)state;
	assert_rule(matcher, "https://u1.example.com/click?a&b=1#frag", "one");
	assert_rule(matcher, "https://u1.example.com/click?b=1&x=2&amp;a=#fragment", "one");
	assert_rule(matcher, "https://u.example.com/click?a&b=1#frag", NULL);
	assert_rule(matcher, "https://u1.example.com/Click?a&b=1#frag", NULL);
	assert_rule(matcher, "https://u1.example.com/click?b=1#frag", NULL);
	assert_rule(matcher, "https://u1.example.com/click?a&b=x#frag", NULL);
	assert_rule(matcher, "https://u1.example.com/click?a&b=1#x", NULL);
	assert_rule(matcher, "https://u1.example.com/click?a&b=1", NULL);
	matcher_unref(matcher);
}

/* The index must not hide what a pattern would match. */
static void test_branded_shapes(void **state)
{
	static const struct {
		const char *pattern, *yes, *no;
	} shapes[] = {
		{"^/ls/click", "/ls/click", "/wf/click"},
		{"^/ls/?x", "/lsx", "/ls/y"},
		{"^/ls/*x", "/lsx", "/ls"},
		{"^/ls/{0,1}x", "/lsx", "/ls"},
		{"^/(?:ls|wf)/click$", "/wf/click", "/uni/click"},
		{"^/(?:ls|wf)?/click$", "//click", "/x/click"},
		{"^/(?:e3t/)?click/.", "/click/1", "/x/click/1"},
		{"^/(?:a|b/c)/.", "/b/c/1", "/b/1"},
		{"^/(?:|wf)/click$", "//click", "/x/click"},
		{"^/ls/|^/wf/", "/wf/1", "/x/1"},
		{"^/ls/[(]|^/wf/", "/wf/1", "/x/1"},
		{"^/ls/[]|]$", "/ls/]", "/wf/x"},
		{"^/ls/(?:a|b)$", "/ls/b", "/wf/b"},
		{"^/ls/\\||/wf", "/wf", "/x"},
		{"^/\\w+/\\d+$", "/any/12", "/any/x"},
		{"/click$", "/a/b/click", "/a/b"},
		{"^/tn\\.jsp$", "/tn.jsp", "/tn-jsp"},
		{"^/0123456789012345678901234567890123456789012345678901234567890123456789/x",
			"/0123456789012345678901234567890123456789012345678901234567890123456789/x",
			"/x"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
		g_autofree char *body = g_strdup_printf(
			"match:\n  path: '%s'\ndecode: opaque\n", shapes[i].pattern);
		g_autofree char *yes = g_strconcat("https://a.example", shapes[i].yes, NULL);
		g_autofree char *no = g_strconcat("https://a.example", shapes[i].no, NULL);
		struct matcher *matcher = one(body);

		assert_rule(matcher, yes, "one");
		assert_rule(matcher, no, NULL);
		matcher_unref(matcher);
	}
}

static void test_branded_by_parameter(void **state)
{
	struct matcher *matcher = one("match:\n  path: ^/\n  params:\n    upn: ''\n"
				      "    a0123456789012345678901234567890123456789012345678901234"
				      "5678901234567890: ''\n"
				      "decode: opaque\n");
	static const char base[] = "https://a.example/?upn=1&a0123456789012345678901234567890123456"
				   "7890123456789012345678901234567890";

	(void)state;
	assert_rule(matcher, base, "one");
	assert_rule(matcher, "https://a.example/?upn=1", NULL);
	matcher_unref(matcher);
}

/* A pattern that takes for ever does not match, and does not take for ever. */
static void test_catastrophic_pattern(void **state)
{
	struct matcher *matcher = one("match:\n  path: ^/((a+)+)+$\ndecode: opaque\n");
	g_autofree char *many = g_strnfill(2000, 'a');
	g_autofree char *url = g_strdup_printf("https://a.example/%s!", many);
	gint64 start = g_get_monotonic_time();

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		assert_rule(matcher, url, NULL);
	assert_true(g_get_monotonic_time() - start < G_USEC_PER_SEC);
	assert_rule(matcher, "https://a.example/aaa", "one");
	matcher_unref(matcher);
}

/* One look at a bad subject is enough: then the rule is out of use, and that can be told. */
static void test_quarantine(void **state)
{
	struct matcher *matcher = one("match:\n  path: ^/((a+)+)+$\ndecode: opaque\n");
	struct problems *problems = problems_new();
	g_autofree char *many = g_strnfill(500, 'a');
	g_autofree char *url = g_strdup_printf("https://a.example/%s!", many);

	(void)state;
	assert_rule(matcher, "https://a.example/aaa", "one");
	assert_int_equal(matcher_quarantined(matcher, problems), 0);
	assert_rule(matcher, url, NULL);
	assert_rule(matcher, "https://a.example/aaa", NULL);
	assert_int_equal(matcher_quarantined(matcher, problems), 1);
	g_autofree char *text = problem_text(problems->list->pdata[0]);
	assert_string_equal(text, "trackers/acme/one.yaml: the pattern of 'path' hits the match "
				  "limit: the rule is quarantined");
	problems_free(problems);
	matcher_unref(matcher);
}

/* ---- precedence ---- */

static void test_precedence(void **state)
{
	struct ruleset *ruleset = NULL;

	(void)state;
	ruleset = add_body(ruleset, "a-branded",
		"match:\n  path: ^/c\n  params:\n    a: ''\n    b: ''\n    c: ''\n"
		"decode: opaque\n");
	ruleset = add_body(
		ruleset, "b-short", "match:\n  hosts:\n    - example.com\ndecode: opaque\n");
	ruleset = add_body(
		ruleset, "c-long", "match:\n  hosts:\n    - t.example.com\ndecode: opaque\n");
	ruleset = add_body(ruleset, "d-path",
		"match:\n  hosts:\n    - t.example.com\n  path: ^/c\ndecode: opaque\n");
	ruleset = add_body(ruleset, "e-param",
		"match:\n  hosts:\n    - t.example.com\n  params:\n    a: ''\n"
		"decode: opaque\n");
	ruleset = add_body(ruleset, "f-twin",
		"match:\n  hosts:\n    - t.example.com\n  params:\n    a: ''\n"
		"decode: opaque\n");
	struct matcher *matcher = compile(ruleset);
	assert_rule(matcher, "https://x.example.net/c?a&b&c", "a-branded");
	assert_rule(matcher, "https://example.com/c?a&b&c", "b-short");
	assert_rule(matcher, "https://t.example.com/x", "c-long");
	assert_rule(matcher, "https://t.example.com/c", "d-path");
	assert_rule(matcher, "https://t.example.com/c?a&b&c", "e-param");
	assert_rule(matcher, "https://u.t.example.com/?a", "e-param");
	matcher_unref(matcher);
}

/* A longer suffix whose rule does not hold leaves the URL to a shorter one. */
static void test_falls_back_to_shorter_suffix(void **state)
{
	struct ruleset *ruleset = add_body(NULL, "long",
		"match:\n  hosts:\n    - t.example.com\n  path: ^/c$\ndecode: opaque\n");
	struct matcher *matcher = compile(add_body(
		ruleset, "short", "match:\n  hosts:\n    - example.com\ndecode: opaque\n"));

	(void)state;
	assert_rule(matcher, "https://t.example.com/c", "long");
	assert_rule(matcher, "https://t.example.com/d", "short");
	matcher_unref(matcher);
}

static void test_status(void **state)
{
	static const char body[] = "match:\n  hosts:\n    - example.com\ndecode: opaque\n";
	g_autofree char *retired = rule_yaml("a", "retired", body);
	g_autofree char *draft = rule_yaml("b", "draft", body);
	struct matcher *matcher = compile(add(NULL, retired));

	(void)state;
	assert_rule(matcher, "https://example.com/", NULL);
	matcher_unref(matcher);
	matcher = compile(add(add(NULL, retired), draft));
	assert_rule(matcher, "https://example.com/", "b");
	matcher_unref(matcher);
}

/* ---- decoding ---- */

static void assert_next(const char *decode, const char *url, const char *next)
{
	g_autofree char *body = g_strdup_printf(
		"match:\n  path: ^/(?<account>\\d*)(?<destination>.*)\ndecode:\n%s", decode);
	struct matcher *matcher = one(body);
	struct match *match = match_text(matcher, url);

	assert_non_null(match);
	if (next)
		assert_string_equal(match->next, next);
	else
		assert_null(match->next);
	match_free(match);
	matcher_unref(matcher);
}

static void test_next(void **state)
{
	static const char param[] = "  - param: u\n  - percent\n";

	(void)state;
	assert_next(param, "https://a.example/?u=https%3A%2F%2FWWW.Example.com",
		"https://www.example.com/");
	assert_next(param, "https://a.example/?u=%20%0D%0Ahttp://example.com/%20",
		"http://example.com/");
	assert_next(param, "https://a.example/?u=//example.com/", NULL);
	assert_next(param, "https://a.example/?u=javascript%3Aalert(1)", NULL);
	assert_next(param, "https://a.example/?u=mailto%3Aann%40example.com", NULL);
	assert_next(param, "https://a.example/?u=", NULL);
	assert_next(param, "https://a.example/", NULL);
	assert_next("  - group: destination\n  - base64\n",
		"https://a.example/aHR0cDovL2V4YW1wbGUuY29tLw", "http://example.com/");
	assert_next("  - group: destination\n  - base64\n", "https://a.example/?x", NULL);
}

static void test_fields(void **state)
{
	struct matcher *matcher =
		one("match:\n"
		    "  path: ^/(?<account>\\d*)/(?<_x>[^/]*)/(?<destination>[^/]*)/(?<user>\\w*)\n"
		    "decode: opaque\n"
		    "fields:\n"
		    "  campaign:\n    - param: c\n    - percent\n"
		    "  recipient:\n    - group: _x\n    - base64\n"
		    "  user:\n    - param: u\n");
	struct match *match = match_text(
		matcher, "https://a.example/42/YW5uQGV4YW1wbGUub3Jn/d/bob?c=x%00y&u=%41");

	(void)state;
	assert_string_equal(match_field(match, "account"), "42");
	assert_string_equal(match_field(match, "recipient"), "ann@example.org");
	assert_string_equal(match_field(match, "user"), "%41");
	assert_string_equal(match_field(match, "campaign"), "x");
	assert_null(match_field(match, "_x"));
	assert_null(match_field(match, "destination"));
	assert_int_equal(match->fields->len, 4);
	for (guint i = 1; i < match->fields->len; i++)
		assert_true(strcmp(((struct rule_pair *)match->fields->pdata[i - 1])->name,
				    ((struct rule_pair *)match->fields->pdata[i])->name) < 0);
	match_free(match);
	match = match_text(matcher, "https://a.example//!/d/bob?c=");
	assert_null(match_field(match, "account"));
	assert_null(match_field(match, "recipient"));
	assert_null(match_field(match, "campaign"));
	assert_string_equal(match_field(match, "user"), "bob");
	match_free(match);
	matcher_unref(matcher);
}

static void test_field_limits(void **state)
{
	g_autoptr(GString) body = g_string_new("match:\n  path: ^/(?<account>.+)\ndecode: opaque\n"
					       "fields:\n");
	g_autofree char *many = g_strnfill(5000, 'x');
	g_autofree char *url = g_strdup_printf("https://a.example/%s?p=1", many);

	(void)state;
	for (unsigned i = 0; i < RULE_MAX_PAIRS; i++)
		g_string_append_printf(body, "  f%02u:\n    - param: p\n", i);
	struct matcher *matcher = one(body->str);
	struct match *match = match_text(matcher, url);
	assert_int_equal(match->fields->len, MATCH_MAX_FIELDS);
	assert_int_equal(strlen(match_field(match, "account")), MATCH_MAX_FIELD_BYTES);
	match_free(match);
	matcher_unref(matcher);
}

/* ---- the tests of rules ---- */

static void assert_check(struct ruleset *ruleset, const char *const *wanted)
{
	struct matcher *matcher = compile(ruleset);
	struct problems *problems = problems_new();
	bool fine = matcher_check(matcher, NULL, problems);
	guint i = 0;

	assert_int_equal(fine, !wanted[0]);
	for (; i < problems->list->len && wanted[i]; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);

		if (!strstr(text, wanted[i]))
			fail_msg("'%s' is not in '%s'", wanted[i], text);
	}
	assert_int_equal(problems->list->len, i);
	assert_null(wanted[i]);
	problems_free(problems);
	matcher_unref(matcher);
}

#define CHECKED(name, status, match, tests)                                \
	"id: acme/" name "\nesp: acme\nstatus: " status "\nmatch:\n" match \
	"decode:\n  - param: u\n  - percent\n"                             \
	"references:\n  - seen in the wild\ntests:\n" tests

#define HOST "  hosts:\n    - example.com\n"
#define PLAIN_NO "  no_match:\n    - https://example.org/\n"

static void test_check_passes(void **state)
{
	(void)state;
	assert_check(
		add(NULL, CHECKED("a", "stable", HOST,
				  "  match:\n"
				  "    - url: https://example.com/?u=HTTPS%3A%2F%2FExample.org\n"
				  "      next: https://example.org\n"
				  "    - url: https://example.com/?u=x\n"
				  "      next: opaque\n" PLAIN_NO)),
		(const char *const[]){NULL});
}

static void test_check_fails(void **state)
{
	(void)state;
	assert_check(add(NULL, CHECKED("a", "stable", HOST,
				       "  match:\n"
				       "    - url: https://example.com/?u=http://example.org/\n"
				       "      next: opaque\n"
				       "    - url: https://example.com/?u=x\n"
				       "      next: https://example.org/\n"
				       "    - url: https://example.net/\n"
				       "      next: opaque\n"
				       "    - url: no URL\n"
				       "      next: opaque\n"
				       "    - url: https://example.com/\n"
				       "      next: opaque\n"
				       "      fields:\n        account: '7'\n"
				       "  no_match:\n    - https://a.example.com/\n")),
		(const char *const[]){"trackers/acme/a.yaml:14: test fails: leads to "
				      "http://example.org/, not to opaque",
			"trackers/acme/a.yaml:16: test fails: leads to opaque, not to "
			"https://example.org/",
			"trackers/acme/a.yaml:18: test fails: the rule does not match",
			"trackers/acme/a.yaml:20: test fails: no URL",
			"trackers/acme/a.yaml:22: test fails: the field 'account' is not found",
			"trackers/acme/a.yaml:27: test fails: the rule matches "
			"https://a.example.com/",
			NULL});
}

#define OPAQUE_TEST "  match:\n    - url: https://example.com/x\n      next: opaque\n" PLAIN_NO

static void test_check_other_rule_wins(void **state)
{
	struct ruleset *ruleset = add(NULL, CHECKED("a", "stable", HOST, OPAQUE_TEST));

	(void)state;
	ruleset = add(ruleset, CHECKED("b", "stable", HOST "  path: ^/x\n", OPAQUE_TEST));
	assert_check(ruleset, (const char *const[]){"acme/b explains it", NULL});
}

static void test_check_equal_claims(void **state)
{
	struct ruleset *ruleset = add(NULL, CHECKED("a", "stable", HOST, OPAQUE_TEST));

	(void)state;
	ruleset = add(ruleset, CHECKED("b", "stable", HOST, OPAQUE_TEST));
	assert_check(ruleset, (const char *const[]){"a.yaml:14: claims the same URL as acme/b",
				      "b.yaml:14: claims the same URL as acme/a", NULL});
}

static void test_check_retired_alone(void **state)
{
	struct ruleset *ruleset = add(NULL, CHECKED("a", "stable", HOST, OPAQUE_TEST));

	(void)state;
	ruleset = add(ruleset, CHECKED("b", "retired", HOST, OPAQUE_TEST));
	assert_check(ruleset, (const char *const[]){NULL});
}

/* The test URLs are harmless: the check makes harmful ones of them. */
static void test_check_slow_patterns(void **state)
{
	static const struct {
		const char *match, *url, *name;
	} slow[] = {
		{"  path: ^/((a+)+)+$\n", "https://t.example.com/aaa", "'path'"},
		{"  path: ^/(?:\\w+-?)+/x$\n", "https://t.example.com/ab-cd/x", "'path'"},
		{"  path: ^/c/(?:\\d|\\d\\d)+z$\n", "https://t.example.com/c/12z", "'path'"},
		{"  host: ^(?:\\w+\\.?)+$\n", "https://t.example.com/", "'host'"},
		{"  params:\n    q: ^(?:[a-z]+,?)+$\n", "https://t.example.com/?q=ab,cd", "'q'"},
		{"  fragment: ^(x|xx)*y$\n", "https://t.example.com/#xxxy", "'fragment'"},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(slow); i++) {
		g_autofree char *yaml = g_strdup_printf(
			CHECKED("a", "stable", HOST "%s",
				"  match:\n    - url: '%s'\n      next: opaque\n" PLAIN_NO),
			slow[i].match, slow[i].url);
		g_autofree char *wanted = g_strdup_printf(
			"trackers/acme/a.yaml: the pattern of %s hits", slow[i].name);

		assert_check(add(NULL, yaml), (const char *const[]){wanted, NULL});
	}
}

/* ---- threads ---- */

static gpointer match_many(gpointer data)
{
	struct matcher *matcher = data;
	guint found = 0;

	for (unsigned i = 0; i < 2000; i++) {
		g_autofree char *text = g_strdup_printf(
			"https://u%u.example.com/c?u=https%%3A%%2F%%2Fexample.org%%2F%u", i, i);
		struct url *url = url_parse(text, strlen(text), NULL);
		struct match *match = matcher_match(matcher, url);
		g_autofree char *wanted = g_strdup_printf("https://example.org/%u", i);
		g_autofree char *account = g_strdup_printf("%u", i);

		found += match && strcmp(match->next, wanted) == 0 &&
			 strcmp(match_field(match, "account"), account) == 0;
		match_free(match);
		url_free(url);
	}
	matcher_unref(matcher);
	return GUINT_TO_POINTER(found);
}

static void test_threads(void **state)
{
	struct matcher *matcher =
		one("match:\n  hosts:\n    - example.com\n  host: ^u(?<account>\\d+)\\.\n"
		    "decode:\n  - param: u\n  - percent\n");
	GThread *threads[4];

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("match", match_many, matcher_ref(matcher));
	matcher_unref(matcher);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		assert_int_equal(GPOINTER_TO_UINT(g_thread_join(threads[i])), 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts_are_suffixes),
		cmocka_unit_test(test_host_that_is_an_address),
		cmocka_unit_test(test_all_conditions_hold),
		cmocka_unit_test(test_branded_shapes),
		cmocka_unit_test(test_branded_by_parameter),
		cmocka_unit_test(test_catastrophic_pattern),
		cmocka_unit_test(test_quarantine),
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_falls_back_to_shorter_suffix),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_field_limits),
		cmocka_unit_test(test_check_passes),
		cmocka_unit_test(test_check_fails),
		cmocka_unit_test(test_check_other_rule_wins),
		cmocka_unit_test(test_check_equal_claims),
		cmocka_unit_test(test_check_retired_alone),
		cmocka_unit_test(test_check_slow_patterns),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
