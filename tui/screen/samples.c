/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Links that a drafted rule explains, destination first; each can be made a test of the rule.
 */
#include "tui/screen/samples.h"

#include "tui/screen/message.h"
#include "tui/screen/pager.h"

struct samples_state {
	GPtrArray *samples; /* of struct preview_sample */
	char *problems;
	void (*test)(struct screen *below, const struct preview_sample *sample, bool must_match);
	struct scroll scroll;
};

static bool samples_open(struct screen *screen, const void *argument, GError **error)
{
	struct samples_state *state = screen->state;
	const struct samples_opening *opening = argument;

	(void)error;
	state->samples = preview_samples_new();
	for (guint i = 0; i < opening->samples->len; i++)
		g_ptr_array_add(state->samples, preview_sample_copy(opening->samples->pdata[i]));
	state->problems = g_strdup(opening->problems);
	state->test = opening->test;
	state->scroll.count = state->samples->len;
	return true;
}

static void samples_close(struct screen *screen)
{
	struct samples_state *state = screen->state;

	g_ptr_array_unref(state->samples);
	g_free(state->problems);
}

static const struct preview_sample *selected(const struct samples_state *state)
{
	return state->scroll.at < state->samples->len ? state->samples->pdata[state->scroll.at]
						      : NULL;
}

static void draw_href(const struct app *app, const struct canvas *canvas, int y, int x, int width,
	const char *href, enum style style)
{
	g_autofree char *text = app->defang ? url_defang(href) : g_strdup(href);

	canvas_text(canvas, y, x, width, text, style);
}

static void draw_sample(
	const struct app *app, const struct canvas *line, const struct preview_sample *sample)
{
	int half = line->width / 2;

	canvas_fill(line, 0, 0, STYLE_NORMAL);
	canvas_text(line, 0, 1, 2, "→", STYLE_QUIET);
	if (sample->next)
		draw_href(app, line, 0, 3, half - 4, sample->next, STYLE_LANDING);
	else
		canvas_text(line, 0, 3, half - 4, "opaque", STYLE_QUIET);
	draw_href(app, line, 0, half, line->width - half, sample->url, STYLE_NORMAL);
}

/* The selected one in full, at the bottom. */
static void draw_whole(
	const struct app *app, const struct canvas *canvas, const struct preview_sample *sample)
{
	static const char *const names[] = {"URL", "leads to", "message", "fields"};
	GString *fields = g_string_new(NULL);

	for (guint i = 0; i < sample->fields->len; i++) {
		const struct rule_pair *pair = sample->fields->pdata[i];

		g_string_append_printf(fields, "%s%s=%s", i ? "  " : "", pair->name, pair->value);
	}
	canvas_rule(canvas, 0, STYLE_QUIET);
	for (int i = 0; i < (int)G_N_ELEMENTS(names); i++)
		canvas_text(canvas, i + 1, 1, 9, names[i], STYLE_HEADER);
	draw_href(app, canvas, 1, 11, canvas->width - 11, sample->url, STYLE_NORMAL);
	draw_href(app, canvas, 2, 11, canvas->width - 11, sample->next ? sample->next : "opaque",
		STYLE_NORMAL);
	canvas_text(canvas, 3, 11, canvas->width - 11, sample->message_id, STYLE_NORMAL);
	canvas_text(canvas, 4, 11, canvas->width - 11, fields->str, STYLE_NORMAL);
	g_string_free(fields, TRUE);
}

static void samples_draw(struct screen *screen, const struct canvas *canvas)
{
	struct samples_state *state = screen->state;
	int below = canvas->height >= 12 ? 5 : 0;
	struct canvas list = canvas_rows(canvas, 0, canvas->height - below);
	struct canvas whole = canvas_rows(canvas, canvas->height - below, below);

	scroll_fit(&state->scroll, list.height);
	if (!state->samples->len)
		canvas_text(canvas, 0, 2, canvas->width, "the rule explains no link of the store",
			STYLE_QUIET);
	for (int y = 0; y < list.height && state->scroll.top + (size_t)y < state->samples->len;
		y++) {
		struct canvas line = canvas_rows(&list, y, 1);

		line.selected = state->scroll.top + (size_t)y == state->scroll.at;
		draw_sample(
			screen->app, &line, state->samples->pdata[state->scroll.top + (size_t)y]);
	}
	if (below && selected(state))
		draw_whole(screen->app, &whole, selected(state));
	canvas_cursor(&list, (int)(state->scroll.at - state->scroll.top), 0);
}

static void samples_title(struct screen *screen, GString *title)
{
	struct samples_state *state = screen->state;

	g_string_append_printf(title, "What the rule explains — %u sample%s", state->samples->len,
		state->samples->len == 1 ? "" : "s");
}

static struct scroll *samples_scroll(struct screen *screen)
{
	return &((struct samples_state *)screen->state)->scroll;
}

/* ---- actions ---- */

static void act_open(struct screen *screen)
{
	const struct preview_sample *sample = selected(screen->state);
	struct message_opening opening = {.id = sample ? sample->message_id : NULL};

	if (sample)
		app_push(screen->app, &screen_message, &opening);
}

static void make_test(struct screen *screen, bool must_match)
{
	struct samples_state *state = screen->state;

	if (selected(state))
		state->test(screen->below, selected(state), must_match);
}

static void act_must(struct screen *screen)
{
	make_test(screen, true);
}

static void act_must_not(struct screen *screen)
{
	make_test(screen, false);
}

static void act_problems(struct screen *screen)
{
	struct samples_state *state = screen->state;
	struct pager_text text = {
		"Problems of the rule", state->problems, strlen(state->problems), PAGER_PLAIN};

	if (*state->problems)
		app_push(screen->app, &screen_pager, &text);
	else
		app_report(screen->app, "the rule has no problems");
}

static const struct binding samples_bindings[] = {
	{"Enter o", "open", "open the message of the link", true, act_open},
	{"+ y", "must match", "make it a test: the rule must match, with this destination", true,
		act_must},
	{"- x", "must not", "make it a test: the rule must not match it", true, act_must_not},
	{"p", "problems", "what is wrong with the rule", true, act_problems},
	{0},
};

const struct screen_ops screen_samples = {
	.name = "samples",
	.state_size = sizeof(struct samples_state),
	.bindings = samples_bindings,
	.open = samples_open,
	.close = samples_close,
	.draw = samples_draw,
	.title = samples_title,
	.scroll = samples_scroll,
};
