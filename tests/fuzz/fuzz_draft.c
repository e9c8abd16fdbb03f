/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input is a URL: the rule that is drafted from it can be written and read, explains it, and
 * passes its own tests, also where another rule claims the same host.
 */
#include "rules/draft.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char other[] =
	"{id: acme/click, esp: acme, status: stable, match: {hosts: [example.com]},"
	" decode: opaque, references: [none], tests: {match: [{url: "
	"https://example.com/, next: opaque}], no_match: [https://example.org/]}}";

static struct ruleset *others(void)
{
	static struct ruleset *ruleset;

	if (!ruleset) {
		struct problems *problems = problems_new();
		struct rule *rule = rule_read(other, strlen(other), NULL, problems);

		problems_free(problems);
		ruleset = ruleset_with(NULL, rule, NULL);
		rule_free(rule);
	}
	return ruleset;
}

static void report(const struct problems *problems, const char *yaml)
{
	for (guint i = 0; i < problems->list->len; i++) {
		g_autofree char *text = problem_text(problems->list->pdata[i]);

		g_printerr("%s\n", text);
	}
	if (problems_count(problems))
		g_error("in:\n%s", yaml);
}

static void check_draft(const struct draft *draft, const struct url *url)
{
	struct problems *problems = problems_new();
	g_autofree char *yaml = rule_write(draft->rule);
	g_autofree char *file = rule_path(draft->rule->id);
	struct rule *rule = rule_read(yaml, strlen(yaml), file, problems);

	report(problems, yaml);
	struct ruleset *ruleset = ruleset_with(NULL, rule, NULL);
	struct matcher *matcher = matcher_new(ruleset);
	g_assert_true(matcher_find(matcher, url) == ruleset_find_rule(ruleset, rule->id));
	matcher_check(matcher, NULL, problems);
	report(problems, yaml);
	matcher_unref(matcher);
	ruleset_unref(ruleset);
	rule_free(rule);
	problems_free(problems);
}

static void check_decodings(const struct draft *draft, const struct url *url)
{
	unsigned last = G_MAXUINT;

	for (guint i = 0; i < draft->decodings->len; i++) {
		const struct draft_decoding *decoding = draft->decodings->pdata[i];
		struct url *to = url_parse(decoding->yields, strlen(decoding->yields), NULL);

		g_assert_true(to && url_is_web(to));
		g_assert_false(url_same_target(to, url));
		g_assert_cmpuint(decoding->score, <=, last);
		last = decoding->score;
		url_free(to);
	}
}

/* Nobody resolves what ends in two dots, and no rule can name it. */
static bool can_match(const struct url *url)
{
	struct span host = url_host(url);

	return url_is_web(url) && (host.len < 2 || memcmp(host.ptr + host.len - 2, "..", 2) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct url *url = url_parse((const char *)data, size, NULL);

	for (unsigned i = 0; url && can_match(url) && i < 4; i++) {
		struct draft *draft = draft_propose(i & 1 ? others() : NULL, "acme", url, i & 2);

		check_draft(draft, url);
		check_decodings(draft, url);
		draft_free(draft);
	}
	url_free(url);
	return 0;
}
