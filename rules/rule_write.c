/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rule in its canonical form.
 */
#include "rules/rule.h"
#include "rules/yaml_node.h"

static gint by_pair_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const struct rule_pair *const *)a)->name,
		(*(const struct rule_pair *const *)b)->name);
}

static gint by_field_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const struct rule_field *const *)a)->name,
		(*(const struct rule_field *const *)b)->name);
}

/* The items in order of name; borrowed. */
static GPtrArray *sorted(const GPtrArray *items, GCompareFunc compare)
{
	GPtrArray *copy = g_ptr_array_new();

	for (guint i = 0; i < items->len; i++)
		g_ptr_array_add(copy, items->pdata[i]);
	g_ptr_array_sort(copy, compare);
	return copy;
}

static void write_pairs(GString *out, unsigned indent, const char *key, const GPtrArray *pairs)
{
	g_autoptr(GPtrArray) in_order = sorted(pairs, by_pair_name);

	if (pairs->len)
		yaml_put_key(out, indent, key);
	for (guint i = 0; i < in_order->len; i++) {
		const struct rule_pair *pair = in_order->pdata[i];

		yaml_put(out, indent + 2, pair->name, pair->value);
	}
}

static void write_pipeline(
	GString *out, unsigned indent, const char *key, const GPtrArray *pipeline)
{
	yaml_put_key(out, indent, key);
	for (guint i = 0; i < pipeline->len; i++) {
		const struct rule_step *step = pipeline->pdata[i];

		g_string_append_printf(out, "%*s- ", (int)indent + 2, "");
		if (step->argument) {
			yaml_put(out, 0, step->name, step->argument);
		} else {
			yaml_put_scalar(out, step->name);
			g_string_append_c(out, '\n');
		}
	}
}

static void write_match(GString *out, const struct rule *rule)
{
	yaml_put_key(out, 0, "match");
	yaml_put_list(out, 2, "hosts", rule->hosts);
	yaml_put(out, 2, "host", rule->host);
	yaml_put(out, 2, "path", rule->path);
	write_pairs(out, 2, "params", rule->params);
	yaml_put(out, 2, "query", rule->query);
	yaml_put(out, 2, "fragment", rule->fragment);
}

static void write_fields(GString *out, const GPtrArray *fields)
{
	g_autoptr(GPtrArray) in_order = sorted(fields, by_field_name);

	if (fields->len)
		yaml_put_key(out, 0, "fields");
	for (guint i = 0; i < in_order->len; i++) {
		const struct rule_field *field = in_order->pdata[i];

		write_pipeline(out, 2, field->name, field->pipeline);
	}
}

static void write_tests(GString *out, const struct rule *rule)
{
	if (!rule->matches->len && !rule->no_matches->len)
		return;
	yaml_put_key(out, 0, "tests");
	if (rule->matches->len)
		yaml_put_key(out, 2, "match");
	for (guint i = 0; i < rule->matches->len; i++) {
		const struct rule_test *test = rule->matches->pdata[i];

		g_string_append(out, "    - ");
		yaml_put(out, 0, "url", test->url);
		yaml_put(out, 6, "next", test->next ? test->next : "opaque");
		write_pairs(out, 6, "fields", test->fields);
	}
	if (rule->no_matches->len)
		yaml_put_key(out, 2, "no_match");
	for (guint i = 0; i < rule->no_matches->len; i++) {
		const struct rule_test *test = rule->no_matches->pdata[i];

		g_string_append(out, "    - ");
		yaml_put_scalar(out, test->url);
		g_string_append_c(out, '\n');
	}
}

char *rule_write(const struct rule *rule)
{
	GString *out = g_string_new(NULL);

	yaml_put(out, 0, "id", rule->id);
	yaml_put(out, 0, "esp", rule->esp);
	yaml_put(out, 0, "status", rule_status_name(rule->status));
	yaml_put(out, 0, "summary", rule->summary && *rule->summary ? rule->summary : NULL);
	write_match(out, rule);
	if (rule->decode->len)
		write_pipeline(out, 0, "decode", rule->decode);
	else
		yaml_put(out, 0, "decode", "opaque");
	write_fields(out, rule->fields);
	yaml_put_list(out, 0, "references", rule->references);
	write_tests(out, rule);
	return g_string_free(out, FALSE);
}
