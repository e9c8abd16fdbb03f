/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules out of YAML and back: every key, every error with its line, the canonical form.
 */
#include "tests/unit/reading.h"
#include "tests/unit/same.h"

#include "rules/pipeline.h"
#include "rules/yaml_node.h"

#define FILE_NAME "trackers/acme/click.yaml"

/* Has every key; the numbers in the tables below are lines of it. */
static const char sample[] = "id: acme/click\n"
			     "esp: acme\n"
			     "status: stable\n"
			     "summary: Click tracking of Acme\n"
			     "match:\n"
			     "  hosts:\n"
			     "    - example.com\n"
			     "    - click.example.net\n"
			     "  host: ^u(?<account>\\d+)\\.\n"
			     "  path: ^/c/(?<link>\\w+)\n" /* 10 */
			     "  params:\n"
			     "    p: ''\n"
			     "    v: '[12]'\n"
			     "  fragment: ^$\n"
			     "decode:\n"
			     "  - param: p\n"
			     "  - base64\n"
			     "  - json: url\n"
			     "fields:\n"
			     "  message:\n" /* 20 */
			     "    - param: p\n"
			     "    - base64\n"
			     "    - json: id\n"
			     "references:\n"
			     "  - https://www.example.org/docs\n"
			     "  - seen in the wild\n"
			     "tests:\n"
			     "  match:\n"
			     "    - url: https://u1.example.com/c/a?p=e30&v=1\n"
			     "      next: opaque\n" /* 30 */
			     "      fields:\n"
			     "        account: '1'\n"
			     "        link: a\n"
			     "    - url: https://u2.example.com/c/b?p=e30&v=2\n"
			     "      next: https://www.example.com/\n"
			     "  no_match:\n"
			     "    - https://www.example.com/\n"
			     "    - https://www.example.org/c/a\n";

static bool read_any(const char *yaml, size_t len, const char *file, struct problems *problems)
{
	struct rule *rule = rule_read(yaml, len, file, problems);
	bool read = rule != NULL;

	rule_free(rule);
	return read;
}

static struct rule *read_rule(const char *yaml)
{
	struct problems *problems = problems_new();
	struct rule *rule = rule_read(yaml, strlen(yaml), NULL, problems);
	g_autofree char *found = problems_text(problems);

	if (!rule || *found)
		fail_msg("%s\nin:\n%s", found, yaml);
	problems_free(problems);
	return rule;
}

static void assert_edits(const struct edit *edits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *yaml = replaced(sample, edits[i].from, edits[i].to);

		assert_problems(read_any, FILE_NAME, span_from(yaml), edits[i].wanted);
	}
}

/* ---- the model ---- */

static const char *text_at(const GPtrArray *list, guint i)
{
	assert_true(i < list->len);
	return list->pdata[i];
}

static void assert_pair(const GPtrArray *list, guint i, const char *name, const char *value)
{
	const struct rule_pair *pair = (const void *)text_at(list, i);

	assert_string_equal(pair->name, name);
	assert_string_equal(pair->value, value);
}

static void assert_steps(const GPtrArray *pipeline, const char *wanted)
{
	g_autofree char *text = rule_pipeline_text(pipeline);

	assert_string_equal(text, wanted);
}

static void test_match_is_read(void **state)
{
	struct rule *rule = read_rule(sample);

	(void)state;
	assert_string_equal(rule->id, "acme/click");
	assert_string_equal(rule->esp, "acme");
	assert_int_equal(rule->status, RULE_STABLE);
	assert_string_equal(rule->summary, "Click tracking of Acme");
	assert_int_equal(rule->hosts->len, 2);
	assert_string_equal(text_at(rule->hosts, 1), "click.example.net");
	assert_string_equal(rule->host, "^u(?<account>\\d+)\\.");
	assert_string_equal(rule->path, "^/c/(?<link>\\w+)");
	assert_string_equal(rule->fragment, "^$");
	assert_int_equal(rule->params->len, 2);
	assert_pair(rule->params, 0, "p", "");
	assert_pair(rule->params, 1, "v", "[12]");
	rule_free(rule);
}

static void test_the_rest_is_read(void **state)
{
	struct rule *rule = read_rule(sample);
	const struct rule_field *field = (const void *)text_at(rule->fields, 0);
	const struct rule_test *first = (const void *)text_at(rule->matches, 0),
			       *second = (const void *)text_at(rule->matches, 1),
			       *none = (const void *)text_at(rule->no_matches, 1);

	(void)state;
	assert_steps(rule->decode, "param p | base64 | json url");
	assert_int_equal(rule->fields->len, 1);
	assert_string_equal(field->name, "message");
	assert_steps(field->pipeline, "param p | base64 | json id");
	assert_int_equal(rule->references->len, 2);
	assert_string_equal(text_at(rule->references, 1), "seen in the wild");
	assert_string_equal(first->url, "https://u1.example.com/c/a?p=e30&v=1");
	assert_null(first->next);
	assert_int_equal(first->fields->len, 2);
	assert_pair(first->fields, 0, "account", "1");
	assert_int_equal(first->line, 29);
	assert_string_equal(second->next, "https://www.example.com/");
	assert_int_equal(second->line, 34);
	assert_string_equal(none->url, "https://www.example.org/c/a");
	assert_int_equal(none->line, 38);
	rule_free(rule);
}

static void test_the_least(void **state)
{
	struct rule *rule =
		read_rule("{id: a/b, esp: a, status: retired, match: {path: x}, decode: opaque,"
			  " references: [r], tests: {match: [{url: u, next: n}], no_match: [v]}}");

	(void)state;
	assert_int_equal(rule->status, RULE_RETIRED);
	assert_null(rule->summary);
	assert_null(rule->host);
	assert_null(rule->fragment);
	assert_int_equal(rule->hosts->len + rule->params->len + rule->fields->len, 0);
	assert_int_equal(rule->decode->len, 0);
	assert_steps(rule->decode, "opaque");
	rule_free(rule);
}

/* Whichever way the file has it. */
static void test_names_are_sorted(void **state)
{
	g_autofree char *swapped =
		replaced(sample, "    p: ''\n    v: '[12]'\n", "    v: '[12]'\n    p: ''\n");
	g_autofree char *yaml = replaced(swapped, "        account: '1'\n        link: a\n",
		"        link: a\n        account: '1'\n");
	struct rule *rule = read_rule(yaml), *wanted = read_rule(sample);
	g_autofree char *written = rule_write(rule);

	(void)state;
	assert_true(same_rule(rule, wanted));
	assert_string_equal(written, sample);
	rule_free(rule);
	rule_free(wanted);
}

static void test_empty_is_absent(void **state)
{
	static const char *const edits[][2] = {
		{"summary: Click tracking of Acme\n", "summary: ''\n"},
		{"  host: ^u(?<account>\\d+)\\.\n", "  host:\n"},
		{"  path: ^/c/(?<link>\\w+)\n", "  path: ''\n"},
		{"  fragment: ^$\n", "  fragment: \"\"\n"},
		{"  params:\n    p: ''\n    v: '[12]'\n", "  params: {}\n"}};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
		g_autofree char *empty = replaced(sample, edits[i][0], edits[i][1]);
		g_autofree char *absent = replaced(sample, edits[i][0], "");
		struct rule *rule = read_rule(empty), *wanted = read_rule(absent);

		assert_true(same_rule(rule, wanted));
		rule_free(rule);
		rule_free(wanted);
	}
}

/* ---- problems ---- */

static void test_keys(void **state)
{
	static const struct edit edits[] = {
		{"summary:", "sumary:", "4: unknown key 'sumary'"},
		{"  fragment: ^$", "  quary: x", "14: unknown key 'quary'"},
		{"      next: opaque", "      next: opaque\n      nxt: x", "31: unknown key 'nxt'"},
		{"  no_match:", "  nomatch:",
			"36: unknown key 'nomatch'\n"
			"28: 'tests' needs at least one URL under 'no_match'"},
		{"esp: acme\n", "esp: acme\nesp: acme\n", "3: the key 'esp' stands here twice"},
		{"    v: '[12]'", "    p: x", "13: the key 'p' stands here twice"},
		{"  message:", "  ? [a]\n  :", "20: a key must be a text"},
		{"  message:", "  Message:", "20: 'Message' is no field name: a-z, 0-9 and _"},
		{"  message:", "  destination:",
			"20: 'destination' is no field name: a-z, 0-9 and _"},
		{"  message:", "  '':", "20: '' is no field name: a-z, 0-9 and _"},
		{"  message:", "  a23456789012345678901234567890123:",
			"20: 'a23456789012345678901234567890123' is no field name: a-z, 0-9 and _"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

static void test_what_is_missing(void **state)
{
	static const struct edit edits[] = {
		{"id: acme/click\n", "", "1: 'id' is missing"},
		{"id: acme/click\n", "id:\n",
			"1: 'id' is empty\n1: '' is no id: <esp>/<name>, of a-z, 0-9 and -"},
		{"esp: acme\n", "", "1: 'esp' is missing"},
		{"status: stable\n", "", "1: 'status' is missing"},
		{"match:\n  hosts:\n    - example.com\n    - click.example.net\n"
		 "  host: ^u(?<account>\\d+)\\.\n  path: ^/c/(?<link>\\w+)\n",
			"match:\n", "6: 'match' needs 'hosts' or 'path'"},
		{"  - https://www.example.org/docs\n  - seen in the wild\n", "  []\n",
			"1: 'references' needs at least one: a URL, or seen in the wild"},
		{"    - url: https://u2.example.com/c/b?p=e30&v=2\n", "    - fields: {}\n",
			"34: 'url' is missing"},
		{"      next: opaque\n", "", "29: 'next' is missing"},
		{"      next: opaque\n", "      next: ''\n", "30: 'next' is empty"},
		{"  no_match:\n    - https://www.example.com/\n    - https://www.example.org/c/a\n",
			"", "28: 'tests' needs at least one URL under 'no_match'"},
		{"    - https://www.example.com/\n    - https://www.example.org/c/a\n", "    []\n",
			"28: 'tests' needs at least one URL under 'no_match'"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

/* Everything below a key goes with it. */
static char *without(const char *key)
{
	g_autofree char *start = g_strdup_printf("\n%s:", key);
	const char *at = strstr(sample, start);
	const char *end = at + 1;

	do
		end = strchr(end, '\n') + 1;
	while (*end == ' ');
	return g_strdup_printf("%.*s%s", (int)(at + 1 - sample), sample, end);
}

static void test_what_is_missing_whole(void **state)
{
	static const char *const keys[][2] = {{"match", "1: 'match' is missing"},
		{"decode", "1: 'decode' is missing: a pipeline, or opaque"},
		{"references", "1: 'references' needs at least one: a URL, or seen in the wild"},
		{"tests", "1: 'tests' is missing"}};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *yaml = without(keys[i][0]);

		assert_problems(read_any, FILE_NAME, span_from(yaml), keys[i][1]);
	}
}

static void test_types(void **state)
{
	static const struct edit edits[] = {
		{"id: acme/click", "id: [acme/click]", "1: id must be a text"},
		{"esp: acme", "esp: {a: b}", "2: esp must be a text"},
		{"status: stable", "status: [stable]", "3: status must be a text"},
		{"summary: Click tracking of Acme", "summary: {}", "4: summary must be a text"},
		{"  hosts:\n    - example.com\n    - click.example.net", "  hosts: example.com",
			"6: hosts must be a list"},
		{"    - example.com", "    - [example.com]",
			"7: each item of the list must be a text"},
		{"  path: ^/c/(?<link>\\w+)", "  path: [a]", "10: path must be a text"},
		{"  params:\n    p: ''\n    v: '[12]'", "  params: [p, v]",
			"11: params must be a map"},
		{"    p: ''", "    p: [a]", "12: p must be a text"},
		{"  message:\n    - param: p\n    - base64\n    - json: id", "  message: url",
			"20: a pipeline must be a list"},
		{"fields:\n  message:\n    - param: p\n    - base64\n    - json: id", "fields: url",
			"19: fields must be a map"},
		{"  - https://www.example.org/docs\n  - seen in the wild", "  seen",
			"25: references must be a list\n"
			"1: 'references' needs at least one: a URL, or seen in the wild"},
		{"    - https://www.example.com/", "    - url: https://www.example.com/",
			"37: each test of 'no_match' must be a text"},
		{"        account: '1'", "        account: [1]", "32: account must be a text"},
		{"      fields:\n        account: '1'\n        link: a", "      fields: a",
			"31: fields must be a map"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

static void test_types_of_blocks(void **state)
{
	static const struct edit edits[] = {
		{"tests:\n", "tests: none\nx:\n", "28: unknown key 'x'\n27: tests must be a map"},
		{"match:\n", "match: all\nx:\n", "6: unknown key 'x'\n5: match must be a map"},
		{"  match:\n    - url: https://u1.example.com/c/a?p=e30&v=1\n      next: opaque\n",
			"  match:\n    - https://u1.example.com/\n    - url: u\n      next: n\n",
			"29: each test of 'match' must be a map"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

static void test_ids(void **state)
{
	static const struct edit edits[] = {
		{"id: acme/click", "id: acme/Click",
			"1: 'acme/Click' is no id: <esp>/<name>, of a-z, 0-9 and -"},
		{"id: acme/click", "id: acme",
			"1: 'acme' is no id: <esp>/<name>, of a-z, 0-9 and -"},
		{"id: acme/click", "id: ../acme/click",
			"1: '../acme/click' is no id: <esp>/<name>, of a-z, 0-9 and -"},
		{"id: acme/click", "id: acme/..",
			"1: 'acme/..' is no id: <esp>/<name>, of a-z, 0-9 and -"},
		{"id: acme/click", "id: acme/other",
			"1: the id 'acme/other' belongs in trackers/acme/other.yaml"},
		{"id: acme/click", "id: acm/click",
			"1: the id 'acm/click' belongs in trackers/acm/click.yaml\n"
			"1: the id 'acm/click' must begin with the esp 'acme'"},
		{"esp: acme", "esp: acm", "1: the id 'acme/click' must begin with the esp 'acm'"},
		{"esp: acme", "esp: acme2",
			"1: the id 'acme/click' must begin with the esp 'acme2'"},
		{"status: stable", "status: Stable",
			"3: 'status' must be one of: draft, stable, retired"},
		{"status: stable", "status:",
			"3: 'status' is empty\n3: 'status' must be one of: draft, stable, retired"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

static void test_patterns(void **state)
{
	static const struct edit edits[] = {
		{"path: ^/c/(?<link>\\w+)", "path: '^/c/(a'",
			"10: bad pattern in path: missing closing parenthesis at offset 6"},
		{"host: ^u(?<account>\\d+)\\.", "host: '*'",
			"9: bad pattern in host: quantifier does not follow a repeatable item at "
			"offset 0"},
		{"fragment: ^$", "fragment: 'a[b'",
			"14: bad pattern in fragment: missing terminating ] for character class at "
			"offset 3"},
		{"v: '[12]'", "v: '(?<n>a)(?<n>b)'",
			"13: bad pattern in v: two named subpatterns have the same name "
			"(PCRE2_DUPNAMES not set) at offset 12"},
		{"(?<link>", "(?<Link>", "10: the group 'Link' is no field name: a-z, 0-9 and _"},
		{"v: '[12]'", "v: '(?<V>a)'", "13: the group 'V' is no field name: a-z, 0-9 and _"},
		{"path: ^/c/(?<link>\\w+)", "path: '(*UTF)a'",
			"10: bad pattern in path: using UTF is disabled by the application at "
			"offset 6"},
		{"path: ^/c/(?<link>\\w+)", "path: '\\C'",
			"10: bad pattern in path: using \\C is disabled by the application at "
			"offset 2"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

static void test_pattern_limits(void **state)
{
	g_autofree char *longest = g_strnfill(1024, 'a'), *too_long = g_strnfill(1025, 'a');
	g_autoptr(GString) groups = g_string_new(NULL);
	g_autofree char *good = replaced(sample, "^/c/(?<link>\\w+)", longest);
	g_autofree char *bad = replaced(sample, "^/c/(?<link>\\w+)", too_long);

	(void)state;
	for (unsigned i = 0; i < 33; i++)
		g_string_append(groups, "(a)");
	g_autofree char *many = replaced(sample, "^/c/(?<link>\\w+)", groups->str);
	rule_free(read_rule(good));
	assert_problems(read_any, FILE_NAME, span_from(bad),
		"10: bad pattern in path: longer than 1024 bytes");
	assert_problems(read_any, FILE_NAME, span_from(many),
		"10: bad pattern in path: more than 32 groups");
}

static void test_hosts(void **state)
{
	static const char *const bad[] = {"Example.com", ".example.com", "example.com.", "''",
		"a..example.com", "https://example.com", "example.com/a", "example.com:80",
		"u@example.com",
		"b\xC3\xBC"
		"cher.example",
		"'*.example.com '", "'a b'", "a%62", "'[::1'", "'[2001:DB8::1]'", "1.2.3.4.5",
		"0x7f.1"};
	static const char *const good[] = {"com", "a_b.example.com", "xn--bcher-kva.example",
		"192.0.2.1", "'[2001:db8::1]'", "3d.example", "a--b.example", "'a*b.example'"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *yaml = replaced(sample, "click.example.net", bad[i]);
		g_autofree char *plain = g_strdup(bad[i]);

		if (*plain == '\'') {
			plain[strlen(plain) - 1] = '\0';
			memmove(plain, plain + 1, strlen(plain));
		}
		g_autofree char *wanted = g_strdup_printf(
			"8: '%s' is no host suffix: lower case, ASCII, no dot at the ends", plain);
		assert_problems(read_any, FILE_NAME, span_from(yaml), wanted);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autofree char *yaml = replaced(sample, "click.example.net", good[i]);

		rule_free(read_rule(yaml));
	}
}

static void test_pipelines(void **state)
{
	static const struct edit edits[] = {
		{"  - base64", "  - base46", "17: unknown decoder 'base46'"},
		{"  - base64", "  - url", "17: unknown decoder 'url'"},
		{"  - param: p", "  - base64",
			"16: 'base64' is no source: url, host, path, query, fragment, param or "
			"group"},
		{"  - param: p", "  - param", "16: 'param' needs an argument"},
		{"  - param: p", "  - param:", "16: 'param' needs an argument"},
		{"  - param: p", "  - url: x", "16: 'url' takes no argument"},
		{"  - base64", "  - base64: x", "17: 'base64' takes no argument"},
		{"  - base64", "  - skip", "17: 'skip' needs an argument"},
		{"  - json: url", "  - json:", "18: the argument of 'json' is empty"},
		{"  - json: url", "  - json: [url]", "18: json must be a text"},
		{"  - json: url", "  - json: url\n    zlib: x",
			"18: a step is a name, or one 'name: argument'"},
		{"  - json: url", "  - [json, url]",
			"18: a step is a name, or one 'name: argument'"},
		{"  - json: url", "  - {}", "18: a step is a name, or one 'name: argument'"},
		{"  - json: url", "  - ''", "18: unknown decoder ''"},
		{"  - param: p\n  - base64\n  - json: url", "  opaque!",
			"16: 'decode' must be a pipeline, or opaque"},
		{"  - param: p\n  - base64\n  - json: url", "  []",
			"16: a pipeline has 1 to 16 steps"},
		{"  - param: p\n  - base64\n  - json: url", "  param: p",
			"16: a pipeline must be a list"},
		{"    - param: p\n    - base64", "    - group: p\n    - basee64",
			"22: unknown decoder 'basee64'"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

static void test_pipeline_limit(void **state)
{
	g_autoptr(GString) steps = g_string_new("  - url\n");

	(void)state;
	for (unsigned i = 1; i < PIPELINE_MAX_STEPS; i++)
		g_string_append(steps, "  - percent\n");
	g_autofree char *most =
		replaced(sample, "  - param: p\n  - base64\n  - json: url\n", steps->str);
	rule_free(read_rule(most));
	g_string_append(steps, "  - percent\n");
	g_autofree char *over =
		replaced(sample, "  - param: p\n  - base64\n  - json: url\n", steps->str);
	assert_problems(read_any, FILE_NAME, span_from(over), "16: a pipeline has 1 to 16 steps");
}

/* As many lines as it takes to go over the limit by one, or just not. */
static char *with_pairs(const char *under, const char *name, const char *value, unsigned count)
{
	g_autoptr(GString) lines = g_string_new(under);

	for (unsigned i = 0; i < count; i++)
		g_string_append_printf(lines, "%s%u: %s\n", name, i, value);
	return replaced(sample, under, lines->str);
}

static void test_pairs_limit(void **state)
{
	g_autofree char *params = with_pairs("  params:\n", "    x", "''", RULE_MAX_PAIRS - 2);
	g_autofree char *more_params = with_pairs("  params:\n", "    x", "''", RULE_MAX_PAIRS - 1);
	g_autofree char *fields = with_pairs("fields:\n", "  x", "[url]", RULE_MAX_PAIRS - 1);
	g_autofree char *more_fields = with_pairs("fields:\n", "  x", "[url]", RULE_MAX_PAIRS);

	(void)state;
	rule_free(read_rule(params));
	rule_free(read_rule(fields));
	assert_problems(read_any, FILE_NAME, span_from(more_params), "12: more than 32 params");
	assert_problems(read_any, FILE_NAME, span_from(more_fields), "20: more than 32 fields");
}

static void test_all_problems_of_a_file(void **state)
{
	assert_problems(read_any, FILE_NAME,
		span_from("id: Acme/click\n"
			  "stauts: stable\n"
			  "match:\n"
			  "  hosts: [A]\n"
			  "  path: '('\n"
			  "decode: [x]\n"
			  "tests: {}\n"),
		"2: unknown key 'stauts'\n"
		"1: 'esp' is missing\n"
		"1: 'status' is missing\n"
		"4: 'A' is no host suffix: lower case, ASCII, no dot at the ends\n"
		"5: bad pattern in path: missing closing parenthesis at offset 1\n"
		"6: 'x' is no source: url, host, path, query, fragment, param or group\n"
		"1: 'references' needs at least one: a URL, or seen in the wild\n"
		"7: 'tests' needs at least one URL under 'match'\n"
		"7: 'tests' needs at least one URL under 'no_match'\n"
		"1: 'Acme/click' is no id: <esp>/<name>, of a-z, 0-9 and -");
	(void)state;
}

/* ---- YAML ---- */

static void test_yaml(void **state)
{
	static const struct edit edits[] = {
		{"summary: C", "summary: &a C", "4: anchors, aliases and tags are not allowed"},
		{"esp: acme", "esp: *acme", "2: anchors, aliases and tags are not allowed"},
		{"esp: acme", "esp: !!str acme", "2: anchors, aliases and tags are not allowed"},
		{"esp: acme", "esp: !acme acme", "2: anchors, aliases and tags are not allowed"},
		{"decode:\n", "decode: &d\n", "15: anchors, aliases and tags are not allowed"},
		{"  params:\n", "  params: !!map\n",
			"11: anchors, aliases and tags are not allowed"},
		{"match:\n", "match: *all\n", "5: anchors, aliases and tags are not allowed"},
		{"summary: C", "summary: \"\\0\"\nx: C", "4: a text must not hold a NUL"},
		{"    - https://www.example.org/c/a\n", "    - 'a\n",
			"39: not YAML: found unexpected end of stream"},
		{"esp: acme", "esp: 'acme", "13: not YAML: did not find expected key"},
		{"esp: acme", "\tesp: acme",
			"2: not YAML: found a tab character that violates indentation"},
		{"esp: acme", "esp: \"\\q\"", "2: not YAML: found unknown escape character"},
		{"summary: C", "summary: \xC3(", "4: not YAML: invalid trailing UTF-8 octet"},
		{"summary: C", "summary: \xFF", "4: not YAML: invalid leading UTF-8 octet"},
		{"summary: C", "summary: \x01", "4: not YAML: control characters are not allowed"},
		{"id: acme/click", "--- {}\n---\nid: acme/click", "2: more than one document"},
		{"    - https://www.example.org/c/a\n", "    - a\n...\n---\nb\n",
			"40: more than one document"},
	};

	(void)state;
	assert_edits(edits, G_N_ELEMENTS(edits));
}

static void assert_whole(const char *yaml, const char *wanted)
{
	assert_problems(read_any, FILE_NAME, span_from(yaml), wanted);
}

static void test_other_files(void **state)
{
	(void)state;
	assert_whole("", "1: the file is empty");
	assert_whole("# a comment\n\n", "3: the file is empty");
	assert_whole("- a\n- b\n", "1: the file must be a map");
	assert_whole("text", "1: the file must be a map");
	assert_problems(read_any, FILE_NAME, (struct span){"a: b\0", 5},
		"1: not YAML: control characters are not allowed");
	assert_problems(read_any, FILE_NAME, (struct span){"i\0d\0:\0 \0a\0", 10},
		"1: not YAML: control characters are not allowed");
}

static void test_byte_order_mark(void **state)
{
	g_autofree char *yaml = g_strconcat("\xEF\xBB\xBF", sample, NULL);
	struct rule *rule = read_rule(yaml);
	g_autofree char *written = rule_write(rule);

	(void)state;
	assert_string_equal(written, sample);
	rule_free(rule);
}

static char *nested(unsigned depth)
{
	g_autofree char *open = g_strnfill(depth, '['), *close = g_strnfill(depth, ']');

	return g_strdup_printf("a: %sx%s\n", open, close);
}

static void test_depth(void **state)
{
	static const unsigned depths[] = {YAML_MAX_DEPTH - 1, 1000, 100000};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(depths); i++) {
		struct problems *problems = problems_new();
		g_autofree char *yaml = nested(depths[i]);

		assert_null(yaml_read(yaml, strlen(yaml), FILE_NAME, problems));
		g_autofree char *found = problems_text(problems);
		assert_string_equal(found, FILE_NAME ":1: nested too deep");
		problems_free(problems);
	}
	g_autofree char *most = nested(YAML_MAX_DEPTH - 2);
	struct yaml_node *node = yaml_read(most, strlen(most), NULL, NULL);
	assert_non_null(node);
	yaml_node_free(node);
}

static void test_size(void **state)
{
	g_autoptr(GString) yaml = g_string_new(sample);

	(void)state;
	while (yaml->len < YAML_MAX_SIZE)
		g_string_append_c(yaml, yaml->len % 64 ? '#' : '\n');
	rule_free(read_rule(yaml->str));
	g_string_append_c(yaml, '\n');
	struct problems *problems = problems_new();
	assert_null(rule_read(yaml->str, yaml->len, FILE_NAME, problems));
	g_autofree char *found = problems_text(problems);
	assert_string_equal(found, FILE_NAME ": larger than 256 KiB");
	problems_free(problems);
}

static void test_many_items(void **state)
{
	g_autoptr(GString) list = g_string_new("a: ["), map = g_string_new(NULL);
	g_autofree char *key = g_strnfill(YAML_MAX_KEY + 1, 'k');
	g_autofree char *long_key = g_strdup_printf("%s: x\n", key);

	(void)state;
	for (unsigned i = 0; i < YAML_MAX_NODES; i++)
		g_string_append(list, i % 50 ? "x," : "\nx,");
	g_string_append(list, "]\n");
	assert_whole(list->str, "401: too many items");
	for (unsigned i = 0; i < YAML_MAX_NODES / 2; i++)
		g_string_append_printf(map, "k%u: x\n", i);
	assert_whole(map->str, "10000: too many items");
	assert_whole(long_key, "1: a key is longer than 128 bytes");
}

/* ---- the canonical form ---- */

static void test_sample_is_canonical(void **state)
{
	struct rule *rule = read_rule(sample);
	g_autofree char *written = rule_write(rule);

	(void)state;
	assert_string_equal(written, sample);
	rule_free(rule);
}

static void test_scalars(void **state)
{
	static const char *const forms[][2] = {{"", "''"}, {"a", "a"}, {"a b", "a b"}, {"/a", "/a"},
		{"^/(a)$", "^/(a)$"}, {"(?:a|b)", "(?:a|b)"}, {"it's", "it's"}, {"a#b", "a#b"},
		{"a:b", "a:b"}, {"a\xC3\xA9", "a\xC3\xA9"}, {"a, [b]", "a, [b]"}, {"a\\b", "a\\b"},
		{"a\"b", "a\"b"}, {"y", "'y'"}, {"No", "'No'"}, {"TRUE", "'TRUE'"},
		{"null", "'null'"}, {"off", "'off'"}, {"only", "only"}, {"nullify", "nullify"},
		{"1", "'1'"}, {"-1", "'-1'"}, {"~", "'~'"}, {"- a", "'- a'"}, {"? a", "'? a'"},
		{"a: b", "'a: b'"}, {"a:", "'a:'"}, {"a #b", "'a #b'"}, {" a", "' a'"},
		{"a ", "'a '"}, {"'a'", "'''a'''"}, {"\"a\"", "'\"a\"'"}, {"[a]", "'[a]'"},
		{"{a}", "'{a}'"}, {"*a", "'*a'"}, {"&a", "'&a'"}, {"!a", "'!a'"}, {"%a", "'%a'"},
		{"@a", "'@a'"}, {"`a", "'`a'"}, {"|", "'|'"}, {">", "'>'"}, {"#a", "'#a'"},
		{"\\d+", "'\\d+'"}, {"\xC3\xA9", "'\xC3\xA9'"}, {"a\tb", "\"a\\x09b\""},
		{"a\nb\n", "\"a\\x0Ab\\x0A\""}, {"\r\n", "\"\\x0D\\x0A\""},
		{"\x1B[31m\\", "\"\\x1B[31m\\\\\""}, {"a\x7F\"", "\"a\\x7F\\\"\""},
		{"a\xC2\x85", "\"a\\x85\""}, {"a\xC2\xAD", "\"a\\xAD\""},
		{"a\xE2\x80\xAE"
		 "b",
			"\"a\\u202Eb\""},
		{"a\xE2\x80\x8B", "\"a\\u200B\""}, {"a\xE2\x80\xA8", "\"a\\u2028\""},
		{"\xEF\xBB\xBF"
		 "a",
			"\"\\uFEFFa\""},
		{"a\xEF\xBF\xBE", "\"a\\uFFFE\""}, {"a\xEF\xBF\xBF", "\"a\\uFFFF\""},
		{"a\xF3\xA0\x81\x81", "\"a\\U000E0041\""},
		{"a\xF4\x8F\xBF\xBF", "\"a\\U0010FFFF\""}, {"a\xEE\x80\x80", "\"a\\uE000\""},
		{"\xF0\x9F\x98\x80", "'\xF0\x9F\x98\x80'"}};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_autofree char *as_key = NULL;
		struct yaml_node *node;

		yaml_put_scalar(out, forms[i][0]);
		assert_string_equal(out->str, forms[i][1]);
		as_key = g_strdup_printf("%s: %s\n", out->str, out->str);
		node = yaml_read(as_key, strlen(as_key), NULL, NULL);
		if (!node || !yaml_get(node, forms[i][0]))
			fail_msg("not read back: %s", as_key);
		assert_string_equal(yaml_get(node, forms[i][0])->text, forms[i][0]);
		yaml_node_free(node);
	}
}

static void test_bytes_that_are_no_text(void **state)
{
	g_autoptr(GString) out = g_string_new(NULL);

	(void)state;
	yaml_put_scalar(out, "a\xFF");
	assert_string_equal(out->str, "'a\xEF\xBF\xBD'");
}

/* ---- random rules ---- */

static char *random_text(GRand *rand)
{
	static const char *const pieces[] = {"a", "Z", "0", " ", ":", "#", "'", "\"", "\\", "-",
		"?", "|", ">", "[", "]", "{", "}", ",", "&", "*", "!", "%", "@", "`", "~", "\n",
		"\r", "\t", "\x01", "\x1B", "\x7F", "\xC2\x85", "\xC3\xA9", "\xE2\x80\xAE",
		"\xE2\x80\xA8", "\xEF\xBB\xBF", "\xEF\xBF\xBF", "\xEF\xBF\xBD", "\xF0\x9F\x98\x80",
		"\xF3\xA0\x81\x81", "\xF4\x8F\xBF\xBF", "null", "yes", ": ", " #", "---", "...",
		"<<", "=", "/", "^", "("};
	GString *text = g_string_new(NULL);

	for (int i = g_rand_int_range(rand, 1, 12); i > 0; i--)
		g_string_append(text, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
	return g_string_free(text, FALSE);
}

/* Matches the text itself, whatever it holds. */
static char *random_pattern(GRand *rand)
{
	g_autofree char *text = random_text(rand);

	return g_regex_escape_string(text, -1);
}

static void add_random_steps(GRand *rand, GPtrArray *pipeline)
{
	static const char *const with[] = {"json", "until", "after", "scheme", "form", "cbor"};
	static const char *const alone[] = {"base64", "percent", "json", "form", "rot13"};
	g_autofree char *param = random_text(rand);

	g_ptr_array_add(pipeline,
		g_rand_boolean(rand) ? rule_step_new("param", param) : rule_step_new("url", NULL));
	for (int i = g_rand_int_range(rand, 0, 6); i > 0; i--) {
		g_autofree char *argument = random_text(rand);
		bool takes = g_rand_boolean(rand);
		const char *name = takes ? with[g_rand_int_range(rand, 0, G_N_ELEMENTS(with))]
					 : alone[g_rand_int_range(rand, 0, G_N_ELEMENTS(alone))];

		g_ptr_array_add(pipeline, rule_step_new(name, takes ? argument : NULL));
	}
}

/* Pairs of names in order. */
static void add_random_pairs(GRand *rand, GPtrArray *pairs, char *(*value)(GRand *))
{
	for (int i = 0; i < g_rand_int_range(rand, 0, 5); i++) {
		g_autofree char *text = random_text(rand), *of = value(rand);
		g_autofree char *name = g_strdup_printf("%c%s", 'a' + i, text);

		g_ptr_array_add(pairs, rule_pair_new(name, of));
	}
}

static void add_random_texts(GRand *rand, GPtrArray *texts)
{
	for (int i = g_rand_int_range(rand, 1, 4); i > 0; i--)
		g_ptr_array_add(texts, random_text(rand));
}

static void add_random_tests(GRand *rand, struct rule *rule)
{
	for (int i = g_rand_int_range(rand, 1, 4); i > 0; i--) {
		g_autofree char *url = random_text(rand), *next = random_text(rand);
		struct rule_test *test = rule_test_new(url, g_rand_boolean(rand) ? next : NULL);

		add_random_pairs(rand, test->fields, random_text);
		g_ptr_array_add(rule->matches, test);
		g_ptr_array_add(rule->no_matches, rule_test_new(next, NULL));
	}
}

static struct rule *random_rule(GRand *rand)
{
	static const char *const fields[] = {"_a", "account", "b_2", "campaign"};
	struct rule *rule = rule_new();

	rule->id = g_strdup("acme/click");
	rule->esp = g_strdup("acme");
	rule->status = (enum rule_status)g_rand_int_range(rand, 0, 3);
	rule->summary = g_rand_boolean(rand) ? random_text(rand) : NULL;
	rule->path = random_pattern(rand);
	rule->host = g_rand_boolean(rand) ? random_pattern(rand) : NULL;
	rule->query = g_rand_boolean(rand) ? random_pattern(rand) : NULL;
	rule->fragment = g_rand_boolean(rand) ? random_pattern(rand) : NULL;
	if (g_rand_boolean(rand))
		g_ptr_array_add(rule->hosts, g_strdup("example.com"));
	add_random_pairs(rand, rule->params, random_pattern);
	if (g_rand_boolean(rand))
		add_random_steps(rand, rule->decode);
	for (int i = g_rand_int_range(rand, 0, 5); i < 4; i++) {
		struct rule_field *field = rule_field_new(fields[i]);

		add_random_steps(rand, field->pipeline);
		g_ptr_array_add(rule->fields, field);
	}
	add_random_texts(rand, rule->references);
	add_random_tests(rand, rule);
	return rule;
}

static void test_random_rules_are_read_back(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		struct rule *rule = random_rule(rand);
		g_autofree char *yaml = rule_write(rule);
		struct rule *back = read_rule(yaml);
		g_autofree char *again = rule_write(back);

		if (!same_rule(rule, back))
			fail_msg("another rule:\n%s", yaml);
		assert_string_equal(again, yaml);
		rule_free(rule);
		rule_free(back);
	}
}

/* ---- the rest ---- */

static void test_copy(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(2);
	struct rule *empty = rule_new(), *copy = rule_copy(empty);

	(void)state;
	assert_true(same_rule(empty, copy));
	rule_free(empty);
	rule_free(copy);
	for (unsigned i = 0; i < 50; i++) {
		struct rule *rule = random_rule(rand);
		struct rule_test *test;

		copy = rule_copy(rule);
		assert_true(same_rule(rule, copy));
		test = rule->matches->pdata[0];
		test->url[0]++;
		assert_false(same_rule(rule, copy));
		test->url[0]--;
		rule_free(rule);
		/* Under a sanitizer: what the copy shares is gone now. */
		g_autofree char *yaml = rule_write(copy);
		assert_non_null(yaml);
		rule_free(copy);
	}
}

static void test_copy_keeps_lines(void **state)
{
	struct rule *rule = read_rule(sample), *copy = rule_copy(rule);

	(void)state;
	assert_int_equal(((struct rule_test *)copy->matches->pdata[1])->line, 34);
	assert_int_equal(((struct rule_test *)copy->no_matches->pdata[0])->line, 37);
	rule_free(rule);
	rule_free(copy);
}

static void test_names(void **state)
{
	g_autofree char *longest = g_strnfill(64, 'a'), *too_long = g_strnfill(65, 'a');
	g_autofree char *good = g_strdup_printf("%s/%s", longest, longest);
	g_autofree char *bad = g_strdup_printf("a/%s", too_long);
	g_autofree char *path = rule_path("acme/click");

	(void)state;
	assert_string_equal(path, "trackers/acme/click.yaml");
	assert_true(rule_id_valid("a/0"));
	assert_true(rule_id_valid("a-/b-1-"));
	assert_true(rule_id_valid(good));
	assert_false(rule_id_valid(bad));
	assert_false(rule_id_valid(""));
	assert_false(rule_id_valid("/"));
	assert_false(rule_id_valid("a/"));
	assert_false(rule_id_valid("/a"));
	assert_false(rule_id_valid("a/b/c"));
	assert_false(rule_id_valid("-a/b"));
	assert_false(rule_id_valid("a/b.c"));
	assert_false(rule_id_valid("a/b\n"));
	assert_string_equal(rule_status_name(RULE_DRAFT), "draft");
	assert_string_equal(rule_status_name(RULE_RETIRED), "retired");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match_is_read),
		cmocka_unit_test(test_the_rest_is_read),
		cmocka_unit_test(test_the_least),
		cmocka_unit_test(test_names_are_sorted),
		cmocka_unit_test(test_empty_is_absent),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_what_is_missing),
		cmocka_unit_test(test_what_is_missing_whole),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_types_of_blocks),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_pattern_limits),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_pipelines),
		cmocka_unit_test(test_pipeline_limit),
		cmocka_unit_test(test_pairs_limit),
		cmocka_unit_test(test_all_problems_of_a_file),
		cmocka_unit_test(test_yaml),
		cmocka_unit_test(test_other_files),
		cmocka_unit_test(test_byte_order_mark),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_many_items),
		cmocka_unit_test(test_sample_is_canonical),
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_bytes_that_are_no_text),
		cmocka_unit_test(test_random_rules_are_read_back),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_copy_keeps_lines),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
