/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/screen/picker.h"

#include "tui/app.h"

#include <curses.h>

struct entry {
	char *value;
	char *note;
	char *folded; /* both, case folded, to match */
};

struct picker_state {
	char *title;
	char *fresh;
	GPtrArray *entries; /* of struct entry */
	GPtrArray *found;   /* of struct entry, borrowed */
	GString *typed;
	struct scroll scroll;
	void (*picked)(struct screen *screen, const char *value);
};

static void entry_free(gpointer data)
{
	struct entry *entry = data;

	g_free(entry->value);
	g_free(entry->note);
	g_free(entry->folded);
	g_free(entry);
}

/* A whole value that is typed counts most, then a beginning, then any part. */
static int rank(const struct entry *entry, const char *wanted)
{
	if (strcmp(entry->value, wanted) == 0)
		return 3;
	if (g_str_has_prefix(entry->folded, wanted))
		return 2;
	return strstr(entry->folded, wanted) ? 1 : 0;
}

/* What is typed can be new, unless it is there as a whole: then it comes first. */
static bool offers_fresh(const struct picker_state *state)
{
	const struct entry *first = state->found->len ? state->found->pdata[0] : NULL;

	return state->fresh && state->typed->len &&
	       !(first && g_ascii_strcasecmp(first->value, state->typed->str) == 0);
}

static void find(struct picker_state *state)
{
	g_autofree char *wanted = g_utf8_casefold(state->typed->str, -1);

	g_ptr_array_set_size(state->found, 0);
	for (int wanted_rank = 3; wanted_rank > 0; wanted_rank--)
		for (guint i = 0; i < state->entries->len; i++)
			if (rank(state->entries->pdata[i], wanted) == wanted_rank)
				g_ptr_array_add(state->found, state->entries->pdata[i]);
	state->scroll.at = 0;
	state->scroll.count = state->found->len + offers_fresh(state);
}

static bool picker_open(struct screen *screen, const void *argument, GError **error)
{
	struct picker_state *state = screen->state;
	const struct picker_spec *spec = argument;

	(void)error;
	state->title = g_strdup(spec->title);
	state->fresh = g_strdup(spec->fresh);
	state->entries = g_ptr_array_new_with_free_func(entry_free);
	state->found = g_ptr_array_new();
	state->typed = g_string_new(NULL);
	state->picked = spec->picked;
	for (size_t i = 0; i < spec->count; i++) {
		struct entry *entry = g_new0(struct entry, 1);
		g_autofree char *both = g_strdup_printf("%s %s", spec->items[i].value,
			spec->items[i].note ? spec->items[i].note : "");

		entry->value = g_strdup(spec->items[i].value);
		entry->note = g_strdup(spec->items[i].note);
		entry->folded = g_utf8_casefold(both, -1);
		g_ptr_array_add(state->entries, entry);
	}
	find(state);
	return true;
}

static void picker_close(struct screen *screen)
{
	struct picker_state *state = screen->state;

	g_free(state->title);
	g_free(state->fresh);
	g_ptr_array_unref(state->entries);
	g_ptr_array_unref(state->found);
	g_string_free(state->typed, TRUE);
}

static void draw_entry(const struct picker_state *state, const struct canvas *line, size_t i)
{
	const struct entry *entry = i < state->found->len ? state->found->pdata[i] : NULL;

	canvas_fill(line, 0, 0, STYLE_NORMAL);
	if (!entry) {
		canvas_printf(line, 0, 2, line->width, STYLE_MARKED, "%s: %s", state->fresh,
			state->typed->str);
		return;
	}
	canvas_text(line, 0, 2, 28, entry->value, theme_esp(entry->value));
	canvas_text(line, 0, 31, line->width - 31, entry->note, STYLE_NORMAL);
}

static void picker_draw(struct screen *screen, const struct canvas *canvas)
{
	struct picker_state *state = screen->state;
	struct canvas list = canvas_rows(canvas, 1, canvas->height - 1);
	int x = canvas_text(canvas, 0, 0, canvas->width, "> ", STYLE_STRONG);

	x += canvas_text(canvas, 0, x, canvas->width - x, state->typed->str, STYLE_NORMAL);
	scroll_fit(&state->scroll, list.height);
	for (int y = 0; y < list.height && state->scroll.top + (size_t)y < state->scroll.count;
		y++) {
		struct canvas line = canvas_rows(&list, y, 1);

		line.selected = state->scroll.top + (size_t)y == state->scroll.at;
		draw_entry(state, &line, state->scroll.top + (size_t)y);
	}
	if (!state->scroll.count)
		canvas_text(&list, 0, 2, canvas->width, "nothing has that name", STYLE_QUIET);
	canvas_cursor(canvas, 0, x);
}

static void picker_title(struct screen *screen, GString *title)
{
	struct picker_state *state = screen->state;

	g_string_append_printf(
		title, "%s — type to filter, Enter picks, Esc goes back", state->title);
}

static void pick(struct screen *screen)
{
	struct picker_state *state = screen->state;
	struct screen *below = screen->below;
	g_autofree char *value = NULL;

	if (state->scroll.at < state->found->len)
		value = g_strdup(((struct entry *)state->found->pdata[state->scroll.at])->value);
	else if (offers_fresh(state))
		value = g_strdup(state->typed->str);
	if (!value)
		return;
	void (*picked)(struct screen *, const char *) = state->picked;
	app_pop(screen->app);
	picked(below, value);
}

static bool picker_key(struct screen *screen, int key)
{
	struct picker_state *state = screen->state;

	switch (key) {
	case '\r':
	case '\n':
	case KEYS_SPECIAL + KEY_ENTER:
		pick(screen);
		return true;
	case 0x7F:
	case '\b':
	case KEYS_SPECIAL + KEY_BACKSPACE:
		if (state->typed->len)
			g_string_truncate(state->typed,
				(gsize)(g_utf8_prev_char(state->typed->str + state->typed->len) -
					state->typed->str));
		find(state);
		return true;
	case 'U' ^ 0x40:
		g_string_truncate(state->typed, 0);
		find(state);
		return true;
	default:
		break;
	}
	if (key < ' ' || key >= KEYS_SPECIAL)
		return false;
	g_string_append_unichar(state->typed, (gunichar)key);
	find(state);
	return true;
}

static struct scroll *picker_scroll(struct screen *screen)
{
	return &((struct picker_state *)screen->state)->scroll;
}

static const struct binding picker_bindings[] = {
	{"Enter", "pick", "take the selected one, or what is typed", true, pick},
	{0},
};

const struct screen_ops screen_picker = {
	.name = "picker",
	.state_size = sizeof(struct picker_state),
	.bindings = picker_bindings,
	.open = picker_open,
	.close = picker_close,
	.draw = picker_draw,
	.title = picker_title,
	.key = picker_key,
	.scroll = picker_scroll,
};
