/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chains of hops: to a landing URL, to a server's secret, around in a circle, and beyond limits.
 */
#include "rules/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ruleset *add(struct ruleset *ruleset, const char *name, const char *body)
{
	struct problems *problems = problems_new();
	g_autofree char *yaml = g_strdup_printf("id: acme/%s\nesp: acme\nstatus: stable\n%s"
						"references:\n  - seen in the wild\ntests:\n"
						"  match:\n    - url: https://example.com/\n"
						"      next: opaque\n"
						"  no_match:\n    - https://example.org/\n",
		name, body);
	struct rule *rule = rule_read(yaml, strlen(yaml), NULL, problems);

	if (!rule)
		fail_msg("no rule: %s", yaml);
	struct ruleset *with = ruleset_with(ruleset, rule, NULL);
	rule_free(rule);
	ruleset_unref(ruleset);
	problems_free(problems);
	return with;
}

/* `plain` decodes ?u=, `packed` base64 in the path, `secret` is opaque, `mirror` leads to
 * itself, `ping` to cvat.rknzcyr, and back. */
static struct matcher *trackers(void)
{
	struct ruleset *ruleset = add(NULL, "plain",
		"match:\n  hosts:\n    - plain.example\ndecode:\n  - param: u\n  - percent\n");
	struct matcher *matcher;

	ruleset = add(ruleset, "packed",
		"match:\n  hosts:\n    - packed.example\n  path: ^/(?<_data>.+)\n"
		"decode:\n  - group: _data\n  - base64\n");
	ruleset =
		add(ruleset, "secret", "match:\n  hosts:\n    - secret.example\ndecode: opaque\n");
	ruleset = add(
		ruleset, "mirror", "match:\n  hosts:\n    - mirror.example\ndecode:\n  - url\n");
	ruleset = add(ruleset, "ping",
		"match:\n  hosts:\n    - ping.example\n    - cvat.rknzcyr\n"
		"decode:\n  - host\n  - rot13\n  - scheme: http\n");
	matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	return matcher;
}

static struct chain *follow(const char *text)
{
	struct matcher *matcher = trackers();
	struct url *url = url_parse(text, strlen(text), NULL);
	struct chain *chain = chain_follow(matcher, url);

	url_free(url);
	matcher_unref(matcher);
	return chain;
}

static void assert_chain(
	const char *url, enum chain_end end, guint hops, const char *landing, const char *domain)
{
	struct chain *chain = follow(url);

	assert_int_equal(chain->end, end);
	assert_int_equal(chain->hops->len, hops);
	assert_int_equal(g_strcmp0(chain->landing, landing), 0);
	assert_int_equal(g_strcmp0(chain->landing_domain, domain), 0);
	for (guint i = 0; i < chain->hops->len; i++)
		assert_non_null(((struct hop *)chain->hops->pdata[i])->match->rule);
	chain_free(chain);
}

static void test_plain(void **state)
{
	(void)state;
	assert_chain("https://www.example.com/", CHAIN_PLAIN, 0, NULL, NULL);
	assert_chain("mailto:ann@example.com", CHAIN_PLAIN, 0, NULL, NULL);
}

static void test_landing(void **state)
{
	(void)state;
	assert_chain("https://plain.example/?u=https%3A%2F%2Fa.b.example.co.uk%2Fx", CHAIN_LANDING,
		1, "https://a.b.example.co.uk/x", "example.co.uk");
	assert_chain("https://plain.example/?u=http%3A%2F%2F192.0.2.7%2F", CHAIN_LANDING, 1,
		"http://192.0.2.7/", "192.0.2.7");
	/* base64 of https://plain.example/?u=http://www.example.org/ */
	assert_chain("https://packed.example/"
		     "aHR0cHM6Ly9wbGFpbi5leGFtcGxlLz91PWh0dHA6Ly93d3cuZXhhbXBsZS5vcmcv",
		CHAIN_LANDING, 2, "http://www.example.org/", "example.org");
}

static void test_hops_in_order(void **state)
{
	struct chain *chain = follow("https://plain.example/?u=https%3A%2F%2Fsecret.example%2F1");
	const struct hop *first = chain->hops->pdata[0], *second = chain->hops->pdata[1];

	(void)state;
	assert_string_equal(first->match->rule->id, "acme/plain");
	assert_string_equal(first->match->next, "https://secret.example/1");
	assert_string_equal(second->url, "https://secret.example/1");
	assert_string_equal(second->match->rule->id, "acme/secret");
	assert_null(second->match->next);
	chain_free(chain);
}

/* The landing URL is normalised; what it looked like is not lost. */
static void test_landing_as_written(void **state)
{
	struct chain *chain = follow("https://plain.example/?u=HTTP%3A%2F%2F0xC0.0.2.1%5Cx");

	(void)state;
	assert_int_equal(chain->end, CHAIN_LANDING);
	assert_string_equal(chain->landing, "http://192.0.2.1/x");
	assert_string_equal(url_href(chain->landing_url), chain->landing);
	assert_int_equal(
		url_quirks(chain->landing_url), URL_QUIRK_NUMERIC_HOST | URL_QUIRK_BACKSLASH);
	chain_free(chain);
	chain = follow("https://www.example.com/");
	assert_null(chain->landing_url);
	chain_free(chain);
}

static void test_opaque(void **state)
{
	(void)state;
	assert_chain("https://secret.example/", CHAIN_OPAQUE, 1, NULL, NULL);
	assert_chain("https://plain.example/?u=https%3A%2F%2Fsecret.example%2F", CHAIN_OPAQUE, 2,
		NULL, NULL);
	assert_chain("https://plain.example/?u=javascript%3Aalert(1)", CHAIN_OPAQUE, 1, NULL, NULL);
	assert_chain("https://packed.example/%FF", CHAIN_OPAQUE, 1, NULL, NULL);
}

static void test_loop(void **state)
{
	(void)state;
	assert_chain("https://mirror.example/#fragments-do-not-count", CHAIN_LOOP, 1, NULL, NULL);
	assert_chain("http://ping.example/", CHAIN_LOOP, 2, NULL, NULL);
	assert_chain(
		"https://plain.example/?u=http%3A%2F%2Fping.example%2F", CHAIN_LOOP, 3, NULL, NULL);
}

/* What is short enough to be read may be longer than that once it is normalised. */
static void test_padding_hides_nothing(void **state)
{
	g_autoptr(GString) url =
		g_string_new("https://plain.example/?u=https%3A%2F%2Fwww.example.com%2F&pad=");

	(void)state;
	while (url->len < URL_MAX_LENGTH - 1)
		g_string_append(url, "\xC3\xA9");
	assert_chain(url->str, CHAIN_LANDING, 1, "https://www.example.com/", "example.com");
}

/* A landing URL behind so many trackers. */
static struct chain *follow_nested(unsigned trackers_before)
{
	g_autoptr(GString) url = g_string_new("http://www.example.com/");

	for (unsigned i = 0; i < trackers_before; i++) {
		g_autofree char *base64 = g_base64_encode((const guchar *)url->str, url->len);

		g_string_printf(url, "https://packed.example/%s", base64);
	}
	return follow(url->str);
}

static void test_too_many_hops(void **state)
{
	struct chain *most = follow_nested(CHAIN_MAX_HOPS);
	struct chain *more = follow_nested(CHAIN_MAX_HOPS + 1);

	(void)state;
	assert_int_equal(most->end, CHAIN_LANDING);
	assert_string_equal(most->landing, "http://www.example.com/");
	assert_int_equal(more->end, CHAIN_LIMIT);
	assert_int_equal(more->hops->len, CHAIN_MAX_HOPS);
	assert_null(more->landing);
	chain_free(most);
	chain_free(more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_landing),
		cmocka_unit_test(test_landing_as_written),
		cmocka_unit_test(test_hops_in_order),
		cmocka_unit_test(test_opaque),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_padding_hides_nothing),
		cmocka_unit_test(test_too_many_hops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
