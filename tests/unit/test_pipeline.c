/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pipelines: each source on one URL, decoders one after another, and where they stop.
 */
#include "rules/matcher.h"
#include "rules/pipeline.h"
#include "rules/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char sample[] = "https://u1.Example.com/a%2Fb/c?p=1%202&q&p=3&amp;r=4#frag";

/* A pipeline of `param p | base64`; the caller frees it. */
static GPtrArray *parse_pipeline(const char *text)
{
	GPtrArray *pipeline = rule_steps_new();
	g_auto(GStrv) steps = g_strsplit(text, " | ", -1);

	for (guint i = 0; steps[i]; i++) {
		g_auto(GStrv) words = g_strsplit(steps[i], " ", 2);

		g_ptr_array_add(pipeline, rule_step_new(words[0], words[1]));
	}
	return pipeline;
}

static void assert_yields(const char *href, const char *text, const char *wanted)
{
	g_autoptr(GPtrArray) pipeline = parse_pipeline(text);
	g_autoptr(GPtrArray) groups = rule_pairs_new();
	g_autoptr(GString) out = g_string_new("what was there before");
	struct url *url = url_parse(href, strlen(href), NULL);

	g_ptr_array_add(groups, rule_pair_new("_g", "Z3JvdXA"));
	if (pipeline_run(pipeline, url, groups, out) != (wanted != NULL))
		fail_msg("%s: %s", text, wanted ? "fails" : "does not fail");
	if (wanted)
		assert_string_equal(out->str, wanted);
	url_free(url);
}

static void test_sources(void **state)
{
	(void)state;
	assert_yields(sample, "url", "https://u1.example.com/a%2Fb/c?p=1%202&q&p=3&amp;r=4#frag");
	assert_yields(sample, "host", "u1.example.com");
	assert_yields(sample, "path", "/a%2Fb/c");
	assert_yields(sample, "query", "p=1%202&q&p=3&amp;r=4");
	assert_yields(sample, "fragment", "frag");
	assert_yields(sample, "param p", "1%202");
	assert_yields(sample, "param q", "");
	assert_yields(sample, "param r", "4");
	assert_yields(sample, "param s", NULL);
	assert_yields(sample, "group _g", "Z3JvdXA");
	assert_yields(sample, "group _h", NULL);
	assert_yields("https://example.com/", "query", NULL);
	assert_yields("https://example.com/", "fragment", NULL);
	assert_yields("https://example.com/?#", "query", "");
}

static void test_decoders_follow(void **state)
{
	(void)state;
	assert_yields(sample, "param p | percent", "1 2");
	assert_yields(sample, "group _g | base64 | reverse | rot13", "chbet");
	assert_yields(sample, "host | until . | skip 1", "1");
	assert_yields(sample, "host | after example", ".com");
	assert_yields(sample, "query | form r", "4");
	assert_yields(sample, "host | scheme https | until /x", "https://u1.example.com");
	assert_yields(sample, "param p | base64 | percent", NULL);
	assert_yields(sample, "group _g | skip 99", NULL);
}

/* Decodes ?u= of a URL of ours. */
static void assert_peels(const char *encoded, const char *wanted)
{
	g_autofree char *href = g_strdup_printf("https://a.example/?u=%s", encoded);

	assert_yields(href, "param u | peel", wanted);
}

static void test_peel(void **state)
{
	(void)state;
	assert_peels("https%3A%2F%2Fb.example%2F", "https://b.example/");
	assert_peels("https%253A%252F%252Fb.example%252Fa", "https://b.example/a");
	assert_peels("hTTp%25253A%25252F%25252Fb.example", "hTTp://b.example");
	assert_peels("https:%252F%252Fb.example%252F", "https://b.example/");
	assert_peels("https:/%2Fb.example%2F", "https://b.example/");
	assert_peels("%68%74%74%70%3a%2f%2fb.example", "http://b.example");
	assert_peels("http%73%3A//b.example", "https://b.example");
	assert_peels("%2520https%253A//b.example", " https://b.example");
	assert_peels("//b.example/%2Fa", "https://b.example/%2Fa");
	assert_peels("%2F%2Fb.example", "https://b.example");
	assert_peels("/b.example", "/b.example");
	/* What the destination has encoded itself stays, however deep it stood. */
	assert_peels("https://b.example/%2Fa?b=%2520c", "https://b.example/%2Fa?b=%2520c");
	assert_peels("https%3A%2F%2Fb.example%2F%3Fc%3D%2526d", "https://b.example/?c=%26d");
	assert_peels("https%253A%252F%252Fb.example%252F%253Fc%253D%252526d",
		"https://b.example/?c=%26d");
	/* Not a URL, or not one for long. */
	assert_peels("httpd%253A", "httpd%253A");
	assert_peels("https%3", "https%3");
	assert_peels("http", "http");
	assert_peels("", "");
	assert_peels("%2525252525252525252541", "%252541");
}

static void assert_translates(const char *href, const char *wanted)
{
	assert_yields(href, "url | translategoog", wanted);
}

static void test_translategoog(void **state)
{
	(void)state;
	assert_translates(
		"https://www-example-com.translate.goog/a/b?c=1&_x_tr_sl=en&d=%26&_x_tr_tl=fr#e",
		"https://www.example.com/a/b?c=1&d=%26#e");
	assert_translates("https://example-org.translate.goog/?_x_tr_sl=auto&amp;_x_tr_tl=en",
		"https://example.org/");
	assert_translates("https://a--b-example-net.translate.goog/?_x_tr_sch=http",
		"http://a-b.example.net/");
	assert_translates("https://long-example-com.translate.goog/?_x_tr_hp=very-",
		"https://very.long.example.com/");
	assert_translates("https://a---b-example.translate.goog/", "https://a--b.example/");
	assert_translates("https://1-0---ab1-example.translate.goog/?_x_tr_enc=0,1",
		"https://xn---ab1.example/");
	assert_translates("https://0-mller--kva-example.translate.goog/?_x_tr_enc=0",
		"https://xn--mller-kva.example/");
	assert_translates("https://1-example-com.translate.goog/", "https://1.example.com/");
	assert_translates("https://translate.goog/", NULL);
	assert_translates("https://www-example-com.translate.goog.example/", NULL);
	assert_yields("https://a.example/x", "path | translategoog", NULL);
}

/* A rule read from a file has none of these; one made by a program might. */
static void test_malformed(void **state)
{
	g_autoptr(GString) lots = g_string_new("url");

	(void)state;
	assert_yields(sample, "nothing", NULL);
	assert_yields(sample, "param", NULL);
	assert_yields(sample, "url | nothing", NULL);
	assert_yields(sample, "url | after", NULL);
	assert_yields(sample, "percent", NULL);
	for (unsigned i = 1; i < PIPELINE_MAX_STEPS; i++)
		g_string_append(lots, " | lower");
	assert_yields("https://a.example/", lots->str, "https://a.example/");
	g_string_append(lots, " | lower");
	assert_yields("https://a.example/", lots->str, NULL);
}

static void test_empty_pipeline(void **state)
{
	g_autoptr(GPtrArray) empty = rule_steps_new();
	g_autoptr(GString) out = g_string_new(NULL);
	struct url *url = url_parse(sample, strlen(sample), NULL);

	(void)state;
	assert_false(pipeline_try(empty, url, out));
	url_free(url);
}

static void test_try_has_no_groups(void **state)
{
	g_autoptr(GPtrArray) group = parse_pipeline("group _g"), host = parse_pipeline("host");
	g_autoptr(GString) out = g_string_new(NULL);
	struct url *url = url_parse(sample, strlen(sample), NULL);

	(void)state;
	assert_false(pipeline_try(group, url, out));
	assert_true(pipeline_try(host, url, out));
	assert_string_equal(out->str, "u1.example.com");
	url_free(url);
}

static void test_source_names(void **state)
{
	enum decode_argument argument;

	(void)state;
	assert_true(pipeline_source("param", &argument));
	assert_int_equal(argument, DECODE_ARG_REQUIRED);
	assert_true(pipeline_source("fragment", &argument));
	assert_int_equal(argument, DECODE_ARG_NONE);
	assert_false(pipeline_source("base64", &argument));
}

static void assert_destination(const char *bytes, size_t len, const char *wanted)
{
	g_autoptr(GString) yielded = g_string_new_len(bytes, (gssize)len);
	struct url *url = pipeline_destination(span_from_string(yielded));

	if (wanted) {
		assert_non_null(url);
		assert_string_equal(url_href(url), wanted);
	} else {
		assert_null(url);
	}
	url_free(url);
}

static void test_destination(void **state)
{
	(void)state;
	assert_destination("\0 http://example.com\r\n", 22, "http://example.com/");
	assert_destination("http://example.com/\0x", 21, "http://example.com/%00x");
	assert_destination("HTTPS:example.com", 17, "https://example.com/");
	assert_destination("ftp://example.com", 17, NULL);
	assert_destination("example.com", 11, NULL);
	assert_destination("http://", 7, NULL);
	assert_destination("", 0, NULL);
}

/* Pipelines that go on from one another yield what each yields alone, whatever came before. */
static void test_work(void **state)
{
	/* p: {"a":{"b":"eyJjIjoxfQ","d":2},"e":[3]} (b: {"c":1}), q: the same as a JWT's payload.
	 */
	static const char json[] = "eyJhIjp7ImIiOiJleUpqSWpveGZRIiwiZCI6Mn0sImUiOlszXX0";
	static const char *const texts[] = {
		"param p",
		"param none",
		"param p | base64",
		"param p | base64 | json a.b",
		"param p | base64 | json a.d",
		"param p | base64 | json a.x",
		"param p | base64 | json e.0",
		"param p | base64 | json",
		"param p | base64 | json a.b | base64",
		"param p | base64 | json a.b | base64 | json c",
		"param p | base64 | json a.b | base64 | json d",
		"param p | base64 | json a.b | nothing | json c",
		"param p | base64 | json a.d | base64 | json c",
		"param p | base64 | php a.b",
		"param p | base64 | cbor a.b",
		"param p | base64 | after a | until b",
		"param p | base64 | after",
		"param p | base64 | skip 1 | json a.b",
		"param p | reverse | reverse | base64 | json a.d",
		"param p | json a.d",
		"param q | base64 | json a.d",
		"param q | jwt a.d",
		"param q | jwt a.b | base64 | json c",
		"param r | base64",
		"param r | base64 | json a.d",
		"group _g | base64 | json a.d",
		"group _h | base64 | json a.d",
		"path",
		"path | skip 1",
	};
	g_autoptr(GPtrArray) groups = rule_pairs_new();
	g_autofree char *href = g_strdup_printf(
		"https://a.example/b?p=%s&q=e30.%s.e30&r=eyJhIjp7ImQiOjUsImIiOiJ4In19", json, json);
	GPtrArray *pipelines[G_N_ELEMENTS(texts)];
	struct url *url = url_parse(href, strlen(href), NULL);
	GRand *rand = g_rand_new_with_seed(1);
	unsigned good = 0;

	(void)state;
	g_ptr_array_add(groups, rule_pair_new("_g", json));
	struct pipeline_work *work = pipeline_work_new(url, groups);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		pipelines[i] = parse_pipeline(texts[i]);
	for (unsigned i = 0; i < 20000; i++) {
		gint32 n = g_rand_int_range(rand, 0, G_N_ELEMENTS(texts));
		g_autoptr(GString) alone = g_string_new(NULL);
		bool wanted = pipeline_run(pipelines[n], url, groups, alone);
		struct span found;

		if (pipeline_work_run(work, pipelines[n], &found) != wanted)
			fail_msg("%s: %s", texts[n], wanted ? "fails" : "does not fail");
		if (wanted &&
			(found.len != alone->len || memcmp(found.ptr, alone->str, found.len) != 0))
			fail_msg("%s: not %s", texts[n], alone->str);
		good += wanted;
	}
	assert_in_range(good, 10000, 18000);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_ptr_array_unref(pipelines[i]);
	pipeline_work_free(work);
	g_rand_free(rand);
	url_free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_decoders_follow),
		cmocka_unit_test(test_peel),
		cmocka_unit_test(test_translategoog),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_empty_pipeline),
		cmocka_unit_test(test_try_has_no_groups),
		cmocka_unit_test(test_source_names),
		cmocka_unit_test(test_destination),
		cmocka_unit_test(test_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
