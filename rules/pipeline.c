/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/pipeline.h"

#include "rules/decode/value.h"
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

/* ---- running ---- */

/* A step that was run, on what the one before it yields. */
struct done {
	const struct rule_step *step;
	bool good;
	GString *result; /* NULL: never one */
	const struct decoder *decoder;
	json_t *value; /* what the step was run on, read; NULL: not that kind */
};

struct pipeline_work {
	const struct url *url;
	const GPtrArray *groups;
	struct span source;
	unsigned count;
	struct done done[PIPELINE_MAX_STEPS]; /* the first is the source and has no result */
};

struct pipeline_work *pipeline_work_new(const struct url *url, const GPtrArray *groups)
{
	struct pipeline_work *work = g_new0(struct pipeline_work, 1);

	work->url = url;
	work->groups = groups;
	return work;
}

void pipeline_work_free(struct pipeline_work *work)
{
	for (unsigned i = 0; i < PIPELINE_MAX_STEPS; i++) {
		json_decref(work->done[i].value);
		if (work->done[i].result)
			g_string_free(work->done[i].result, TRUE);
	}
	g_free(work);
}

static bool same_step(const struct rule_step *a, const struct rule_step *b)
{
	return strcmp(a->name, b->name) == 0 && g_strcmp0(a->argument, b->argument) == 0;
}

/* How many first steps of a pipeline are those that were run last. */
static unsigned count_same(const struct pipeline_work *work, const GPtrArray *pipeline)
{
	unsigned same = 0;

	while (same < MIN(work->count, pipeline->len) &&
		same_step(work->done[same].step, pipeline->pdata[same]))
		same++;
	return same;
}

/* `same_input`: the step that was run in this place was run on the same. */
static bool decode(struct done *done, struct span in, bool same_input)
{
	const struct decoder *decoder = decoder_find(done->step->name);
	const char *argument = done->step->argument;
	value_reader read = decoder ? value_reader_of(decoder) : NULL;

	if (!same_input || done->decoder != decoder)
		g_clear_pointer(&done->value, json_decref);
	done->decoder = decoder;
	if (!decoder || (decoder->argument == DECODE_ARG_REQUIRED && !argument))
		return false;
	if (!done->result)
		done->result = g_string_sized_new(256);
	g_string_truncate(done->result, 0);
	if (!read)
		return decoder->decode(in, argument, done->result);
	if (!done->value)
		done->value = read(in);
	return done->value && value_at(done->value, argument, done->result);
}

static bool run_step(struct pipeline_work *work, const struct rule_step *step, bool same_input)
{
	unsigned at = work->count;
	struct done *done = &work->done[at];

	work->count++;
	done->step = step;
	if (at == 0) {
		work->source = read_source(step, work->url, work->groups);
		return work->source.ptr && work->source.len <= DECODE_MAX_SIZE;
	}
	struct span in = at == 1 ? work->source : span_from_string(work->done[at - 1].result);
	return decode(done, in, same_input) && done->result->len <= DECODE_MAX_SIZE;
}

bool pipeline_work_run(struct pipeline_work *work, const GPtrArray *pipeline, struct span *result)
{
	unsigned same = count_same(work, pipeline), before = work->count;

	if (!pipeline->len || pipeline->len > PIPELINE_MAX_STEPS)
		return false;
	/* A source alone leaves what was done as it is. */
	if (pipeline->len == 1) {
		*result = read_source(pipeline->pdata[0], work->url, work->groups);
		return result->ptr && result->len <= DECODE_MAX_SIZE;
	}
	if (same && !work->done[same - 1].good)
		return false;
	if (same < pipeline->len)
		work->count = same;
	for (unsigned i = same; i < pipeline->len; i++) {
		bool good = run_step(work, pipeline->pdata[i], i == same && i < before);

		work->done[i].good = good;
		if (!good)
			return false;
	}
	*result = span_from_string(work->done[pipeline->len - 1].result);
	return true;
}

bool pipeline_run(
	const GPtrArray *pipeline, const struct url *url, const GPtrArray *groups, GString *out)
{
	struct pipeline_work *work = pipeline_work_new(url, groups);
	struct span result;
	bool good = pipeline_work_run(work, pipeline, &result);

	if (good) {
		g_string_truncate(out, 0);
		g_string_append_len(out, result.ptr, (gssize)result.len);
	}
	pipeline_work_free(work);
	return good;
}

struct url *pipeline_destination(struct span yielded)
{
	struct url *url = url_parse(yielded.ptr, yielded.len, NULL);

	if (url && url_is_web(url))
		return url;
	url_free(url);
	return NULL;
}
