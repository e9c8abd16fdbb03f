/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is abused, by which account, leading where: messages grouped by provider, then account, then
 * landing domain, then the messages themselves.
 */
#include "tui/screen/campaigns.h"

#include "tui/app.h"
#include "tui/screen/report.h"
#include "tui/screen/volume.h"

#include <time.h>

/* Messages of a group that are listed. */
#define LIST_MAX 1000

enum order { ORDER_MESSAGES, ORDER_LAST, ORDER_OFF, ORDERS };

struct campaigns_state {
	char *query; /* NULL: all */
	char *value[GROUPS_KEYS];
	enum groups_key key;
	bool off_network;
	enum order order;
	GPtrArray *rows; /* of struct groups_row; NULL while they are read */
	struct job *job, *list_job;
	struct scroll scroll;
};

/* ---- reading, in a job ---- */

struct input {
	const struct store *store; /* to open again, as the index; both outlive all jobs */
	const struct index *index;
	char *query;
	char *value[GROUPS_KEYS];
	enum groups_key key;
	bool off_network;
	bool messages; /* read the messages, not groups */
};

struct result {
	GPtrArray *list; /* of struct groups_row, or ids */
	GError *error;
};

static void input_free(gpointer data)
{
	struct input *input = data;

	g_free(input->query);
	for (int i = 0; i < GROUPS_KEYS; i++)
		g_free(input->value[i]);
	g_free(input);
}

static void result_free(gpointer data)
{
	struct result *result = data;

	g_clear_pointer(&result->list, g_ptr_array_unref);
	g_clear_error(&result->error);
	g_free(result);
}

static GPtrArray *read_list(struct job *job, const struct input *input, GError **error)
{
	struct store *store = store_open_again(input->store, error);
	struct index *index = store ? index_open_again(input->index, error) : NULL;
	struct groups_filter filter = {.off_network = input->off_network};
	g_autoptr(GPtrArray) within = NULL;
	GPtrArray *list = NULL;

	for (int i = 0; i < GROUPS_KEYS; i++)
		filter.value[i] = input->value[i];
	if (index && input->query)
		filter.within = within =
			store_query_ids(store, input->query, job_stops, job, error);
	if (index && (within || !input->query))
		list = input->messages ? groups_messages(index, &filter, error)
				       : groups_read(index, &filter, input->key, error);
	index_close(index);
	store_close(store);
	return list;
}

static void run(struct job *job, void *data)
{
	struct result *result = g_new0(struct result, 1);

	result->list = read_list(job, data, &result->error);
	job_post(job, result);
}

static struct input *input_new(struct screen *screen)
{
	struct campaigns_state *state = screen->state;
	struct input *input = g_new0(struct input, 1);

	input->store = screen->app->store;
	input->index = screen->app->index;
	input->query = g_strdup(state->query);
	for (int i = 0; i < GROUPS_KEYS; i++)
		input->value[i] = g_strdup(state->value[i]);
	input->key = state->key;
	input->off_network = state->off_network;
	return input;
}

/* ---- order ---- */

static double share_off(const struct groups_row *row)
{
	return row->messages ? (double)row->off / row->messages : 0;
}

static gint by_order(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct groups_row *left = *(const struct groups_row *const *)a,
				*right = *(const struct groups_row *const *)b;
	enum order order = *(const enum order *)data;

	if (order == ORDER_LAST && left->last != right->last)
		return left->last > right->last ? -1 : 1;
	if (order == ORDER_OFF && share_off(left) != share_off(right))
		return share_off(left) > share_off(right) ? -1 : 1;
	if (left->messages != right->messages)
		return left->messages > right->messages ? -1 : 1;
	return strcmp(left->name, right->name);
}

static void sort(struct campaigns_state *state)
{
	if (state->rows)
		g_ptr_array_sort_with_data(state->rows, by_order, &state->order);
}

/* ---- opening ---- */

static void deliver(void *user, void *item)
{
	struct screen *screen = user;
	struct campaigns_state *state = screen->state;
	struct result *result = item;

	if (!result) {
		state->job = NULL;
		return;
	}
	g_clear_pointer(&state->rows, g_ptr_array_unref);
	state->rows = g_steal_pointer(&result->list);
	state->scroll.count = state->rows ? state->rows->len : 0;
	sort(state);
	if (result->error)
		app_error(screen->app, g_steal_pointer(&result->error));
}

static void read_rows(struct screen *screen)
{
	struct campaigns_state *state = screen->state;
	struct job_spec spec = {run, input_new(screen), input_free, deliver, result_free, screen};

	job_cancel(state->job);
	state->job = worker_start(screen->app->worker, &spec);
}

static bool campaigns_open(struct screen *screen, const void *argument, GError **error)
{
	struct campaigns_state *state = screen->state;
	const struct campaigns_opening *opening = argument;

	(void)error;
	state->query = opening->query && strcmp(opening->query, "*") != 0 ? g_strdup(opening->query)
									  : NULL;
	for (int i = 0; opening->filter && i < GROUPS_KEYS; i++)
		state->value[i] = g_strdup(opening->filter->value[i]);
	state->off_network = opening->filter && opening->filter->off_network;
	state->key = opening->key;
	read_rows(screen);
	return true;
}

static void campaigns_close(struct screen *screen)
{
	struct campaigns_state *state = screen->state;

	job_cancel(state->job);
	job_cancel(state->list_job);
	g_clear_pointer(&state->rows, g_ptr_array_unref);
	for (int i = 0; i < GROUPS_KEYS; i++)
		g_free(state->value[i]);
	g_free(state->query);
}

/* The index went on. */
static void campaigns_refresh(struct screen *screen)
{
	if (!((struct campaigns_state *)screen->state)->job)
		read_rows(screen);
}

/* ---- drawing ---- */

static void put_day(const struct canvas *line, int x, gint64 date)
{
	time_t then = (time_t)date;
	struct tm day;
	char text[16] = "-";

	if (date && localtime_r(&then, &day))
		strftime(text, sizeof(text), "%Y-%m-%d", &day);
	canvas_text(line, 0, x, 10, text, STYLE_QUIET);
}

/* How much of the messages was sent off the provider's network; nothing where it is not known. */
static void put_share(const struct canvas *line, int x, const struct groups_row *row)
{
	if (row->off)
		canvas_printf(line, 0, x, 8, STYLE_BAD, "%3.0f%% off", 100 * share_off(row));
	else if (row->on)
		canvas_text(line, 0, x, 8, "on", STYLE_GOOD);
}

static void draw_row(const struct campaigns_state *state, const struct canvas *line,
	const struct groups_row *row)
{
	int name = MAX(line->width - 52, 10), x = 1;
	enum style style = state->key == GROUPS_ESP       ? theme_esp(row->name)
			   : state->key == GROUPS_LANDING ? STYLE_LANDING
							  : STYLE_NORMAL;

	canvas_fill(line, 0, 0, STYLE_NORMAL);
	canvas_text(line, 0, x, name, *row->name ? row->name : "(none)",
		*row->name ? style : STYLE_QUIET);
	x += name + 1;
	canvas_printf(line, 0, x, 8, STYLE_STRONG, "%8u", row->messages);
	canvas_printf(line, 0, x + 9, 8, STYLE_NORMAL, "%8u", row->links);
	put_share(line, x + 18, row);
	put_day(line, x + 27, row->first);
	put_day(line, x + 38, row->last);
}

static void draw_head(const struct campaigns_state *state, const struct canvas *canvas)
{
	int x = MAX(canvas->width - 52, 10) + 2;

	canvas_text(canvas, 0, 1, 12, groups_key_name(state->key), STYLE_HEADER);
	canvas_text(canvas, 0, x, 8, "messages", STYLE_HEADER);
	canvas_text(canvas, 0, x + 12, 8, "links", STYLE_HEADER);
	canvas_text(canvas, 0, x + 18, 8, "network", STYLE_HEADER);
	canvas_text(canvas, 0, x + 27, 10, "first", STYLE_HEADER);
	canvas_text(canvas, 0, x + 38, 10, "last", STYLE_HEADER);
}

static void campaigns_draw(struct screen *screen, const struct canvas *canvas)
{
	struct campaigns_state *state = screen->state;
	struct canvas list = canvas_rows(canvas, 1, canvas->height - 1);

	draw_head(state, canvas);
	scroll_fit(&state->scroll, list.height);
	if (!state->rows || !state->rows->len)
		canvas_text(&list, 0, 2, canvas->width,
			state->job ? "counting…" : "no tracker link here", STYLE_QUIET);
	for (int y = 0;
		state->rows && y < list.height && state->scroll.top + (size_t)y < state->rows->len;
		y++) {
		struct canvas line = canvas_rows(&list, y, 1);

		line.selected = state->scroll.top + (size_t)y == state->scroll.at;
		draw_row(state, &line, state->rows->pdata[state->scroll.top + (size_t)y]);
	}
	canvas_cursor(&list, (int)(state->scroll.at - state->scroll.top), 0);
}

static void campaigns_title(struct screen *screen, GString *title)
{
	static const char *const orders[] = {"", ", last seen first", ", most off-network first"};
	struct campaigns_state *state = screen->state;

	g_string_append(title, "Campaigns");
	for (int i = 0; i < GROUPS_KEYS; i++)
		if (state->value[i])
			g_string_append_printf(title, " — %s %s", groups_key_name(i),
				*state->value[i] ? state->value[i] : "(none)");
	if (state->query)
		g_string_append_printf(title, " — of %s", state->query);
	if (state->off_network)
		g_string_append(title, " — off-network only");
	g_string_append(title, orders[state->order]);
}

static struct scroll *campaigns_scroll(struct screen *screen)
{
	return &((struct campaigns_state *)screen->state)->scroll;
}

/* ---- actions ---- */

static const struct groups_row *selected(const struct campaigns_state *state)
{
	return state->rows && state->scroll.at < state->rows->len
		       ? state->rows->pdata[state->scroll.at]
		       : NULL;
}

static void list_deliver(void *user, void *item)
{
	struct screen *screen = user;
	struct campaigns_state *state = screen->state;
	struct result *result = item;

	if (!result) {
		state->list_job = NULL;
	} else if (result->error) {
		app_error(screen->app, g_steal_pointer(&result->error));
	} else if (result->list->len) {
		g_autofree char *query = groups_query(result->list, LIST_MAX);

		app_push(screen->app, &screen_list, query);
		if (result->list->len > LIST_MAX)
			app_report(screen->app, "the newest %d of %u messages", LIST_MAX,
				result->list->len);
	}
}

static void act_messages(struct screen *screen)
{
	struct campaigns_state *state = screen->state;
	const struct groups_row *row = selected(state);
	struct job_spec spec = {run, NULL, input_free, list_deliver, result_free, screen};
	struct input *input;

	if (!row)
		return;
	input = input_new(screen);
	g_free(input->value[state->key]);
	input->value[state->key] = g_strdup(row->name);
	input->messages = true;
	spec.input = input;
	job_cancel(state->list_job);
	state->list_job = worker_start(screen->app->worker, &spec);
}

/* Provider, account, landing domain, messages. */
static void act_open(struct screen *screen)
{
	struct campaigns_state *state = screen->state;
	const struct groups_row *row = selected(state);
	struct groups_filter filter = {.off_network = state->off_network};

	if (!row)
		return;
	if (state->key != GROUPS_ESP && state->key != GROUPS_ACCOUNT) {
		act_messages(screen);
		return;
	}
	for (int i = 0; i < GROUPS_KEYS; i++)
		filter.value[i] = state->value[i];
	filter.value[state->key] = row->name;
	struct campaigns_opening opening = {
		state->query, &filter, state->key == GROUPS_ESP ? GROUPS_ACCOUNT : GROUPS_LANDING};
	app_push(screen->app, &screen_campaigns, &opening);
}

static void act_by(struct screen *screen)
{
	struct campaigns_state *state = screen->state;

	do
		state->key = (state->key + 1) % GROUPS_KEYS;
	while (state->value[state->key]);
	state->scroll.at = 0;
	g_clear_pointer(&state->rows, g_ptr_array_unref);
	state->scroll.count = 0;
	read_rows(screen);
}

static void act_sort(struct screen *screen)
{
	struct campaigns_state *state = screen->state;

	state->order = (state->order + 1) % ORDERS;
	sort(state);
}

static void act_off(struct screen *screen)
{
	struct campaigns_state *state = screen->state;

	state->off_network = !state->off_network;
	read_rows(screen);
}

static void act_volume(struct screen *screen)
{
	struct campaigns_state *state = screen->state;
	const struct groups_row *row = selected(state);
	struct groups_filter filter = {.off_network = state->off_network};
	struct volume_opening opening = {.query = state->query, .filter = &filter};

	if (!row)
		return;
	for (int i = 0; i < GROUPS_KEYS; i++)
		filter.value[i] = state->value[i];
	filter.value[state->key] = row->name;
	app_push(screen->app, &screen_volume, &opening);
}

/* Of the row's provider, in as far as the rows are of one. */
static void act_report(struct screen *screen)
{
	struct campaigns_state *state = screen->state;
	const struct groups_row *row = selected(state);
	struct groups_filter filter = {.off_network = false};
	struct report_opening opening = {.query = state->query, .filter = &filter};

	if (!row)
		return;
	for (int i = 0; i < GROUPS_KEYS; i++)
		filter.value[i] = state->value[i];
	filter.value[state->key] = row->name;
	if (filter.value[GROUPS_ESP])
		app_push(screen->app, &screen_report, &opening);
	else
		app_report(screen->app, "a report goes to one provider: open its row first");
}

static const struct binding campaigns_bindings[] = {
	{"Enter", "open", "open the group: its accounts, landings, then messages", true, act_open},
	{"m", "messages", "the messages of the row", true, act_messages},
	{"Tab", "by", "by account, campaign, landing, network, rule or provider", true, act_by},
	{"v", "volume", "the messages of the row over time", true, act_volume},
	{"a", "report", "report the row to the provider's abuse desk", true, act_report},
	{"S", "sort", "by messages, last seen, or share sent off-network", true, act_sort},
	{"o", "off", "only messages sent off the provider's network, or all", true, act_off},
	{0},
};

const struct screen_ops screen_campaigns = {
	.name = "campaigns",
	.state_size = sizeof(struct campaigns_state),
	.bindings = campaigns_bindings,
	.open = campaigns_open,
	.close = campaigns_close,
	.draw = campaigns_draw,
	.title = campaigns_title,
	.scroll = campaigns_scroll,
	.refresh = campaigns_refresh,
};
