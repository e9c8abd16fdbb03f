/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rule out of YAML, with everything checked that concerns the rule alone.
 */
#include "rules/decode/decode.h"
#include "rules/pattern.h"
#include "rules/pipeline.h"
#include "rules/rule.h"
#include "rules/yaml_check.h"

static const char *const statuses[] = {"draft", "stable", "retired", NULL};
static const char *const keys[] = {
	"id", "esp", "status", "summary", "match", "decode", "fields", "references", "tests", NULL};
static const char *const match_keys[] = {
	"hosts", "host", "path", "params", "query", "fragment", NULL};
static const char *const tests_keys[] = {"match", "no_match", NULL};
static const char *const test_keys[] = {"url", "next", "fields", NULL};

static void add(const struct check *check, const struct yaml_node *node, const char *what)
{
	problems_add(check->problems, check->file, node->line, "%s", what);
}

/* ---- names ---- */

static bool is_field_name(const char *name)
{
	if (!g_ascii_islower(*name) && *name != '_')
		return false;
	for (const char *p = name; *p; p++)
		if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != '_')
			return false;
	return strlen(name) <= 32;
}

struct group_check {
	const struct check *check;
	const struct yaml_node *node;
};

static void check_group(void *user, const char *name, struct span value)
{
	struct group_check *group = user;

	(void)value;
	if (!is_field_name(name))
		problems_add(group->check->problems, group->check->file, group->node->line,
			"the group '%s' is no field name: a-z, 0-9 and _", name);
}

static void check_groups(const struct check *check, const struct yaml_node *node, const char *key)
{
	struct group_check group = {check, node};

	if (!check_pattern(check, node, key))
		return;
	struct pattern *pattern = pattern_new(node->text, NULL);
	pattern_groups(pattern, check_group, &group);
	pattern_free(pattern);
}

/* NULL where there is none, also where it is empty, which asks for nothing. */
static char *read_pattern(const struct check *check, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (!node || !check_kind(check, node, YAML_SCALAR, key) || !*node->text)
		return NULL;
	check_groups(check, node, key);
	return g_strdup(node->text);
}

/* Pairs and fields both begin with their name. */
static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(**(const char *const *const *)a, **(const char *const *const *)b);
}

/* ---- match ---- */

static bool check_pairs(const struct check *check, const struct yaml_node *node, const char *what)
{
	if (!check_kind(check, node, YAML_MAP, what))
		return false;
	if (node->children->len > 2 * RULE_MAX_PAIRS)
		problems_add(check->problems, check->file, node->line, "more than %d %s",
			RULE_MAX_PAIRS, what);
	return node->children->len <= 2 * RULE_MAX_PAIRS;
}

static void read_params(const struct check *check, const struct yaml_node *node, struct rule *rule)
{
	if (!node || !check_pairs(check, node, "params"))
		return;
	for (guint i = 0; i + 1 < node->children->len; i += 2) {
		const struct yaml_node *name = node->children->pdata[i],
				       *value = node->children->pdata[i + 1];

		if (!check_kind(check, value, YAML_SCALAR, name->text))
			continue;
		if (*value->text)
			check_groups(check, value, name->text);
		g_ptr_array_add(rule->params, rule_pair_new(name->text, value->text));
	}
	g_ptr_array_sort(rule->params, by_name);
}

static void read_match(const struct check *check, const struct yaml_node *map, struct rule *rule)
{
	const struct yaml_node *node = yaml_get(map, "match");

	if (!node) {
		add(check, map, "'match' is missing");
		return;
	}
	if (!check_kind(check, node, YAML_MAP, "match"))
		return;
	check_keys(check, node, match_keys);
	check_hosts(check, node, "hosts", rule->hosts);
	rule->host = read_pattern(check, node, "host");
	rule->path = read_pattern(check, node, "path");
	rule->query = read_pattern(check, node, "query");
	rule->fragment = read_pattern(check, node, "fragment");
	read_params(check, yaml_get(node, "params"), rule);
	if (!rule->hosts->len && !rule->path)
		add(check, node, "'match' needs 'hosts' or 'path'");
}

/* ---- pipelines ---- */

static void check_step(const struct check *check, const struct yaml_node *node,
	const struct rule_step *step, bool first)
{
	const struct decoder *decoder = first ? NULL : decoder_find(step->name);
	enum decode_argument takes;

	if (first && !pipeline_source(step->name, &takes)) {
		problems_add(check->problems, check->file, node->line,
			"'%s' is no source: url, host, path, query, fragment, param or group",
			step->name);
		return;
	}
	if (!first && !decoder) {
		problems_add(check->problems, check->file, node->line, "unknown decoder '%s'",
			step->name);
		return;
	}
	if (!first)
		takes = decoder->argument;
	if (takes == DECODE_ARG_NONE && step->argument)
		problems_add(check->problems, check->file, node->line, "'%s' takes no argument",
			step->name);
	else if (takes == DECODE_ARG_OPTIONAL && step->argument && !*step->argument)
		problems_add(check->problems, check->file, node->line,
			"the argument of '%s' is empty", step->name);
	else if (takes == DECODE_ARG_REQUIRED && (!step->argument || !*step->argument))
		problems_add(check->problems, check->file, node->line, "'%s' needs an argument",
			step->name);
}

static struct rule_step *read_step(const struct check *check, const struct yaml_node *node)
{
	if (node->kind == YAML_SCALAR)
		return rule_step_new(node->text, NULL);
	if (node->kind == YAML_MAP && node->children->len == 2) {
		const struct yaml_node *name = node->children->pdata[0],
				       *argument = node->children->pdata[1];

		if (check_kind(check, argument, YAML_SCALAR, name->text))
			return rule_step_new(name->text, argument->text);
		return NULL;
	}
	add(check, node, "a step is a name, or one 'name: argument'");
	return NULL;
}

static void read_pipeline(const struct check *check, const struct yaml_node *node, GPtrArray *to)
{
	if (!check_kind(check, node, YAML_LIST, "a pipeline"))
		return;
	if (!node->children->len || node->children->len > PIPELINE_MAX_STEPS)
		problems_add(check->problems, check->file, node->line,
			"a pipeline has 1 to %d steps", PIPELINE_MAX_STEPS);
	for (guint i = 0; i < node->children->len; i++) {
		const struct yaml_node *item = node->children->pdata[i];
		struct rule_step *step = read_step(check, item);

		if (!step)
			continue;
		check_step(check, item, step, i == 0);
		g_ptr_array_add(to, step);
	}
}

static void read_decode(const struct check *check, const struct yaml_node *map, struct rule *rule)
{
	const struct yaml_node *node = yaml_get(map, "decode");

	if (!node)
		add(check, map, "'decode' is missing: a pipeline, or opaque");
	else if (node->kind != YAML_SCALAR)
		read_pipeline(check, node, rule->decode);
	else if (strcmp(node->text, "opaque") != 0)
		add(check, node, "'decode' must be a pipeline, or opaque");
}

static void read_fields(const struct check *check, const struct yaml_node *node, struct rule *rule)
{
	if (!node || !check_pairs(check, node, "fields"))
		return;
	for (guint i = 0; i + 1 < node->children->len; i += 2) {
		const struct yaml_node *name = node->children->pdata[i];
		struct rule_field *field = rule_field_new(name->text);

		if (!is_field_name(name->text) || strcmp(name->text, "destination") == 0)
			problems_add(check->problems, check->file, name->line,
				"'%s' is no field name: a-z, 0-9 and _", name->text);
		read_pipeline(check, node->children->pdata[i + 1], field->pipeline);
		g_ptr_array_add(rule->fields, field);
	}
	g_ptr_array_sort(rule->fields, by_name);
}

/* ---- tests ---- */

static void read_test_fields(
	const struct check *check, const struct yaml_node *node, struct rule_test *test)
{
	if (!node || !check_kind(check, node, YAML_MAP, "fields"))
		return;
	for (guint i = 0; i + 1 < node->children->len; i += 2) {
		const struct yaml_node *name = node->children->pdata[i],
				       *value = node->children->pdata[i + 1];

		if (check_kind(check, value, YAML_SCALAR, name->text))
			g_ptr_array_add(test->fields, rule_pair_new(name->text, value->text));
	}
	g_ptr_array_sort(test->fields, by_name);
}

static void read_positive(
	const struct check *check, const struct yaml_node *node, struct rule *rule)
{
	if (!check_kind(check, node, YAML_MAP, "each test of 'match'"))
		return;
	check_keys(check, node, test_keys);
	g_autofree char *url = check_text(check, node, "url", true);
	g_autofree char *next = check_text(check, node, "next", true);
	if (!url || !next)
		return;
	struct rule_test *test = rule_test_new(url, strcmp(next, "opaque") == 0 ? NULL : next);
	test->line = node->line;
	read_test_fields(check, yaml_get(node, "fields"), test);
	g_ptr_array_add(rule->matches, test);
}

static void read_negative(
	const struct check *check, const struct yaml_node *node, struct rule *rule)
{
	if (!check_kind(check, node, YAML_SCALAR, "each test of 'no_match'"))
		return;
	struct rule_test *test = rule_test_new(node->text, NULL);
	test->line = node->line;
	g_ptr_array_add(rule->no_matches, test);
}

static void read_test_list(const struct check *check, const struct yaml_node *tests,
	const char *key, struct rule *rule,
	void (*read)(const struct check *, const struct yaml_node *, struct rule *))
{
	const struct yaml_node *node = yaml_get(tests, key);

	if (!node || (node->kind == YAML_LIST && !node->children->len))
		problems_add(check->problems, check->file, tests->line,
			"'tests' needs at least one URL under '%s'", key);
	if (!node || !check_kind(check, node, YAML_LIST, key))
		return;
	for (guint i = 0; i < node->children->len; i++)
		read(check, node->children->pdata[i], rule);
}

static void read_tests(const struct check *check, const struct yaml_node *map, struct rule *rule)
{
	const struct yaml_node *node = yaml_get(map, "tests");

	if (!node) {
		add(check, map, "'tests' is missing");
		return;
	}
	if (!check_kind(check, node, YAML_MAP, "tests"))
		return;
	check_keys(check, node, tests_keys);
	read_test_list(check, node, "match", rule, read_positive);
	read_test_list(check, node, "no_match", rule, read_negative);
}

/* ---- the rule ---- */

static void check_id(
	const struct check *check, const struct yaml_node *map, const struct rule *rule)
{
	const struct yaml_node *node = yaml_get(map, "id");

	if (!rule->id)
		return;
	if (!rule_id_valid(rule->id)) {
		problems_add(check->problems, check->file, node->line,
			"'%s' is no id: <esp>/<name>, of a-z, 0-9 and -", rule->id);
		return;
	}
	g_autofree char *path = rule_path(rule->id);
	if (check->file && strcmp(path, check->file) != 0)
		problems_add(check->problems, check->file, node->line, "the id '%s' belongs in %s",
			rule->id, path);
	size_t len = strcspn(rule->id, "/");
	if (rule->esp && (strlen(rule->esp) != len || strncmp(rule->esp, rule->id, len) != 0))
		problems_add(check->problems, check->file, node->line,
			"the id '%s' must begin with the esp '%s'", rule->id, rule->esp);
}

static void read_rule(const struct check *check, const struct yaml_node *map, struct rule *rule)
{
	check_keys(check, map, keys);
	rule->id = check_text(check, map, "id", true);
	rule->esp = check_text(check, map, "esp", true);
	rule->status = (enum rule_status)check_choice(check, map, "status", statuses);
	rule->summary = check_text(check, map, "summary", false);
	if (rule->summary && !*rule->summary)
		g_clear_pointer(&rule->summary, g_free);
	read_match(check, map, rule);
	read_decode(check, map, rule);
	read_fields(check, yaml_get(map, "fields"), rule);
	check_list(check, map, "references", rule->references);
	if (!rule->references->len)
		add(check, map, "'references' needs at least one: a URL, or seen in the wild");
	read_tests(check, map, rule);
	check_id(check, map, rule);
}

struct rule *rule_read(const char *yaml, size_t len, const char *file, struct problems *problems)
{
	size_t before = problems_count(problems);
	struct check check = {file, problems};
	struct yaml_node *map = yaml_read(yaml, len, file, problems);
	struct rule *rule = rule_new();

	if (map && check_kind(&check, map, YAML_MAP, "the file"))
		read_rule(&check, map, rule);
	yaml_node_free(map);
	if (problems_count(problems) == before)
		return rule;
	rule_free(rule);
	return NULL;
}
