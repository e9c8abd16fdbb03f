/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/screen/pager.h"

#include "rules/error.h"
#include "tui/app.h"

/* Lines longer than this are cut into several, so that each fits on a screen. */
#define PAGER_MAX_LINE 1024

struct pager_state {
	char *title;
	GString *text;
	GArray *lines; /* of struct span, into text */
	enum pager_kind kind;
	struct scroll scroll;
	size_t below; /* the first line that is not seen any more */
	GPtrArray *searches;
	char *wanted; /* what was searched for */
};

static void split_lines(struct pager_state *state)
{
	const char *at = state->text->str, *end = at + state->text->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct span line = {at, (size_t)((newline ? newline : end) - at)};

		at = newline ? newline + 1 : end;
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		for (; line.len > PAGER_MAX_LINE;
			line.ptr += PAGER_MAX_LINE, line.len -= PAGER_MAX_LINE) {
			struct span piece = {line.ptr, PAGER_MAX_LINE};

			g_array_append_val(state->lines, piece);
		}
		g_array_append_val(state->lines, line);
	}
	state->scroll.count = state->lines->len;
}

static bool pager_open(struct screen *screen, const void *argument, GError **error)
{
	struct pager_state *state = screen->state;
	const struct pager_text *given = argument;

	(void)error;
	state->title = g_strdup(given->title);
	state->text = g_string_new_len(given->text, (gssize)given->len);
	state->lines = g_array_new(FALSE, FALSE, sizeof(struct span));
	state->kind = given->kind;
	state->scroll.pager = state->scroll.loose = true;
	state->searches = g_ptr_array_new_with_free_func(g_free);
	split_lines(state);
	return true;
}

static void pager_close(struct screen *screen)
{
	struct pager_state *state = screen->state;

	g_free(state->title);
	g_string_free(state->text, TRUE);
	g_array_unref(state->lines);
	g_ptr_array_unref(state->searches);
	g_free(state->wanted);
}

static bool has_prefix(struct span line, const char *prefix)
{
	return line.len >= strlen(prefix) && memcmp(line.ptr, prefix, strlen(prefix)) == 0;
}

static enum style line_style(const struct pager_state *state, struct span line)
{
	char first = line.len ? *line.ptr : ' ';

	if (state->kind == PAGER_HELP)
		return first == ' ' ? STYLE_NORMAL : STYLE_HEADING;
	if (state->kind == PAGER_PLAIN)
		return STYLE_NORMAL;
	if (has_prefix(line, "+++") || has_prefix(line, "---") || has_prefix(line, "diff "))
		return STYLE_STRONG;
	switch (first) {
	case '+':
		return STYLE_ADDED;
	case '-':
		return STYLE_REMOVED;
	case '@':
		return STYLE_HUNK;
	default:
		return STYLE_NORMAL;
	}
}

/* Draws a line on as many rows as it needs, and returns the row after it. */
static int draw_wrapped(
	const struct pager_state *state, const struct canvas *canvas, int y, struct span line)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct shown_line));
	struct shown *shown = shown_new(line);

	shown_wrap(shown, (unsigned)canvas->width, rows);
	for (guint i = 0; i < rows->len; i++, y++) {
		const struct shown_line *row = &g_array_index(rows, struct shown_line, i);

		canvas_cells(canvas, y, 0, canvas->width, shown, row->first, row->count,
			line_style(state, line));
	}
	shown_free(shown);
	return y;
}

static struct span line_at(const struct pager_state *state, size_t at)
{
	return g_array_index(state->lines, struct span, at);
}

static int rows_of(const struct pager_state *state, size_t at, int width)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct shown_line));
	struct shown *shown = shown_new(line_at(state, at));

	shown_wrap(shown, (unsigned)width, rows);
	shown_free(shown);
	return (int)rows->len;
}

/* Nobody scrolls past the page that ends with the last line. */
static void stop_at_last_page(struct pager_state *state, const struct canvas *canvas)
{
	size_t top = state->lines->len;
	int room = canvas->height;

	if (state->scroll.at + (size_t)canvas->height < top)
		return;
	while (top && (room -= rows_of(state, top - 1, canvas->width)) >= 0)
		top--;
	state->scroll.at = MIN(state->scroll.at, top);
}

static void pager_draw(struct screen *screen, const struct canvas *canvas)
{
	struct pager_state *state = screen->state;
	int y = 0;

	stop_at_last_page(state, canvas);
	scroll_fit(&state->scroll, canvas->height);
	state->below = state->scroll.top;
	while (y < canvas->height && state->below < state->lines->len)
		y = draw_wrapped(state, canvas, y, line_at(state, state->below++));
	canvas_cursor(canvas, 0, 0);
}

static void pager_title(struct screen *screen, GString *title)
{
	struct pager_state *state = screen->state;

	g_string_append_printf(title, "%s — lines %zu-%zu of %zu", state->title,
		MIN(state->scroll.top + 1, state->scroll.count), state->below, state->scroll.count);
}

static struct scroll *pager_scroll(struct screen *screen)
{
	return &((struct pager_state *)screen->state)->scroll;
}

static void search_on(struct screen *screen)
{
	struct pager_state *state = screen->state;

	for (guint i = 1; state->wanted && i <= state->lines->len; i++) {
		guint at = (guint)((state->scroll.at + i) % state->lines->len);
		struct span line = line_at(state, at);

		if (memmem(line.ptr, line.len, state->wanted, strlen(state->wanted))) {
			scroll_to(&state->scroll, at);
			return;
		}
	}
	app_report(screen->app, "not found: %s", state->wanted ? state->wanted : "");
}

static void searched(struct screen *screen, const char *text)
{
	struct pager_state *state = screen->state;

	if (!text || !*text)
		return;
	g_free(state->wanted);
	state->wanted = g_strdup(text);
	search_on(screen);
}

static void act_search(struct screen *screen)
{
	struct pager_state *state = screen->state;

	app_ask(screen->app, "Search: ", "", state->searches, NULL, searched, screen);
}

static const struct binding pager_bindings[] = {
	{"/", "search", "search for text, as it is written", true, act_search},
	{"n", "next", "the next line that has it", true, search_on},
	{0},
};

const struct screen_ops screen_pager = {
	.name = "pager",
	.state_size = sizeof(struct pager_state),
	.bindings = pager_bindings,
	.open = pager_open,
	.close = pager_close,
	.draw = pager_draw,
	.title = pager_title,
	.scroll = pager_scroll,
};

/* ---- help: a pager made from the tables of keys ---- */

static void append_keys(GString *text, const struct binding *table)
{
	for (; table && table->name; table++)
		g_string_append_printf(text, "  %-18s %s\n", table->keys, table->help);
}

static bool help_open(struct screen *screen, const void *argument, GError **error)
{
	const struct screen *about = argument;
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "Keys of this screen (%s)\n", about->ops->name);
	append_keys(text, about->ops->bindings);
	g_string_append(text, "\nKeys of every screen\n");
	append_keys(text, app_bindings);
	struct pager_text help = {"Help", text->str, text->len, PAGER_HELP};
	bool opened = pager_open(screen, &help, error);
	g_string_free(text, TRUE);
	return opened;
}

const struct screen_ops screen_help = {
	.name = "help",
	.state_size = sizeof(struct pager_state),
	.bindings = pager_bindings,
	.open = help_open,
	.close = pager_close,
	.draw = pager_draw,
	.title = pager_title,
	.scroll = pager_scroll,
};
