/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rule as a form: what a row shows, put back, changes nothing, for every row of every shipped
 * rule; and what an analyst types. Runs from the root of the sources.
 */
#include "tui/rule_form.h"

#include "rules/ruleset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CATALOGUE "rules/catalogue"

static size_t row_of(const char *name)
{
	for (size_t row = 0; row < rule_form_count(); row++)
		if (strcmp(rule_form_name(row), name) == 0)
			return row;
	fail_msg("no row is called %s", name);
	return 0;
}

static void set(struct rule *rule, const char *row, const char *text)
{
	rule_form_set(rule, row_of(row), text);
}

static void assert_row(const struct rule *rule, const char *row, const char *expected)
{
	g_autofree char *text = rule_form_get(rule, row_of(row));

	assert_string_equal(text, expected);
}

static void test_rows(void **state)
{
	(void)state;
	assert_true(rule_form_count() > 5);
	for (size_t row = 0; row < rule_form_count(); row++) {
		assert_true(*rule_form_name(row));
		assert_true(*rule_form_hint(row));
		/* Ten columns stand in front of the texts. */
		assert_true(strlen(rule_form_name(row)) <= 11);
	}
}

static const GPtrArray *catalogue_rules(struct ruleset **ruleset)
{
	struct problems *problems = problems_new();

	*ruleset = ruleset_load(CATALOGUE, problems, NULL);
	assert_non_null(*ruleset);
	problems_free(problems);
	assert_true(ruleset_rules(*ruleset)->len > 100);
	return ruleset_rules(*ruleset);
}

static void assert_unchanged(const struct rule *rule, const struct rule *copy, const char *row)
{
	g_autofree char *before = rule_write(rule), *after = rule_write(copy);

	if (strcmp(before, after) != 0)
		fail_msg("%s: %s\n%s\nbecame\n%s", rule->id, row, before, after);
}

static void test_catalogue_round_trip(void **state)
{
	struct ruleset *ruleset;
	const GPtrArray *rules = catalogue_rules(&ruleset);

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		for (size_t row = 0; row < rule_form_count(); row++) {
			g_autofree char *text = rule_form_get(rule, row);
			struct rule *copy = rule_copy(rule);

			rule_form_set(copy, row, text);
			assert_unchanged(rule, copy, rule_form_name(row));
			rule_free(copy);
		}
	}
	ruleset_unref(ruleset);
}

/* The rows of a rule, typed into an empty form, give that rule. */
static void test_catalogue_from_nothing(void **state)
{
	struct ruleset *ruleset;
	const GPtrArray *rules = catalogue_rules(&ruleset);

	(void)state;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];
		struct rule *typed = rule_new(), *wanted = rule_copy(rule);

		for (size_t row = 0; row < rule_form_count(); row++) {
			g_autofree char *text = rule_form_get(rule, row);
			rule_form_set(typed, row, text);
		}
		g_ptr_array_set_size(wanted->matches, 0);
		g_ptr_array_set_size(wanted->no_matches, 0);
		assert_unchanged(wanted, typed, "all rows");
		rule_free(typed);
		rule_free(wanted);
	}
	ruleset_unref(ruleset);
}

static void test_typing(void **state)
{
	struct rule *rule = rule_new();

	(void)state;
	set(rule, "id", "  acme/click ");
	assert_row(rule, "id", "acme/click");
	assert_string_equal(rule->esp, "acme");
	set(rule, "hosts", " a.example  b.example ");
	assert_int_equal(rule->hosts->len, 2);
	assert_row(rule, "hosts", "a.example b.example");
	set(rule, "hosts", "");
	assert_int_equal(rule->hosts->len, 0);
	set(rule, "path", "^/a b/(?<account>\\d+)$");
	assert_string_equal(rule->path, "^/a b/(?<account>\\d+)$");
	set(rule, "path", "  ");
	assert_null(rule->path);
	set(rule, "params", "p  u=^\\d+$ s=a=b");
	assert_int_equal(rule->params->len, 3);
	assert_row(rule, "params", "p u=^\\d+$ s=a=b");
	set(rule, "references", "seen in the wild; https://docs.example.com/;");
	assert_int_equal(rule->references->len, 2);
	assert_row(rule, "references", "seen in the wild; https://docs.example.com/");
	set(rule, "status", "retired");
	assert_int_equal(rule->status, RULE_RETIRED);
	/* Not a status: as it was. */
	set(rule, "status", "good");
	assert_row(rule, "status", "retired");
	rule_free(rule);
}

static void test_typed_pipelines(void **state)
{
	struct rule *rule = rule_new();

	(void)state;
	assert_row(rule, "decode", "opaque");
	set(rule, "decode", "param p|base64 |  json url ");
	assert_int_equal(rule->decode->len, 3);
	assert_row(rule, "decode", "param p | base64 | json url");
	set(rule, "decode", "opaque");
	assert_int_equal(rule->decode->len, 0);
	set(rule, "decode", "");
	assert_row(rule, "decode", "opaque");
	set(rule, "fields", "user = param u ; account=group a | hex;; nothing");
	assert_int_equal(rule->fields->len, 2);
	assert_row(rule, "fields", "user = param u; account = group a | hex");
	set(rule, "fields", "list = param 'a;|=b' | until ';'; = x; link = param l");
	assert_row(rule, "fields", "list = param 'a;|=b' | until ';';  = x; link = param l");
	set(rule, "fields", "");
	assert_int_equal(rule->fields->len, 0);
	rule_free(rule);
}

/* Arguments that hold what separates others. */
static void test_awkward_arguments(void **state)
{
	static const char *const decoders[] = {"until", "after"};
	static const char *const arguments[] = {"|", ";", "=", " ", "a | b", "__", "'", "''",
		"it's", "'; '|", " x", "x ", "'a' | 'b'", "a'"};

	(void)state;
	for (size_t d = 0; d < G_N_ELEMENTS(decoders); d++) {
		for (size_t a = 0; a < G_N_ELEMENTS(arguments); a++) {
			struct rule *rule = rule_new(), *copy;
			size_t row = row_of("decode");

			g_ptr_array_add(rule->decode, rule_step_new("url", NULL));
			g_ptr_array_add(rule->decode, rule_step_new(decoders[d], arguments[a]));
			g_ptr_array_add(rule->decode, rule_step_new("percent", NULL));
			copy = rule_copy(rule);
			g_autofree char *text = rule_form_get(rule, row);
			rule_form_set(copy, row, text);
			assert_unchanged(rule, copy, text);
			rule_free(rule);
			rule_free(copy);
		}
	}
}

static void assert_refused(const char *row, const char *text)
{
	struct ruleset *ruleset;
	const GPtrArray *rules = catalogue_rules(&ruleset);
	struct rule *rule = rule_copy(rules->pdata[0]), *read;
	struct problems *problems = problems_new();

	set(rule, row, text);
	g_autofree char *yaml = rule_write(rule);
	read = rule_read(yaml, strlen(yaml), NULL, problems);
	if (read)
		fail_msg("%s = %s is no problem:\n%s", row, text, yaml);
	assert_true(problems_count(problems) > 0);
	problems_free(problems);
	rule_free(rule);
	ruleset_unref(ruleset);
}

/* What is wrong stays to be seen: it is a problem when the rule is read. */
static void test_wrong_texts(void **state)
{
	(void)state;
	assert_refused("id", "Acme Click");
	assert_refused("id", "");
	assert_refused("path", "^/(");
	assert_refused("host", "[");
	assert_refused("hosts", "Not_A-Host!");
	assert_refused("decode", "param p | nonsense");
	assert_refused("decode", "base64");
	assert_refused("decode", "param");
	assert_refused("references", "");
	assert_refused("fields", "Bad Name = param p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_catalogue_round_trip),
		cmocka_unit_test(test_catalogue_from_nothing),
		cmocka_unit_test(test_typing),
		cmocka_unit_test(test_typed_pipelines),
		cmocka_unit_test(test_awkward_arguments),
		cmocka_unit_test(test_wrong_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
