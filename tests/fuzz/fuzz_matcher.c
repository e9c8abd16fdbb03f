/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hostile rules on hostile URLs. The lines of the input: a URL; what is repeated at its end to make
 * it long; and of a rule: a host suffix, patterns of the host, the path and the fragment,
 * parameters
 * (`a=pattern b=`), the pipeline of `decode` (`param a|base64`) and that of a field.
 */
#include "rules/chain.h"

#include <stdint.h>

#define LONG (64 * 1024)

enum line { URL, REPEATED, SUFFIX, HOST, PATH, FRAGMENT, PARAMS, DECODE, FIELD, LINES };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_steps(GPtrArray *pipeline, const char *text)
{
	g_auto(GStrv) steps = g_strsplit(text, "|", 20);

	for (guint i = 0; steps[i]; i++) {
		g_auto(GStrv) words = g_strsplit(steps[i], " ", 2);

		if (words[0])
			g_ptr_array_add(pipeline, rule_step_new(words[0], words[1]));
	}
}

static void add_params(struct rule *rule, const char *text)
{
	g_auto(GStrv) params = g_strsplit(text, " ", 10);

	for (guint i = 0; params[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(params[i], "=", 2);

		if (parts[0])
			g_ptr_array_add(
				rule->params, rule_pair_new(parts[0], parts[1] ? parts[1] : ""));
	}
}

static struct rule *build(char *const *lines)
{
	struct rule *rule = rule_new();

	rule->id = g_strdup("acme/click");
	rule->esp = g_strdup("acme");
	rule->host = g_strdup(lines[HOST]);
	rule->path = g_strdup(lines[PATH]);
	rule->fragment = g_strdup(lines[FRAGMENT]);
	if (*lines[SUFFIX])
		g_ptr_array_add(rule->hosts, g_strdup(lines[SUFFIX]));
	add_params(rule, lines[PARAMS]);
	if (*lines[DECODE])
		add_steps(rule->decode, lines[DECODE]);
	if (*lines[FIELD]) {
		struct rule_field *field = rule_field_new("field");

		add_steps(field->pipeline, lines[FIELD]);
		g_ptr_array_add(rule->fields, field);
	}
	g_ptr_array_add(rule->references, g_strdup("seen in the wild"));
	g_ptr_array_add(rule->matches, rule_test_new("https://example.com/", NULL));
	g_ptr_array_add(rule->no_matches, rule_test_new("https://example.org/", NULL));
	return rule;
}

/* What a file could hold. */
static struct rule *checked(struct rule *rule)
{
	g_autofree char *yaml = rule_write(rule);
	struct problems *problems = problems_new();
	struct rule *read = rule_read(yaml, strlen(yaml), NULL, problems);

	problems_free(problems);
	rule_free(rule);
	return read;
}

static struct url *build_url(char *const *lines)
{
	g_autoptr(GString) text = g_string_new(lines[URL]);

	while (*lines[REPEATED] && text->len < LONG)
		g_string_append(text, lines[REPEATED]);
	return url_parse(text->str, text->len, NULL);
}

static void check_match(const struct match *match)
{
	g_assert_cmpuint(match->fields->len, <=, MATCH_MAX_FIELDS);
	for (guint i = 0; i < match->fields->len; i++) {
		const struct rule_pair *pair = match->fields->pdata[i];

		g_assert_true(*pair->value);
		g_assert_cmpuint(strlen(pair->value), <=, MATCH_MAX_FIELD_BYTES);
		g_assert_true(match_field(match, pair->name) == pair->value);
	}
}

static void check_chain(struct matcher *matcher, const struct url *url)
{
	/* A pattern may be quarantined on the way: the first look comes first. */
	bool found = matcher_find(matcher, url);
	struct chain *chain = chain_follow(matcher, url);

	g_assert_cmpuint(chain->hops->len, <=, CHAIN_MAX_HOPS);
	g_assert_true((chain->landing != NULL) == (chain->end == CHAIN_LANDING));
	g_assert_true((chain->end == CHAIN_PLAIN) == (chain->hops->len == 0));
	g_assert_true((chain->hops->len > 0) == found);
	for (guint i = 0; i < chain->hops->len; i++)
		check_match(((struct hop *)chain->hops->pdata[i])->match);
	chain_free(chain);
}

static void use(const struct rule *rule, const struct url *url)
{
	struct ruleset *ruleset = ruleset_with(NULL, rule, NULL);
	struct matcher *matcher = matcher_new(ruleset);
	struct problems *problems = problems_new();

	check_chain(matcher, url);
	matcher_check(matcher, NULL, problems);
	problems_free(problems);
	matcher_unref(matcher);
	ruleset_unref(ruleset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", LINES + 1);

	if (g_strv_length(lines) < LINES)
		return 0;
	struct url *url = build_url(lines);
	struct rule *rule = url ? checked(build(lines)) : NULL;
	if (rule)
		use(rule, url);
	rule_free(rule);
	url_free(url);
	return 0;
}
