/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The messages of a query. Rows are read as they are needed: a screen first, more when one scrolls
 * near the end.
 */
#include "rules/error.h"
#include "tui/app.h"
#include "tui/esp_choice.h"
#include "tui/query_complete.h"
#include "tui/screen/campaigns.h"
#include "tui/screen/message.h"
#include "tui/screen/picker.h"
#include "tui/screen/volume.h"

#include <time.h>

/* Rows read at a time, between looks at the keyboard. */
#define LIST_BATCH 64

struct list_state {
	char *query;
	enum store_sort sort;
	struct store_cursor *cursor;
	GPtrArray *rows;          /* of struct store_row, all that were read */
	GArray *visible;          /* of guint, indices of rows: all, or one a folded thread */
	GHashTable *threads;      /* thread id → number of rows */
	GHashTable *open_threads; /* unfolded while folding */
	GHashTable *marked;       /* message ids */
	GHashTable *esps;         /* message id → struct esps_found, for the rules in use */
	struct matcher *esps_matcher;
	struct job *esps_job, *count_job;
	gint64 count; /* -1: not yet known */
	bool folded;
	bool stale; /* tags of the rows may have changed */
	struct scroll scroll;
	char *bulk_esp; /* while a confirmation is asked, or its messages are looked for */
	GPtrArray *bulk_ids;
	struct job *bulk_job;
};

/* ---- jobs: counting, the providers of what is on the screen, all ids of a query ---- */

struct list_job {
	const struct store *store; /* to open again; outlives all jobs */
	const struct index *index; /* as the store */
	struct matcher *matcher;
	char *query;
	GPtrArray *ids;
};

struct esps_found {
	char *id;
	char *esps;
	enum origin_network network;
};

static void list_job_free(gpointer data)
{
	struct list_job *input = data;

	g_free(input->query);
	g_clear_pointer(&input->ids, g_ptr_array_unref);
	g_clear_pointer(&input->matcher, matcher_unref);
	g_free(input);
}

static void esps_found_free(gpointer data)
{
	struct esps_found *found = data;

	g_free(found->id);
	g_free(found->esps);
	g_free(found);
}

static void count_run(struct job *job, void *data)
{
	struct list_job *input = data;
	struct store *store = store_open_again(input->store, NULL);
	gint64 *count = g_new(gint64, 1);

	*count = store ? store_count(store, input->query, NULL) : -1;
	store_close(store);
	job_post(job, count);
}

static void count_deliver(void *user, void *item)
{
	struct list_state *state = user;

	if (item)
		state->count = *(gint64 *)item;
	else
		state->count_job = NULL;
}

/* What the index does not have yet it gets on the way: what is to be seen goes first. */
static void esps_run(struct job *job, void *data)
{
	struct list_job *input = data;
	struct store *store = store_open_again(input->store, NULL);
	struct index *index = store ? index_open_again(input->index, NULL) : NULL;

	for (guint i = 0; index && i < input->ids->len && !job_cancelled(job); i++) {
		const char *id = input->ids->pdata[i];
		struct esps_found *found = g_new0(struct esps_found, 1);

		index_message(index, store, input->matcher, id, NULL);
		found->id = g_strdup(id);
		found->esps = index_esps(index, id);
		if (!found->esps)
			found->esps = g_strdup("?");
		found->network = index_verdict(index, id);
		job_post(job, found);
	}
	index_close(index);
	store_close(store);
}

static void esps_deliver(void *user, void *item)
{
	struct list_state *state = user;
	struct esps_found *found = item, *kept;

	if (!found) {
		state->esps_job = NULL;
		return;
	}
	kept = g_new0(struct esps_found, 1);
	*kept = *found;
	memset(found, 0, sizeof(*found));
	g_hash_table_insert(state->esps, kept->id, kept);
}

/* The messages of a query, or why they cannot be listed. */
struct ids_found {
	GPtrArray *ids; /* of char * */
	GError *error;
};

static void ids_found_free(gpointer data)
{
	struct ids_found *found = data;

	g_clear_pointer(&found->ids, g_ptr_array_unref);
	g_clear_error(&found->error);
	g_free(found);
}

static void ids_run(struct job *job, void *data)
{
	struct list_job *input = data;
	struct ids_found *found = g_new0(struct ids_found, 1);
	struct store *store = store_open_again(input->store, &found->error);

	if (store)
		found->ids = store_query_ids(store, input->query, job_stops, job, &found->error);
	store_close(store);
	job_post(job, found);
}

static struct list_job *list_job_new(struct screen *screen)
{
	struct list_job *input = g_new0(struct list_job, 1);

	input->store = screen->app->store;
	input->index = screen->app->index;
	input->matcher = matcher_ref(screen->app->matcher);
	return input;
}

static void start_count(struct screen *screen)
{
	struct list_state *state = screen->state;
	struct job_spec spec = {
		count_run, list_job_new(screen), list_job_free, count_deliver, g_free, state};

	((struct list_job *)spec.input)->query = g_strdup(state->query);
	job_cancel(state->count_job);
	state->count_job = worker_start(screen->app->worker, &spec);
}

static struct store_row *row_at(const struct list_state *state, size_t line)
{
	return state->rows->pdata[g_array_index(state->visible, guint, line)];
}

static size_t last_on_screen(const struct list_state *state)
{
	return MIN(state->scroll.top + (size_t)MAX(state->scroll.height, 0), state->visible->len);
}

/* One job at a time, for the rows on the screen whose providers are not known yet. */
static void start_esps(struct screen *screen)
{
	struct list_state *state = screen->state;
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

	if (state->esps_matcher != screen->app->matcher) {
		job_cancel(g_steal_pointer(&state->esps_job));
		g_hash_table_remove_all(state->esps);
		g_clear_pointer(&state->esps_matcher, matcher_unref);
		state->esps_matcher = matcher_ref(screen->app->matcher);
	}
	if (state->esps_job)
		return;
	for (size_t i = state->scroll.top; i < last_on_screen(state); i++) {
		const char *id = row_at(state, i)->id;

		if (!g_hash_table_contains(state->esps, id))
			g_ptr_array_add(ids, g_strdup(id));
	}
	if (!ids->len)
		return;
	struct job_spec spec = {esps_run, list_job_new(screen), list_job_free, esps_deliver,
		esps_found_free, state};
	((struct list_job *)spec.input)->ids = g_steal_pointer(&ids);
	state->esps_job = worker_start(screen->app->worker, &spec);
}

/* ---- rows ---- */

static bool is_shown(struct list_state *state, const struct store_row *row)
{
	guint count = GPOINTER_TO_UINT(g_hash_table_lookup(state->threads, row->thread));

	return !state->folded || count == 0 ||
	       g_hash_table_contains(state->open_threads, row->thread);
}

static void add_row(struct list_state *state, guint index)
{
	const struct store_row *row = state->rows->pdata[index];
	guint count = GPOINTER_TO_UINT(g_hash_table_lookup(state->threads, row->thread));

	if (is_shown(state, row))
		g_array_append_val(state->visible, index);
	g_hash_table_insert(state->threads, g_strdup(row->thread), GUINT_TO_POINTER(count + 1));
}

static void lay_out(struct list_state *state)
{
	g_array_set_size(state->visible, 0);
	g_hash_table_remove_all(state->threads);
	for (guint i = 0; i < state->rows->len; i++)
		add_row(state, i);
	state->scroll.count = state->visible->len;
}

static bool start_query(struct screen *screen, const char *query, GError **error)
{
	struct list_state *state = screen->state;
	struct store_cursor *cursor = store_query(screen->app->store, query, state->sort, error);

	if (!cursor)
		return false;
	g_clear_pointer(&state->cursor, store_cursor_free);
	state->cursor = cursor;
	if (query != state->query) {
		g_free(state->query);
		state->query = g_strdup(query);
	}
	g_ptr_array_set_size(state->rows, 0);
	g_hash_table_remove_all(state->open_threads);
	lay_out(state);
	state->scroll.at = state->scroll.top = 0;
	state->count = -1;
	state->stale = false;
	start_count(screen);
	return true;
}

static bool list_open(struct screen *screen, const void *argument, GError **error)
{
	struct list_state *state = screen->state;

	state->rows = store_rows_new();
	state->visible = g_array_new(FALSE, FALSE, sizeof(guint));
	state->threads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	state->open_threads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	state->marked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	state->esps = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, esps_found_free);
	return start_query(screen, argument, error);
}

static void list_close(struct screen *screen)
{
	struct list_state *state = screen->state;

	job_cancel(state->esps_job);
	job_cancel(state->count_job);
	job_cancel(state->bulk_job);
	g_clear_pointer(&state->esps_matcher, matcher_unref);
	g_clear_pointer(&state->cursor, store_cursor_free);
	g_ptr_array_unref(state->rows);
	g_array_unref(state->visible);
	g_hash_table_unref(state->threads);
	g_hash_table_unref(state->open_threads);
	g_hash_table_unref(state->marked);
	g_hash_table_unref(state->esps);
	g_clear_pointer(&state->bulk_ids, g_ptr_array_unref);
	g_free(state->bulk_esp);
	g_free(state->query);
}

static bool list_read(struct screen *screen)
{
	struct list_state *state = screen->state;
	guint before = state->rows->len;
	GError *error = NULL;

	if (!state->cursor || store_cursor_at_end(state->cursor))
		return false;
	if (!scroll_near_end(&state->scroll) && before)
		return false;
	if (!store_cursor_read(state->cursor, LIST_BATCH, state->rows, &error)) {
		app_error(screen->app, error);
		g_clear_pointer(&state->cursor, store_cursor_free);
	}
	for (guint i = before; i < state->rows->len; i++)
		add_row(state, i);
	state->scroll.count = state->visible->len;
	app_changed(screen->app);
	return state->cursor && !store_cursor_at_end(state->cursor) &&
	       scroll_near_end(&state->scroll);
}

/* Tags of what is on the screen, anew. */
static void freshen(struct screen *screen)
{
	struct list_state *state = screen->state;

	for (size_t i = state->scroll.top; i < last_on_screen(state); i++) {
		struct store_row *row = row_at(state, i);
		struct store_row *found = store_find(screen->app->store, row->id, NULL);

		if (!found)
			continue;
		g_strfreev(row->tags);
		row->tags = g_steal_pointer(&found->tags);
		store_row_free(found);
	}
}

/* ---- drawing ---- */

/* The columns for a width: what is widest gives way first. */
struct layout {
	int date, from, subject, esps, tags;
};

static struct layout lay_out_columns(int width)
{
	static const struct layout narrow = {6, 14, 0, 14, 9}, middle = {6, 20, 0, 20, 14},
				   wide = {16, 28, 0, 30, 26};
	struct layout at = width < 100 ? narrow : width < 140 ? middle : wide;

	at.subject = MAX(width - at.date - at.from - at.esps - at.tags - 7, 4);
	return at;
}

static void date_text(gint64 date, gint64 now, bool wide, char text[24])
{
	time_t then = (time_t)date;
	struct tm day;

	if (!date || !localtime_r(&then, &day))
		g_strlcpy(text, "-", 24);
	else if (wide)
		strftime(text, 24, "%Y-%m-%d %H:%M", &day);
	else if (now - date < 300 * 24 * 3600 && date <= now)
		strftime(text, 24, "%d %b", &day);
	else
		strftime(text, 24, "%m/%Y", &day);
}

/* Labels first: where there is little room they are what counts. What is unread is shown by weight.
 */
static char *tags_text(const struct settings *settings, char **tags)
{
	g_auto(GStrv) around = g_strsplit(settings->tag_esp, "%s", 2);
	GString *labels = g_string_new(NULL), *others = g_string_new(NULL);

	for (guint i = 0; tags[i]; i++) {
		bool label = strcmp(tags[i], settings->tag_tracker) == 0 ||
			     (*around[0] && g_str_has_prefix(tags[i], around[0]));

		if (strcmp(tags[i], "unread") != 0)
			g_string_append_printf(label ? labels : others, "%s ", tags[i]);
	}
	g_string_append(labels, others->str);
	g_string_free(others, TRUE);
	return g_strchomp(g_string_free(labels, FALSE));
}

static void draw_esps(const struct canvas *line, int x, int width, const char *esps)
{
	g_auto(GStrv) names = g_strsplit(esps, " ", -1);
	int end = x + width;

	for (guint i = 0; names[i] && x < end; i++)
		x += canvas_text(line, 0, x, end - x, names[i], theme_esp(names[i])) + 1;
}

static void draw_row(
	struct screen *screen, const struct canvas *line, const struct store_row *row, gint64 now)
{
	struct list_state *state = screen->state;
	struct layout columns = lay_out_columns(line->width);
	guint in_thread = GPOINTER_TO_UINT(g_hash_table_lookup(state->threads, row->thread));
	bool marked = g_hash_table_contains(state->marked, row->id);
	bool unread = g_strv_contains((const char *const *)row->tags, "unread");
	const struct esps_found *found = g_hash_table_lookup(state->esps, row->id);
	g_autofree char *tags = tags_text(screen->app->settings, row->tags);
	char date[24];
	int x = 0;

	date_text(row->date, now, columns.date > 6, date);
	canvas_fill(line, 0, 0, STYLE_NORMAL);
	canvas_text(line, 0, x, 1, marked ? "*" : " ", STYLE_MARKED);
	x += 2;
	canvas_text(line, 0, x, columns.date, date, STYLE_QUIET);
	x += columns.date + 1;
	canvas_text(line, 0, x, columns.from, row->from, unread ? STYLE_STRONG : STYLE_NORMAL);
	x += columns.from + 1;
	int subject_end = x + columns.subject;
	if (state->folded && in_thread > 1)
		x += canvas_printf(line, 0, x, 6, STYLE_QUIET, "[%u] ", in_thread);
	canvas_text(
		line, 0, x, subject_end - x, row->subject, unread ? STYLE_STRONG : STYLE_NORMAL);
	x = subject_end + 3;
	if (found && found->network == ORIGIN_OFF)
		canvas_text(line, 0, x - 2, 1, "≠", STYLE_BAD);
	draw_esps(line, x, columns.esps, found ? found->esps : "…");
	canvas_text(line, 0, x + columns.esps + 1, columns.tags, tags, STYLE_QUIET);
}

static void list_draw(struct screen *screen, const struct canvas *canvas)
{
	struct list_state *state = screen->state;

	scroll_fit(&state->scroll, canvas->height);
	if (state->stale)
		freshen(screen);
	for (int y = 0; y < canvas->height && state->scroll.top + (size_t)y < state->visible->len;
		y++) {
		struct canvas line = canvas_rows(canvas, y, 1);

		line.selected = state->scroll.top + (size_t)y == state->scroll.at;
		draw_row(screen, &line, row_at(state, state->scroll.top + (size_t)y),
			app_now(screen->app));
	}
	if (!state->visible->len && (!state->cursor || store_cursor_at_end(state->cursor)))
		canvas_text(canvas, 0, 2, canvas->width, "no message matches; / changes the query",
			STYLE_QUIET);
	canvas_cursor(canvas, (int)(state->scroll.at - state->scroll.top), 0);
	start_esps(screen);
}

static void list_title(struct screen *screen, GString *title)
{
	struct list_state *state = screen->state;
	bool all = state->cursor && store_cursor_at_end(state->cursor);

	g_string_append_printf(title, "espial — %s — ", state->query);
	if (state->visible->len)
		g_string_append_printf(title, "%zu of ", state->scroll.at + 1);
	if (state->count >= 0)
		g_string_append_printf(title, "%" G_GINT64_FORMAT, state->count);
	else
		g_string_append_printf(title, "%u%s", state->rows->len, all ? "" : "…");
	if (state->sort == STORE_OLDEST_FIRST)
		g_string_append(title, ", oldest first");
	if (state->folded)
		g_string_append(title, ", threads folded");
	if (g_hash_table_size(state->marked))
		g_string_append_printf(title, " — %u marked", g_hash_table_size(state->marked));
}

static struct scroll *list_scroll(struct screen *screen)
{
	return &((struct list_state *)screen->state)->scroll;
}

static void list_refresh(struct screen *screen)
{
	struct list_state *state = screen->state;

	state->stale = true;
	/* What the index says of them may have changed, too. */
	g_hash_table_remove_all(state->esps);
}

/* ---- actions ---- */

static struct store_row *selected(struct list_state *state)
{
	return state->visible->len ? row_at(state, state->scroll.at) : NULL;
}

static const char *step(struct screen *list, int by)
{
	struct list_state *state = list->state;
	size_t before = state->scroll.at;

	list_read(list);
	scroll_by(&state->scroll, by);
	return state->scroll.at == before ? NULL : selected(state)->id;
}

static void act_open(struct screen *screen)
{
	struct list_state *state = screen->state;

	if (!selected(state))
		return;
	struct message_opening opening = {selected(state)->id, state->query, step, screen, false};
	app_push(screen->app, &screen_message, &opening);
}

/* Opens the next message, from this one on, that has a link to write a rule for. */
static void act_unexplained(struct screen *screen)
{
	struct list_state *state = screen->state;
	size_t before = state->scroll.at;
	const char *id = selected(state) ? selected(state)->id : NULL;

	while (id && !index_has_unexplained(screen->app->index, id))
		id = step(screen, 1);
	if (id) {
		struct message_opening opening = {id, state->query, step, screen, true};

		app_push(screen->app, &screen_message, &opening);
	} else {
		state->scroll.at = before;
		app_report(screen->app, "no link from here on looks like a tracker without a rule");
	}
}

static void queried(struct screen *screen, const char *text)
{
	GError *error = NULL;

	if (text && !start_query(screen, *text ? text : "*", &error))
		app_error(screen->app, error);
}

static void act_query(struct screen *screen)
{
	struct list_state *state = screen->state;

	app_ask(screen->app, "Query: ", strcmp(state->query, "*") == 0 ? "" : state->query,
		screen->app->queries, query_complete, queried, screen);
}

/* notmuch knows a saved search by its name. */
static void picked_saved(struct screen *screen, const char *name)
{
	g_autofree char *query =
		g_strdup_printf(strpbrk(name, " ()\"") ? "query:\"%s\"" : "query:%s", name);

	queried(screen, query);
}

static void act_saved(struct screen *screen)
{
	g_autoptr(GPtrArray) searches = store_saved_searches(screen->app->store);
	g_autofree struct picker_item *items = g_new0(struct picker_item, searches->len + 1);
	struct picker_spec spec = {"Saved searches", items, searches->len, NULL, picked_saved};

	if (!searches->len) {
		app_report(screen->app,
			"no saved searches: notmuch config set query.NAME QUERY makes one");
		return;
	}
	for (guint i = 0; i < searches->len; i++) {
		const struct store_search *search = searches->pdata[i];

		items[i] = (struct picker_item){search->name, search->query};
	}
	app_push(screen->app, &screen_picker, &spec);
}

static void again(struct screen *screen)
{
	struct list_state *state = screen->state;
	GError *error = NULL;

	if (!store_reopen(screen->app->store, &error) || !start_query(screen, state->query, &error))
		app_error(screen->app, error);
}

static void act_sort(struct screen *screen)
{
	struct list_state *state = screen->state;

	state->sort = state->sort == STORE_NEWEST_FIRST ? STORE_OLDEST_FIRST : STORE_NEWEST_FIRST;
	again(screen);
}

static void act_fold(struct screen *screen)
{
	struct list_state *state = screen->state;

	state->folded = !state->folded;
	g_hash_table_remove_all(state->open_threads);
	lay_out(state);
}

static void act_unfold(struct screen *screen)
{
	struct list_state *state = screen->state;
	struct store_row *row = selected(state);

	if (!row || !state->folded)
		return;
	if (!g_hash_table_remove(state->open_threads, row->thread))
		g_hash_table_add(state->open_threads, g_strdup(row->thread));
	lay_out(state);
}

static void act_mark(struct screen *screen)
{
	struct list_state *state = screen->state;
	struct store_row *row = selected(state);

	if (row && !g_hash_table_remove(state->marked, row->id))
		g_hash_table_add(state->marked, g_strdup(row->id));
	scroll_by(&state->scroll, 1);
}

static void act_mark_all(struct screen *screen)
{
	struct list_state *state = screen->state;

	for (guint i = 0; i < state->rows->len; i++)
		g_hash_table_add(
			state->marked, g_strdup(((struct store_row *)state->rows->pdata[i])->id));
	app_report(screen->app, "marked the %u messages read so far; L labels the whole query",
		state->rows->len);
}

static void act_unmark_all(struct screen *screen)
{
	g_hash_table_remove_all(((struct list_state *)screen->state)->marked);
}

/* ---- labelling without a rule: many at once ---- */

static void bulk_label(struct screen *screen)
{
	struct list_state *state = screen->state;
	g_autofree char *what = g_strdup_printf("label %u message%s %s", state->bulk_ids->len,
		state->bulk_ids->len == 1 ? "" : "s", state->bulk_esp);

	if (esp_label_messages(screen->app, state->bulk_esp, state->bulk_ids, what, NULL))
		g_hash_table_remove_all(state->marked);
}

/* Takes the ids over. */
static void confirm_bulk(struct screen *screen, GPtrArray *ids)
{
	struct list_state *state = screen->state;

	g_clear_pointer(&state->bulk_ids, g_ptr_array_unref);
	state->bulk_ids = ids;
	if (ids->len == 1)
		bulk_label(screen);
	else if (ids->len)
		app_confirm(screen->app, screen, bulk_label, "Label %u messages %s?", ids->len,
			state->bulk_esp);
}

static bool take_esp(struct screen *screen, const char *typed)
{
	struct list_state *state = screen->state;

	g_free(state->bulk_esp);
	state->bulk_esp = esp_choice_id(typed);
	if (!state->bulk_esp)
		app_report(screen->app, ESP_CHOICE_NO_ID);
	return state->bulk_esp != NULL;
}

static void picked_for_marked(struct screen *screen, const char *esp)
{
	struct list_state *state = screen->state;
	GPtrArray *ids;
	GHashTableIter iter;
	gpointer id;

	if (!take_esp(screen, esp))
		return;
	ids = g_ptr_array_new_with_free_func(g_free);
	g_hash_table_iter_init(&iter, state->marked);
	while (g_hash_table_iter_next(&iter, &id, NULL))
		g_ptr_array_add(ids, g_strdup(id));
	if (!ids->len && selected(state))
		g_ptr_array_add(ids, g_strdup(selected(state)->id));
	confirm_bulk(screen, ids);
}

static void ids_deliver(void *user, void *item)
{
	struct screen *screen = user;
	struct list_state *state = screen->state;
	struct ids_found *found = item;

	if (!found)
		state->bulk_job = NULL;
	else if (found->error)
		app_error(screen->app, g_steal_pointer(&found->error));
	else
		confirm_bulk(screen, g_ptr_array_ref(found->ids));
}

static void picked_for_query(struct screen *screen, const char *esp)
{
	struct list_state *state = screen->state;
	struct job_spec spec = {ids_run, NULL, list_job_free, ids_deliver, ids_found_free, screen};

	if (!take_esp(screen, esp))
		return;
	job_cancel(state->bulk_job);
	spec.input = list_job_new(screen);
	((struct list_job *)spec.input)->query = g_strdup(state->query);
	state->bulk_job = worker_start(screen->app->worker, &spec);
	app_report(screen->app, "looking for the messages of the query…");
}

/* The first provider found in the selected message, as far as is known; in a static buffer that the
 * next call overwrites. NULL where there is none. */
static const char *first_esp(struct list_state *state)
{
	static char first[80];
	const struct esps_found *found =
		selected(state) ? g_hash_table_lookup(state->esps, selected(state)->id) : NULL;

	if (!found || !*found->esps)
		return NULL;
	g_strlcpy(first, found->esps, MIN(strcspn(found->esps, " ") + 1, sizeof(first)));
	return first;
}

static void act_label(struct screen *screen)
{
	struct list_state *state = screen->state;

	if (selected(state))
		esp_choice_ask(screen->app, "Whose are the marked messages?", first_esp(state),
			picked_for_marked);
}

static void act_label_query(struct screen *screen)
{
	struct list_state *state = screen->state;

	esp_choice_ask(
		screen->app, "Whose is all of the query?", first_esp(state), picked_for_query);
}

static void act_campaigns(struct screen *screen)
{
	struct list_state *state = screen->state;
	struct campaigns_opening opening = {state->query, NULL, GROUPS_ESP};

	app_push(screen->app, &screen_campaigns, &opening);
}

static void act_volume(struct screen *screen)
{
	struct list_state *state = screen->state;
	struct volume_opening opening = {.query = state->query};

	app_push(screen->app, &screen_volume, &opening);
}

static const struct binding list_bindings[] = {
	{"Enter o", "open", "open the message", true, act_open},
	{"/", "query", "change the query; Tab completes, Up recalls", true, act_query},
	{"s", "saved", "saved searches", true, act_saved},
	{"l", "label", "label the marked messages, or this one (tags only)", true, act_label},
	{"L", "label all", "label every message of the query", false, act_label_query},
	{"N", "no rule", "the next message with a tracker-like link without a rule", true,
		act_unexplained},
	{"c", "campaigns", "group the messages by provider, account, landing domain", true,
		act_campaigns},
	{"v", "volume", "the messages of the query over time, by provider", true, act_volume},
	{"m t", "mark", "mark the message, or take the mark away", true, act_mark},
	{"M", "mark all", "mark all messages that were read so far", false, act_mark_all},
	{"U", "unmark", "take all marks away", false, act_unmark_all},
	{"S", "sort", "newest or oldest first", false, act_sort},
	{"f", "fold", "fold threads, or show every message", false, act_fold},
	{"Tab", "unfold", "unfold this thread, or fold it again", false, act_unfold},
	{"R", "reload", "look at the store again", false, again},
	{0},
};

const struct screen_ops screen_list = {
	.name = "messages",
	.state_size = sizeof(struct list_state),
	.bindings = list_bindings,
	.open = list_open,
	.close = list_close,
	.read = list_read,
	.draw = list_draw,
	.title = list_title,
	.scroll = list_scroll,
	.refresh = list_refresh,
};
