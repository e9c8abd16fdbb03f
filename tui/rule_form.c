/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/rule_form.h"

struct row {
	const char *name;
	const char *hint;
	char *(*get)(const struct rule *rule);
	void (*set)(struct rule *rule, const char *text);
};

static char *or_empty(const char *text)
{
	return g_strdup(text ? text : "");
}

static void replace(char **to, const char *text)
{
	g_free(*to);
	*to = *text ? g_strdup(text) : NULL;
}

/* ---- plain texts ---- */

static char *get_id(const struct rule *rule)
{
	return or_empty(rule->id);
}

/* The provider is the first part of the id. */
static void set_id(struct rule *rule, const char *text)
{
	replace(&rule->id, text);
	g_free(rule->esp);
	rule->esp = g_strndup(text, strcspn(text, "/"));
}

static char *get_summary(const struct rule *rule)
{
	return or_empty(rule->summary);
}

static void set_summary(struct rule *rule, const char *text)
{
	replace(&rule->summary, text);
}

static char *get_status(const struct rule *rule)
{
	return g_strdup(rule_status_name(rule->status));
}

static void set_status(struct rule *rule, const char *text)
{
	for (enum rule_status status = RULE_DRAFT; status <= RULE_RETIRED; status++)
		if (strcmp(rule_status_name(status), text) == 0)
			rule->status = status;
}

static char *get_host(const struct rule *rule)
{
	return or_empty(rule->host);
}

static void set_host(struct rule *rule, const char *text)
{
	replace(&rule->host, text);
}

static char *get_path(const struct rule *rule)
{
	return or_empty(rule->path);
}

static void set_path(struct rule *rule, const char *text)
{
	replace(&rule->path, text);
}

static char *get_fragment(const struct rule *rule)
{
	return or_empty(rule->fragment);
}

static void set_fragment(struct rule *rule, const char *text)
{
	replace(&rule->fragment, text);
}

/* ---- lists of words ---- */

static char *join(const GPtrArray *texts)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", (char *)texts->pdata[i]);
	return g_string_free(text, FALSE);
}

static void split(GPtrArray *texts, const char *text, const char *separator)
{
	g_auto(GStrv) words = g_strsplit(text, separator, -1);

	g_ptr_array_set_size(texts, 0);
	for (guint i = 0; words[i]; i++)
		if (*g_strstrip(words[i]))
			g_ptr_array_add(texts, g_strdup(words[i]));
}

static char *get_hosts(const struct rule *rule)
{
	return join(rule->hosts);
}

static void set_hosts(struct rule *rule, const char *text)
{
	split(rule->hosts, text, " ");
}

static char *get_references(const struct rule *rule)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < rule->references->len; i++)
		g_string_append_printf(
			text, "%s%s", i ? "; " : "", (char *)rule->references->pdata[i]);
	return g_string_free(text, FALSE);
}

static void set_references(struct rule *rule, const char *text)
{
	split(rule->references, text, ";");
}

/* ---- parameters, pipelines, fields ---- */

static char *get_params(const struct rule *rule)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < rule->params->len; i++) {
		const struct rule_pair *pair = rule->params->pdata[i];

		g_string_append_printf(text, "%s%s%s%s", i ? " " : "", pair->name,
			*pair->value ? "=" : "", pair->value);
	}
	return g_string_free(text, FALSE);
}

static void set_params(struct rule *rule, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	g_ptr_array_set_size(rule->params, 0);
	for (guint i = 0; words[i]; i++) {
		char *equals = strchr(words[i], '=');

		if (equals)
			*equals = '\0';
		if (*words[i])
			g_ptr_array_add(
				rule->params, rule_pair_new(words[i], equals ? equals + 1 : ""));
	}
}

void rule_form_parse_pipeline(GPtrArray *pipeline, const char *text)
{
	g_auto(GStrv) steps = g_strsplit(text, "|", -1);

	g_ptr_array_set_size(pipeline, 0);
	for (guint i = 0; steps[i]; i++) {
		char *step = g_strstrip(steps[i]);
		char *blank = strchr(step, ' ');

		if (!*step || strcmp(step, "opaque") == 0)
			continue;
		if (blank)
			*blank = '\0';
		g_ptr_array_add(
			pipeline, rule_step_new(step, blank ? g_strstrip(blank + 1) : NULL));
	}
}

static char *get_decode(const struct rule *rule)
{
	return rule_pipeline_text(rule->decode);
}

static void set_decode(struct rule *rule, const char *text)
{
	rule_form_parse_pipeline(rule->decode, text);
}

static char *get_fields(const struct rule *rule)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < rule->fields->len; i++) {
		const struct rule_field *field = rule->fields->pdata[i];
		g_autofree char *pipeline = rule_pipeline_text(field->pipeline);

		g_string_append_printf(text, "%s%s = %s", i ? "; " : "", field->name, pipeline);
	}
	return g_string_free(text, FALSE);
}

static void set_fields(struct rule *rule, const char *text)
{
	g_auto(GStrv) fields = g_strsplit(text, ";", -1);

	g_ptr_array_set_size(rule->fields, 0);
	for (guint i = 0; fields[i]; i++) {
		char *equals = strchr(fields[i], '=');
		struct rule_field *field;

		if (!equals)
			continue;
		*equals = '\0';
		field = rule_field_new(g_strstrip(fields[i]));
		rule_form_parse_pipeline(field->pipeline, equals + 1);
		g_ptr_array_add(rule->fields, field);
	}
}

static const struct row rows[] = {
	{"id", "<provider>/<name>, of a-z, 0-9 and -", get_id, set_id},
	{"summary", "one line; it becomes the commit's subject", get_summary, set_summary},
	{"status", "draft, stable or retired", get_status, set_status},
	{"hosts", "host suffixes, separated by blanks; none: any host", get_hosts, set_hosts},
	{"host", "a PCRE2 pattern on the host", get_host, set_host},
	{"path", "a PCRE2 pattern on the path; named groups become fields", get_path, set_path},
	{"params", "name or name=pattern, separated by blanks", get_params, set_params},
	{"fragment", "a PCRE2 pattern on the fragment", get_fragment, set_fragment},
	{"decode", "opaque, or a pipeline: param p | base64 | json url", get_decode, set_decode},
	{"fields", "name = pipeline, separated by ;", get_fields, set_fields},
	{"references", "URLs, or seen in the wild, separated by ;", get_references, set_references},
};

size_t rule_form_count(void)
{
	return G_N_ELEMENTS(rows);
}

const char *rule_form_name(size_t row)
{
	return rows[row].name;
}

const char *rule_form_hint(size_t row)
{
	return rows[row].hint;
}

char *rule_form_get(const struct rule *rule, size_t row)
{
	return rows[row].get(rule);
}

void rule_form_set(struct rule *rule, size_t row, const char *text)
{
	g_autofree char *trimmed = g_strstrip(g_strdup(text));

	rows[row].set(rule, trimmed);
}
