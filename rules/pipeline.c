/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/pipeline.h"

#include "rules/query.h"
#include "rules/rule.h"

struct source {
	const char *name;
	enum decode_argument argument;
	struct span (*get)(const struct url *url);
};

static struct span whole(const struct url *url)
{
	return span_from(url_href(url));
}

static const struct source sources[] = {
	{"url", DECODE_ARG_NONE, whole},
	{"host", DECODE_ARG_NONE, url_host},
	{"path", DECODE_ARG_NONE, url_path},
	{"query", DECODE_ARG_NONE, url_query},
	{"fragment", DECODE_ARG_NONE, url_fragment},
	{"param", DECODE_ARG_REQUIRED, NULL},
	{"group", DECODE_ARG_REQUIRED, NULL},
};

static const struct source *source_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
		if (strcmp(sources[i].name, name) == 0)
			return &sources[i];
	return NULL;
}

bool pipeline_source(const char *name, enum decode_argument *argument)
{
	const struct source *source = source_find(name);

	if (source)
		*argument = source->argument;
	return source != NULL;
}

static struct span group_value(const GPtrArray *groups, const char *name)
{
	for (guint i = 0; groups && i < groups->len; i++) {
		const struct rule_pair *pair = groups->pdata[i];

		if (strcmp(pair->name, name) == 0)
			return span_from(pair->value);
	}
	return SPAN_NONE;
}

static struct span read_source(
	const struct rule_step *step, const struct url *url, const GPtrArray *groups)
{
	const struct source *source = source_find(step->name);
	struct span value = SPAN_NONE;

	if (!source || (source->argument == DECODE_ARG_REQUIRED && !step->argument))
		return SPAN_NONE;
	if (source->get)
		return source->get(url);
	if (strcmp(source->name, "group") == 0)
		return group_value(groups, step->argument);
	query_find(url_query(url), step->argument, &value);
	return value;
}

static bool run_step(const struct rule_step *step, struct span in, GString *out)
{
	const struct decoder *decoder = decoder_find(step->name);

	if (!decoder || (decoder->argument == DECODE_ARG_REQUIRED && !step->argument))
		return false;
	g_string_truncate(out, 0);
	return decoder->decode(in, step->argument, out) && out->len <= DECODE_MAX_SIZE;
}

bool pipeline_run(
	const GPtrArray *pipeline, const struct url *url, const GPtrArray *groups, GString *out)
{
	struct span value =
		pipeline->len ? read_source(pipeline->pdata[0], url, groups) : SPAN_NONE;
	g_autoptr(GString) other = NULL;

	if (!value.ptr || value.len > DECODE_MAX_SIZE || pipeline->len > PIPELINE_MAX_STEPS)
		return false;
	if (pipeline->len == 1) {
		g_string_truncate(out, 0);
		g_string_append_len(out, value.ptr, (gssize)value.len);
		return true;
	}
	if (!run_step(pipeline->pdata[1], value, out))
		return false;
	/* From one buffer into the other, and those exchanged. */
	for (guint i = 2; i < pipeline->len; i++) {
		GString result;

		other = other ? other : g_string_new(NULL);
		if (!run_step(pipeline->pdata[i], span_from_string(out), other))
			return false;
		result = *other;
		*other = *out;
		*out = result;
	}
	return true;
}

struct url *pipeline_destination(const GString *yielded)
{
	struct url *url = url_parse(yielded->str, yielded->len, NULL);

	if (url && url_is_web(url))
		return url;
	url_free(url);
	return NULL;
}
