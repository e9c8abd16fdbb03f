/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One message: headers, text with its links numbered and highlighted, and beneath it where each
 * link leads.
 */
#include "tui/screen/message.h"

#include "rules/error.h"
#include "tui/app.h"
#include "tui/esp_choice.h"
#include "tui/link_list.h"
#include "tui/link_pane.h"
#include "tui/mail/message.h"
#include "tui/mail/verdict.h"
#include "tui/message_view.h"
#include "tui/networks.h"
#include "tui/pivot.h"
#include "tui/screen/chain.h"
#include "tui/screen/label.h"
#include "tui/screen/pager.h"

struct message_state {
	char *id, *query;
	const char *(*step)(struct screen *list, int step);
	struct screen *list;

	struct message *message;
	GPtrArray *verdicts;     /* of struct verdict, one a link */
	struct matcher *matcher; /* the verdicts are by these rules */
	struct link_list *links;
	struct networks *networks;
	bool all_headers;
	bool evidence; /* of the networks, shown line by line */

	struct message_view *view;
	struct scroll scroll, pane; /* the pane's tells which link is selected */
	bool show_link;             /* bring it into sight, when the lines are known */
	struct pivot *pivot;
};

/* ---- loading ---- */

static void drop_message(struct message_state *state)
{
	g_clear_pointer(&state->networks, networks_free);
	g_clear_pointer(&state->links, link_list_free);
	g_clear_pointer(&state->verdicts, g_ptr_array_unref);
	g_clear_pointer(&state->message, message_free);
	g_clear_pointer(&state->matcher, matcher_unref);
}

/* ---- the text ---- */

static void add_header(struct message_state *state, const char *name, const char *value)
{
	if (value)
		message_view_add_header(state->view, name, value);
}

static void add_headers(struct message_state *state)
{
	static const char *const names[] = {"From", "Return-Path", "Reply-To", "To", "Subject",
		"Date", "Message-ID", "Authentication-Results"};
	const GPtrArray *headers = message_headers(state->message);

	for (size_t i = 0; !state->all_headers && i < G_N_ELEMENTS(names); i++)
		add_header(state, names[i], message_header(state->message, names[i]));
	for (guint i = 0; state->all_headers && i < headers->len; i++) {
		const struct message_header *header = headers->pdata[i];

		add_header(state, header->name, header->value);
	}
}

static void build_text(struct message_state *state)
{
	const char *incomplete = message_incomplete(state->message);

	message_view_clear(state->view);
	add_headers(state);
	networks_show(state->networks, state->evidence, state->view);
	message_view_add_line(state->view, STYLE_NORMAL, "");
	if (incomplete) {
		g_autofree char *line = g_strdup_printf("[%s]", incomplete);

		message_view_add_line(state->view, STYLE_BAD, line);
		message_view_add_line(state->view, STYLE_NORMAL, "");
	}
	message_view_add_body(state->view, message_text(state->message), state->links);
}

static void judge(struct screen *screen)
{
	struct message_state *state = screen->state;

	g_clear_pointer(&state->networks, networks_free);
	g_clear_pointer(&state->links, link_list_free);
	g_clear_pointer(&state->verdicts, g_ptr_array_unref);
	g_clear_pointer(&state->matcher, matcher_unref);
	state->matcher = matcher_ref(screen->app->matcher);
	state->verdicts = verdict_of_links(message_links(state->message), state->matcher);
	state->links = link_list_new(state->verdicts, message_text(state->message));
	state->networks = networks_new(
		state->message, screen->app->settings->trust, state->verdicts, state->matcher);
	state->pane.count = link_list_count(state->links);
	state->pane.at = MIN(state->pane.at, MAX(state->pane.count, 1) - 1);
	build_text(state);
}

static bool load(struct screen *screen, const char *id, GError **error)
{
	struct message_state *state = screen->state;
	g_autofree char *path = store_message_file(screen->app->store, id, error);
	struct message *message = path ? message_read(path, error) : NULL;

	if (!message)
		return false;
	drop_message(state);
	g_free(state->id);
	state->id = g_strdup(id);
	state->message = message;
	state->pane.at = state->pane.top = 0;
	state->scroll.at = state->scroll.top = 0;
	judge(screen);
	return true;
}

static bool select_suspect(struct message_state *state, size_t from);
static void pivot_picked(struct screen *screen, const char *value);

static bool message_open(struct screen *screen, const void *argument, GError **error)
{
	struct message_state *state = screen->state;
	const struct message_opening *opening = argument;

	state->query = g_strdup(opening->query);
	state->step = opening->step;
	state->list = opening->list;
	state->view = message_view_new();
	state->scroll.pager = true;
	state->pivot = pivot_new(screen, pivot_picked);
	if (!load(screen, opening->id, error))
		return false;
	if (opening->unexplained)
		select_suspect(state, 0);
	return true;
}

static void message_close(struct screen *screen)
{
	struct message_state *state = screen->state;

	drop_message(state);
	pivot_free(state->pivot);
	g_free(state->id);
	g_free(state->query);
	message_view_free(state->view);
}

static void message_refresh(struct screen *screen)
{
	struct message_state *state = screen->state;

	if (state->matcher != screen->app->matcher)
		judge(screen);
}

/* ---- drawing ---- */

/* Lines for the links beneath the text. */
static int pane_height(const struct message_state *state, int height)
{
	size_t count = link_list_count(state->links);

	return count ? (int)MIN(count + 1, (size_t)MAX(height * 2 / 5, 3)) : 0;
}

static guint selected_number(const struct message_state *state)
{
	return state->pane.count ? (guint)state->pane.at + 1 : 0;
}

static void show_selected(struct message_state *state)
{
	size_t line;

	state->show_link = false;
	if (!message_view_find(state->view, selected_number(state), &line))
		return;
	if (line < state->scroll.top || line >= state->scroll.top + (size_t)state->scroll.height)
		scroll_to(&state->scroll, line > 2 ? line - 2 : 0);
	scroll_fit(&state->scroll, state->scroll.height);
}

static void message_draw(struct screen *screen, const struct canvas *canvas)
{
	struct message_state *state = screen->state;
	int pane = pane_height(state, canvas->height);
	struct canvas body = canvas_rows(canvas, 0, canvas->height - pane);
	struct canvas links = canvas_rows(canvas, canvas->height - pane, pane);

	state->scroll.count = message_view_wrap(state->view, body.width);
	scroll_fit(&state->scroll, body.height);
	if (state->show_link)
		show_selected(state);
	message_view_draw(state->view, &body, state->scroll.top, selected_number(state));
	canvas_cursor(&body, 0, 0);
	if (!pane)
		return;
	link_pane_draw(&links, state->links, &state->pane, screen->app->defang);
	canvas_cursor(&links, 1 + (int)(state->pane.at - state->pane.top), 0);
}

static void message_title(struct screen *screen, GString *title)
{
	struct message_state *state = screen->state;
	const char *subject = message_header(state->message, "Subject");
	struct store_row *row = store_find(screen->app->store, state->id, NULL);

	g_string_append(title, subject ? subject : "(no subject)");
	if (row && *row->tags) {
		g_autofree char *tags = g_strjoinv(" ", row->tags);
		g_string_append_printf(title, " — %s", tags);
	}
	store_row_free(row);
}

static struct scroll *message_scroll(struct screen *screen)
{
	return &((struct message_state *)screen->state)->scroll;
}

/* ---- actions ---- */

/* The first link of the selected entry, NULL where there is none. */
static const struct verdict *selected(const struct message_state *state)
{
	return state->pane.count ? link_list_at(state->links, state->pane.at)->verdict : NULL;
}

static void select_link(struct screen *screen, int by)
{
	struct message_state *state = screen->state;
	size_t count = state->pane.count;

	if (!count)
		return;
	state->pane.at = (state->pane.at + count + (size_t)by) % count;
	state->show_link = true;
}

static void act_next_link(struct screen *screen)
{
	select_link(screen, 1);
}

static void act_previous_link(struct screen *screen)
{
	select_link(screen, -1);
}

static void go_to(struct screen *screen, int by)
{
	struct message_state *state = screen->state;
	const char *id = state->step ? state->step(state->list, by) : NULL;
	GError *error = NULL;

	if (!id)
		app_report(screen->app,
			by > 0 ? "that was the last message" : "that was the first message");
	else if (!load(screen, id, &error))
		app_error(screen->app, error);
}

static void act_next_message(struct screen *screen)
{
	go_to(screen, 1);
}

static void act_previous_message(struct screen *screen)
{
	go_to(screen, -1);
}

/* The first suspect link from number `from` on, counted from 0. */
static bool select_suspect(struct message_state *state, size_t from)
{
	for (size_t i = from; i < state->pane.count; i++) {
		if (!link_list_at(state->links, i)->suspect)
			continue;
		state->pane.at = i;
		state->show_link = true;
		return true;
	}
	return false;
}

/* Goes down the list as far as it takes. */
static void act_next_unexplained(struct screen *screen)
{
	struct message_state *state = screen->state;
	GError *error = NULL;
	const char *id;
	int steps = 0;

	if (select_suspect(state, state->pane.at + 1))
		return;
	while ((id = state->step ? state->step(state->list, 1) : NULL)) {
		steps++;
		if (!index_has_unexplained(screen->app->index, id))
			continue;
		if (!load(screen, id, &error))
			app_error(screen->app, error);
		else
			select_suspect(state, 0);
		return;
	}
	if (steps)
		state->step(state->list, -steps);
	app_report(screen->app, "no further link looks like a tracker without a rule");
}

static void act_headers(struct screen *screen)
{
	struct message_state *state = screen->state;

	state->all_headers = !state->all_headers;
	build_text(state);
	scroll_to(&state->scroll, 0);
}

static void act_evidence(struct screen *screen)
{
	struct message_state *state = screen->state;

	state->evidence = !state->evidence;
	build_text(state);
	if (networks_empty(state->networks))
		app_report(
			screen->app, "no link of a provider that sends mail: no network to judge");
}

static void act_source(struct screen *screen)
{
	struct message_state *state = screen->state;
	g_autofree char *bytes = NULL;
	GError *error = NULL;
	gsize len;

	if (!g_file_get_contents(message_path(state->message), &bytes, &len, &error)) {
		app_error(screen->app, error);
		return;
	}
	struct pager_text text = {"Source", bytes, len, PAGER_PLAIN};
	app_push(screen->app, &screen_pager, &text);
}

static void act_chain(struct screen *screen)
{
	struct message_state *state = screen->state;

	if (!state->pane.count)
		return;
	struct chain_opening opening = {
		link_list_at(state->links, state->pane.at), selected_number(state)};
	app_push(screen->app, &screen_chain, &opening);
}

/* ---- labelling ---- */

static bool explained_by(const struct verdict *verdict, const char *esp)
{
	for (guint i = 0; i < verdict->chain->hops->len; i++)
		if (strcmp(((struct hop *)verdict->chain->hops->pdata[i])->match->rule->esp, esp) ==
			0)
			return true;
	return false;
}

static void draft_rule(struct screen *screen, const char *esp, const char *name)
{
	struct message_state *state = screen->state;
	struct url *url = link_list_unexplained(selected(state));
	GError *error = NULL;

	if (!repo_ready(screen->app->repo, &error)) {
		app_error(screen->app, error);
	} else if (!url || !url_is_web(url)) {
		app_report(screen->app, "a rule is for http and https links");
	} else {
		struct label_request request = {esp, name, url, state->id, state->query, NULL};
		app_push(screen->app, &screen_label, &request);
	}
	url_free(url);
}

static void picked(struct screen *screen, const char *typed)
{
	struct message_state *state = screen->state;
	g_autofree char *esp = esp_choice_id(typed);
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	if (!esp)
		app_report(screen->app, ESP_CHOICE_NO_ID);
	if (!esp || !selected(state))
		return;
	if (!explained_by(selected(state), esp)) {
		draft_rule(screen, esp, typed);
		return;
	}
	g_autofree char *what = g_strdup_printf("label 1 message %s", esp);
	g_ptr_array_add(ids, state->id);
	esp_label_messages(screen->app, esp, ids, what, NULL);
}

static void act_label(struct screen *screen)
{
	struct message_state *state = screen->state;
	const struct verdict *verdict = selected(state);
	g_autofree char *title = NULL;

	if (!verdict) {
		app_report(screen->app, "this message has no link to label");
		return;
	}
	title = g_strdup_printf("Whose link is number %zu?", state->pane.at + 1);
	esp_choice_ask(screen->app, title, verdict_esp(verdict), picked);
}

/* ---- what other messages have in common with the link ---- */

static void pivot_picked(struct screen *screen, const char *value)
{
	pivot_pick(((struct message_state *)screen->state)->pivot, value);
}

static void act_pivot(struct screen *screen)
{
	struct message_state *state = screen->state;

	if (selected(state))
		pivot_ask(state->pivot, selected(state)->chain, state->id);
}

static const struct binding message_bindings[] = {
	{"Tab n", "next link", "select the next link", true, act_next_link},
	{"BackTab p", "previous link", "select the previous link", false, act_previous_link},
	{"Enter", "chain", "where the link leads, hop by hop", true, act_chain},
	{"l", "label", "label the link with its provider; drafts a missing rule", true, act_label},
	{"J Right", "next", "the next message of the list", true, act_next_message},
	{"K Left", "previous", "the previous message", false, act_previous_message},
	{"N", "no rule", "the next tracker-like link without a rule, in any message", true,
		act_next_unexplained},
	{"w", "same", "messages with the same account, landing, network or rule", true, act_pivot},
	{"h", "headers", "all headers, with the Received chain, or the usual ones", true,
		act_headers},
	{"o", "network", "why it was sent on or off the provider's network", true, act_evidence},
	{"r", "source", "the message as it arrived", true, act_source},
	{0},
};

const struct screen_ops screen_message = {
	.name = "message",
	.state_size = sizeof(struct message_state),
	.bindings = message_bindings,
	.open = message_open,
	.close = message_close,
	.draw = message_draw,
	.title = message_title,
	.scroll = message_scroll,
	.refresh = message_refresh,
};
