/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/preview.h"

#include "rules/chain.h"
#include "tui/index/index.h"

struct input {
	const struct store *store; /* to open again, as the index; both outlive all jobs */
	const struct index *index;
	struct matcher *matcher;
	char *rule_id;
	char *query; /* NULL: all messages */
};

struct counting {
	const struct input *input;
	struct job *job;
	struct preview *preview;
	GHashTable *in_query; /* ids; NULL: all messages are */
	GHashTable *messages; /* ids that were counted */
	GHashTable *landings;
	char *last; /* the link of the hit before: those of one URL come together */
};

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

struct preview *preview_new(void)
{
	struct preview *preview = g_new0(struct preview, 1);

	preview->samples = preview_samples_new();
	preview->query_ids = g_ptr_array_new_with_free_func(g_free);
	preview->store_ids = g_ptr_array_new_with_free_func(g_free);
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

/* ---- counting ---- */

static void note_landing(struct counting *counting, const struct url *url)
{
	struct chain *chain = chain_follow(counting->input->matcher, url);

	if (chain->landing_domain)
		g_hash_table_add(counting->landings, g_strdup(chain->landing_domain));
	chain_free(chain);
}

/* A URL that was not seen before: where it leads. */
static void note_url(struct counting *counting, const struct index_hit *hit)
{
	struct preview *preview = counting->preview;
	struct url *url = url_parse(hit->href, strlen(hit->href), NULL);
	struct match *match = url ? matcher_match(counting->input->matcher, url) : NULL;

	if (match) {
		note_landing(counting, url);
		preview->opaque += match->next == NULL;
		if (preview->samples->len < PREVIEW_SAMPLES)
			g_ptr_array_add(preview->samples,
				sample_new(hit->href, match->next, hit->message_id, match->fields));
		match_free(match);
	}
	url_free(url);
	g_free(counting->last);
	counting->last = g_strdup(hit->url);
}

static void note_clash(struct counting *counting, const char *rule)
{
	struct preview *preview = counting->preview;

	if (!rule || strcmp(rule, counting->input->rule_id) == 0)
		return;
	preview->clashes++;
	if (!preview->clash_rule)
		preview->clash_rule = g_strdup(rule);
}

static void count_in(struct preview_count *count, GPtrArray *ids, const char *id, bool fresh)
{
	count->links++;
	count->messages += fresh;
	if (fresh)
		g_ptr_array_add(ids, g_strdup(id));
}

static bool on_hit(void *user, const struct index_hit *hit)
{
	struct counting *counting = user;
	struct preview *preview = counting->preview;
	bool fresh = g_hash_table_add(counting->messages, g_strdup(hit->message_id));

	if (g_strcmp0(counting->last, hit->url) != 0)
		note_url(counting, hit);
	note_clash(counting, hit->rule);
	count_in(&preview->store, preview->store_ids, hit->message_id, fresh);
	if (!counting->in_query || g_hash_table_contains(counting->in_query, hit->message_id))
		count_in(&preview->query, preview->query_ids, hit->message_id, fresh);
	return !job_cancelled(counting->job);
}

/* ---- the job ---- */

/* Returns false with an error. */
static bool read_query(struct counting *counting, struct store *store, GError **error)
{
	g_autoptr(GPtrArray) ids =
		store_query_ids(store, counting->input->query, job_stops, counting->job, error);

	if (!ids)
		return false;
	counting->in_query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < ids->len; i++)
		g_hash_table_add(counting->in_query, g_steal_pointer(&ids->pdata[i]));
	return true;
}

static void count(struct counting *counting, GError **error)
{
	const struct input *input = counting->input;
	struct store *store = store_open_again(input->store, error);
	struct index *index = store ? index_open_again(input->index, error) : NULL;

	if (index && (!input->query || read_query(counting, store, error))) {
		counting->preview->whole = index_is_whole(index);
		index_rule_hits(index, input->matcher, input->rule_id, on_hit, counting, error);
	}
	index_close(index);
	store_close(store);
}

static GHashTable *texts_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void run(struct job *job, void *data)
{
	struct counting counting = {.input = data, .job = job, .preview = preview_new()};
	g_autoptr(GError) error = NULL;

	counting.messages = texts_new();
	counting.landings = texts_new();
	count(&counting, &error);
	counting.preview->landings = g_hash_table_size(counting.landings);
	if (error)
		counting.preview->failure = g_strdup(error->message);
	job_post(job, counting.preview);
	g_hash_table_unref(counting.messages);
	g_hash_table_unref(counting.landings);
	g_clear_pointer(&counting.in_query, g_hash_table_unref);
	g_free(counting.last);
}

static void input_free(gpointer data)
{
	struct input *input = data;

	matcher_unref(input->matcher);
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
	input->index = app->index;
	input->matcher = matcher_ref(matcher);
	input->rule_id = g_strdup(rule_id);
	input->query = query && strcmp(query, "*") != 0 ? g_strdup(query) : NULL;
	return worker_start(app->worker, &spec);
}
