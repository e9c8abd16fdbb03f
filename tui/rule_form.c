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

static char *get_query(const struct rule *rule)
{
	return or_empty(rule->query);
}

static void set_query(struct rule *rule, const char *text)
{
	replace(&rule->query, text);
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

/* Where the step that begins at `text` ends: at one of the separators, or with the text. Those in a
 * quoted argument are none. */
static const char *step_end(const char *text, const char *separators)
{
	const char *at = text + strspn(text, " ");

	at += strcspn(at, " |;");
	at += strspn(at, " ");
	while (*at == '\'') {
		at += 1 + strcspn(at + 1, "'");
		at += *at == '\'';
	}
	return at + strcspn(at, separators);
}

static char *unquoted(char *argument)
{
	size_t len = strlen(argument);

	if (len < 2 || *argument != '\'' || argument[len - 1] != '\'')
		return g_strdup(argument);
	argument[len - 1] = '\0';
	g_auto(GStrv) pieces = g_strsplit(argument + 1, "''", -1);
	return g_strjoinv("'", pieces);
}

static void add_step(GPtrArray *pipeline, char *step)
{
	char *blank = strchr(g_strstrip(step), ' ');

	if (!*step || strcmp(step, "opaque") == 0)
		return;
	if (blank)
		*blank = '\0';
	g_autofree char *argument = blank ? unquoted(g_strchug(blank + 1)) : NULL;
	g_ptr_array_add(pipeline, rule_step_new(step, argument));
}

void rule_form_parse_pipeline(GPtrArray *pipeline, const char *text)
{
	g_ptr_array_set_size(pipeline, 0);
	for (const char *end; *text; text = end + (*end != '\0')) {
		end = step_end(text, "|");
		g_autofree char *step = g_strndup(text, (gsize)(end - text));
		add_step(pipeline, step);
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

static void add_field(GPtrArray *fields, char *text)
{
	char *equals = strchr(text, '=');
	struct rule_field *field;

	if (!equals)
		return;
	*equals = '\0';
	field = rule_field_new(g_strstrip(text));
	rule_form_parse_pipeline(field->pipeline, equals + 1);
	g_ptr_array_add(fields, field);
}

static void set_fields(struct rule *rule, const char *text)
{
	g_ptr_array_set_size(rule->fields, 0);
	for (const char *end; *text; text = end + (*end != '\0')) {
		end = text + strcspn(text, "=;");
		while (*end == '=' || *end == '|')
			end = step_end(end + 1, "|;");
		g_autofree char *field = g_strndup(text, (gsize)(end - text));
		add_field(rule->fields, field);
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
	{"query", "a PCRE2 pattern on the whole query, without ?", get_query, set_query},
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
