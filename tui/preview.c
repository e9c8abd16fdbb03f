/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/preview.h"

#include "rules/chain.h"

/* Messages between two reports. */
#define PREVIEW_STEP 100

struct input {
	const struct store *store; /* to open again; outlives all jobs */
	struct gists *gists;
	struct matcher *matcher, *rules;
	char *rule_id;
	char *query;
};

struct counting {
	const struct input *input;
	struct preview *preview;
	GHashTable *in_query; /* ids */
	GHashTable *landings;
};

static GPtrArray *texts_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

static void sample_free(gpointer data)
{
	struct preview_sample *sample = data;

	g_free(sample->url);
	g_free(sample->next);
	g_free(sample->message_id);
	g_ptr_array_unref(sample->fields);
	g_free(sample);
}

GPtrArray *preview_samples_new(void)
{
	return g_ptr_array_new_with_free_func(sample_free);
}

static struct preview_sample *sample_new(
	const char *url, const char *next, const char *message_id, const GPtrArray *fields)
{
	struct preview_sample *sample = g_new0(struct preview_sample, 1);

	sample->url = g_strdup(url);
	sample->next = g_strdup(next);
	sample->message_id = g_strdup(message_id);
	sample->fields = rule_pairs_new();
	for (guint i = 0; i < fields->len; i++) {
		const struct rule_pair *pair = fields->pdata[i];

		g_ptr_array_add(sample->fields, rule_pair_new(pair->name, pair->value));
	}
	return sample;
}

struct preview_sample *preview_sample_copy(const struct preview_sample *sample)
{
	return sample_new(sample->url, sample->next, sample->message_id, sample->fields);
}

static struct preview *preview_new(void)
{
	struct preview *preview = g_new0(struct preview, 1);

	preview->samples = preview_samples_new();
	preview->query_ids = texts_new();
	preview->store_ids = texts_new();
	return preview;
}

void preview_free(struct preview *preview)
{
	if (!preview)
		return;
	g_ptr_array_unref(preview->samples);
	g_ptr_array_unref(preview->query_ids);
	g_ptr_array_unref(preview->store_ids);
	g_free(preview->clash_rule);
	g_free(preview->failure);
	g_free(preview);
}

static void copy_texts(GPtrArray *to, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++)
		g_ptr_array_add(to, g_strdup(from->pdata[i]));
}

/* A report of how things stand; the ids go only with the last one. */
static struct preview *report_of(const struct preview *preview)
{
	struct preview *report = preview_new();
	struct preview lists = *report;

	*report = *preview;
	report->samples = lists.samples;
	report->query_ids = lists.query_ids;
	report->store_ids = lists.store_ids;
	report->clash_rule = g_strdup(preview->clash_rule);
	report->failure = g_strdup(preview->failure);
	for (guint i = 0; i < preview->samples->len; i++)
		g_ptr_array_add(report->samples, preview_sample_copy(preview->samples->pdata[i]));
	if (preview->complete) {
		copy_texts(report->query_ids, preview->query_ids);
		copy_texts(report->store_ids, preview->store_ids);
	}
	return report;
}

/* ---- counting ---- */

static const struct hop *hop_of_rule(const struct chain *chain, const char *rule_id)
{
	for (guint i = 0; i < chain->hops->len; i++) {
		const struct hop *hop = chain->hops->pdata[i];

		if (strcmp(hop->match->rule->id, rule_id) == 0)
			return hop;
	}
	return NULL;
}

static void note_clash(struct counting *counting, const struct hop *hop)
{
	struct url *url = url_parse(hop->url, strlen(hop->url), NULL);
	const struct rule *other = url ? matcher_find(counting->input->rules, url) : NULL;

	url_free(url);
	if (!other || strcmp(other->id, counting->input->rule_id) == 0)
		return;
	counting->preview->clashes++;
	if (!counting->preview->clash_rule)
		counting->preview->clash_rule = g_strdup(other->id);
}

static void note_sample(
	struct counting *counting, const char *id, const struct chain *chain, const struct hop *hop)
{
	struct preview *preview = counting->preview;

	if (chain->landing_domain &&
		g_hash_table_add(counting->landings, g_strdup(chain->landing_domain)))
		preview->landings++;
	preview->opaque += hop->match->next == NULL;
	if (preview->samples->len < PREVIEW_SAMPLES)
		g_ptr_array_add(preview->samples,
			sample_new(hop->url, hop->match->next, id, hop->match->fields));
}

/* Returns how many links of the message the rule explains. */
static unsigned count_links(struct counting *counting, const char *id, const struct gist *gist)
{
	unsigned links = 0;

	for (guint i = 0; i < gist->urls->len; i++) {
		struct chain *chain = chain_follow(counting->input->matcher, gist->urls->pdata[i]);
		const struct hop *hop = hop_of_rule(chain, counting->input->rule_id);

		if (hop) {
			links++;
			note_clash(counting, hop);
			note_sample(counting, id, chain, hop);
		}
		chain_free(chain);
	}
	return links;
}

static void count_message(struct counting *counting, struct store *store, const char *id)
{
	struct gist *gist = gists_get(counting->input->gists, store, id);
	unsigned links = gist ? count_links(counting, id, gist) : 0;
	struct preview *preview = counting->preview;

	gist_unref(gist);
	preview->done++;
	if (!links)
		return;
	preview->store.messages++;
	preview->store.links += links;
	g_ptr_array_add(preview->store_ids, g_strdup(id));
	if (!g_hash_table_contains(counting->in_query, id))
		return;
	preview->query.messages++;
	preview->query.links += links;
	g_ptr_array_add(preview->query_ids, g_strdup(id));
}

/* Calls `each` with the rows of a query, a batch at a time. */
static bool for_rows(struct job *job, struct store *store, const char *query,
	void (*each)(struct counting *, struct store *, const char *, struct job *),
	struct counting *counting, GError **error)
{
	struct store_cursor *cursor = store_query(store, query, STORE_NEWEST_FIRST, error);
	bool good = cursor != NULL;

	while (good && !store_cursor_at_end(cursor) && !job_cancelled(job)) {
		g_autoptr(GPtrArray) rows = store_rows_new();

		good = store_cursor_read(cursor, 512, rows, error);
		for (guint i = 0; i < rows->len && !job_cancelled(job); i++)
			each(counting, store, ((struct store_row *)rows->pdata[i])->id, job);
	}
	if (cursor)
		store_cursor_free(cursor);
	return good;
}

static void note_in_query(
	struct counting *counting, struct store *store, const char *id, struct job *job)
{
	(void)store;
	(void)job;
	g_hash_table_add(counting->in_query, g_strdup(id));
}

static void count_and_report(
	struct counting *counting, struct store *store, const char *id, struct job *job)
{
	count_message(counting, store, id);
	if (counting->preview->done % PREVIEW_STEP == 0)
		job_post(job, report_of(counting->preview));
}

static void run(struct job *job, void *data)
{
	struct input *input = data;
	struct counting counting = {.input = input, .preview = preview_new()};
	GError *error = NULL;
	struct store *store = store_open_again(input->store, &error);

	counting.in_query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	counting.landings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (store) {
		gint64 total = store_count(store, "*", NULL);

		counting.preview->total = total > 0 ? (unsigned)total : 0;
		if (for_rows(job, store, input->query, note_in_query, &counting, &error))
			for_rows(job, store, "*", count_and_report, &counting, &error);
	}
	if (error)
		counting.preview->failure = g_strdup(error->message);
	g_clear_error(&error);
	counting.preview->complete = true;
	job_post(job, report_of(counting.preview));
	preview_free(counting.preview);
	g_hash_table_unref(counting.in_query);
	g_hash_table_unref(counting.landings);
	store_close(store);
}

static void input_free(gpointer data)
{
	struct input *input = data;

	matcher_unref(input->matcher);
	matcher_unref(input->rules);
	g_free(input->rule_id);
	g_free(input->query);
	g_free(input);
}

struct job *preview_start(struct app *app, struct matcher *matcher, const char *rule_id,
	const char *query, job_item_fn deliver, void *user)
{
	struct input *input = g_new0(struct input, 1);
	struct job_spec spec = {
		run, input, input_free, deliver, (GDestroyNotify)preview_free, user};

	input->store = app->store;
	input->gists = app->gists;
	input->matcher = matcher_ref(matcher);
	input->rules = matcher_ref(app->matcher);
	input->rule_id = g_strdup(rule_id);
	input->query = g_strdup(query ? query : "*");
	return worker_start(app->worker, &spec);
}
