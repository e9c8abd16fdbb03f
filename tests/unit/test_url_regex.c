/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules as one expression over the URL: they must say exactly what the rules say. Runs from the
 * root of the sources.
 */
#include "rules/export/url_regex.h"

#include "rules/matcher_internal.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define CATALOGUE "rules/catalogue"

struct compared {
	pcre2_code *code;
	pcre2_match_data *data;
	struct matcher *alone;
	char *text;
};

static pcre2_code *compile(const char *text)
{
	int error;
	PCRE2_SIZE offset;
	pcre2_code *code = pcre2_compile(
		(PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_NEVER_UTF, &error, &offset, NULL);

	if (!code)
		fail_msg("does not compile at %zu: %s", (size_t)offset, text);
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

static bool found(const struct compared *compared, const char *href)
{
	return pcre2_match(compared->code, (PCRE2_SPTR)href, strlen(href), 0, 0, compared->data,
		       NULL) >= 0;
}

static void agrees(const struct compared *compared, const struct url *url)
{
	bool expected = matcher_find(compared->alone, url) != NULL;

	if (found(compared, url_href(url)) != expected)
		fail_msg("%s but for the expression: %s: %s",
			expected ? "matches" : "does not match", url_href(url), compared->text);
}

static struct compared compared_new(const struct matcher *all, const struct rule *rule)
{
	g_autofree char *why = NULL;
	struct compared compared = {.text = url_regex(rule, &why)};

	if (!compared.text)
		fail_msg("%s: %s", rule->id, why);
	compared.code = compile(compared.text);
	compared.data = pcre2_match_data_create(2, NULL);
	compared.alone = matcher_of_one(all, rule);
	return compared;
}

static void compared_clear(struct compared *compared)
{
	pcre2_code_free(compared->code);
	pcre2_match_data_free(compared->data);
	matcher_unref(compared->alone);
	g_free(compared->text);
}

/* ---- the catalogue ---- */

static void add_url(GPtrArray *urls, const char *text)
{
	struct url *url = url_parse(text, strlen(text), NULL);

	if (url)
		g_ptr_array_add(urls, url);
}

/* The URLs of all tests, and more made of them that only just match or only just do not. */
static GPtrArray *all_urls(const GPtrArray *rules)
{
	GPtrArray *urls = g_ptr_array_new_with_free_func((GDestroyNotify)url_free);

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		for (guint j = 0; j < rule->matches->len; j++)
			add_url(urls, ((const struct rule_test *)rule->matches->pdata[j])->url);
		for (guint j = 0; j < rule->no_matches->len; j++)
			add_url(urls, ((const struct rule_test *)rule->no_matches->pdata[j])->url);
	}
	return urls;
}

static void check_altered(const struct compared *compared, const char *href)
{
	static const struct {
		const char *find, *put;
	} edits[] = {{"://", "://user:word@"}, {"://", "://x."}, {"://", "://track.click.example@"},
		{"?", "?a=b&"}, {"?", "?&&amp;"}, {"?", "#"}, {"&", "&amp;"}, {"=", "=x"},
		{"=", ""}, {"/", "//"}, {"?", "/?"}, {"&", "#"}, {".com/", ".com:8443/"},
		{"?", "%3F"}};

	for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
		g_auto(GStrv) parts = g_strsplit(href, edits[i].find, 2);
		g_autofree char *text = g_strjoinv(edits[i].put, parts);
		struct url *url = url_parse(text, strlen(text), NULL);

		if (url && url_is_web(url))
			agrees(compared, url);
		url_free(url);
	}
}

static void check_own(const struct compared *compared, const struct rule *rule)
{
	static const char *const tails[] = {
		"x", "/", "#", "#x", "?x=1", "&x=1", "&url", ".", "%20"};

	for (guint i = 0; i < rule->matches->len; i++) {
		const struct rule_test *test = rule->matches->pdata[i];

		check_altered(compared, test->url);
		for (size_t j = 0; j < G_N_ELEMENTS(tails); j++) {
			g_autofree char *text = g_strconcat(test->url, tails[j], NULL);
			struct url *url = url_parse(text, strlen(text), NULL);

			if (url)
				agrees(compared, url);
			url_free(url);
		}
	}
}

static void test_catalogue(void **state)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load(CATALOGUE, problems, NULL);
	const GPtrArray *rules = ruleset_rules(ruleset);
	struct matcher *matcher = matcher_new(ruleset);
	g_autoptr(GPtrArray) urls = all_urls(rules);

	(void)state;
	assert_true(rules->len > 600 && urls->len > 2000);
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];
		struct compared compared = compared_new(matcher, rule);

		check_own(&compared, rule);
		for (guint j = 0; j < urls->len; j++)
			agrees(&compared, urls->pdata[j]);
		compared_clear(&compared);
	}
	matcher_unref(matcher);
	ruleset_unref(ruleset);
	problems_free(problems);
}

/* ---- POSIX ---- */

static void posix_agrees(const regex_t *posix, bool expected, const char *text)
{
	if ((regexec(posix, text, 0, NULL, 0) == 0) != expected)
		fail_msg("%s but for POSIX: %s", expected ? "matches" : "does not match", text);
}

/* In a text, in an attribute as many write it, and as HTML has it. */
static void check_posix_url(const regex_t *posix, bool expected, const char *href)
{
	g_autofree char *text = g_strdup_printf("see %s\nor", href);
	g_autofree char *loose = g_strdup_printf("<a href=\"%s\">x?/&#</a>", href);
	g_auto(GStrv) parts = g_strsplit(href, "&", -1);
	g_autofree char *escaped = g_strjoinv("&amp;", parts);
	g_autofree char *strict = g_strdup_printf("<a href='%s'>x?/&#</a>", escaped);

	posix_agrees(posix, expected, text);
	posix_agrees(posix, expected, loose);
	posix_agrees(posix, expected, strict);
}

static void check_posix(const char *text, const struct matcher *alone, const GPtrArray *urls)
{
	regex_t posix;
	int error = regcomp(&posix, text, REG_EXTENDED | REG_NOSUB);

	if (error)
		fail_msg("error %d: %s", error, text);
	for (const char *p = text; *p; p++)
		assert_true(*p > ' ' && *p < 0x7F && *p != '"');
	for (guint i = 0; i < urls->len; i++) {
		const struct url *url = urls->pdata[i];

		/* Where a quote or a user name is in the URL, it may miss. */
		if (strpbrk(url_href(url), "'@"))
			continue;
		check_posix_url(&posix, matcher_find(alone, url) != NULL, url_href(url));
	}
	regfree(&posix);
}

static void test_catalogue_posix(void **state)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load(CATALOGUE, problems, NULL);
	const GPtrArray *rules = ruleset_rules(ruleset);
	struct matcher *matcher = matcher_new(ruleset);
	g_autoptr(GPtrArray) urls = all_urls(rules);
	unsigned said = 0;

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		g_autofree char *why = NULL, *text = url_regex_posix(rules->pdata[i], &why);
		struct matcher *alone = matcher_of_one(matcher, rules->pdata[i]);

		said += text != NULL;
		if (text)
			check_posix(text, alone, urls);
		matcher_unref(alone);
	}
	print_message("%u of %u rules can be said in POSIX\n", said, rules->len);
	assert_true(said > rules->len / 3);
	matcher_unref(matcher);
	ruleset_unref(ruleset);
	problems_free(problems);
}

/* ---- single rules ---- */

/* A rule of the lines under `match` and `decode`. */
static struct rule *rule_of(const char *match, const char *decode)
{
	g_autofree char *yaml =
		g_strdup_printf("id: a/b\nesp: a\nstatus: stable\nmatch:\n%sdecode:%s"
				"\nreferences: [seen in the wild]\ntests:\n  match:\n"
				"    - {url: 'https://x.example/', next: opaque}\n"
				"  no_match: ['https://y.example/']\n",
			match, decode);
	struct problems *problems = problems_new();
	struct rule *rule = rule_read(yaml, strlen(yaml), NULL, problems);

	if (!rule) {
		g_autofree char *text = problem_text(problems->list->pdata[0]);
		fail_msg("%s: %s", text, yaml);
	}
	problems_free(problems);
	return rule;
}

static void refused(const char *match, const char *expected)
{
	struct rule *rule = rule_of(match, " opaque");
	g_autofree char *why = NULL, *text = url_regex(rule, &why);

	if (text)
		fail_msg("%s becomes %s", match, text);
	assert_string_equal(why, expected);
	rule_free(rule);
}

/* What the expression says of URLs, in a row of matching and one of other ones. */
static void matches(const char *match, const char *const *good, const char *const *bad)
{
	struct rule *rule = rule_of(match, " opaque");
	g_autofree char *why = NULL, *text = url_regex(rule, &why);
	struct compared compared = {.text = text};

	if (!text)
		fail_msg("%s: %s", match, why);
	compared.code = compile(text);
	compared.data = pcre2_match_data_create(2, NULL);
	for (; *good; good++)
		if (!found(&compared, *good))
			fail_msg("%s does not match %s", text, *good);
	for (; *bad; bad++)
		if (found(&compared, *bad))
			fail_msg("%s matches %s", text, *bad);
	pcre2_code_free(compared.code);
	pcre2_match_data_free(compared.data);
	rule_free(rule);
}

#define URLS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_parts(void **state)
{
	(void)state;
	matches("  hosts: [t.example, t.test]\n",
		URLS("https://t.example/", "HTTP://A.T.EXAMPLE:80?x", "https://t.test",
			"https://t.example./", "https://me@t.example/",
			"https://o.example@t.example#x"),
		URLS("https://xt.example/", "https://t.example.org/",
			"https://t.example@o.example/", "https://o.example/https://t.example/",
			"ftp://t.example/", "x https://t.example/",
			"https://t.example@o@o.example/"));
	matches("  path: click\n", URLS("https://x.example/a/click/b"),
		URLS("https://click.example/", "https://x.example/?click",
			"https://x.example/#click", "https://click@x.example/",
			"https://x.example/Click"));
	matches("  path: '^/a.b[^x]*$'\n",
		URLS("https://x.example/acb?x", "https://x.example/a/b/#x"),
		URLS("https://x.example/a?b", "https://x.example/acbx", "https://x.example/a#b"));
	matches("  path: '^/a$|b$'\n", URLS("https://x.example/a", "https://x.example/b?x"),
		URLS("https://x.example/ab/", "https://a.example/c", "https://x.example/c/a"));
	matches("  host: '(?:^|\\.)t\\d+\\.example$'\n  path: ^/$\n",
		URLS("https://t1.example/", "https://u@a.t22.example:1/"),
		URLS("https://at1.example/", "https://t1.example.org/",
			"https://t1.example@x.example/"));
}

static void test_params(void **state)
{
	(void)state;
	matches("  path: ^/$\n  params: {u: '^\\d+$', v: ''}\n",
		URLS("https://x.example/?u=1&v", "https://x.example/?v=x&amp;u=2",
			"https://x.example/?w=u=x&u=1&v=#u", "https://x.example/?&&v&u=3"),
		URLS("https://x.example/?u=1", "https://x.example/?u=x&u=1&v",
			"https://x.example/?u&v", "https://x.example/#?u=1&v",
			"https://x.example/?uu=1&v", "https://x.example/?u=1&vv",
			"https://x.example/?U=1&v"));
	matches("  path: ^/$\n  params: {u: '^x?$'}\n",
		URLS("https://x.example/?u", "https://x.example/?u=", "https://x.example/?u=x&y"),
		URLS("https://x.example/?u=y", "https://x.example/"));
	matches("  path: ^/$\n  fragment: '^a?$'\n",
		URLS("https://x.example/", "https://x.example/#a", "https://x.example/?a#"),
		URLS("https://x.example/#b", "https://x.example/#a#a"));
	matches("  path: ^/$\n  query: '^a/(?:b|$)'\n",
		URLS("https://x.example/?a/b", "https://x.example/?a/#"),
		URLS("https://x.example/?a/c", "https://x.example/#?a/b", "https://x.example/"));
	matches("  path: ^/$\n  query: '^(?:a|$)'\n",
		URLS("https://x.example/", "https://x.example/?a?b#c"),
		URLS("https://x.example/?b", "https://x.example/??a"));
	matches("  path: ^/$\n  params: {'a.b[]': ''}\n", URLS("https://x.example/?a.b[]=1"),
		URLS("https://x.example/?aXb=1"));
}

/* Hostile names and patterns become harmless ones. */
static void test_hostile(void **state)
{
	struct rule *rule =
		rule_of("  hosts: [t.example]\n  path: \"^/'\\\"\\n#/{ }/\"\n  params:\n"
			"    \"x\\n'}#/\": \"^[\\n#'\\\"]$\"\n",
			" opaque");
	g_autofree char *why = NULL, *text = url_regex(rule, &why);

	(void)state;
	assert_non_null(text);
	pcre2_code_free(compile(text));
	for (const char *p = text; *p; p++) {
		assert_true(*p > ' ' && *p < 0x7F && !strchr("#'\"`", *p));
		assert_true(*p != '/' || p[-1] == '\\');
	}
	rule_free(rule);
}

static void test_refused(void **state)
{
	(void)state;
	refused("  path: '^/(?:a|^b)'\n", "the pattern of 'path' has a ^ that is not at the start");
	refused("  path: '(?<!a)/b'\n", "the pattern of 'path' has a look-behind");
	refused("  path: '^/(?<a>x)\\k<a>'\n", "the pattern of 'path' has a back reference");
	refused("  path: '\\b/x'\n", "the pattern of 'path' has a \\b at the start");
	refused("  path: ^/\n  params: {u: '(*FAIL)'}\n", "the pattern of 'params' has a verb");
}

/* ---- destinations ---- */

static void leads(const char *match, const char *decode, const char *url, const char *expected)
{
	struct rule *rule = rule_of(match, decode);
	g_autofree char *why = NULL, *text = url_regex_destination(rule, &why);
	pcre2_match_data *data = pcre2_match_data_create(2, NULL);
	PCRE2_UCHAR *got = NULL;
	PCRE2_SIZE len;
	pcre2_code *code;

	if (!text)
		fail_msg("%s: %s", decode, why);
	code = compile(text);
	if (pcre2_match(code, (PCRE2_SPTR)url, strlen(url), 0, 0, data, NULL) != 2)
		fail_msg("%s does not match %s", text, url);
	pcre2_substring_get_bynumber(data, 1, &got, &len);
	assert_string_equal((const char *)got, expected);
	pcre2_substring_free(got);
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	rule_free(rule);
}

static void leads_nowhere(const char *match, const char *decode, const char *expected)
{
	struct rule *rule = rule_of(match, decode);
	g_autofree char *why = NULL, *text = url_regex_destination(rule, &why);

	if (text)
		fail_msg("%s becomes %s", decode, text);
	assert_string_equal(why, expected);
	rule_free(rule);
}

static void test_destination(void **state)
{
	static const char match[] =
		"  hosts: [t.example]\n  path: ^/go/(?<x>\\d+)/(?<destination>.*)\n";

	(void)state;
	leads(match, " [{param: u}, percent]", "https://t.example/go/1/?a=1&u=h.example&b#u",
		"h.example");
	leads(match, " [{group: destination}, peel]", "https://t.example/go/12/h.example/x?u",
		"h.example/x");
	leads(match, " [path, {after: o/}, {until: /z}]", "https://t.example/go/1/yz/z?x", "1/yz");
	leads(match, " [query, {skip: '2'}]", "https://t.example/go/1/?u=h.example&x#y",
		"h.example&x");
	leads(match, " [fragment, {scheme: https}]", "https://t.example/go/1/#h.example",
		"h.example");
	leads(match, " [url, {after: '/1/'}]", "https://t.example/go/1/h?x=1#2", "h?x=1#2");
	leads_nowhere(match, " opaque", "its destination needs the provider's server");
	leads_nowhere(match, " [{param: u}, base64]",
		"its destination needs a decoder but percent-encoding");
	leads_nowhere(match, " [{param: u}, {form: x}]",
		"its destination needs a decoder but percent-encoding");
	leads_nowhere(match, " [{group: destination}, {skip: '2'}]",
		"its destination needs a decoder but percent-encoding");
	leads_nowhere(match, " [host]", "its destination needs the host");
	leads_nowhere(
		match, " [{param: u}, {skip: '9}.*'}]", "its destination needs to skip too much");
	leads_nowhere("  path: ^/(?:(?<destination>a)|b)\n  params: {u: '(?<destination>c)'}\n",
		" [{group: destination}]",
		"its destination needs a group that is there more than once");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_destination),
		cmocka_unit_test(test_catalogue),
		cmocka_unit_test(test_catalogue_posix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
