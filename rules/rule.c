/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/rule.h"

#include "rules/esp.h"

static void pair_free(gpointer data)
{
	struct rule_pair *pair = data;

	g_free(pair->name);
	g_free(pair->value);
	g_free(pair);
}

static void step_free(gpointer data)
{
	struct rule_step *step = data;

	g_free(step->name);
	g_free(step->argument);
	g_free(step);
}

static void field_free(gpointer data)
{
	struct rule_field *field = data;

	g_free(field->name);
	g_ptr_array_unref(field->pipeline);
	g_free(field);
}

static void test_free(gpointer data)
{
	struct rule_test *test = data;

	g_free(test->url);
	g_free(test->next);
	g_ptr_array_unref(test->fields);
	g_free(test);
}

GPtrArray *rule_pairs_new(void)
{
	return g_ptr_array_new_with_free_func(pair_free);
}

GPtrArray *rule_steps_new(void)
{
	return g_ptr_array_new_with_free_func(step_free);
}

struct rule_pair *rule_pair_new(const char *name, const char *value)
{
	struct rule_pair *pair = g_new0(struct rule_pair, 1);

	pair->name = g_strdup(name);
	pair->value = g_strdup(value);
	return pair;
}

struct rule_step *rule_step_new(const char *name, const char *argument)
{
	struct rule_step *step = g_new0(struct rule_step, 1);

	step->name = g_strdup(name);
	step->argument = g_strdup(argument);
	return step;
}

struct rule_field *rule_field_new(const char *name)
{
	struct rule_field *field = g_new0(struct rule_field, 1);

	field->name = g_strdup(name);
	field->pipeline = rule_steps_new();
	return field;
}

struct rule_test *rule_test_new(const char *url, const char *next)
{
	struct rule_test *test = g_new0(struct rule_test, 1);

	test->url = g_strdup(url);
	test->next = g_strdup(next);
	test->fields = rule_pairs_new();
	return test;
}

struct rule *rule_new(void)
{
	struct rule *rule = g_new0(struct rule, 1);

	rule->status = RULE_DRAFT;
	rule->hosts = g_ptr_array_new_with_free_func(g_free);
	rule->params = rule_pairs_new();
	rule->decode = rule_steps_new();
	rule->fields = g_ptr_array_new_with_free_func(field_free);
	rule->references = g_ptr_array_new_with_free_func(g_free);
	rule->matches = g_ptr_array_new_with_free_func(test_free);
	rule->no_matches = g_ptr_array_new_with_free_func(test_free);
	return rule;
}

void rule_free(struct rule *rule)
{
	if (!rule)
		return;
	g_free(rule->id);
	g_free(rule->esp);
	g_free(rule->summary);
	g_free(rule->host);
	g_free(rule->path);
	g_free(rule->query);
	g_free(rule->fragment);
	g_ptr_array_unref(rule->hosts);
	g_ptr_array_unref(rule->params);
	g_ptr_array_unref(rule->decode);
	g_ptr_array_unref(rule->fields);
	g_ptr_array_unref(rule->references);
	g_ptr_array_unref(rule->matches);
	g_ptr_array_unref(rule->no_matches);
	g_free(rule);
}

static void copy_strings(GPtrArray *to, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++)
		g_ptr_array_add(to, g_strdup(from->pdata[i]));
}

static void copy_pairs(GPtrArray *to, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++) {
		const struct rule_pair *pair = from->pdata[i];

		g_ptr_array_add(to, rule_pair_new(pair->name, pair->value));
	}
}

static void copy_steps(GPtrArray *to, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++) {
		const struct rule_step *step = from->pdata[i];

		g_ptr_array_add(to, rule_step_new(step->name, step->argument));
	}
}

static void copy_tests(GPtrArray *to, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++) {
		const struct rule_test *test = from->pdata[i];
		struct rule_test *copy = rule_test_new(test->url, test->next);

		copy->line = test->line;
		copy_pairs(copy->fields, test->fields);
		g_ptr_array_add(to, copy);
	}
}

struct rule *rule_copy(const struct rule *rule)
{
	struct rule *copy = rule_new();

	copy->id = g_strdup(rule->id);
	copy->esp = g_strdup(rule->esp);
	copy->status = rule->status;
	copy->summary = g_strdup(rule->summary);
	copy->host = g_strdup(rule->host);
	copy->path = g_strdup(rule->path);
	copy->query = g_strdup(rule->query);
	copy->fragment = g_strdup(rule->fragment);
	copy_strings(copy->hosts, rule->hosts);
	copy_pairs(copy->params, rule->params);
	copy_steps(copy->decode, rule->decode);
	for (guint i = 0; i < rule->fields->len; i++) {
		const struct rule_field *field = rule->fields->pdata[i];
		struct rule_field *to = rule_field_new(field->name);

		copy_steps(to->pipeline, field->pipeline);
		g_ptr_array_add(copy->fields, to);
	}
	copy_strings(copy->references, rule->references);
	copy_tests(copy->matches, rule->matches);
	copy_tests(copy->no_matches, rule->no_matches);
	return copy;
}

/* One component of an id: [a-z0-9][a-z0-9-]{0,63}. */
static bool name_valid(const char *name, size_t len)
{
	if (len < 1 || len > 64 || *name == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!g_ascii_islower(name[i]) && !g_ascii_isdigit(name[i]) && name[i] != '-')
			return false;
	return true;
}

bool rule_id_valid(const char *id)
{
	const char *slash = strchr(id, '/');

	return slash && name_valid(id, (size_t)(slash - id)) &&
	       name_valid(slash + 1, strlen(slash + 1));
}

bool esp_id_valid(const char *id)
{
	return name_valid(id, strlen(id));
}

char *rule_path(const char *id)
{
	return g_strdup_printf("trackers/%s.yaml", id);
}

const char *rule_status_name(enum rule_status status)
{
	static const char *const names[] = {"draft", "stable", "retired"};

	return names[status];
}

/* What would end early or lose blanks is quoted as YAML does it. */
static void append_argument(GString *text, const char *argument)
{
	size_t len = strlen(argument);
	bool plain = len && *argument != '\'' && !strpbrk(argument, "|;") &&
		     !g_ascii_isspace(*argument) && !g_ascii_isspace(argument[len - 1]);

	g_string_append(text, plain ? " " : " '");
	for (; *argument; argument++)
		g_string_append(
			text, !plain && *argument == '\'' ? "''" : (char[]){*argument, '\0'});
	if (!plain)
		g_string_append_c(text, '\'');
}

char *rule_pipeline_text(const GPtrArray *pipeline)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < pipeline->len; i++) {
		const struct rule_step *step = pipeline->pdata[i];

		g_string_append_printf(text, "%s%s", i ? " | " : "", step->name);
		if (step->argument)
			append_argument(text, step->argument);
	}
	if (!pipeline->len)
		g_string_append(text, "opaque");
	return g_string_free(text, FALSE);
}
