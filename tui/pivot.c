/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/pivot.h"

#include "tui/index/groups.h"
#include "tui/screen/picker.h"

#include <time.h>

/* Messages that are listed. */
#define LIST_MAX 1000

/* One thing in common, and who has it. */
struct common {
	enum groups_key key;
	char *esp; /* account and campaign are of a provider; NULL */
	char *value;
	GPtrArray *ids; /* of char *, newest first; NULL until counted */
	gint64 first, last;
};

struct pivot {
	struct screen *screen;
	void (*picked)(struct screen *screen, const char *value);
	struct job *job;
	GPtrArray *found; /* of struct common, what the picker offers */
};

static void common_free(gpointer data)
{
	struct common *common = data;

	g_free(common->esp);
	g_free(common->value);
	g_clear_pointer(&common->ids, g_ptr_array_unref);
	g_free(common);
}

static GPtrArray *commons_new(void)
{
	return g_ptr_array_new_with_free_func(common_free);
}

static void add(GPtrArray *commons, enum groups_key key, const char *esp, const char *value)
{
	struct common *common;

	if (!value || !*value)
		return;
	common = g_new0(struct common, 1);
	common->key = key;
	common->esp = g_strdup(esp);
	common->value = g_strdup(value);
	g_ptr_array_add(commons, common);
}

/* ---- the job ---- */

struct input {
	const struct index *index; /* to open again; outlives all jobs */
	char *message_id;
	GPtrArray *commons;
};

struct result {
	GPtrArray *commons;
	GError *error;
};

static void input_free(gpointer data)
{
	struct input *input = data;

	g_free(input->message_id);
	g_ptr_array_unref(input->commons);
	g_free(input);
}

static void result_free(gpointer data)
{
	struct result *result = data;

	g_ptr_array_unref(result->commons);
	g_clear_error(&result->error);
	g_free(result);
}

static bool count(struct index *index, struct common *common, GError **error)
{
	struct groups_filter filter = {.value[GROUPS_ESP] = common->esp};
	g_autoptr(GPtrArray) rows = NULL;

	filter.value[common->key] = common->value;
	common->ids = groups_messages(index, &filter, error);
	rows = common->ids ? groups_read(index, &filter, common->key, error) : NULL;
	if (rows && rows->len) {
		const struct groups_row *row = rows->pdata[0];

		common->first = row->first;
		common->last = row->last;
	}
	return rows != NULL;
}

static void run(struct job *job, void *data)
{
	struct input *input = data;
	struct result *result = g_new0(struct result, 1);
	struct index *index = index_open_again(input->index, &result->error);
	g_autofree char *network = index ? index_network(index, input->message_id) : NULL;

	result->commons = g_ptr_array_ref(input->commons);
	add(result->commons, GROUPS_NETWORK, NULL, network);
	for (guint i = 0; index && i < result->commons->len && !result->error; i++)
		count(index, result->commons->pdata[i], &result->error);
	index_close(index);
	job_post(job, result);
}

/* ---- the picker ---- */

static char *day_of(gint64 date)
{
	time_t then = (time_t)date;
	struct tm day;
	char text[16] = "-";

	if (date && localtime_r(&then, &day))
		strftime(text, sizeof(text), "%Y-%m-%d", &day);
	return g_strdup(text);
}

static char *note_of(const struct common *common)
{
	g_autofree char *first = day_of(common->first);
	g_autofree char *last = day_of(common->last);

	return g_strdup_printf("%s: %u message%s, %s to %s", common->value, common->ids->len,
		common->ids->len == 1 ? "" : "s", first, last);
}

static void offer(struct pivot *pivot)
{
	g_autofree struct picker_item *items = g_new0(struct picker_item, pivot->found->len + 1);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	struct picker_spec spec = {
		"Messages with the same…", items, pivot->found->len, NULL, pivot->picked};

	for (guint i = 0; i < pivot->found->len; i++) {
		const struct common *common = pivot->found->pdata[i];

		g_ptr_array_add(notes, note_of(common));
		items[i] = (struct picker_item){groups_key_name(common->key), notes->pdata[i]};
	}
	app_push(pivot->screen->app, &screen_picker, &spec);
}

static void deliver(void *user, void *item)
{
	struct pivot *pivot = user;
	struct result *result = item;

	if (!result) {
		pivot->job = NULL;
		return;
	}
	g_clear_pointer(&pivot->found, g_ptr_array_unref);
	if (result->error) {
		app_error(pivot->screen->app, g_steal_pointer(&result->error));
		return;
	}
	pivot->found = g_ptr_array_ref(result->commons);
	offer(pivot);
}

void pivot_pick(struct pivot *pivot, const char *value)
{
	for (guint i = 0; pivot->found && i < pivot->found->len; i++) {
		const struct common *common = pivot->found->pdata[i];
		g_autofree char *query = NULL;

		if (strcmp(groups_key_name(common->key), value) != 0)
			continue;
		query = groups_query(common->ids, LIST_MAX);
		app_push(pivot->screen->app, &screen_list, query);
		if (common->ids->len > LIST_MAX)
			app_report(pivot->screen->app, "the newest %d of %u messages", LIST_MAX,
				common->ids->len);
		return;
	}
}

/* ---- its owner ---- */

struct pivot *pivot_new(
	struct screen *screen, void (*picked)(struct screen *screen, const char *value))
{
	struct pivot *pivot = g_new0(struct pivot, 1);

	pivot->screen = screen;
	pivot->picked = picked;
	return pivot;
}

void pivot_free(struct pivot *pivot)
{
	job_cancel(pivot->job);
	g_clear_pointer(&pivot->found, g_ptr_array_unref);
	g_free(pivot);
}

/* The first hop that has it speaks for the link. */
static void add_field(GPtrArray *commons, const struct chain *chain, enum groups_key key)
{
	for (guint i = 0; i < chain->hops->len; i++) {
		const struct match *match = ((struct hop *)chain->hops->pdata[i])->match;
		const char *value = match_field(match, groups_key_name(key));

		if (value && *value && g_utf8_validate(value, -1, NULL)) {
			add(commons, key, match->rule->esp, value);
			return;
		}
	}
}

void pivot_ask(struct pivot *pivot, const struct chain *chain, const char *message_id)
{
	struct input *input = g_new0(struct input, 1);
	struct job_spec spec = {run, input, input_free, deliver, result_free, pivot};

	input->index = pivot->screen->app->index;
	input->message_id = g_strdup(message_id);
	input->commons = commons_new();
	add_field(input->commons, chain, GROUPS_ACCOUNT);
	add_field(input->commons, chain, GROUPS_CAMPAIGN);
	add(input->commons, GROUPS_LANDING, NULL, chain->landing_domain);
	if (chain->hops->len)
		add(input->commons, GROUPS_RULE, NULL,
			((struct hop *)chain->hops->pdata[0])->match->rule->id);
	job_cancel(pivot->job);
	pivot->job = worker_start(pivot->screen->app->worker, &spec);
}
