/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue that is shipped: it loads without a problem, every rule passes its own tests and is
 * tested enough, every file is in canonical form. Runs from the root of the sources.
 */
#include "rules/matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CATALOGUE "rules/catalogue"

static const char *const required[] = {
	"activecampaign/click",
	"amazon-ses/click",
	"amazon-ses/click-branded",
	"benchmark/click",
	"bing/click",
	"bitly/link",
	"brevo/click",
	"constant-contact/click",
	"customerio/click",
	"elastic-email/click",
	"google/adclick",
	"google/amp",
	"google/url",
	"hubspot/click",
	"is-gd/link",
	"klaviyo/click",
	"linkedin/lnkd",
	"mailchimp/click",
	"mailgun/click",
	"mailjet/click",
	"mandrill/click",
	"postmark/click",
	"safelinks/url",
	"sailthru/click",
	"salesforce-mc/click",
	"sendgrid/click",
	"sendgrid/click-branded",
	"sparkpost/click",
	"substack/click",
	"symantec-clicktime/url",
	"t-co/link",
	"tinyurl/link",
	"urldefense/v1",
	"urldefense/v2",
	"urldefense/v3",
	"zoho/click",
};

/* Links of ordinary web sites, some close to the shape of a tracker: no rule may explain them. */
static const char *const ordinary[] = {
	"https://www.example.com/",
	"https://www.example.com/?qs=tea&page=2",
	"https://www.example.com/track/click?id=7",
	"https://www.example.com/track/1234567890",
	"https://www.example.com/click/here",
	"https://www.example.com/c/electronics",
	"https://www.example.com/f/a/q",
	"https://www.example.com/l/de/shop",
	"https://www.example.com/r/programming/m/1",
	"https://www.example.com/u/someone/posts",
	"https://www.example.com/ls/click?upn=1",
	"https://www.example.com/unsubscribe?email=user%40example.com",
	"https://www.example.com/unsubscribe.php?id=7",
	"https://www.example.com/link.php?id=7",
	"https://www.example.com/open.aspx?id=7",
	"https://www.example.com/redirect?url=https%3A%2F%2Fwww.example.org%2F",
	"https://www.example.com/ANNUAL2024overview-of-our-products-and-services",
	"https://www.example.com/blog/2024/4-things-to-know-about-100-years-of-print-9",
	"https://www.example.com/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	"https://www.example.com/email/redirect?r=home",
	"https://www.google.com/search?q=example",
	"https://www.linkedin.com/in/someone/",
	"https://www.youtube.com/watch?v=00000000000",
};

static void fail_on(const struct problems *problems)
{
	if (problems_count(problems) == 0)
		return;
	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);

		print_error("%s\n", text);
	}
	fail_msg("%zu problems", problems_count(problems));
}

static struct ruleset *load(void)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load(CATALOGUE, problems, NULL);

	assert_non_null(ruleset);
	fail_on(problems);
	problems_free(problems);
	return ruleset;
}

static void rules_pass_their_tests(void **state)
{
	struct ruleset *ruleset = load();
	struct matcher *matcher = matcher_new(ruleset);
	struct problems *problems = problems_new();

	(void)state;
	assert_true(ruleset_rules(ruleset)->len > 490);
	matcher_check(matcher, NULL, problems);
	fail_on(problems);
	problems_free(problems);
	matcher_unref(matcher);
	ruleset_unref(ruleset);
}

static void rules_are_tested_enough(void **state)
{
	struct ruleset *ruleset = load();
	const GPtrArray *rules = ruleset_rules(ruleset);

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (rule->matches->len < 2 || rule->no_matches->len < 1)
			fail_msg("%s: %u match and %u no_match tests", rule->id, rule->matches->len,
				rule->no_matches->len);
		if (!rule->summary || !*rule->summary || strlen(rule->summary) > 100)
			fail_msg("%s: no summary, or a long one", rule->id);
	}
	ruleset_unref(ruleset);
}

static void decoding_rules_show_that_they_decode(void **state)
{
	struct ruleset *ruleset = load();
	const GPtrArray *rules = ruleset_rules(ruleset);

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];
		unsigned decoded = 0;

		for (guint j = 0; j < rule->matches->len; j++)
			decoded += ((struct rule_test *)rule->matches->pdata[j])->next != NULL;
		if ((rule->decode->len > 0) != (decoded > 0))
			fail_msg("%s: %u tests with a destination", rule->id, decoded);
	}
	ruleset_unref(ruleset);
}

static void check_canonical(char *path, char *text)
{
	g_autofree char *file = g_build_filename(CATALOGUE, path, NULL);
	g_autofree char *found = NULL;
	gsize len;

	assert_true(g_file_get_contents(file, &found, &len, NULL));
	if (strlen(text) != len || memcmp(text, found, len) != 0)
		fail_msg("%s is not in canonical form", file);
	g_free(path);
	g_free(text);
}

static void files_are_canonical(void **state)
{
	struct ruleset *ruleset = load();
	const GPtrArray *rules = ruleset_rules(ruleset), *esps = ruleset_esps(ruleset);

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		check_canonical(rule_path(rule->id), rule_write(rule));
	}
	for (guint i = 0; i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];

		check_canonical(esp_path(esp->id), esp_write(esp));
	}
	ruleset_unref(ruleset);
}

static void required_rules_are_in_use(void **state)
{
	struct ruleset *ruleset = load();

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(required); i++) {
		const struct rule *rule = ruleset_find_rule(ruleset, required[i]);

		if (!rule || rule->status != RULE_STABLE)
			fail_msg("%s is missing", required[i]);
	}
	ruleset_unref(ruleset);
}

static void providers_have_rules(void **state)
{
	struct ruleset *ruleset = load();
	const GPtrArray *rules = ruleset_rules(ruleset), *esps = ruleset_esps(ruleset);

	(void)state;
	for (guint i = 0; i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];
		bool found = false;

		for (guint j = 0; j < rules->len && !found; j++)
			found = strcmp(((const struct rule *)rules->pdata[j])->esp, esp->id) == 0;
		if (!found)
			fail_msg("%s has no rule", esp->id);
	}
	ruleset_unref(ruleset);
}

static void every_kind_is_covered(void **state)
{
	static const guint at_least[] = {
		[ESP_ESP] = 40,
		[ESP_MAILER] = 22,
		[ESP_KIT] = 12,
		[ESP_WRAPPER] = 23,
		[ESP_REDIRECTOR] = 60,
		[ESP_SHORTENER] = 80,
	};
	struct ruleset *ruleset = load();
	const GPtrArray *esps = ruleset_esps(ruleset);
	guint found[G_N_ELEMENTS(at_least)] = {0};

	(void)state;
	for (guint i = 0; i < esps->len; i++)
		found[((const struct esp *)esps->pdata[i])->kind]++;
	for (guint i = 0; i < G_N_ELEMENTS(at_least); i++)
		if (found[i] < at_least[i])
			fail_msg("%u providers of kind %s", found[i], esp_kind_name(i));
	ruleset_unref(ruleset);
}

static void ordinary_links_are_left_alone(void **state)
{
	struct ruleset *ruleset = load();
	struct matcher *matcher = matcher_new(ruleset);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(ordinary); i++) {
		struct url *url = url_parse(ordinary[i], strlen(ordinary[i]), NULL);
		const struct rule *rule;

		assert_non_null(url);
		rule = matcher_find(matcher, url);
		if (rule)
			fail_msg("%s claims %s", rule->id, ordinary[i]);
		url_free(url);
	}
	matcher_unref(matcher);
	ruleset_unref(ruleset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_pass_their_tests),
		cmocka_unit_test(rules_are_tested_enough),
		cmocka_unit_test(decoding_rules_show_that_they_decode),
		cmocka_unit_test(files_are_canonical),
		cmocka_unit_test(required_rules_are_in_use),
		cmocka_unit_test(providers_have_rules),
		cmocka_unit_test(every_kind_is_covered),
		cmocka_unit_test(ordinary_links_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
