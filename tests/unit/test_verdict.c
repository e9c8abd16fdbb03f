/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of links: their signals, and whose tracker they are, with the shipped rules. Runs
 * from the root of the sources.
 */
#include "tui/mail/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct matcher *matcher;

static int load_rules(void **state)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load("rules/catalogue", problems, NULL);

	(void)state;
	problems_free(problems);
	if (!ruleset)
		return -1;
	matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	return 0;
}

static int drop_rules(void **state)
{
	(void)state;
	matcher_unref(matcher);
	return 0;
}

/* The names of the signals of one link, joined by blanks. */
static char *signals_of(enum link_kind kind, const char *raw, const char *text)
{
	g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
	g_autoptr(GPtrArray) verdicts = NULL;
	struct link *link = link_new(kind, 0, span_from(raw), NULL);
	GString *names = g_string_new(NULL);

	if (!link)
		fail_msg("no link: %s", raw);
	link_set_text(link, span_from(text));
	g_ptr_array_add(links, link);
	verdicts = verdict_of_links(links, matcher);
	assert_int_equal(verdicts->len, 1);
	const struct verdict *verdict = verdicts->pdata[0];
	assert_ptr_equal(verdict->link, link);
	for (unsigned i = 0; i < SIGNAL_COUNT; i++)
		if (verdict->signals & 1u << i)
			g_string_append_printf(names, "%s%s", names->len ? " " : "",
				signal_name((enum signal)(1u << i)));
	return g_string_free(names, FALSE);
}

static void assert_signals(const char *raw, const char *expected)
{
	g_autofree char *found = signals_of(LINK_ANCHOR, raw, "click here");

	if (strcmp(found, expected) != 0)
		fail_msg("%s: %s, expected %s", raw, found, expected);
}

static void test_names(void **state)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	(void)state;
	for (unsigned i = 0; i < SIGNAL_COUNT; i++) {
		const char *name = signal_name((enum signal)(1u << i));

		assert_true(g_hash_table_add(seen, (gpointer)name));
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		assert_true(*signal_meaning((enum signal)(1u << i)));
	}
	assert_string_equal(signal_name(SIGNAL_DECEPTIVE_TEXT), "deceptive-text");
	assert_string_equal(signal_name(SIGNAL_DANGEROUS_SCHEME), "dangerous-scheme");
}

static void test_of_the_url(void **state)
{
	(void)state;
	assert_signals("https://www.example.com/a?b#c", "");
	assert_signals("https://www.example.com:443/", "");
	assert_signals("https://user:secret@www.example.com/", "userinfo");
	assert_signals("https://www.example.org@www.example.com/", "userinfo");
	assert_signals("http://192.0.2.1/", "ip-host");
	assert_signals("http://[2001:db8::1]/", "ip-host");
	assert_signals("http://3221225985/", "ip-host numeric-host");
	assert_signals("http://0xC0.0x00.0x02.0x01/", "ip-host numeric-host");
	assert_signals("http://ex%61mple.com/", "encoded-host");
	assert_signals("http://bücher.example/", "idn-host");
	assert_signals("http://xn--bcher-kva.example/", "idn-host");
	assert_signals("http:\\\\www.example.com\\x", "backslash");
	assert_signals("http://www.exam\tple.com/\n", "whitespace");
	assert_signals("http://www.example.com:8080/", "odd-port");
	assert_signals("http://u@www.example.com:8080\\x", "userinfo backslash odd-port");
}

static void test_dangerous_schemes(void **state)
{
	(void)state;
	assert_signals("javascript:alert(1)", "dangerous-scheme");
	assert_signals("JavaScript:alert(1)", "dangerous-scheme");
	assert_signals("data:text/html,<script>x</script>", "dangerous-scheme");
	assert_signals("vbscript:x", "dangerous-scheme");
	assert_signals("file:///etc/passwd", "dangerous-scheme");
	assert_signals("file://192.0.2.1/share", "ip-host dangerous-scheme");
	assert_signals("ms-msdt:/id", "dangerous-scheme");
	assert_signals("search-ms:query=x", "dangerous-scheme");
	assert_signals("ftp://www.example.com/", "");
}

#define SAFELINKS "https://eur01.safelinks.protection.outlook.com/?url="
#define SAFELINKS_END "&data=05%7C02%7C&sdata=AbCdEf%3D&reserved=0"
#define MANDRILL "https://mandrillapp.com/track/click/30000001/www.example.com?p="
/* {"p":"{\"u\":1,\"url\":\"https://www.example.com/a\"}"} */
#define TO_EXAMPLE_COM "eyJwIjoie1widVwiOjEsXCJ1cmxcIjpcImh0dHBzOi8vd3d3LmV4YW1wbGUuY29tL2FcIn0ifQ"

static void test_of_the_chain(void **state)
{
	(void)state;
	assert_signals("https://bit.ly/2abcdef", "shortener");
	assert_signals(MANDRILL TO_EXAMPLE_COM, "");
	/* A wrapper is no tracker; a shortener within one is still one. */
	assert_signals(SAFELINKS "https%3A%2F%2Fwww.example.com%2F" SAFELINKS_END, "");
	assert_signals(SAFELINKS "https%3A%2F%2Fbit.ly%2F2abcdef" SAFELINKS_END, "shortener");
	/* What a chain leads to is looked at as well. */
	assert_signals(
		SAFELINKS "http%3A%2F%2F192.0.2.1%3A8080%2F" SAFELINKS_END, "ip-host odd-port");
	assert_signals(SAFELINKS "https%3A%2F%2Fu%40www.example.com%2F" SAFELINKS_END, "userinfo");
	/* As it was written, not as it is normalised. */
	assert_signals(SAFELINKS "http%3A%2F%2F0xC0000201%5Cx" SAFELINKS_END,
		"ip-host numeric-host backslash");
	assert_signals(SAFELINKS "http%3A%2F%2Fexample%252Ecom%2F" SAFELINKS_END, "encoded-host");
}

#define MAILGUN_PATH                                                                               \
	"/c/"                                                                                      \
	"eJxLsU00TDJKNlZLtTU0N4ACtQxbA4hwilqmrZGBkYmBoYGhHkRM1cQgN10vtSIxtyAnVS8vtUQtx1bVyA2IysvL" \
	"4eLJ-"                                                                                    \
	"blqRbalxalFQPXIgmW2RgBVJyLI"

/* The lists that the catalogue comes with. */
static void test_lists(void **state)
{
	(void)state;
	assert_signals("https://example.tk/a", "abused-tld");
	assert_signals("https://www.example.xyz./a", "abused-tld");
	assert_signals("https://xyz.example.com/tk", "");
	assert_signals("https://example.notxyz/", "");
	assert_signals(SAFELINKS "https%3A%2F%2Fexample.gq%2F" SAFELINKS_END, "abused-tld");
	assert_signals("https://email.sandbox0a.mailgun.org" MAILGUN_PATH, "trial-domain");
	assert_signals(SAFELINKS
		"https%3A%2F%2Femail.sandbox0a.mailgun.org" MAILGUN_PATH SAFELINKS_END,
		"trial-domain");
	assert_signals("https://email.example.net" MAILGUN_PATH, "");
	/* Without a tracker it is nobody's trial. */
	assert_signals("https://www.mailgun.org/", "");
}

/* A tracker whose destination is a tracker. */
static void test_nested(void **state)
{
	g_autofree char *inner =
		g_uri_escape_string(MANDRILL TO_EXAMPLE_COM + strlen("https://"), NULL, FALSE);
	g_autofree char *raw = g_strdup_printf("https://click.pstmrk.it/3s/%s/AbCd/EFGh/AQ/"
					       "01234567-89ab-cdef-0123-456789abcdef/1/aBcDeF",
		inner);

	(void)state;
	assert_signals(raw, "nested-tracker");
}

static void test_loop(void **state)
{
	static const char yaml[] = "id: acme/mirror\nesp: acme\nstatus: stable\n"
				   "match:\n  hosts:\n    - mirror.example\ndecode:\n  - url\n"
				   "references:\n  - seen in the wild\n"
				   "tests:\n  match:\n    - url: https://mirror.example/\n"
				   "      next: https://mirror.example/\n"
				   "  no_match:\n    - https://www.example.com/\n";
	struct problems *problems = problems_new();
	struct rule *rule = rule_read(yaml, strlen(yaml), NULL, problems);
	struct matcher *shipped = matcher;

	(void)state;
	assert_non_null(rule);
	struct ruleset *ruleset = ruleset_with(matcher_ruleset(matcher), rule, NULL);
	matcher = matcher_new(ruleset);
	assert_signals("https://mirror.example/", "redirect-loop");
	assert_signals("https://www.example.com/", "");
	matcher_unref(matcher);
	matcher = shipped;
	ruleset_unref(ruleset);
	rule_free(rule);
	problems_free(problems);
}

/* ---- deceptive text ---- */

static bool is_deceptive(const char *text, const char *href)
{
	struct url *url = url_parse(href, strlen(href), NULL);
	struct chain *chain = chain_follow(matcher, url);
	bool deceptive = verdict_is_deceptive(text, url, chain);

	url_free(url);
	chain_free(chain);
	return deceptive;
}

static void test_deceptive(void **state)
{
	static const char *const texts[] = {"https://www.example.org/login", "www.example.org",
		"EXAMPLE.ORG", "example.org.", "(example.org)", "Visit https://www.example.org now",
		"http://example.org:8080/", "See invoice.pdf at www.example.org",
		"e.g. example.org", "1.5 MB from example.org", "<a.b.example.org>",
		"example.org, example.com"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (!is_deceptive(texts[i], "https://www.example.com/"))
			fail_msg("not deceptive: %s", texts[i]);
	/* A longer name that ends alike, and one that begins alike. */
	assert_true(is_deceptive("notexample.com", "https://example.com/"));
	assert_true(is_deceptive("example.com", "https://example.com.example.org/"));
	assert_true(is_deceptive("www.example.co.uk", "https://www.example.com/"));
	assert_true(is_deceptive("example.com", "http://192.0.2.1/"));
}

static void test_not_deceptive(void **state)
{
	static const char *const texts[] = {"", "Click here", "https://www.example.com/",
		"example.com", "News.Example.COM", "login.example.com/other", "ann@example.org",
		"ann@example.org wrote", "invoice.pdf", "version 2.0", "192.0.2.1", "...",
		"https://", "example", "Mr.Smith", "example.com, not example.org"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (is_deceptive(texts[i], "https://www.example.com/"))
			fail_msg("deceptive: %s", texts[i]);
	/* The tracker of a mail lands where the text says. */
	assert_false(is_deceptive("www.example.com", MANDRILL TO_EXAMPLE_COM));
	assert_false(is_deceptive("mandrillapp.com", MANDRILL TO_EXAMPLE_COM));
	assert_true(is_deceptive("www.example.org", MANDRILL TO_EXAMPLE_COM));
	/* Nobody knows where this one lands. */
	assert_true(is_deceptive("www.example.com", "https://bit.ly/2abcdef"));
}

static void assert_signals_of(
	enum link_kind kind, const char *raw, const char *text, const char *expected)
{
	g_autofree char *found = signals_of(kind, raw, text);

	assert_string_equal(found, expected);
}

/* Only what shows its own text can deceive by it. */
static void test_kinds(void **state)
{
	static const char url[] = "https://www.example.com/", text[] = "www.example.org";

	(void)state;
	assert_signals_of(LINK_ANCHOR, url, text, "deceptive-text");
	assert_signals_of(LINK_AREA, url, text, "deceptive-text");
	assert_signals_of(LINK_TEXT, url, text, "");
	assert_signals_of(LINK_IMAGE, url, text, "");
	assert_signals_of(LINK_HEADER, url, text, "");
}

/* ---- whose it is ---- */

static void assert_esp(const char *raw, const char *expected)
{
	g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);

	g_ptr_array_add(links, link_new(LINK_ANCHOR, 0, span_from(raw), NULL));
	g_autoptr(GPtrArray) verdicts = verdict_of_links(links, matcher);
	const char *esp = verdict_esp(verdicts->pdata[0]);
	if (g_strcmp0(esp, expected) != 0)
		fail_msg("%s: %s, expected %s", raw, esp, expected);
}

static void test_esp(void **state)
{
	g_autofree char *escaped = g_uri_escape_string(MANDRILL TO_EXAMPLE_COM, NULL, FALSE);
	g_autofree char *wrapped = g_strconcat(SAFELINKS, escaped, SAFELINKS_END, NULL);

	(void)state;
	assert_esp("https://www.example.com/", NULL);
	assert_esp(MANDRILL TO_EXAMPLE_COM, "mandrill");
	/* Behind the gateway of the receiver it is still the sender's provider. */
	assert_esp(wrapped, "mandrill");
	assert_esp(SAFELINKS "https%3A%2F%2Fwww.example.com%2F" SAFELINKS_END, "safelinks");
	assert_esp("https://bit.ly/2abcdef", "bitly");
}

static void test_many(void **state)
{
	g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);

	(void)state;
	g_autoptr(GPtrArray) none = verdict_of_links(links, matcher);
	assert_int_equal(none->len, 0);
	for (int i = 0; i < 100; i++) {
		g_autofree char *raw = g_strdup_printf("https://www.example.com:%d/", 8000 + i);
		g_ptr_array_add(links, link_new(LINK_ANCHOR, 0, span_from(raw), NULL));
	}
	g_autoptr(GPtrArray) verdicts = verdict_of_links(links, matcher);
	assert_int_equal(verdicts->len, 100);
	for (guint i = 0; i < 100; i++) {
		const struct verdict *verdict = verdicts->pdata[i];

		assert_ptr_equal(verdict->link, links->pdata[i]);
		assert_int_equal(verdict->signals, SIGNAL_ODD_PORT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_of_the_url),
		cmocka_unit_test(test_dangerous_schemes),
		cmocka_unit_test(test_of_the_chain),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_deceptive),
		cmocka_unit_test(test_not_deceptive),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_esp),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, load_rules, drop_rules);
}
