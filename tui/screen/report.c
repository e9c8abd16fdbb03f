/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report for a provider's abuse desk, before it leaves: to read, to write into files, to send.
 */
#include "tui/screen/report.h"

#include "tui/app.h"
#include "tui/index/days.h"
#include "tui/report/deliver.h"
#include "tui/report/record.h"

#define SEND_SECONDS 120

enum form { FORM_TEXT, FORM_MAIL, FORM_XARF, FORMS };

/* A row of the screen: cells of a line of the form. */
struct row {
	guint line;
	struct shown_line cells;
};

struct report_state {
	char *query; /* NULL: all */
	char *value[GROUPS_KEYS];
	char *identity; /* git's; NULL */
	bool unknown, tokens;
	bool partial;          /* not all of the mail was read into the index then */
	struct report *report; /* NULL while it is made, and where it cannot be */
	char *failed;          /* why; NULL */
	guint32 notified;      /* the day of the last one; 0: none */
	struct job *job, *send_job;
	enum form form;
	GPtrArray *lines; /* of struct shown */
	GArray *rows;     /* of struct row */
	int width;        /* that the rows are for; 0: there are none */
	struct scroll scroll;
};

/* ---- making it, in a job ---- */

struct input {
	const struct store *store; /* to open again, as the index; all of them outlive all jobs */
	const struct index *index;
	const struct settings *settings;
	struct matcher *matcher;
	char *query;
	char *value[GROUPS_KEYS];
	char *identity;
	bool unknown, tokens;
	gint64 now;
	struct report *report; /* to send; NULL: to make */
	char *ruleset;         /* where that is remembered */
};

struct result {
	struct report *report;
	GError *error;
};

static void input_free(gpointer data)
{
	struct input *input = data;

	for (int i = 0; i < GROUPS_KEYS; i++)
		g_free(input->value[i]);
	matcher_unref(input->matcher);
	g_free(input->query);
	g_free(input->identity);
	report_unref(input->report);
	g_free(input->ruleset);
	g_free(input);
}

static void result_free(gpointer data)
{
	struct result *result = data;

	report_unref(result->report);
	g_clear_error(&result->error);
	g_free(result);
}

static struct report *make_report(struct job *job, const struct input *input, struct store *store,
	struct index *index, GError **error)
{
	struct groups_filter links = {.off_network = false};
	struct report_request request = {
		.links = &links, .unknown = input->unknown, .tokens = input->tokens};
	struct report_source source = {.store = store,
		.index = index,
		.matcher = input->matcher,
		.settings = input->settings,
		.identity = input->identity,
		.now = input->now,
		.stop = job_stops,
		.user = job};
	g_autoptr(GPtrArray) within =
		input->query ? store_query_ids(store, input->query, job_stops, job, error) : NULL;

	for (int i = 0; i < GROUPS_KEYS; i++)
		links.value[i] = input->value[i];
	links.within = within;
	return within || !input->query ? report_new(&source, &request, error) : NULL;
}

static void run(struct job *job, void *data)
{
	const struct input *input = data;
	struct result *result = g_new0(struct result, 1);
	struct store *store = store_open_again(input->store, &result->error);
	struct index *index = store ? index_open_again(input->index, &result->error) : NULL;

	if (index)
		result->report = make_report(job, input, store, index, &result->error);
	index_close(index);
	store_close(store);
	job_post(job, result);
}

/* By a handle of its own: what was sent is remembered, also when nobody looks any more. */
static bool remember_sent(const struct input *input, GError **error)
{
	struct repo *repo = repo_open(input->ruleset, error);
	bool good = repo && record_report(repo, input->report, RECORD_SENT, error);

	repo_close(repo);
	if (!good)
		g_prefix_error(error, "the report was sent, but not remembered: ");
	return good;
}

static void run_send(struct job *job, void *data)
{
	const struct input *input = data;
	struct result *result = g_new0(struct result, 1);

	if (deliver_mail(
		    input->settings->sendmail, input->report->arf, SEND_SECONDS, &result->error))
		remember_sent(input, &result->error);
	job_post(job, result);
}

static struct input *input_new(struct screen *screen)
{
	struct report_state *state = screen->state;
	struct input *input = g_new0(struct input, 1);

	input->store = screen->app->store;
	input->index = screen->app->index;
	input->settings = screen->app->settings;
	input->matcher = matcher_ref(screen->app->matcher);
	input->query = g_strdup(state->query);
	for (int i = 0; i < GROUPS_KEYS; i++)
		input->value[i] = g_strdup(state->value[i]);
	input->identity = g_strdup(state->identity);
	input->unknown = state->unknown;
	input->tokens = state->tokens;
	input->now = app_now(screen->app);
	return input;
}

/* ---- rows ---- */

static const char *form_of(const struct report_state *state)
{
	const struct report *report = state->report;

	if (!report)
		return NULL;
	return state->form == FORM_MAIL   ? report->arf
	       : state->form == FORM_XARF ? report->xarf
					  : report->text;
}

static void forget_rows(struct report_state *state)
{
	g_ptr_array_set_size(state->lines, 0);
	g_array_set_size(state->rows, 0);
	state->width = 0;
	state->scroll.count = 0;
}

static void add_line(struct report_state *state, struct span text, int width)
{
	g_autoptr(GArray) wrapped = g_array_new(FALSE, FALSE, sizeof(struct shown_line));
	struct shown *shown = shown_new(text);

	shown_wrap(shown, (unsigned)MAX(width, 2), wrapped);
	for (guint i = 0; i < wrapped->len; i++) {
		struct row row = {state->lines->len, g_array_index(wrapped, struct shown_line, i)};

		g_array_append_val(state->rows, row);
	}
	g_ptr_array_add(state->lines, shown);
}

static void make_rows(struct report_state *state, int width)
{
	const char *at = form_of(state);

	forget_rows(state);
	for (; at && *at;) {
		size_t len = strcspn(at, "\n");

		add_line(state, (struct span){at, len}, width);
		at += len + (at[len] != '\0');
	}
	state->width = width;
	state->scroll.count = state->rows->len;
}

/* ---- opening ---- */

static void deliver(void *user, void *item)
{
	struct screen *screen = user;
	struct report_state *state = screen->state;
	struct result *result = item;

	if (!result) {
		state->job = NULL;
		return;
	}
	state->report = g_steal_pointer(&result->report);
	state->partial = !index_is_whole(screen->app->index);
	if (result->error)
		state->failed = g_strdup(result->error->message);
	if (!form_of(state))
		state->form = FORM_TEXT;
	forget_rows(state);
}

static void make(struct screen *screen)
{
	struct report_state *state = screen->state;
	struct job_spec spec = {run, input_new(screen), input_free, deliver, result_free, screen};

	report_unref(state->report);
	state->report = NULL;
	g_clear_pointer(&state->failed, g_free);
	forget_rows(state);
	job_cancel(state->job);
	state->job = worker_start(screen->app->worker, &spec);
}

static bool report_open(struct screen *screen, const void *argument, GError **error)
{
	struct report_state *state = screen->state;
	const struct report_opening *opening = argument;

	(void)error;
	state->lines = g_ptr_array_new_with_free_func((GDestroyNotify)shown_free);
	state->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	state->scroll.pager = true;
	state->query = g_strdup(opening->query);
	for (int i = 0; i < GROUPS_KEYS; i++)
		state->value[i] = g_strdup(opening->filter->value[i]);
	state->identity = repo_identity(screen->app->repo, NULL);
	state->notified = report_notified(app_ruleset_dir(screen->app), state->value[GROUPS_ESP]);
	make(screen);
	return true;
}

static void report_close(struct screen *screen)
{
	struct report_state *state = screen->state;

	job_cancel(state->job);
	job_cancel(state->send_job);
	report_unref(state->report);
	g_free(state->failed);
	g_free(state->identity);
	for (int i = 0; i < GROUPS_KEYS; i++)
		g_free(state->value[i]);
	g_free(state->query);
	g_ptr_array_unref(state->lines);
	g_array_unref(state->rows);
}

/* ---- drawing ---- */

/* Two lines: where it goes, and what must be known before it does. */
static void draw_head(const struct report_state *state, const struct canvas *canvas)
{
	const struct report *report = state->report;
	char day[DAYS_TEXT] = "never";

	if (state->notified)
		days_text(state->notified, day);
	canvas_printf(canvas, 0, 1, canvas->width - 1, STYLE_HEADER, "To: %s — last reported: %s",
		report && report->to ? report->to : "(no address is known)", day);
	if (report && report->from)
		canvas_printf(
			canvas, 1, 1, canvas->width - 1, STYLE_HEADER, "From: %s", report->from);
	else if (report)
		canvas_text(canvas, 1, 1, canvas->width - 1, report->unsent, STYLE_BAD);
	canvas_rule(canvas, 2, STYLE_QUIET);
}

static void draw_row(
	const struct report_state *state, const struct canvas *canvas, int y, const struct row *row)
{
	const struct shown *shown = state->lines->pdata[row->line];
	bool heading =
		state->form == FORM_TEXT && shown->count && *shown->text != ' ' && row->line &&
		!((struct shown *)state->lines->pdata[row->line - 1])->count &&
		row->line + 1 < state->lines->len &&
		g_str_has_prefix(((struct shown *)state->lines->pdata[row->line + 1])->text, "  ");

	canvas_cells(canvas, y, 0, canvas->width, shown, row->cells.first, row->cells.count,
		heading ? STYLE_HEADING : STYLE_NORMAL);
}

static void report_draw(struct screen *screen, const struct canvas *canvas)
{
	struct report_state *state = screen->state;
	struct canvas body = canvas_rows(canvas, 3, MAX(canvas->height - 3, 0));

	if (state->report)
		draw_head(state, canvas);
	else
		canvas_text(canvas, 0, 1, canvas->width - 1,
			state->failed ? state->failed : "reading the messages…",
			state->failed ? STYLE_BAD : STYLE_QUIET);
	if (state->report && state->width != body.width)
		make_rows(state, body.width);
	scroll_fit(&state->scroll, body.height);
	for (int y = 0; y < body.height && state->scroll.top + (size_t)y < state->rows->len; y++)
		draw_row(state, &body, y,
			&g_array_index(state->rows, struct row, state->scroll.top + (size_t)y));
	canvas_cursor(canvas, 0, 0);
}

static void report_title(struct screen *screen, GString *title)
{
	static const char *const names[FORMS] = {"text", "mail (ARF)", "XARF"};
	struct report_state *state = screen->state;

	if (!state->report) {
		g_string_append_printf(title, "Report — %s", state->value[GROUPS_ESP]);
		return;
	}
	g_string_append_printf(title, "%s — %s", state->report->subject, names[state->form]);
	if (state->partial)
		g_string_append(title, " — not all mail was read yet");
	if (state->unknown)
		g_string_append(title, " — with unknown networks");
	if (state->tokens)
		g_string_append(title, " — without tokens");
}

static struct scroll *report_scroll(struct screen *screen)
{
	return &((struct report_state *)screen->state)->scroll;
}

/* ---- what leaves ---- */

/* The report, unless it is not made yet, or it could not be remembered. */
static const struct report *ready(struct screen *screen)
{
	struct report_state *state = screen->state;
	GError *error = NULL;

	if (!state->report || state->send_job)
		return NULL;
	if (repo_ready(screen->app->repo, &error))
		return state->report;
	app_error(screen->app, error);
	return NULL;
}

/* `~/` is home. The caller frees it with g_free(). */
static char *typed_path(const char *typed)
{
	return g_str_has_prefix(typed, "~/") ? g_build_filename(g_get_home_dir(), typed + 2, NULL)
					     : g_strdup(typed);
}

static void typed_prefix(struct screen *screen, const char *typed)
{
	struct report_state *state = screen->state;
	const struct report *report = typed && *typed ? ready(screen) : NULL;
	g_autofree char *prefix = report ? typed_path(typed) : NULL;
	GError *error = NULL;

	if (!report)
		return;
	if (!deliver_files(prefix, report, &error)) {
		app_error(screen->app, error);
		return;
	}
	if (!record_report(screen->app->repo, report, RECORD_WRITTEN, &error)) {
		g_prefix_error(&error, "the report was written, but not remembered: ");
		app_error(screen->app, error);
		return;
	}
	state->notified = days_of(report->time);
	app_report(screen->app, "written and remembered: %s.txt%s", typed,
		report->arf ? ", .eml, .json" : "");
}

static void act_write(struct screen *screen)
{
	const struct report *report = ready(screen);
	char day[DAYS_TEXT];

	if (!report)
		return;
	g_autofree char *name = g_strdup_printf(
		"report-%s-%s", report->esp->id, days_text(days_of(report->time), day));
	app_ask(screen->app, "Write files that begin with: ", name, NULL, NULL, typed_prefix,
		screen);
}

static void sent(void *user, void *item)
{
	struct screen *screen = user;
	struct report_state *state = screen->state;
	struct result *result = item;

	if (!result) {
		state->send_job = NULL;
		return;
	}
	/* The commit is none that anybody need hear of. */
	if (repo_moved(screen->app->repo))
		app_reload_rules(screen->app, NULL);
	if (result->error) {
		app_error(screen->app, g_steal_pointer(&result->error));
		return;
	}
	state->notified = days_of(state->report->time);
	app_report(screen->app, "sent to %s, and remembered", state->report->to);
}

static void confirmed(struct screen *screen)
{
	struct report_state *state = screen->state;
	struct job_spec spec = {run_send, NULL, input_free, sent, result_free, screen};
	struct input *input;

	if (!ready(screen))
		return;
	input = input_new(screen);
	input->report = report_ref(state->report);
	input->ruleset = g_strdup(app_ruleset_dir(screen->app));
	spec.input = input;
	state->send_job = worker_start(screen->app->worker, &spec);
	app_report(screen->app, "sending to %s…", state->report->to);
}

static void act_send(struct screen *screen)
{
	struct report_state *state = screen->state;
	const struct report *report = ready(screen);
	char day[DAYS_TEXT];

	if (!report)
		return;
	if (report->unsent)
		app_report(screen->app, "%s", report->unsent);
	else if (!report->to)
		app_report(screen->app, "no address for reports is known of %s: w writes files",
			report->esp->name);
	else
		app_confirm(screen->app, screen, confirmed,
			"Send to %s: %u message%s, account %s%s%s?", report->to,
			report->sightings->messages, report->sightings->messages == 1 ? "" : "s",
			report->account ? report->account : "(several)",
			state->notified ? ", last reported " : "",
			state->notified ? days_text(state->notified, day) : "");
}

/* ---- how it is made ---- */

static void act_form(struct screen *screen)
{
	struct report_state *state = screen->state;

	if (!state->report)
		return;
	if (state->report->unsent) {
		app_report(screen->app, "%s", state->report->unsent);
		return;
	}
	state->form = (state->form + 1) % FORMS;
	state->scroll.at = 0;
	forget_rows(state);
}

static void act_unknown(struct screen *screen)
{
	struct report_state *state = screen->state;

	if (state->send_job)
		return;
	state->unknown = !state->unknown;
	make(screen);
}

static void act_tokens(struct screen *screen)
{
	struct report_state *state = screen->state;

	if (state->send_job)
		return;
	state->tokens = !state->tokens;
	make(screen);
}

static const struct binding report_bindings[] = {
	{"w", "write", "write the text, the mail (ARF) and XARF into files", true, act_write},
	{"s", "send", "send the mail to the provider, after a question", true, act_send},
	{"Tab", "form", "the text, the mail, or XARF", true, act_form},
	{"n", "unknown", "with or without messages of unknown networks", true, act_unknown},
	{"t", "tokens", "with or without tokens that may identify recipients", true, act_tokens},
	{0},
};

const struct screen_ops screen_report = {
	.name = "report",
	.state_size = sizeof(struct report_state),
	.bindings = report_bindings,
	.open = report_open,
	.close = report_close,
	.draw = report_draw,
	.title = report_title,
	.scroll = report_scroll,
};
