/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages with trackers over time: stacked bars by provider, and a cursor that reads them off.
 */
#include "tui/screen/volume.h"

#include "tui/app.h"
#include "tui/report/record.h"
#include "tui/screen/pager.h"
#include "tui/volume_export.h"

/* Providers that have a series of their own. */
#define TOP 8
/* Messages of a bar that are listed. */
#define LIST_MAX 1000
/* From here on the legend stands beside the chart. */
#define WIDE 110
#define LEGEND_WIDTH 42
/* Narrower than this, a column of the legend cannot be read. */
#define LEGEND_COLUMN 36
/* Lower than this, a screen has no room for a legend. */
#define CHART_MIN_LINES 6
#define MAX_PITCH 8

struct volume_state {
	char *query; /* NULL: all */
	char *value[GROUPS_KEYS];
	GHashTable *notified; /* when providers were reported to: id → day */
	enum volume_by by;
	bool off_network;
	struct volume *volume; /* NULL while it is read for the first time */
	guint32 to;            /* what it was read up to; 0: all there is */
	struct job *job, *list_job, *facts_job;
	int pitch;            /* columns from bar to bar; 0: as many as there is room for */
	int shown_pitch;      /* the one drawn last */
	int selected;         /* number of a series; -1: all */
	struct scroll scroll; /* over the bars, from left to right */
};

/* ---- reading, in a job ---- */

enum task { TASK_COUNT, TASK_LIST, TASK_FACTS };

struct input {
	const struct store *store; /* to open again, as the index; both outlive all jobs */
	const struct index *index;
	enum task task;
	char *query;
	char *value[GROUPS_KEYS];
	GHashTable *notified;
	struct suffixes *trial; /* NULL: none are known */
	enum volume_by by;
	guint32 today, to;
	bool off_network;
	struct volume_bucket bucket; /* of TASK_LIST */
	char *esp;                   /* its series; NULL: all */
};

struct result {
	struct volume *volume;
	guint32 to;
	GPtrArray *ids; /* of char * */
	struct volume_bucket bucket;
	char *table;
	GError *error;
};

static void input_free(gpointer data)
{
	struct input *input = data;

	for (int i = 0; i < GROUPS_KEYS; i++)
		g_free(input->value[i]);
	g_hash_table_unref(input->notified);
	suffixes_unref(input->trial);
	g_free(input->query);
	g_free(input->esp);
	g_free(input);
}

static void result_free(gpointer data)
{
	struct result *result = data;

	volume_free(result->volume);
	g_clear_pointer(&result->ids, g_ptr_array_unref);
	g_clear_error(&result->error);
	g_free(result->table);
	g_free(result);
}

/* The messages that it is about, of char *; NULL for all of them, or with an error. */
static GPtrArray *read_within(struct job *job, const struct input *input, struct store *store,
	struct index *index, GError **error)
{
	struct groups_filter filter = {.off_network = input->off_network};
	GPtrArray *within = NULL, *ids;
	bool narrow = false;

	if (input->query) {
		within = store_query_ids(store, input->query, job_stops, job, error);
		if (!within)
			return NULL;
	}
	for (int i = 0; i < GROUPS_KEYS; i++) {
		filter.value[i] = input->value[i];
		narrow |= i != GROUPS_ESP && input->value[i];
	}
	if (!narrow)
		return within;
	filter.within = within;
	ids = groups_messages(index, &filter, error);
	g_clear_pointer(&within, g_ptr_array_unref);
	return ids;
}

static void read_facts(struct index *index, const struct input *input, struct volume_filter *filter,
	struct result *result)
{
	struct volume_export export = {
		.query = input->query, .esp = filter->esp, .off_network = input->off_network};
	struct volume *volume = volume_read(index, filter, input->by, 0, &result->error);
	const GPtrArray *trial = input->trial ? suffixes_all(input->trial) : NULL;
	GPtrArray *facts = volume ? volume_facts_read(index, filter, trial, &result->error) : NULL;

	export.has_trial = trial != NULL;
	if (facts && g_hash_table_size(input->notified))
		export.changes = volume_changes_read(
			index, filter, input->notified, input->today, &result->error);
	export.volume = volume;
	export.facts = facts;
	if (!result->error)
		result->table = volume_table(&export);
	volume_free(volume);
	g_clear_pointer(&facts, g_ptr_array_unref);
	g_clear_pointer(&export.changes, g_hash_table_unref);
}

static void read_task(struct index *index, const struct input *input, struct volume_filter *filter,
	struct result *result)
{
	if (input->task == TASK_COUNT) {
		result->volume = volume_read_today(
			index, filter, input->today, input->by, TOP, &result->error);
		result->to = filter->to;
		return;
	}
	filter->to = input->to;
	if (input->task == TASK_FACTS) {
		read_facts(index, input, filter, result);
		return;
	}
	if (input->esp)
		filter->esp = input->esp;
	result->bucket = input->bucket;
	result->ids = volume_messages(index, filter, &input->bucket, &result->error);
}

static void run(struct job *job, void *data)
{
	const struct input *input = data;
	struct result *result = g_new0(struct result, 1);
	struct store *store = store_open_again(input->store, &result->error);
	struct index *index = store ? index_open_again(input->index, &result->error) : NULL;
	g_autoptr(GPtrArray) within =
		index ? read_within(job, input, store, index, &result->error) : NULL;
	struct volume_filter filter = {.within = within,
		.esp = input->value[GROUPS_ESP],
		.off_network = input->off_network,
		.stop = job_stops,
		.user = job};

	if (!result->error)
		read_task(index, input, &filter, result);
	index_close(index);
	store_close(store);
	job_post(job, result);
}

static struct input *input_new(struct screen *screen, enum task task)
{
	struct volume_state *state = screen->state;
	struct input *input = g_new0(struct input, 1);
	const struct suffixes *trial =
		ruleset_list(matcher_ruleset(screen->app->matcher), RULESET_TRIAL_DOMAINS);

	input->store = screen->app->store;
	input->index = screen->app->index;
	input->task = task;
	input->query = g_strdup(state->query);
	for (int i = 0; i < GROUPS_KEYS; i++)
		input->value[i] = g_strdup(state->value[i]);
	input->notified = g_hash_table_ref(state->notified);
	if (trial)
		input->trial = suffixes_ref((struct suffixes *)trial);
	input->by = state->by;
	input->today = days_of(app_now(screen->app));
	input->to = state->to;
	input->off_network = state->off_network;
	return input;
}

/* ---- opening ---- */

static guint bars(const struct volume_state *state)
{
	return state->volume ? state->volume->buckets->len : 0;
}

/* The bar of that day, or the last one. */
static size_t bar_of(const struct volume_state *state, guint32 day)
{
	for (guint i = 0; i < bars(state); i++)
		if (volume_bucket(state->volume, i)->last >= day)
			return i;
	return bars(state) ? bars(state) - 1 : 0;
}

/* The cursor stays on the day that it was on; at first, and from the last bar, it is on the last.
 */
static void take(struct volume_state *state, struct volume *volume)
{
	bool at_last = state->scroll.at + 1 >= bars(state);
	guint32 day =
		at_last ? DAYS_LAST : volume_bucket(state->volume, (guint)state->scroll.at)->last;

	volume_free(state->volume);
	state->volume = volume;
	state->scroll.count = bars(state);
	state->scroll.top = 0;
	scroll_to(&state->scroll, bar_of(state, day));
	if (state->selected >= (int)volume->series->len)
		state->selected = -1;
}

static void deliver(void *user, void *item)
{
	struct screen *screen = user;
	struct volume_state *state = screen->state;
	struct result *result = item;

	if (!result) {
		state->job = NULL;
	} else if (result->error) {
		app_error(screen->app, g_steal_pointer(&result->error));
	} else {
		state->to = result->to;
		take(state, g_steal_pointer(&result->volume));
	}
}

static void count(struct screen *screen)
{
	struct volume_state *state = screen->state;
	struct job_spec spec = {
		run, input_new(screen, TASK_COUNT), input_free, deliver, result_free, screen};

	job_cancel(state->job);
	state->job = worker_start(screen->app->worker, &spec);
}

static bool volume_open(struct screen *screen, const void *argument, GError **error)
{
	struct volume_state *state = screen->state;
	const struct volume_opening *opening = argument;

	(void)error;
	state->query = opening->query && strcmp(opening->query, "*") != 0 ? g_strdup(opening->query)
									  : NULL;
	for (int i = 0; opening->filter && i < GROUPS_KEYS; i++)
		state->value[i] = g_strdup(opening->filter->value[i]);
	state->off_network = opening->filter && opening->filter->off_network;
	state->notified = report_notified_all(app_ruleset_dir(screen->app));
	state->selected = -1;
	count(screen);
	return true;
}

static void volume_close(struct screen *screen)
{
	struct volume_state *state = screen->state;

	job_cancel(state->job);
	job_cancel(state->list_job);
	job_cancel(state->facts_job);
	volume_free(state->volume);
	g_hash_table_unref(state->notified);
	for (int i = 0; i < GROUPS_KEYS; i++)
		g_free(state->value[i]);
	g_free(state->query);
}

/* The index went on. */
static void volume_refresh(struct screen *screen)
{
	if (!((struct volume_state *)screen->state)->job)
		count(screen);
}

/* ---- drawing ---- */

/* What the chart draws, for as long as it does. */
struct picture {
	struct chart chart;
	struct chart_series *series, sum;
	struct chart_tick *ticks;
	guint32 *messages;
};

static void picture_init(struct picture *picture, const struct volume_state *state)
{
	const struct volume *volume = state->volume;
	guint count = volume->series->len;

	memset(picture, 0, sizeof(*picture));
	picture->series = g_new0(struct chart_series, count + 1);
	picture->ticks = g_new0(struct chart_tick, bars(state));
	picture->messages = g_new0(guint32, bars(state));
	for (guint i = 0; i < count; i++) {
		const struct volume_series *series = volume->series->pdata[i];

		picture->series[i] = (struct chart_series){series->esp ? series->esp : "others",
			series->esp ? (char)('A' + i) : '+',
			series->esp ? theme_esp(series->esp) : STYLE_QUIET, series->counts,
			series->total};
	}
	for (guint i = 0; i < bars(state); i++) {
		picture->ticks[i] = volume_tick(volume->by, volume_bucket(volume, i));
		picture->messages[i] = volume_bucket(volume, i)->messages;
	}
	picture->sum = (struct chart_series){
		"messages", ' ', STYLE_NORMAL, picture->messages, volume->messages};
	picture->chart = (struct chart){.series = picture->series,
		.series_count = count,
		.sum = &picture->sum,
		.ticks = picture->ticks,
		.count = bars(state),
		.ascii = chart_needs_ascii()};
}

static void picture_clear(struct picture *picture)
{
	g_free(picture->series);
	g_free(picture->ticks);
	g_free(picture->messages);
}

/* As wide as lets all bars be seen, unless it was chosen. */
static int pitch_for(const struct volume_state *state, int width)
{
	int pitch = 1;

	if (state->pitch)
		return state->pitch;
	while (pitch < MAX_PITCH && chart_bars(width, pitch + 1) >= (int)bars(state))
		pitch++;
	return pitch;
}

static void draw_chart(
	struct volume_state *state, struct picture *picture, const struct canvas *canvas)
{
	picture->chart.pitch = state->shown_pitch = pitch_for(state, canvas->width);
	scroll_fit(&state->scroll, chart_bars(canvas->width, state->shown_pitch));
	picture->chart.first = state->scroll.top;
	picture->chart.at = state->scroll.at;
	chart_draw(&picture->chart, canvas);
}

static void heading_of(const struct volume_state *state, GString *heading)
{
	static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	const struct volume_bucket *bucket = volume_bucket(state->volume, (guint)state->scroll.at);
	char label[DAYS_TEXT];

	volume_label(state->volume->by, bucket, label);
	if (state->volume->by == VOLUME_DAY)
		g_string_append_printf(heading, "%s %s", weekdays[(bucket->first - 1) % 7], label);
	else
		g_string_append_printf(
			heading, "%s%s", state->volume->by == VOLUME_WEEK ? "week of " : "", label);
}

static void draw_legend(const struct volume_state *state, const struct picture *picture,
	const struct canvas *canvas)
{
	g_autoptr(GString) heading = g_string_new(NULL);

	heading_of(state, heading);
	chart_draw_legend(&picture->chart, canvas, MAX(canvas->width / LEGEND_COLUMN, 1),
		heading->str, state->selected);
}

/* Beside the chart where the screen is wide, else under it. */
static void draw_both(
	struct volume_state *state, struct picture *picture, const struct canvas *canvas)
{
	struct canvas chart = *canvas, legend = *canvas;
	int lines = chart_legend_lines(&picture->chart, MAX(canvas->width / LEGEND_COLUMN, 1));

	if (canvas->width >= WIDE) {
		chart.width -= LEGEND_WIDTH;
		legend.width = LEGEND_WIDTH - 2;
		legend.x += chart.width + 2;
	} else {
		lines = MAX(MIN(lines, canvas->height - CHART_MIN_LINES), 1);
		chart = canvas_rows(canvas, 0, canvas->height - lines);
		legend = canvas_rows(canvas, canvas->height - lines, lines);
	}
	/* The chart first: it finds where the cursor is. */
	draw_chart(state, picture, &chart);
	draw_legend(state, picture, &legend);
}

static void volume_draw(struct screen *screen, const struct canvas *canvas)
{
	struct volume_state *state = screen->state;
	struct picture picture;

	if (!bars(state)) {
		canvas_text(canvas, 0, 2, canvas->width,
			state->job ? "counting…" : "no tracker link here", STYLE_QUIET);
		return;
	}
	picture_init(&picture, state);
	draw_both(state, &picture, canvas);
	picture_clear(&picture);
}

static void volume_title(struct screen *screen, GString *title)
{
	struct volume_state *state = screen->state;

	g_string_append_printf(title, "Volume by %s", volume_by_name(state->by));
	for (int i = 0; i < GROUPS_KEYS; i++)
		if (state->value[i])
			g_string_append_printf(title, " — %s %s", groups_key_name(i),
				*state->value[i] ? state->value[i] : "(none)");
	if (state->query)
		g_string_append_printf(title, " — of %s", state->query);
	if (state->off_network)
		g_string_append(title, " — off-network only");
	if (state->volume && (state->volume->later || state->volume->undated))
		g_string_append_printf(title, " — %" G_GINT64_FORMAT " without a date or later",
			state->volume->later + state->volume->undated);
	if (state->volume && (state->job || state->list_job || state->facts_job))
		g_string_append(title, " — counting…");
}

static struct scroll *volume_scroll(struct screen *screen)
{
	return &((struct volume_state *)screen->state)->scroll;
}

/* ---- actions ---- */

static void act_left(struct screen *screen)
{
	scroll_by(volume_scroll(screen), -1);
}

static void act_right(struct screen *screen)
{
	scroll_by(volume_scroll(screen), 1);
}

static void count_by(struct screen *screen, enum volume_by by)
{
	struct volume_state *state = screen->state;

	if (state->by == by)
		return;
	state->by = by;
	state->pitch = 0;
	count(screen);
}

static void act_day(struct screen *screen)
{
	count_by(screen, VOLUME_DAY);
}

static void act_week(struct screen *screen)
{
	count_by(screen, VOLUME_WEEK);
}

static void act_month(struct screen *screen)
{
	count_by(screen, VOLUME_MONTH);
}

static void act_off(struct screen *screen)
{
	struct volume_state *state = screen->state;

	state->off_network = !state->off_network;
	count(screen);
}

/* Fewer bars, and wider ones. */
static void act_closer(struct screen *screen)
{
	struct volume_state *state = screen->state;

	state->pitch = MIN(state->shown_pitch + 1, MAX_PITCH);
}

static void act_farther(struct screen *screen)
{
	struct volume_state *state = screen->state;

	state->pitch = MAX(state->shown_pitch - 1, 1);
}

static void act_provider(struct screen *screen)
{
	struct volume_state *state = screen->state;
	int count = state->volume ? (int)state->volume->series->len : 0;

	/* The others together are none. */
	while (count && !((struct volume_series *)state->volume->series->pdata[count - 1])->esp)
		count--;
	state->selected = state->selected + 1 < count ? state->selected + 1 : -1;
}

/* `date:2026-11-24..2026-11-24 and (id:… or …)`: the dates are for people to read. */
static char *list_query(const struct result *result)
{
	char first[DAYS_TEXT], last[DAYS_TEXT];
	g_autofree char *ids = groups_query(result->ids, LIST_MAX);

	return g_strdup_printf("date:%s..%s and (%s)", days_text(result->bucket.first, first),
		days_text(result->bucket.last, last), ids);
}

static void list_deliver(void *user, void *item)
{
	struct screen *screen = user;
	struct volume_state *state = screen->state;
	struct result *result = item;

	if (!result) {
		state->list_job = NULL;
	} else if (result->error) {
		app_error(screen->app, g_steal_pointer(&result->error));
	} else if (!result->ids->len) {
		app_report(screen->app, "no message here");
	} else {
		g_autofree char *query = list_query(result);

		app_push(screen->app, &screen_list, query);
		if (result->ids->len > LIST_MAX)
			app_report(screen->app, "the newest %d of %u messages", LIST_MAX,
				result->ids->len);
	}
}

static void act_messages(struct screen *screen)
{
	struct volume_state *state = screen->state;
	struct job_spec spec = {run, NULL, input_free, list_deliver, result_free, screen};
	struct input *input;

	if (!bars(state))
		return;
	input = input_new(screen, TASK_LIST);
	input->bucket = *volume_bucket(state->volume, (guint)state->scroll.at);
	if (state->selected >= 0)
		input->esp = g_strdup(
			((struct volume_series *)state->volume->series->pdata[state->selected])
				->esp);
	spec.input = input;
	job_cancel(state->list_job);
	state->list_job = worker_start(screen->app->worker, &spec);
}

static void facts_deliver(void *user, void *item)
{
	struct screen *screen = user;
	struct volume_state *state = screen->state;
	struct result *result = item;

	if (!result) {
		state->facts_job = NULL;
	} else if (result->error) {
		app_error(screen->app, g_steal_pointer(&result->error));
	} else {
		struct pager_text text = {
			"Providers", result->table, strlen(result->table), PAGER_PLAIN};

		app_push(screen->app, &screen_pager, &text);
	}
}

static void act_facts(struct screen *screen)
{
	struct volume_state *state = screen->state;
	struct job_spec spec = {
		run, input_new(screen, TASK_FACTS), input_free, facts_deliver, result_free, screen};

	job_cancel(state->facts_job);
	state->facts_job = worker_start(screen->app->worker, &spec);
}

/* ---- saving ---- */

static char *exported(const struct volume_state *state, const char *path)
{
	struct volume_export export = {.volume = state->volume,
		.query = state->query,
		.esp = state->value[GROUPS_ESP],
		.off_network = state->off_network};

	if (g_str_has_suffix(path, ".csv"))
		return volume_csv(&export);
	return g_str_has_suffix(path, ".json") ? volume_json(&export) : volume_svg(&export);
}

static void save(struct screen *screen, const char *path)
{
	struct volume_state *state = screen->state;
	g_autofree char *text = NULL;
	GError *error = NULL;

	if (!path || !*path || !state->volume)
		return;
	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		app_report(screen->app, "%s is there already; nothing was written", path);
		return;
	}
	text = exported(state, path);
	if (g_file_set_contents(path, text, -1, &error))
		app_report(screen->app, "written to %s", path);
	else
		app_error(screen->app, error);
}

static void act_save(struct screen *screen)
{
	struct volume_state *state = screen->state;

	if (bars(state))
		app_ask(screen->app, "Write the chart to (.svg, .csv, .json): ", "volume.svg", NULL,
			NULL, save, screen);
}

static const struct binding volume_bindings[] = {
	{"Left", "earlier", "the bar before", false, act_left},
	{"Right", "later", "the bar after", false, act_right},
	{"Enter", "messages", "the messages of the bar, or of its selected provider", true,
		act_messages},
	{"d", "day", "count by day", true, act_day},
	{"w", "week", "count by week, from Monday on", true, act_week},
	{"m", "month", "count by month", true, act_month},
	{"o", "off", "only messages sent off the provider's network, or all", true, act_off},
	{"Tab", "provider", "select a provider of the legend", true, act_provider},
	{"+ =", "closer", "fewer and wider bars", false, act_closer},
	{"-", "farther", "more bars", false, act_farther},
	{"i", "figures", "what is known of each provider, also since it was notified", true,
		act_facts},
	{"s", "save", "write the chart to a file (SVG, CSV, JSON)", true, act_save},
	{0},
};

const struct screen_ops screen_volume = {
	.name = "volume",
	.state_size = sizeof(struct volume_state),
	.bindings = volume_bindings,
	.open = volume_open,
	.close = volume_close,
	.draw = volume_draw,
	.title = volume_title,
	.scroll = volume_scroll,
	.refresh = volume_refresh,
};
