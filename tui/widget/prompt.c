/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/widget/prompt.h"

#include "tui/keys.h"

#include <curses.h>

struct prompt {
	char *label;
	GString *text;
	size_t cursor; /* byte offset */
	GPtrArray *history;
	guint at;    /* in history; its length: the line being typed */
	char *typed; /* that line, while another of the history is shown */
	prompt_complete_fn complete;
	void *user;
	char **candidates; /* while completing */
	guint candidate;
	size_t word; /* where the completed word starts */
};

struct prompt *prompt_new(const char *label, const char *initial, GPtrArray *history,
	prompt_complete_fn complete, void *user)
{
	struct prompt *prompt = g_new0(struct prompt, 1);

	prompt->label = g_strdup(label);
	prompt->text = g_string_new(initial);
	prompt->cursor = prompt->text->len;
	prompt->history = history;
	prompt->at = history ? history->len : 0;
	prompt->complete = complete;
	prompt->user = user;
	return prompt;
}

void prompt_free(struct prompt *prompt)
{
	if (!prompt)
		return;
	g_free(prompt->label);
	g_string_free(prompt->text, TRUE);
	g_free(prompt->typed);
	g_strfreev(prompt->candidates);
	g_free(prompt);
}

const char *prompt_text(const struct prompt *prompt)
{
	return prompt->text->str;
}

static void set_text(struct prompt *prompt, const char *text)
{
	g_string_assign(prompt->text, text);
	prompt->cursor = prompt->text->len;
}

static void browse(struct prompt *prompt, int step)
{
	guint length = prompt->history ? prompt->history->len : 0;

	if ((step < 0 && prompt->at == 0) || (step > 0 && prompt->at >= length))
		return;
	if (prompt->at == length) {
		g_free(prompt->typed);
		prompt->typed = g_strdup(prompt->text->str);
	}
	prompt->at = (guint)((int)prompt->at + step);
	set_text(prompt, prompt->at == length ? prompt->typed : prompt->history->pdata[prompt->at]);
}

static void left(struct prompt *prompt)
{
	const char *text = prompt->text->str;

	if (prompt->cursor)
		prompt->cursor = (size_t)(g_utf8_prev_char(text + prompt->cursor) - text);
}

static void right(struct prompt *prompt)
{
	const char *text = prompt->text->str;

	if (prompt->cursor < prompt->text->len)
		prompt->cursor = (size_t)(g_utf8_next_char(text + prompt->cursor) - text);
}

static void delete_range(struct prompt *prompt, size_t from, size_t to)
{
	g_string_erase(prompt->text, (gssize)from, (gssize)(to - from));
	prompt->cursor = from;
}

static void erase_word(struct prompt *prompt)
{
	size_t end = prompt->cursor, start = end;

	while (start && prompt->text->str[start - 1] == ' ')
		start--;
	while (start && prompt->text->str[start - 1] != ' ')
		start--;
	delete_range(prompt, start, end);
}

static void stop_completing(struct prompt *prompt)
{
	g_strfreev(prompt->candidates);
	prompt->candidates = NULL;
}

static void put_candidate(struct prompt *prompt)
{
	const char *name = prompt->candidates[prompt->candidate];

	delete_range(prompt, prompt->word, prompt->cursor);
	g_string_insert(prompt->text, (gssize)prompt->word, name);
	prompt->cursor = prompt->word + strlen(name);
}

static void complete(struct prompt *prompt, int step)
{
	if (prompt->candidates) {
		guint length = g_strv_length(prompt->candidates);

		prompt->candidate = (prompt->candidate + length + (guint)step) % length;
		put_candidate(prompt);
		return;
	}
	if (!prompt->complete)
		return;
	g_autofree char *before = g_strndup(prompt->text->str, prompt->cursor);
	prompt->word = prompt->cursor;
	prompt->candidates = prompt->complete(prompt->user, before, &prompt->word);
	if (!prompt->candidates || !prompt->candidates[0]) {
		stop_completing(prompt);
		return;
	}
	prompt->candidate = 0;
	put_candidate(prompt);
	if (!prompt->candidates[1])
		stop_completing(prompt);
}

static enum prompt_result finish(struct prompt *prompt)
{
	GPtrArray *history = prompt->history;
	bool again = history && history->len &&
		     strcmp(history->pdata[history->len - 1], prompt->text->str) == 0;

	if (history && prompt->text->len && !again)
		g_ptr_array_add(history, g_strdup(prompt->text->str));
	return PROMPT_DONE;
}

static void insert(struct prompt *prompt, int key)
{
	if (key < ' ' || key >= KEYS_SPECIAL || key == 0x7F)
		return;
	g_string_insert_unichar(prompt->text, (gssize)prompt->cursor, (gunichar)key);
	right(prompt);
}

enum prompt_result prompt_key(struct prompt *prompt, int key)
{
	if (key == '\t' || key == KEYS_SPECIAL + KEY_BTAB) {
		complete(prompt, key == '\t' ? 1 : -1);
		return PROMPT_EDITING;
	}
	stop_completing(prompt);
	switch (key) {
	case '\r':
	case '\n':
	case KEYS_SPECIAL + KEY_ENTER:
		return finish(prompt);
	case 0x1B:
	case 'G' ^ 0x40:
		return PROMPT_CANCELLED;
	case KEYS_SPECIAL + KEY_UP:
		browse(prompt, -1);
		break;
	case KEYS_SPECIAL + KEY_DOWN:
		browse(prompt, 1);
		break;
	case KEYS_SPECIAL + KEY_LEFT:
		left(prompt);
		break;
	case KEYS_SPECIAL + KEY_RIGHT:
		right(prompt);
		break;
	case KEYS_SPECIAL + KEY_HOME:
	case 'A' ^ 0x40:
		prompt->cursor = 0;
		break;
	case KEYS_SPECIAL + KEY_END:
	case 'E' ^ 0x40:
		prompt->cursor = prompt->text->len;
		break;
	case 'U' ^ 0x40:
		delete_range(prompt, 0, prompt->cursor);
		break;
	case 'K' ^ 0x40:
		g_string_truncate(prompt->text, prompt->cursor);
		break;
	case 'W' ^ 0x40:
		erase_word(prompt);
		break;
	case 0x7F:
	case '\b':
	case KEYS_SPECIAL + KEY_BACKSPACE: {
		size_t end = prompt->cursor;

		left(prompt);
		delete_range(prompt, prompt->cursor, end);
		break;
	}
	case KEYS_SPECIAL + KEY_DC: {
		size_t start = prompt->cursor;

		right(prompt);
		delete_range(prompt, start, prompt->cursor);
		break;
	}
	default:
		insert(prompt, key);
	}
	return PROMPT_EDITING;
}

static void draw_candidates(const struct prompt *prompt, const struct canvas *canvas, int y)
{
	int x = 0;

	canvas_fill(canvas, y, 0, STYLE_QUIET);
	for (guint i = prompt->candidate; prompt->candidates[i] && x < canvas->width; i++) {
		x += canvas_text(canvas, y, x, canvas->width - x, prompt->candidates[i],
			i == prompt->candidate ? STYLE_STRONG : STYLE_QUIET);
		x += 2;
	}
}

void prompt_draw(const struct prompt *prompt, const struct canvas *canvas, int y)
{
	struct shown *before = shown_new((struct span){prompt->text->str, prompt->cursor});
	struct shown *after = shown_new(span_from(prompt->text->str + prompt->cursor));
	size_t first = 0;
	int x, room;

	canvas_fill(canvas, y, 0, STYLE_NORMAL);
	x = canvas_text(canvas, y, 0, canvas->width / 2, prompt->label, STYLE_STRONG);
	/* A long line is shown so that the cursor is in sight. */
	room = (int)before->columns;
	while (first < before->count && x + room >= canvas->width)
		room -= before->cells[first++].columns;
	x += canvas_cells(canvas, y, x, canvas->width - x, before, first, before->count - first,
		STYLE_NORMAL);
	canvas_shown(canvas, y, x, canvas->width - x, after, STYLE_NORMAL);
	canvas_cursor(canvas, y, x);
	if (prompt->candidates)
		draw_candidates(prompt, canvas, y - 1);
	shown_free(before);
	shown_free(after);
}
